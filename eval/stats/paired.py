"""Differences of two rows that read the same worlds: paired, with an interval of their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .intervals import LEVEL, WORLDS, Band, difference, student

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Difference:
    """A mean difference with its 95% interval, and the chance of one as large where there is none.

    Both are uncorrected; ``holm`` corrects where many are looked at.
    """

    mean: float
    low: float
    high: float
    p: float

    def __str__(self) -> str:
        return f"{self.mean:+.2f} [{self.low:+.2f}, {self.high:+.2f}]"


def paired(more: Mapping[str, Floats], less: Mapping[str, Floats]) -> Difference | None:
    """``more`` minus ``less``, each world -> what its runs scored, by Student's t over the worlds
    that both have; None where these are too few to be the unit."""
    shared = [world for world in more if world in less]
    if len(shared) < WORLDS:
        return None
    gaps = np.array([more[world].mean() - less[world].mean() for world in shared])
    low, high = (float(bound[0]) for bound in student(gaps[:, None]))
    error = gaps.std(ddof=1) / np.sqrt(len(gaps))
    t = abs(gaps.mean()) / error if error > 0 else (np.inf if gaps.mean() else 0.0)
    return Difference(float(gaps.mean()), low, high, float(2 * stats.t.sf(t, len(gaps) - 1)))


def independent(more: Band, less: Band) -> Difference:
    """``more`` minus ``less`` at the last checkpoint of rows that share too few worlds to be
    paired, which overstates the interval."""
    mean, low, high = difference(more, less)
    nearest = mean - low if mean > 0 else high - mean
    z = stats.norm.ppf((1 + LEVEL) / 2) * abs(mean) / nearest if nearest > 0 else np.inf
    return Difference(mean, low, high, float(2 * stats.norm.sf(z)) if mean else 1.0)


def holm(p: Sequence[float]) -> list[float]:
    """The chances ``p`` corrected for there being several of them (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    worth = np.arange(len(p), 0, -1) * np.asarray(p, float)[order]
    out = np.empty(len(p))
    out[order] = np.minimum(np.maximum.accumulate(worth), 1.0)
    return out.tolist()
