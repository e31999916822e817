"""The contract of a world: what is true (sample + rules), and what a corpus of it exposes."""

from __future__ import annotations

import abc
import dataclasses
import functools
import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

from .. import identity
from ..registry import UserError, suggest
from .closure import Closure
from .engine import close
from .facts import Facts
from .language import parse
from .program import Program
from .streams import stream

WAYS = ("exemplified", "stated", "both", "neither")  # how a pattern may be given
TWINS = ("shuffled rules", "random labels")


@dataclasses.dataclass(frozen=True)
class Exposure:
    """What of a world a corpus exposes. Every field is recorded and digested.

    Shares have nine significant digits, as many as a receipt keeps: the corpus that is drawn from
    a receipt is the very one that was drawn from 1/3.
    """

    coverage: float = 1.0  # share of the non-axiom base facts that are stated
    held: float = 0.1  # share of stated base facts (or of episodes) that no shown conclusion uses
    held_frames: float = 0.0  # share of the frames that no shown conclusion instantiates
    shown: float = 0.8  # share of the eligible conclusions that are shown
    phi: float = 0.0  # if > 0, instead: shown conclusions per usable base fact (2405.15071)
    shown_height: int = 1  # greatest height of any derivation of a shown conclusion
    given: Mapping[str, float] = (
        dataclasses.field(  # WAYS -> share of the patterns, or of those that are rules as data
            default_factory=lambda: MappingProxyType({"exemplified": 1.0})
        )
    )
    nontheorems: float = 0.0  # shown nontheorems per shown conclusion
    twin: str | None = None  # one of TWINS: the same corpus with one thing broken
    # cue words with each of which an axiom fact is stated (2309.00667)
    wordings: int = dataclasses.field(default=1, metadata={"neutral": 1})

    def __post_init__(self) -> None:
        for name in ("coverage", "held", "held_frames", "shown", "phi", "nontheorems"):
            object.__setattr__(self, name, _kept(getattr(self, name)))
        for name in ("coverage", "held", "held_frames", "shown"):
            if not 0 <= getattr(self, name) <= 1:
                raise UserError(f"exposure.{name} = {getattr(self, name)}; give a share, 0 to 1")
        if self.phi < 0 or self.nontheorems < 0 or self.shown_height < 1 or self.wordings < 1:
            raise UserError(
                "exposure: phi and nontheorems are at least 0, shown_height 1 and wordings 1"
            )
        for way in self.given:
            if way not in WAYS:
                raise suggest("way of giving a pattern", way, WAYS)
        if abs(sum(self.given.values()) - 1) > 1e-8:  # what nine digits of each leave
            raise UserError(f"exposure.given sums to {sum(self.given.values())}; shares sum to 1")
        if self.twin is not None and self.twin not in TWINS:
            raise suggest("twin", self.twin, TWINS)
        given = {way: _kept(share) for way, share in self.given.items()}
        object.__setattr__(self, "given", MappingProxyType(given))

    def record(self) -> dict[str, Any]:
        """JSON-ready fields, in a canonical order.

        A field that is added later has a neutral value (``identity.py``), so that the digests of
        corpora drawn before stay what they are.
        """
        fields = identity.record(self)
        return {**fields, "given": {w: self.given[w] for w in WAYS if w in self.given}}


def _kept(share: float) -> float:
    """As a receipt keeps it; whole numbers as they are, for digests tell 1 from 1.0."""
    return float(f"{share:.9g}") if isinstance(share, float) else share


class World(abc.ABC):
    """One world: a subclass in a file of its own. Needed: id, rules, sample.

    ``rules`` is what a logician reviews; ``sample`` only draws the base facts. The rest has
    defaults: every predicate is asked for its last argument, nothing is an axiom, no schema, a fact
    reads as in a rule, and both sizes, tiny and small, are drawn with the defaults of ``sample``.
    """

    id: ClassVar[str]
    rules: ClassVar[str]
    generalises: ClassVar[str] = ""  # published benchmarks of which it is the general case
    # name -> keyword arguments of sample
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {"tiny": {}, "small": {}}
    axioms: ClassVar[frozenset[str]] = frozenset()  # base predicates whose facts are rules as data
    schema: ClassVar[Mapping[int, tuple[str, ...]]] = {}  # rule number -> its schema variables
    rungs: ClassVar[tuple[str, ...]] = ("recall", "instance", "constituent")  # promised
    not_interpolable: ClassVar[tuple[str, ...]] = ()  # rungs where interpolators must fail
    asked: ClassVar[Mapping[str, tuple[int, ...]]] = {}  # predicate -> asked positions; () = never
    phrases: ClassVar[Mapping[str, str]] = {}  # predicate -> "{0} bears {1}."
    entities: ClassVar[tuple[str, ...]] = ()  # sorts for shortcuts; (): those of no schema variable
    # base predicates whose facts count as used: what a prompt shows by itself, tables of addition
    familiar: ClassVar[frozenset[str]] = frozenset()
    spelled: ClassVar[tuple[str, ...]] = ()  # sorts whose names are written word by word
    episodes: ClassVar[str] = ""  # sort of every predicate's first argument: theories in prompts
    like: ClassVar[str] = ""  # rules for like(X,Y): whom the okapi interpolator takes for X's kin
    exposure: ClassVar[Exposure] = Exposure()
    exposures: ClassVar[Mapping[str, Exposure]] = {}  # size -> its own exposure, where it differs
    drawn_as: ClassVar[Mapping[str, str]] = {}  # size -> the size that it is, exposed otherwise

    def __init_subclass__(cls) -> None:
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
        return self.sample(stream(self.id, self.draws(size), "world", seed), **self.sizes[size])

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
        """The argument positions at which ``predicate`` is asked (and stated)."""
        return self.asked.get(predicate, (arity - 1,))
