"""What is checked: a world at one size, and what several checks need of it, made once."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from ....worlds.corpus.audit import TooLittle
from ....worlds.corpus.build import build_corpus
from ....worlds.corpus.corpus import Corpus
from ....worlds.corpus.split import CorpusSplit, split_corpus
from ....worlds.datalog.clingo_oracle import Decision, decide
from ....worlds.datalog.closure import Closure
from ....worlds.datalog.facts import Facts
from ....worlds.exposure import Exposure
from ....worlds.world import World
from ..floor_means import Means, means
from ..floor_records import Record, record
from ..framework import Moot
from .subprocesses import Elsewhere

QUOTA = {"small": 300}  # size -> headline questions that each promised rung has there
FLOOR_SEEDS = 3  # worlds by which floors are judged where scores are given; at size tiny one
Row = tuple[int, ...]
Rows = Mapping[str, frozenset[Row]]  # predicate -> the arguments of its true facts


@dataclasses.dataclass(frozen=True)
class Subject:
    """``world`` at one ``size``; nothing of it is made before it is needed."""

    world: World
    size: str
    elsewhere: Elsewhere | None = None  # the same corpora, made in processes of their own
    _known: dict[str, Any] = dataclasses.field(default_factory=dict)

    def fresh(self) -> World:
        """The world as if it had just been loaded."""
        return type(self.world)()

    @functools.cached_property
    def steady(self) -> World:
        """The world with every closure made once, however many exposures are drawn from it."""
        world = self.fresh()
        vars(world)["closure"] = functools.cache(world.closure)
        return world

    @property
    def exposure(self) -> Exposure:
        return self.world.default_exposure(self.size)

    @functools.cached_property
    def facts(self) -> Facts:
        """The base facts of world seed 0."""
        return self.world.facts(self.size, 0)

    @functools.cached_property
    def closure(self) -> Closure:
        """All that is true for world seed 0, by the engine."""
        return self.steady.closure(self.size, 0)

    @functools.cached_property
    def truth(self) -> Rows:
        """All that is true for world seed 0, by clingo."""
        return rows_of(decide(self.world.program, self.facts))

    def varied(self, **changes: Any) -> Exposure:
        """The size's own exposure with these changes."""
        return dataclasses.replace(self.exposure, **changes)

    def split(self, exposure: Exposure, seeds: tuple[int, int] = (0, 0)) -> CorpusSplit:
        return self._once("split", split_corpus, exposure, seeds)

    def corpus(self, exposure: Exposure | None = None, seeds: tuple[int, int] = (0, 0)) -> Corpus:
        """Each corpus is made once; raises AuditError for one that breaks a promise."""
        return self._once("corpus", build_corpus, exposure or self.exposure, seeds)

    def variant(self, **changes: Any) -> Corpus:
        """The corpus of the varied exposure; Moot where the world is too small for it."""
        try:
            return self.corpus(self.varied(**changes))
        except TooLittle as error:
            raise Moot(f"no corpus with {changes}: {error}") from error

    @property
    def scored(self) -> bool:
        """Whether the size is held to what a score needs: quotas, chance, spread."""
        return self.size in QUOTA

    @property
    def floor_seeds(self) -> range:
        """The first world seeds, by which floors are judged."""
        return range(1 if self.size == "tiny" else FLOOR_SEEDS)

    @functools.cached_property
    def floor_records(self) -> list[Record]:
        """What can be had without the rule, in the corpus of each of the first world seeds."""
        return [record(self.corpus(seeds=(seed, seed))) for seed in self.floor_seeds]

    @functools.cached_property
    def floors(self) -> list[Means]:
        """Every instrument with the means of these."""
        return means(self.floor_records)

    def _once(
        self,
        what: str,
        make: Callable[[World, str, Exposure, tuple[int, int]], Any],
        exposure: Exposure,
        seeds: tuple[int, int],
    ) -> Any:
        key = json.dumps([what, exposure.record(), seeds], sort_keys=True)
        if key not in self._known:
            self._known[key] = make(self.steady, self.size, exposure, seeds)
        return self._known[key]


def rows_of(found: Decision | Closure) -> dict[str, frozenset[Row]]:
    """The facts of a closure, or of clingo's, by predicate."""
    out: dict[str, set[Row]] = {p: set() for p in found.predicates}
    for number, row in zip(found.predicate.tolist(), found.arguments.tolist()):
        out[found.predicates[number]].add(tuple(a for a in row if a >= 0))
    return {p: frozenset(rows) for p, rows in out.items()}


def gold_of(split: CorpusSplit) -> dict[str, frozenset[Row]]:
    """What follows from what is stated and given, by clingo."""
    closure, truth = split.gold.closure, split.truth
    # a rule that fires in the world and never in gold is one that was not given, or has no facts
    idle = {*truth.rule.tolist()} - {*closure.rule.tolist()}
    return rows_of(decide(closure.program.without(idle), closure.base))


def written(predicate: str, row: Iterable[int], constants: tuple[str, ...]) -> str:
    """A fact as it stands in a rule."""
    return f"{predicate}({','.join(constants[a] for a in row)})"


def unequal(one: Facts, other: Facts) -> str:
    """What differs between two samples; empty if nothing does."""
    if one.constants != other.constants or one.sorts != other.sorts:
        return "the constants"
    if {*one.rows} != {*other.rows}:
        return "the predicates"
    for predicate, rows in one.rows.items():
        if not np.array_equal(rows, other.rows[predicate]):
            return f"the facts of {predicate}"
    return ""
