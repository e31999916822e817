"""Whether one run scores like others of its kind: the interval of a few initialisations.

The others were trained anew; the run in question is somebody's claim. If all are of one kind, a
new run lies within mean ± t s sqrt(1 + 1/R), the prediction interval of Student's t, with chance
1 - miss, where s is what R runs differ by. What runs of other corpora differ by is pooled with it.
Near 0 and 1 accuracies are skewed: the same interval is made of their log odds too, and the wider
side of both counts. None is narrower than the chance in answering n questions allows.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

Floats = NDArray[np.float64]
# The most with which an honest cell is refused, shared among its instruments (Bonferroni), where
# accuracies or their log odds scatter normally. Simulated with one and six instruments: .006 to
# .014 of normal accuracies; .01 to .05 of normal log odds around .88 to .99, where the interval of
# accuracies alone refuses .07 to .26. Where a run has an ability or not, of each instrument by
# itself, more are refused: with even chances .13 an instrument, and of cells with six .55, .19 and
# .06 if one, two and three cells of a configuration are trained; if a run in ten lacks it, .37,
# .29 and .21
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
    assert len(seen) > 1 and questions > 0 and comparisons > 0
    miss = ALARM / comparisons
    groups = [np.asarray(group, float) for group in (seen, *alike)]
    even = _by_student(groups, miss)
    odds = special.expit(_by_student([_log_odds(g, questions) for g in groups], miss))
    skewed = (odds * (questions + 1) - 0.5) / questions  # as _log_odds was given them
    chance = _by_questions(float(groups[0].mean()), len(seen), questions, miss)
    low, high = np.transpose(np.array([even, skewed, chance]))
    return Prediction(max(0.0, float(low.min())), min(1.0, float(high.max())))


def _by_student(groups: Sequence[Floats], miss: float) -> Floats:
    """(low, high) of one more run of the first group, where all groups scatter alike."""
    centred = [group - group.mean() for group in groups]
    freedom = sum(len(group) - 1 for group in groups)
    spread = np.sqrt(sum(float((group**2).sum()) for group in centred) / freedom)
    half = _quantile(miss, freedom) * spread * np.sqrt(1 + 1 / len(groups[0]))
    return groups[0].mean() + half * np.array([-1.0, 1.0])


def _log_odds(accuracy: Floats, questions: int) -> Floats:
    """Log odds of accuracies; half an answer more on both sides keeps them finite."""
    return special.logit((accuracy * questions + 0.5) / (questions + 1))


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
