"""The contract of a world: what is true (sample + rules), and what a corpus of it contains."""

from __future__ import annotations

import abc
import difflib
import functools
import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from ..errors import UserError, suggest
from ..seeding import stream
from .datalog.closure import Closure
from .datalog.engine import close
from .datalog.facts import Facts
from .datalog.parser import parse
from .datalog.syntax import Program
from .exposure import Exposure


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
    schema: ClassVar[Mapping[int, tuple[str, ...]]] = {}  # rule number -> its schema variables
    rungs: ClassVar[tuple[str, ...]] = ("recall", "instance", "constituent")  # promised
    not_interpolable: ClassVar[tuple[str, ...]] = ()  # rungs where interpolators must fail
    # predicate -> argument positions that questions are about; () = never
    queries: ClassVar[Mapping[str, tuple[int, ...]]] = {}
    phrases: ClassVar[Mapping[str, str]] = {}  # predicate -> "{0} bears {1}."
    entities: ClassVar[tuple[str, ...]] = ()  # sorts for shortcuts; (): those of no schema variable
    # base predicates whose facts count as used: what a prompt shows by itself, tables of addition
    familiar: ClassVar[frozenset[str]] = frozenset()
    spelled: ClassVar[tuple[str, ...]] = ()  # sorts whose names are written word by word
    episodes: ClassVar[str] = ""  # sort of every predicate's first argument: theories in prompts
    like: ClassVar[str] = ""  # rules for like(X,Y): what the declared interpolator likens X to
    exposure: ClassVar[Exposure] = Exposure()
    exposures: ClassVar[Mapping[str, Exposure]] = {}  # size -> its own exposure, where it differs
    drawn_as: ClassVar[Mapping[str, str]] = {}  # size -> the size it is, under another exposure

    def __init_subclass__(cls) -> None:
        _no_slip(cls)
        missing = [n for n in ("id", "rules") if not hasattr(cls, n)]
        if missing or cls.sample is World.sample:
            raise UserError(
                f"{cls.__name__} lacks {(*missing, 'sample')[0]}; a World needs id, rules and "
                "sample(rng, **size)"
            )

    @abc.abstractmethod
    def sample(self, rng: np.random.RandomState, *_: Any, **size: Any) -> Facts:
        """The base facts, drawn from ``rng`` alone, and the size's arguments by name."""

    @functools.cached_property
    def program(self) -> Program:
        return parse(self.rules)

    def facts(self, size: str, seed: int) -> Facts:
        """The base facts of one size and world seed."""
        if size not in self.sizes:
            raise suggest(f"size of {self.id}", size, self.sizes)
        try:
            inspect.signature(self.sample).bind(None, **self.sizes[size])
        except TypeError as error:
            raise UserError(
                f"{self.id}/{size} does not fit sample: {error}; "
                "give its arguments in sizes, or defaults to sample itself"
            ) from None
        rng = stream(self.id, self.draws(size), "world", seed)
        found = self.sample(rng, **self.sizes[size])
        if not isinstance(found, Facts):
            raise UserError(
                f"{self.id}: sample() gives {type(found).__name__}, expected Facts; "
                "end it with `return Facts.of(...)`"
            )
        return found

    def draws(self, size: str) -> str:
        """The size whose draws ``size`` shares: then both have the same facts."""
        return self.drawn_as.get(size, size)

    def closure(self, size: str, seed: int) -> Closure:
        """All that is true, with proofs."""
        return close(self.program, self.facts(size, seed))

    def default_exposure(self, size: str) -> Exposure:
        return self.exposures.get(size, self.exposure)

    def sketch(self, constant: str) -> str:
        """A drawing of a constant for people, lines of text; by default none."""
        return ""

    def positions(self, predicate: str, arity: int) -> tuple[int, ...]:
        """The argument positions at which ``predicate`` is queried (and stated)."""
        return self.queries.get(predicate, (arity - 1,))


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
            raise UserError(
                f"{cls.__name__}.{name} is nothing that a World has; did you mean {near[0]!r}? if "
                "not, give it a name less like it"
            )


def content_of(world: World) -> int:
    """The version of its content that a world declares; UserError for what is none."""
    content = world.content
    if not isinstance(content, int) or isinstance(content, bool) or content < 1:
        raise UserError(f"{world.id}: content = {content!r}; expected a whole number from 1")
    return content
