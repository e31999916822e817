"""Intervals over patterns: questions of axiom that rest on one sentence are one observation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ..question_sets.predictions import Predictions
from ..question_sets.question_set import QuestionSet
from ..stats.intervals import LEVEL, wilson

Unit = tuple[str, ...]  # a corpus, and the rules that a question rests on


@dataclasses.dataclass(frozen=True)
class PatternInterval:
    """A mean over questions, and its 95% interval over the patterns that they rest on."""

    mean: float
    low: float
    high: float
    questions: int
    patterns: int


def patterns_of(question_set: QuestionSet, where: NDArray[np.int64]) -> list[Unit]:
    """What each question ``where`` [n] of axiom rests on: the rules that its lowest proof needs
    and that are stated alone. Patterns with the same axiom fact are given alike, and are one.
    A proof is followed once for all scores of a question set."""
    corpus = question_set.corpus
    gold, c = corpus.split.gold, corpus.closure
    alone = np.array([w == "stated" for w in corpus.split.presentation], bool)
    known: dict[int, frozenset[str]] = question_set.memo.setdefault("patterns", {})

    def needed(fact: int) -> frozenset[str]:
        if fact not in known:
            derivation = gold.best[fact]
            known[fact] = frozenset()
            if derivation >= 0 and not c.is_base[fact]:
                number = gold.pattern[derivation]
                rule, axioms = gold.patterns[number]
                own = " ".join(" ".join(a) for a in axioms) or c.program.rules[rule].text
                below = (needed(int(p)) for p in c.premises[derivation] if p >= 0)
                known[fact] = frozenset([own] if alone[number] else []).union(*below)
        return known[fact]

    facts = corpus.fact[corpus.offsets[question_set.questions[where]]]
    return [(corpus.digest, *sorted(needed(int(f)))) for f in facts]


def pattern_interval(
    values: NDArray[np.float64], units: Sequence[Unit], bounds: tuple[float, float] = (0.0, 1.0)
) -> PatternInterval:
    """The mean of ``values`` [n] and its interval over the units that they rest on.

    A cluster-robust interval (Liang & Zeger 1986, doi:10.1093/biomet/73.1.13) by Student's t over
    P units. A share's is never narrower than P trials allow: where all patterns do the same they
    have no spread. Unbounded with a single unit.
    """
    low, high = bounds
    number = np.unique([" | ".join(u) for u in units], return_inverse=True)[1]
    patterns, n, mean = int(number.max()) + 1, len(values), float(values.mean())
    if patterns < 2:
        return PatternInterval(mean, low, high, n, patterns)
    apart = np.bincount(number, values - mean)
    error = np.sqrt(patterns / (patterns - 1) * (apart**2).sum()) / n
    half = stats.t.ppf((1 + LEVEL) / 2, patterns - 1) * error
    ends = [mean - half, mean + half]
    if bounds == (0.0, 1.0):
        least = wilson(np.array([mean]), patterns)
        ends = [min(ends[0], float(least[0][0])), max(ends[1], float(least[1][0]))]
    return PatternInterval(mean, max(low, ends[0]), min(high, ends[1]), n, patterns)


def no_narrower(
    found: tuple[float, float, float],
    values: NDArray[np.float64],
    units: Sequence[Unit],
    bounds: tuple[float, float] = (0.0, 1.0),
) -> tuple[float, float, bool]:
    """(low, high, whether they changed) of an interval (mean, low, high) made no narrower than that
    of ``values`` [n] over the patterns that they rest on, laid about its mean."""
    mean, low, high = found
    over = pattern_interval(values, units, bounds)
    below, above = mean - (over.mean - over.low), mean + (over.high - over.mean)
    ends = max(bounds[0], min(low, below)), min(bounds[1], max(high, above))
    return *ends, ends != (low, high)


def answer_rate(
    cells: Sequence[Predictions], keys: NDArray[np.int64], size: int
) -> NDArray[np.float64]:
    """[Q] the share of all runs of ``cells`` whose last answer is among ``keys``, each a question's
    place times ``size`` plus an answer; ``size`` is above every answer."""
    answer = np.concatenate([c.answer[:, -1] for c in cells])
    mine = np.arange(answer.shape[1]) * size + answer
    return (np.isin(mine, keys) & (answer >= 0) & (answer < size)).mean(0)
