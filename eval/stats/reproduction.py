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
from scipy import special, stats

Floats = NDArray[np.float64]
# The chance to refuse an honest cell, shared among its instruments (Bonferroni). Simulated: .001 to
# .033 where runs scatter normally or by questions alone, with six instruments; .125 an instrument
# where each run either gets an ability or not, with even chances. Of fours of 24 trainings
# (decoder-xs on composition-v1/tiny, 700 x 128): .018 in direct, .064 in chain, all close to 1
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
    miss, mean = ALARM / comparisons, float(runs.mean())
    half = float(_quantile(miss, freedom) * spread * np.sqrt(1 + 1 / len(runs)))
    low, high = _by_questions(mean, len(runs), questions, miss)
    return Prediction(max(0.0, min(mean - half, low)), min(1.0, max(mean + half, high)))


@functools.lru_cache(4096)
def _by_questions(mean: float, runs: int, questions: int, miss: float) -> tuple[float, float]:
    """(low, high) of one more run if all that runs differ by were chance in each answer: the
    predictive distribution of its right answers, beta-binomial from Jeffreys' prior."""
    right = mean * questions * runs
    a, b = right + 0.5, questions * runs - right + 0.5
    k = np.arange(questions + 1)
    weight = special.betaln(k + a, questions - k + b) - special.betaln(k + 1, questions - k + 1)
    below = np.cumsum(np.exp(weight - weight.max()))
    low, high = np.searchsorted(below, below[-1] * np.array([miss / 2, 1 - miss / 2]))
    return float(low) / questions, float(min(high, questions)) / questions


@functools.lru_cache(256)
def _quantile(miss: float, freedom: int) -> float:
    """Of Student's t, two-sided."""
    return float(stats.t.ppf(1 - miss / 2, freedom))
