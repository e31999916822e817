"""Differences of two rows that read the same worlds: paired, with an interval of their own."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from .intervals import LEVEL, WORLDS, Band, difference

Floats = NDArray[np.float64]
ROUNDING = 1e-12  # differences below it are of the order of sums alone, and count as none


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
    return of_gaps(np.array([more[world].mean() - less[world].mean() for world in shared]))


def different(scores: Floats) -> NDArray[np.bool_]:
    """[M, M]: pairs of rows that surely differ, paired over worlds [M, W]: Student's t at LEVEL
    with Holm's correction over all pairs; none where there are fewer than two worlds."""
    rows, worlds = scores.shape
    found = np.zeros((rows, rows), bool)
    if worlds > 1:
        pairs = [*itertools.combinations(range(rows), 2)]
        for (a, b), p in zip(pairs, holm([of_gaps(scores[a] - scores[b]).p for a, b in pairs])):
            found[a, b] = found[b, a] = p < 1 - LEVEL
    return found


def of_gaps(gaps: Floats, least: float = 0.0) -> Difference:
    """The mean of paired differences ``gaps`` [n], n >= 2, by Student's t with a standard error of
    at least ``least``."""
    gaps = np.where(np.abs(gaps) < ROUNDING, 0.0, gaps)
    mean, freedom = float(gaps.mean()), len(gaps) - 1
    error = float(max(gaps.std(ddof=1) / np.sqrt(len(gaps)), least))
    t = abs(mean) / error if error > 0 else (np.inf if mean else 0.0)
    half = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * error
    return Difference(mean, mean - half, mean + half, float(2 * stats.t.sf(t, freedom)))


def independent(more: Band, less: Band) -> Difference:
    """``more`` minus ``less`` at the last checkpoint of rows that share too few worlds to be
    paired, which overstates the interval."""
    mean, low, high = difference(more, less)
    nearest = mean - low if mean > 0 else high - mean
    z = stats.norm.ppf((1 + LEVEL) / 2) * abs(mean) / nearest if nearest > 0 else np.inf
    return Difference(mean, low, high, float(2 * stats.norm.sf(z)) if mean else 1.0)


@dataclasses.dataclass(frozen=True)
class Pairs:
    """A paired difference, and what was its unit."""

    difference: Difference
    over: str  # "worlds", "runs" or "questions"
    questions: int  # different ones


def by_question(gaps: Sequence[Floats], worlds: Sequence[str]) -> Pairs:
    """The mean difference of pairs of runs that answered the same questions.

    ``gaps``: of each corpus [pairs of runs, questions], one run's answer less the other's, from -1
    to 1; ``worlds``: the name of each corpus, of which none stands twice. The unit is the world
    from three on, else the pair of runs; as everywhere (``intervals``), the interval is no narrower
    than that of the questions, which one pair has alone. p is the larger of the two.
    """
    assert len({*worlds}) == len(worlds) == len(gaps) > 0
    level = np.array([gap.mean() for gap in gaps])
    mean, n = float(level.mean()), sum(gap.shape[1] for gap in gaps)
    runs = np.concatenate([gap.mean(1) for gap in gaps])
    units, over = (level, "worlds") if len(level) >= WORLDS else (runs, "runs")
    found = _over_questions(gaps, mean)
    if len(units) < 2:
        return Pairs(found, "questions", n)
    between = of_gaps(units)
    shift = mean - between.mean  # of two worlds with unequally many runs
    low, high = min(between.low + shift, found.low), max(between.high + shift, found.high)
    p = max(between.p, found.p)
    return Pairs(Difference(mean, max(low, -1.0), min(high, 1.0), p), over, n)


def _over_questions(gaps: Sequence[Floats], mean: float) -> Difference:
    """By questions as the unit. Two made-up ones are added, one for each side, so that equal
    answers to few questions are no proof (Bonett & Price 2012, doi:10.3102/1076998611411915)."""
    variance = 0.0
    for gap in gaps:
        each = gap.mean(0)  # [n] mean over pairs of runs
        n = len(each)
        centre = each.sum() / (n + 2)
        spread = max(((each**2).sum() + 2) / (n + 2) - centre**2, 0.0)
        variance += spread / (n + 2) / len(gaps) ** 2
    half = float(stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt(variance))
    p = float(2 * stats.norm.sf(abs(mean) / np.sqrt(variance)))
    return Difference(mean, max(mean - half, -1.0), min(mean + half, 1.0), p)


def holm(p: Sequence[float]) -> list[float]:
    """The chances ``p`` corrected for there being several of them (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    worth = np.arange(len(p), 0, -1) * np.asarray(p, float)[order]
    out = np.empty(len(p))
    out[order] = np.minimum(np.maximum.accumulate(worth), 1.0)
    return out.tolist()
