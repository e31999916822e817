"""Which ranks a difference of worlds allows: never an order that chance could have made.

Two rows are apart where their difference, paired by world, is surely not 0: Student's t over
worlds, p corrected by Holm (1979) for all pairs of the list. The rank interval of a row follows by
counting (as Mogstad et al. 2024, doi:10.1093/restud/rdad006, without their bootstrap).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
from scipy import stats

from .intervals import LEVEL, WORLDS, student
from .paired import different

Key = TypeVar("Key", bound=Hashable)


@dataclasses.dataclass(frozen=True)
class Mean:
    """A mean over worlds with its 95% interval; None where there are too few worlds for one."""

    mean: float
    low: float | None
    high: float | None

    @classmethod
    def of(cls, worlds: Mapping[Key, float]) -> Mean:
        """The mean of a number of each world, at least one."""
        values = np.array([*worlds.values()], float)
        if len(values) < WORLDS:
            return cls(float(values.mean()), None, None)
        low, high = (float(bound[0]) for bound in student(values[:, None]))
        return cls(float(values.mean()), low, high)


@dataclasses.dataclass(frozen=True)
class Standing:
    """A row of a ranked list. Ranks count from 1."""

    name: str
    score: Mean
    first: int  # the best rank that is not excluded
    last: int  # the worst
    group: int  # of rows that are not surely apart from the first of them


def ranked(scores: Mapping[str, Mapping[Key, float]]) -> list[Standing]:
    """The rows, the best mean first, equal means by name.

    ``scores``: row -> world -> its score there. Raises ValueError where rows differ in their
    worlds, for a mean over fewer of them is no match for another, or these are too few.
    """
    if not scores:
        return []
    worlds = [*next(iter(scores.values()))]
    if any({*found} != {*worlds} for found in scores.values()):
        raise ValueError("got rows of different worlds, expected a score of every row in each")
    if len(worlds) < WORLDS:
        raise ValueError(f"got {len(worlds)} worlds, expected at least {WORLDS} to rank by")
    order = sorted(scores, key=lambda name: (-Mean.of(scores[name]).mean, name))
    apart = different(np.array([[scores[name][w] for w in worlds] for name in order], float))
    out: list[Standing] = []
    leader, group = 0, 1
    for i, name in enumerate(order):
        if apart[leader, i]:
            leader, group = i, group + 1
        better, worse = int(apart[i, :i].sum()), int(apart[i, i:].sum())
        out.append(Standing(name, Mean.of(scores[name]), 1 + better, len(order) - worse, group))
    return out


def gap(one: Mapping[Key, float], other: Mapping[Key, float]) -> Mean:
    """The mean of ``one`` less that of ``other``, which have no world in common: Welch's interval.

    None for its ends where either has too few worlds.
    """
    a, b = (np.array([*worlds.values()], float) for worlds in (one, other))
    mean = float(a.mean() - b.mean())
    if min(len(a), len(b)) < WORLDS:
        return Mean(mean, None, None)
    if not a.std() and not b.std():
        return Mean(mean, mean, mean)
    found = stats.ttest_ind(a, b, equal_var=False).confidence_interval(LEVEL)
    return Mean(mean, float(found.low), float(found.high))
