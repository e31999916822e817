"""The contract of a world: what is true (sample + rules), and what a corpus of it contains."""

from __future__ import annotations

import abc
import copy
import difflib
import functools
import inspect
import typing
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np

from .. import parameters
from ..errors import InvalidWorld, UserError, suggest
from ..seeding import stream
from ..sources import line
from .datalog.closure import Closure
from .datalog.engine import close
from .datalog.facts import Bools, Facts
from .datalog.parser import parse
from .datalog.syntax import Program
from .declared_types import fit_attributes
from .draw_limit import ends
from .exposure import Exposure
from .handed_split import HandedSplit


class World(abc.ABC):
    """One world: a subclass in a file of its own. Needed: id, rules, sample.

    ``rules`` is what a logician reviews; ``sample`` only draws the base facts. The rest has
    defaults: queries are for a predicate's last argument, nothing is an axiom, no schema, a fact
    reads as in a rule, and both sizes, tiny and small, are drawn with the defaults of ``sample``.
    """

    id: ClassVar[str]
    rules: ClassVar[str]
    content: ClassVar[int] = 1  # raised whenever a corpus of the same size and seeds is another
    pins: ClassVar[Mapping[str, str]] = {}  # size -> its corpus at this content: `zebroid pin`
    generalises: ClassVar[str] = ""  # published benchmarks of which it is the general case
    # name -> keyword arguments of sample
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {"tiny": {}, "small": {}}
    axioms: ClassVar[frozenset[str]] = frozenset()  # base predicates whose facts are rules as data
    # axiom predicate -> the argument that is the attribute of its facts: twins permute within one
    attribute: ClassVar[Mapping[str, int]] = {}
    schema: ClassVar[Mapping[int, tuple[str, ...]]] = {}  # rule, from 1 -> its schema variables
    rungs: ClassVar[tuple[str, ...]] = ("recall", "instance", "constituent")  # promised
    # (rung, cue) pairs that are scored, each by itself; (): every promised rung with every queried
    # cue of derived predicates. A cue is a predicate, "child/2" where several places are queried
    instruments: ClassVar[tuple[tuple[str, str], ...]] = ()
    # of these, those where chance and association must fail
    beyond_association: ClassVar[tuple[tuple[str, str], ...]] = ()
    # cues with fewer than 20 different answers, on which chance may get more than .2
    few_answers: ClassVar[frozenset[str]] = frozenset()
    # predicate -> argument positions that questions are about; () = never
    queries: ClassVar[Mapping[str, tuple[int, ...]]] = {}
    # predicate -> "{0} bears {1}."; "{1:a}" is written "a horse", "{1:step}" of a number "2 steps"
    phrases: ClassVar[Mapping[str, str]] = {}
    entities: ClassVar[tuple[str, ...]] = ()  # sorts for shortcuts; (): those of no schema variable
    # base predicates whose facts count as used: what a prompt shows by itself, tables of addition
    familiar: ClassVar[frozenset[str]] = frozenset()
    # the facts are as they are: every world seed gives the same, and only exposures differ
    fixed: ClassVar[bool] = False
    spelled: ClassVar[tuple[str, ...]] = ()  # sorts whose names are written word by word
    episodes: ClassVar[str] = ""  # sort of every predicate's first argument: theories in prompts
    like: ClassVar[str] = ""  # rules for like(X,Y): what the declared interpolator likens X to
    exposure: ClassVar[Exposure] = Exposure()
    exposures: ClassVar[Mapping[str, Exposure]] = {}  # size -> its own exposure, where it differs
    # name of a published split, that `exposure.split` chooses -> its rule, called as `split` is
    splits: ClassVar[Mapping[str, Callable[[Closure, int], HandedSplit]]] = {}
    drawn_as: ClassVar[Mapping[str, str]] = {}  # size -> the size it is, under another exposure
    # arguments of sample that hold at every size of this instance: with_parameters()
    parameters: Mapping[str, Any] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        _no_slip(cls)
        fit_attributes(cls, _hints())
        missing = [n for n in ("id", "rules") if not hasattr(cls, n)]
        if missing or cls.sample is World.sample:
            raise InvalidWorld(
                f"{cls.__name__} lacks {(*missing, 'sample')[0]}; a World needs id, rules and "
                "sample(rng, **size)"
            )

    @abc.abstractmethod
    def sample(self, rng: np.random.RandomState, *_: Any, **size: Any) -> Facts:
        """The base facts, drawn from ``rng`` alone, and the size's arguments by name."""

    @functools.cached_property
    def program(self) -> Program:
        return parse(self.rules)

    @property
    def schema_of_rules(self) -> dict[int, tuple[str, ...]]:
        """Index into the program's rules, from 0 -> schema variables."""
        return {number - 1: variables for number, variables in self.schema.items()}

    def with_parameters(self, **values: Any) -> Self:
        """The same world with these arguments of ``sample`` at every size.

        Raises UserError for an argument that ``sample`` does not have, with the nearest that it
        has, or for a value of another kind.
        """
        made = copy.copy(self)
        made.parameters = {**self.parameters, **self._fitted(values)}
        return made

    def named_size(self, size: str, changes: Mapping[str, Any] = MappingProxyType({})) -> str:
        """The one name of a size with parameters, ``small[entities=40]``.

        Those of the instance, those of the name and ``changes``, of which the later hold; what is
        the size's own is left out. Raises UserError for an unknown size or parameter.
        """
        name, given = parameters.split(size)
        if name not in self.sizes:
            raise suggest(f"size of {self.id}", name, self.sizes)
        own = self._usual() | dict(self.sizes[name])
        values = {**self.parameters, **self._fitted({**given, **changes})}
        return parameters.spelled(
            name, {k: v for k, v in values.items() if k not in own or not _same(own[k], v)}
        )

    def arguments(self, size: str) -> dict[str, Any]:
        """What ``sample`` is called with at this size, its defaults apart."""
        name, given = parameters.split(self.named_size(size))
        return {**self.sizes[name], **self._fitted(given)}

    def _usual(self) -> dict[str, Any]:
        """Arguments of ``sample`` -> their defaults."""
        found = inspect.signature(self.sample).parameters.values()
        return {p.name: p.default for p in found if p.default is not p.empty}

    def _fitted(self, values: Mapping[str, Any]) -> dict[str, Any]:
        if not values:
            return {}
        arguments = [*inspect.signature(self.sample).parameters.values()][1:]
        names = [p.name for p in arguments if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        tables = [self._usual(), *self.sizes.values()]
        names += [n for table in tables[1:] for n in table]
        known = {n: [table[n] for table in tables if n in table] for n in names}
        return parameters.fitted(f"parameter of {self.id}", values, known)

    def facts(self, size: str, seed: int) -> Facts:
        """The base facts of one size, with parameters or without, and world seed."""
        size = self.named_size(size)
        arguments, given = self.arguments(size), parameters.split(size)[1]
        try:
            inspect.signature(self.sample).bind(None, **arguments)
        except TypeError as error:
            raise InvalidWorld(
                f"{self.id}/{size} does not fit sample: {error}; "
                "give its arguments in sizes, or defaults to sample itself"
            ) from None
        rng = stream(self.id, self.draws(size), "world", 0 if self.fixed else seed)
        try:
            with ends(f"{self.id}/{size}: sample"):
                found = self.sample(rng, **arguments)
        except Exception as error:
            if not given or isinstance(error, UserError):
                raise
            raise UserError(
                f"{self.id}/{size}: sample cannot draw this ({line(error)}); give other parameters"
            ) from error
        if not isinstance(found, Facts):
            raise InvalidWorld(
                f"{self.id}: sample() gives {type(found).__name__}, expected Facts; "
                "end it with `return Facts.of(...)`"
            )
        if self.episodes:
            _in_episodes(self, found)
        return found

    def draws(self, size: str) -> str:
        """The size whose draws ``size`` shares: then both have the same facts."""
        name, given = parameters.split(size)
        return parameters.spelled(self.drawn_as.get(name, name), given)

    def closure(self, size: str, seed: int) -> Closure:
        """All that is true, with proofs."""
        return close(self.program, self.facts(size, seed))

    def split(self, closure: Closure, seed: int) -> HandedSplit | None:
        """What is demonstrated and what is queried of ``closure``, all that is true, for exposure
        seed ``seed``; None, the default: the exposure draws it. Named ones stand in ``splits``."""
        return None

    def default_exposure(self, size: str) -> Exposure:
        return self.exposures.get(parameters.split(size)[0], self.exposure)

    def sketch(self, constant: str) -> str:
        """A drawing of a constant for people, lines of text; by default none."""
        return ""

    def queried_predicates(self, closure: Closure) -> Bools:
        """bool [predicates of ``closure``]: those with a place that is queried."""
        queried = [bool(self.positions(p, closure.arity[p])) for p in closure.predicates]
        return np.array(queried, bool)

    def positions(self, predicate: str, arity: int) -> tuple[int, ...]:
        """The argument positions at which ``predicate`` is queried (and stated)."""
        return self.queries.get(predicate, (arity - 1,) if arity else ())


@functools.cache
def _hints() -> Mapping[str, Any]:
    """Attribute -> its type."""
    return typing.get_type_hints(World)


def _in_episodes(world: World, facts: Facts) -> None:
    """Refuses base facts that are of no episode, before anything is derived from them."""
    sort = world.episodes
    if sort not in facts.sorts:
        raise InvalidWorld(
            f"{world.id}: episodes = {sort!r}, and no sort is called so; known: {[*facts.sorts]}"
        )
    block = facts.sorts[sort]
    for predicate, rows in facts.rows.items():
        lost = (rows[:, 0] < block.start) | (rows[:, 0] >= block.stop)
        if lost.any():
            axiom = predicate in world.axioms
            cure = "write what holds in all of them as rules" if axiom else f"put its {sort} first"
            raise InvalidWorld(
                f"{world.id}: {predicate} has {int(lost.sum())} base facts whose first argument is "
                f"no {sort}; in a world of episodes each base fact is of one: {cure}"
            )


def _same(one: Any, other: Any) -> bool:
    """Whether two values are written alike: 1 is not true, and a list is a tuple."""
    return parameters.written(one) == parameters.written(other)


def _no_slip(cls: type[World]) -> None:
    """Refuses an attribute whose name is nearly one that a World has: it would be passed over.

    Others are the world's own affair; a function is held against functions, a value against values.
    """
    values = {*World.__annotations__}
    functions = {n for n in vars(World) if not n.startswith("_")} - values
    for name, value in vars(cls).items():
        known = functions if callable(value) or isinstance(value, property) else values
        if name.startswith("_") or name in values | functions:
            continue
        near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.8)
        if near:
            raise InvalidWorld(
                f"{cls.__name__}.{name} is nothing that a World has; did you mean {near[0]!r}? if "
                "not, give it a name less like it"
            )


def content_of(world: World) -> int:
    """The version of its content that a world declares; UserError for what is none."""
    content = world.content
    if content < 1:
        raise InvalidWorld(f"{world.id}: content = {content!r}; expected a whole number from 1")
    return content
