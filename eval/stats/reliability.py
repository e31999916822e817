"""Reliability of a column over models: split halves of its worlds, and the same runs once more.

A column ranks models only if it would rank them so again. Rows of a matrix are models, its columns
worlds; what is correlated are means of models, so models that differ little make a column
unreliable, however exact it is. Shapes: M models, W worlds.
Sources: Spearman 1910 and Brown 1910 (the length of a test), Cronbach 1951
(doi:10.1007/BF02310555: alpha is the mean over all split halves), Shrout and Fleiss 1979
(doi:10.1037/0033-2909.86.2.420: agreement of two measurements, ICC(2,1)).
"""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
from numpy.typing import NDArray
from scipy import optimize

from .power import ENOUGH, power

Floats = NDArray[np.float64]
LEAST = 0.8  # of both, for a column that is ranked
MODELS = 3  # fewer have no correlation worth the name
FAR = 100.0  # standard deviations: a difference that two worlds find


@dataclasses.dataclass(frozen=True)
class Reliability:
    """Of one column: both from minus infinity to 1; None where there are too few models or
    worlds, or where no two models differ."""

    halves: float | None
    retest: float | None

    @property
    def ranked(self) -> bool:
        """Whether both are known and at least LEAST."""
        return all(r is not None and r >= LEAST for r in (self.halves, self.retest))


def split_halves(scores: Floats) -> float | None:
    """The mean over all ways to split the worlds [M, W] into halves (of odd numbers: as even as it
    goes) of the correlation of the halves' means, brought to full length (Spearman-Brown)."""
    models, worlds = scores.shape
    if models < MODELS or worlds < 2 or not np.ptp(scores.mean(1)):
        return None
    found = []
    for half in itertools.combinations(range(worlds), worlds // 2):
        rest = [w for w in range(worlds) if w not in half]
        one, other = scores[:, [*half]].mean(1), scores[:, rest].mean(1)
        if np.ptp(one) and np.ptp(other):
            r = float(np.corrcoef(one, other)[0, 1])
            found.append(2 * r / (1 + r) if r > -1 else -np.inf)
        else:
            found.append(0.0)  # a half in which no two models differ tells nothing
    return float(np.mean(found))


def retest(first: Floats, second: Floats) -> float | None:
    """How far two measurements of M models agree, ICC(2,1): a shift of all counts against it."""
    assert first.shape == second.shape and first.ndim == 1
    both = np.stack([first, second], 1)  # [M, 2]
    models, times = both.shape
    if models < MODELS or not np.ptp(both):
        return None
    grand = both.mean()
    rows = times * ((both.mean(1) - grand) ** 2).sum() / (models - 1)
    columns = models * ((both.mean(0) - grand) ** 2).sum() / (times - 1)
    left = both - both.mean(1, keepdims=True) - both.mean(0, keepdims=True) + grand
    error = (left**2).sum() / ((models - 1) * (times - 1))
    below = rows + (times - 1) * error + times * (columns - error) / models
    return float((rows - error) / below) if below > 0 else None


def seen(scores: Floats) -> float | None:
    """The least true difference of two models that W worlds find with power ENOUGH, from the median
    spread of paired differences; uncorrected. None: fewer than two of either."""
    models, worlds = scores.shape
    if models < 2 or worlds < 2:
        return None
    gaps = [scores[a] - scores[b] for a, b in itertools.combinations(range(models), 2)]
    spread = float(np.median([gap.std(ddof=1) for gap in gaps]))

    def more(units: float) -> float:
        return power(units, 1.0, worlds) - ENOUGH

    return spread * optimize.root_scalar(more, bracket=(0.0, FAR)).root if spread else 0.0
