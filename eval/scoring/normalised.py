"""Normalised scores: 0 at the floor, 1 where all is right."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..floors.floor_table import REUSE
from ..stats.intervals import student
from .pattern_intervals import Unit, no_narrower

Floats = NDArray[np.float64]
LEAST = -REUSE / (1 - REUSE)  # of a score of 0 below the highest floor there is


@dataclasses.dataclass(frozen=True)
class Normalised:
    """(score - floor) / (1 - floor), a mean over worlds with its paired 95% interval."""

    mean: float  # unclipped, as in the data
    low: float
    high: float
    floor: float
    over: str  # "worlds", "questions" or "patterns"

    @property
    def value(self) -> float:
        """What is printed: 0 where the interval includes 0."""
        return 0.0 if self.low <= 0 <= self.high else self.mean


def normalised(
    right: Sequence[Floats],
    floor: Sequence[Floats],
    units: Sequence[Sequence[Unit]] | None = None,
) -> Normalised | None:
    """Per world: ``right`` [n] of a model, a mean over its runs, and ``floor`` [m] expected hits of
    the floor, each on the questions that count for it.

    None where the floor exceeds REUSE, or is 1 in some world, so that nothing can stand above it:
    that instrument is reuse by likeness. Of one world the interval is over questions, paired where
    both have the same. ``units``: of axiom, what each question [n] rests on; the interval is then
    no narrower than over these patterns.
    """
    levels = np.array([f.mean() for f in floor])
    if levels.mean() > REUSE or (levels >= 1).any():
        return None
    if len(right) > 1:
        worth = 1 / (1 - levels)
        unit, over = (np.array([r.mean() for r in right]) - levels) * worth, "worlds"
        low, high = (float(bound[0]) for bound in student(unit[:, None]))
    else:
        (mine,), (theirs,), over = right, floor, "questions"
        worth = 1 / (1 - levels[0])
        unit = np.array([(mine.mean() - theirs.mean()) * worth])
        if len(mine) == len(theirs):
            low, high = (float(bound[0]) * worth for bound in student((mine - theirs)[:, None]))
        else:
            wide = 1.96 * np.sqrt(mine.var() / len(mine) + theirs.var() / len(theirs)) * worth
            low, high = unit[0] - wide, unit[0] + wide
    found = float(unit.mean()), float(low), float(high)
    if units is not None:
        # where the floor counts fewer questions they are not paired, and its mean stands for it
        floors = [f if len(f) == len(r) else f.mean() for r, f in zip(right, floor)]
        gaps = [(r - f) / (1 - level) for r, f, level in zip(right, floors, levels)]
        every = [u for more in units for u in more]
        low, high, wider = no_narrower(found, np.concatenate(gaps), every, (LEAST, 1.0))
        found, over = (found[0], low, high), "patterns" if wider else over
    return Normalised(*found, float(levels.mean()), over)
