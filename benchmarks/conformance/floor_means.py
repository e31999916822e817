"""means(records) -> Means: instruments over several seeds, each a mean with its 95% interval."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...eval.floors.floor_table import REUSE
from ...eval.stats.intervals import student
from ...worlds.novelty.rungs import RUNGS
from .floor_records import DIGITS, Counts, Record

DECISIVE = 0.5  # pivotal share below which an instrument says nothing about an ingredient
EXCESS = 0.1  # spreading above the floor by which names of predicates do not matter
COUNTS = tuple(field.name for field in dataclasses.fields(Counts))


@dataclasses.dataclass(frozen=True)
class Mean:
    """Over the seeds that have the number; Student's t, and no interval of one seed."""

    mean: float
    half: float | None
    seeds: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        found = np.array(values, float)
        if len(found) < 2:
            return cls(float(found.mean()), None, len(found))
        high = student(found[:, None])[1]
        return cls(float(found.mean()), float(high[0] - found.mean()), len(found))

    def record(self) -> dict[str, Any]:
        """JSON-ready."""
        half = None if self.half is None else round(self.half, DIGITS)
        return {"mean": round(self.mean, DIGITS), "half": half, "seeds": self.seeds}


@dataclasses.dataclass(frozen=True)
class Ingredient:
    """How often what is left out decides the answer, and what is had without it."""

    pivotal: Mean
    score: Mean | None  # None: too few pivotal questions


@dataclasses.dataclass(frozen=True)
class Means:
    """One instrument over several seeds."""

    rung: str
    cue: str
    seeds: int  # that have the instrument
    questions: Mean  # of the headline, as many as are queried
    counts: Mapping[str, Mean]  # of the whole corpus, by the fields of ``Counts``
    best: Mapping[str, Mean]  # of "floor", "chance", "association", "blinded", "spreading"
    named: Mapping[str, str]  # the same -> the strategy that is best most often
    strategies: Mapping[str, Mean]  # those that need no ingredient, by name
    without: Mapping[str, Ingredient]

    @property
    def name(self) -> str:
        """``constituent has/2``."""
        return f"{self.rung} {self.cue}"

    @property
    def reuse(self) -> bool:
        """Whether it measures reuse by likeness."""
        return self.best["floor"].mean > REUSE

    @property
    def nameless(self) -> bool:
        """Whether the names of relations do not matter here."""
        spread = self.best.get("spreading")
        return spread is not None and spread.mean > self.best["floor"].mean + EXCESS

    @property
    def idle(self) -> dict[str, float]:
        """Ingredients of which it says nothing, with their pivotal shares; a premise stands for
        its places where it says nothing about any of them."""
        shares = {name: found.pivotal.mean for name, found in self.without.items()}
        whole: dict[str, list[float]] = {}
        for name, share in shares.items():
            whole.setdefault(_premise(name), []).append(share)
        out: dict[str, float] = {}
        for name, share in shares.items():
            most = max(whole[_premise(name)])
            if most < DECISIVE:
                out[_premise(name)] = most
            elif share < DECISIVE:
                out[name] = share
        return out

    def record(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "rung": self.rung,
            "cue": self.cue,
            "seeds": self.seeds,
            "questions": self.questions.record(),
            **{name: self.counts[name].record() for name in COUNTS},
            "reuse by likeness": self.reuse,
            "names of relations matter": not self.nameless,
            "best": {
                name: {"strategy": self.named[name], **mean.record()}
                for name, mean in self.best.items()
            },
            "strategies": {name: mean.record() for name, mean in self.strategies.items()},
            "without": {
                name: {
                    "pivotal": found.pivotal.record(),
                    "score": found.score and found.score.record(),
                }
                for name, found in self.without.items()
            },
        }


def means(records: Sequence[Record]) -> list[Means]:
    """Every instrument that any of the records of one world and size has, in the ladder's order."""
    found: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        for instrument in record["instruments"]:
            found.setdefault((instrument["rung"], instrument["cue"]), []).append(instrument)
    keys = sorted(found, key=lambda key: (RUNGS.index(key[0]), key[1]))
    return [_means(*key, found[key]) for key in keys]


def _means(rung: str, cue: str, found: Sequence[Record]) -> Means:
    best: dict[str, list[Record]] = {"floor": [i["floor"] for i in found]}
    strategies: dict[str, list[float]] = {}
    shares: dict[str, list[float]] = {}
    scores: dict[str, list[float]] = {}
    for i in found:
        for family, floor in i["best"].items():
            best.setdefault(family, []).append(floor)
        for floor in i["strategies"]:
            if "pivotal" not in floor:
                strategies.setdefault(floor["strategy"], []).append(floor["score"])
                continue
            shares.setdefault(floor["blind to"], []).append(floor["pivotal"])
            if floor["setting"]:
                scores.setdefault(floor["blind to"], []).append(floor["score"])
    return Means(
        rung=rung,
        cue=cue,
        seeds=len(found),
        questions=Mean.of([i["questions"] for i in found]),
        counts={name: Mean.of([i[name] for i in found]) for name in COUNTS},
        best={name: Mean.of([f["score"] for f in floors]) for name, floors in best.items()},
        named={name: _commonest(floors) for name, floors in best.items()},
        strategies={name: Mean.of(values) for name, values in strategies.items()},
        without={
            name: Ingredient(
                Mean.of(shares[name]), Mean.of(scores[name]) if name in scores else None
            )
            for name in sorted(shares)
        },
    )


def _premise(ingredient: str) -> str:
    """``has (1)`` of ``has (1), place 2`` and of ``has (1) dropped``."""
    return ingredient.removesuffix(" dropped").partition(", place ")[0]


def _commonest(floors: Sequence[Record]) -> str:
    """The strategy that is best for most seeds; of equals the one with the greater scores."""
    many = Counter(f["strategy"] for f in floors)
    score = {n: sum(f["score"] for f in floors if f["strategy"] == n) for n in many}
    return max(many, key=lambda n: (many[n], score[n]))
