"""The floor that a score stands beside: what can be had on its questions without the rule."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping

import numpy as np

from ..floors.floor_table import REUSE, Instrument

RAW = "raw"  # the strategy of recall, which is reported as it is
LIKENED = 0.1  # likeness above chance by which a gain from stating is no evidence of a rule


@dataclasses.dataclass(frozen=True)
class Level:
    """The floor of one group of questions, as shares of exact match; means over worlds."""

    value: float  # the best of chance, association and blinded deducers, in each world
    uniform: float  # any value of the answer's sort
    strategy: str  # the best in most worlds
    family: str  # its kind: "chance", "association" or "blinded"
    # the best of each kind, and likeness; None: on too few questions, or not in all worlds
    chance: float | None = None
    association: float | None = None
    blinded: float | None = None
    spreading: float | None = None  # a test of the world, no part of the floor
    likeness: float | None = None  # a part of association
    # digest of a corpus -> its floor
    worlds: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def reuse(self) -> bool:
        """Whether the questions measure reuse by likeness, and no rule."""
        return self.value > REUSE

    @property
    def likened(self) -> bool:
        """Whether likeness exceeds chance so far that a gain from stating is no evidence of a rule:
        stating creates the likeness, and shuffled rules destroy it."""
        if self.likeness is None or self.chance is None:
            return False
        return self.likeness > self.chance + LIKENED


def level(worlds: Mapping[str, Instrument]) -> Level:
    """The floor of an instrument in each of several worlds, by the digest of its corpus."""
    floors = {world: found.floor for world, found in worlds.items()}
    named = Counter((f.strategy, f.family) for f in floors.values()).most_common(1)[0][0]

    def mean(*families: str) -> float | None:
        scores = [found.scores(*families) for found in worlds.values()]
        return None if None in scores else float(np.mean([s for s in scores if s is not None]))

    def of(strategy: str) -> float | None:
        one = [found.of(strategy) for found in worlds.values()]
        return None if None in one else float(np.mean([f.score for f in one if f]))

    return Level(
        value=float(np.mean([f.score for f in floors.values()])),
        uniform=float(np.mean([found.uniform for found in worlds.values()])),
        strategy=named[0],
        family=named[1],
        chance=mean("chance"),
        association=mean("association"),
        blinded=mean("blinded"),
        spreading=mean("spreading"),
        likeness=of("likeness"),
        worlds={world: f.score for world, f in floors.items()},
    )


def raw(uniform: Mapping[str, float]) -> Level:
    """The level of recall, of which nothing is subtracted; ``uniform`` of each world."""
    return Level(
        0.0, float(np.mean([*uniform.values()])), RAW, RAW, worlds=dict.fromkeys(uniform, 0.0)
    )
