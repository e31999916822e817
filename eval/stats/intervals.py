"""95% intervals whose unit is a whole run or a whole world, never a point.

With few runs the interval is Student's t over the runs' means. Simulated coverage of a nominal 95%
interval for 3 / 5 / 10 / 20 runs with means near 1 (Beta(19, 1)): t .89 / .90 / .90 / .91,
percentile bootstrap .72 / .81 / .86 / .90, BCa .70 / .82 / .86 / .92; so runs are resampled (BCa)
only from 20 on: three runs have ten distinct resamples, whose extremes are not tails.

Runs that share a world share its questions, and runs that all score 0 have no spread: no resampling
of runs can see the chance that lay in drawing the questions. So an interval over runs is never
narrower than the one over questions (Wilson 1927, doi:10.1080/01621459.1927.10502953).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ...seeding import stream

Curve = NDArray[np.float64]  # [K] one number per checkpoint
LEVEL = 0.95
RESAMPLED = 20  # runs from which BCa resampling covers as well as t (see above)
WORLDS = 3  # worlds from which worlds are the unit: two give no usable spread


@dataclasses.dataclass(frozen=True)
class Band:
    """A mean and its 95% interval at each of K checkpoints."""

    mean: Curve
    low: Curve
    high: Curve
    over: str  # what was resampled: "worlds", "runs" or "questions"
    runs: NDArray[np.float64]  # [R, K] the mean of each run, for paired comparisons
    world: NDArray[np.int64]  # [R] number of the world that each run saw

    def at(self, checkpoint: int = -1) -> tuple[float, float, float]:
        """(mean, low, high) at one checkpoint; by default the last."""
        k = checkpoint
        return float(self.mean[k]), float(self.low[k]), float(self.high[k])

    def normalised(self, chance: float) -> Band:
        """0 = chance, 1 = perfect; NaN where chance is 1 and nothing can be measured."""
        scale = 1 - chance if chance < 1 else np.nan
        values = [(v - chance) / scale for v in (self.mean, self.low, self.high, self.runs)]
        return Band(values[0], values[1], values[2], self.over, values[3], self.world)


def wider_side(mean: float, low: float, high: float) -> float:
    """What stands behind ``±``: the wider side of the interval, for both."""
    return max(high - mean, mean - low)


def wilson(share: Curve, n: int, level: float = LEVEL) -> tuple[Curve, Curve]:
    """(low, high) for a share of ``n`` independent questions answered rightly."""
    z = stats.norm.ppf((1 + level) / 2)
    share = np.asarray(share, float)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.clip(centre - half, 0, share), np.clip(centre + half, share, 1)


def student(values: NDArray[np.float64], level: float = LEVEL) -> tuple[Curve, Curve]:
    """(low, high) of the mean of ``values`` [n, K], n >= 2, by Student's t."""
    n = len(values)
    half = stats.t.ppf((1 + level) / 2, n - 1) * values.std(0, ddof=1) / np.sqrt(n)
    return values.mean(0) - half, values.mean(0) + half


def resampled(values: NDArray[np.float64], level: float = LEVEL) -> tuple[Curve, Curve]:
    """(low, high) of the mean of ``values`` [n, K] by resampling its rows, BCa."""
    low, high = values.mean(0), values.mean(0)
    for k in np.flatnonzero(np.ptp(values, axis=0) > 0):
        found = stats.bootstrap(
            (values[:, k],),
            np.mean,
            n_resamples=4_999,
            confidence_level=level,
            rng=stream("interval", len(values)),
        ).confidence_interval
        low[k], high[k] = found.low, found.high
    return low, high


def shares(right: Sequence[NDArray[Any]], worlds: Sequence[str]) -> Band:
    """The band of a share. ``right`` has a bool [S, K, n] per cell, or chances from 0 to 1;
    ``worlds`` each one's world."""
    runs, world = _runs([r.astype(float) for r in right], worlds)
    n = _questions(right, worlds)
    return _band(runs, world, wilson(_mean(runs, world), n), (0.0, 1.0))


def portions(
    part: Sequence[NDArray[np.bool_]], whole: Sequence[NDArray[np.bool_]], worlds: Sequence[str]
) -> Band | None:
    """The band, K = 1, of the share of ``whole`` that is ``part`` as well, bool [S, n] a cell each.

    Runs with nothing in ``whole`` have no share and are left out; None where no run has any.
    """
    runs, of, counted = [], [], {}
    for p, w, world in zip(part, whole, worlds):
        some = w.any(1)
        runs += [(p & w)[some].sum(1) / w[some].sum(1)]
        of += [world] * int(some.sum())
        # runs of one world share its questions
        counted[world] = counted.get(world, False) | w.any(0)
    if not of:
        return None
    values, number = np.concatenate(runs)[:, None], np.unique(of, return_inverse=True)[1]
    n = sum(int(a.sum()) for a in counted.values())
    return _band(values, number, wilson(_mean(values, number), n), (0.0, 1.0))


def means(values: Sequence[NDArray[np.floating]], worlds: Sequence[str]) -> Band:
    """The band of a mean of ``values``, a float [S, K, n] per cell, at least 0 (bits)."""
    cells = [np.asarray(v, float) for v in values]
    runs, world = _runs(cells, worlds)
    n = _questions(cells, worlds)
    centre = _mean(runs, world)
    spread = np.sqrt(np.mean([v.var(2).mean(0) for v in cells], axis=0) / max(n - 1, 1))
    half = stats.t.ppf((1 + LEVEL) / 2, n - 1) * spread if n > 1 else np.full_like(centre, np.inf)
    return _band(runs, world, (centre - half, centre + half), (0.0, np.inf))


def over_runs(
    runs: NDArray[np.float64],
    worlds: Sequence[str],
    questions: tuple[Curve, Curve],
    bounds: tuple[float, float],
) -> Band:
    """The band of numbers [R, K] already averaged per run, no narrower than ``questions``."""
    return _band(runs, np.unique(list(worlds), return_inverse=True)[1], questions, bounds)


def difference(more: Band, less: Band, k: int = -1, j: int = -1) -> tuple[float, float, float]:
    """(mean, low, high) of ``more`` at k minus ``less`` at j, independent of each other.

    The two intervals are combined by squares (MOVER: Zou & Donner 2008, doi:10.1002/sim.3095),
    which keeps each one's asymmetry near 0 and 1.
    """
    a, a_low, a_high = more.at(k)
    b, b_low, b_high = less.at(j)
    down = np.hypot(a - a_low, b_high - b)
    up = np.hypot(a_high - a, b - b_low)
    return a - b, float(a - b - down), float(a - b + up)


def change(band: Band, since: int, until: int = -1) -> tuple[float, float, float]:
    """(mean, low, high) of the change between two checkpoints, paired by run where there are two.

    One run has no pairs: its two levels count as independent, which overstates the interval.
    """
    if len(band.runs) < 2:
        return difference(band, band, until, since)
    step = band.runs[:, [until]] - band.runs[:, [since]]
    low, high = student(step)
    return float(step.mean()), float(low[0]), float(high[0])


def _runs(
    cells: Sequence[NDArray[np.float64]], worlds: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """([R, K] mean of each run, [R] its world's number)."""
    number = {w: i for i, w in enumerate(dict.fromkeys(worlds))}
    world = np.concatenate([np.full(len(c), number[w]) for c, w in zip(cells, worlds)])
    return np.concatenate([c.mean(2) for c in cells]), world


def _questions(cells: Sequence[NDArray], worlds: Sequence[str]) -> int:
    """How many different questions: runs of one world share theirs."""
    return sum({w: c.shape[2] for c, w in zip(cells, worlds)}.values())


def _mean(runs: NDArray[np.float64], world: NDArray[np.int64]) -> Curve:
    """[K] the mean over worlds of the mean over their runs."""
    return np.mean([runs[world == w].mean(0) for w in np.unique(world)], axis=0)


def _band(
    runs: NDArray[np.float64],
    world: NDArray[np.int64],
    questions: tuple[Curve, Curve],
    bounds: tuple[float, float],
) -> Band:
    units, over = runs, "runs"
    if len(np.unique(world)) >= WORLDS:
        units = np.array([runs[world == w].mean(0) for w in np.unique(world)])
        over = "worlds"
    low, high = questions
    if len(units) < 2:
        over = "questions"
    else:
        between = resampled(units) if len(units) >= RESAMPLED else student(units)
        low, high = np.minimum(low, between[0]), np.maximum(high, between[1])
    mean = _mean(runs, world)
    return Band(mean, np.clip(low, *bounds), np.clip(high, *bounds), over, runs, world)
