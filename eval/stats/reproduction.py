"""Whether one run scores like others of its kind: the interval of a few initialisations.

The others were trained anew; the run in question is somebody's claim. If all are of one kind, a
new run lies within mean ± t s sqrt(1 + 1/R), the prediction interval of Student's t, with chance
1 - miss, where s is what R runs differ by. What runs of other corpora differ by is pooled with it.
The interval is never narrower than the chance in answering n questions allows.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
# The chance to refuse an honest cell, shared among its instruments (Bonferroni). Simulated: below
# it where runs scatter normally or by questions alone; .125 an instrument where each run either
# gets an ability or not, with even chances (tests/eval/stats/test_reproduction.py)
ALARM = 0.05
WIDE = 0.5  # width of an interval from which it says nothing


@dataclasses.dataclass(frozen=True)
class Prediction:
    """Where the accuracy of one more run lies, were it of the kind of those that were seen."""

    low: float
    high: float

    @property
    def telling(self) -> bool:
        """Whether it is narrow enough to refuse anything worth refusing."""
        return self.high - self.low <= WIDE

    def admits(self, accuracy: float) -> bool:
        return self.low - 1e-9 <= accuracy <= self.high + 1e-9


def prediction(
    seen: Sequence[float], alike: Sequence[Sequence[float]], questions: int, comparisons: int
) -> Prediction:
    """The interval of one instrument of one cell.

    ``seen``: accuracies of the runs that differ from the claimed one by their initialisation
    alone; ``alike``: the same of other corpora, for what runs differ by; ``questions``: behind
    each accuracy; ``comparisons``: instruments of the cell, which share ALARM.
    """
    runs = np.asarray(seen, float)
    assert len(runs) > 1 and questions > 0 and comparisons > 0
    centred = [g - g.mean() for g in (np.asarray(g, float) for g in (runs, *alike))]
    freedom = sum(len(g) - 1 for g in centred)
    spread = np.sqrt(sum(float((g**2).sum()) for g in centred) / freedom)
    miss, one_more = ALARM / comparisons, np.sqrt(1 + 1 / len(runs))
    between = _quantile(miss, freedom) * spread
    total = questions * len(runs)
    share = (runs.mean() * total + 2) / (total + 4)  # Agresti & Coull 1998: never 0 or 1
    chance = _quantile(miss, None) * np.sqrt(share * (1 - share) / questions)
    mean, half = float(runs.mean()), float(max(between, chance) * one_more)
    return Prediction(max(0.0, mean - half), min(1.0, mean + half))


@functools.lru_cache(256)
def _quantile(miss: float, freedom: int | None) -> float:
    """Of Student's t, or with None of the normal distribution, two-sided."""
    kind = stats.norm() if freedom is None else stats.t(freedom)
    return float(kind.ppf(1 - miss / 2))
