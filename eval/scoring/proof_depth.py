"""Reach: how far, and how many, the unstated conclusions are that a model answers.

Every other score ends at 1; this one has no end, and is where H2 (deduction) predicts growth at a
fixed corpus. A stratum is an instrument and a *distance*: steps from what is stated, demonstrated
or written. It is reached if at least half of its questions are answered rightly, and more than its
floor explains. Published where at least four distances above H hold 30 headline questions each on
every world seed; elsewhere depth is one number.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..floors.floor_table import LEAST
from ..floors.measured import measured
from ..question_sets.predictions import Predictions
from ..question_sets.question_set import QuestionSet
from ..stats.curve import Curve
from ..stats.intervals import Band, over_runs
from ..stats.trend import DECADE, FLAT, Change, change

HALF = 0.5  # share of a stratum from which it is reached
DISTANCES = 4  # above H, with LEAST questions each, from which reach is published
MEMO = "strata"

Stratum = tuple[int, NDArray[np.bool_], int, float]


@dataclasses.dataclass(frozen=True)
class Reach:
    """Over K checkpoints, with 95% intervals over worlds or runs."""

    distance: Band  # the greatest distance reached, 0 for none
    conclusions: Band  # log10 of 1 + the distinct unstated conclusions answered where it is reached

    def growth(self, flops: NDArray[np.float64]) -> dict[str, Change | None]:
        """The change of each over the last decade of compute; None where there is no decade."""
        spent = flops > 0
        found = {}
        for name in ("distance", "conclusions"):
            band: Band = getattr(self, name)
            if not spent.any():
                found[name] = None
                continue
            world = band.world.tolist()
            curve = Curve.of(flops[spent], band.runs[:, spent], "bits", world=world)
            found[name] = change(curve, DECADE)
        return found


def reach(cells: Sequence[Predictions], right: Sequence[NDArray[np.bool_]]) -> Reach | None:
    """The reach of one row; ``right`` has a bool [S, K, Q] per cell. None where some world has too
    few questions above H."""
    if any(far_distances(cell.question_set) < DISTANCES for cell in cells):
        return None
    distances, numbers, worlds = [], [], []
    for cell, answered in zip(cells, right):
        distance, number = np.zeros(answered.shape[:2]), np.zeros(answered.shape[:2])
        for steps, where, distinct, floor in _strata(cell.question_set):
            share = answered[:, :, where].mean(2)
            reached = (share >= HALF) & (share > floor + FLAT)
            distance = np.maximum(distance, np.where(reached, steps, 0))
            number += np.where(reached, share * distinct, 0)
        distances.append(distance)
        numbers.append(np.log10(1 + number))
        worlds += [cell.question_set.corpus.digest] * len(distance)
    return Reach(_band(np.concatenate(distances), worlds), _band(np.concatenate(numbers), worlds))


def far_distances(question_set: QuestionSet) -> int:
    """How many distances above H hold LEAST headline questions each."""
    corpus = question_set.corpus
    distance = corpus.certificate.distance[question_set.questions[question_set.theorems]]
    count = np.unique(distance[distance > corpus.read.height], return_counts=True)[1]
    return int((count >= LEAST).sum())


def _strata(question_set: QuestionSet) -> list[Stratum]:
    """(distance, bool [Q] of its questions, distinct conclusions in the whole corpus, floor)."""
    if MEMO in question_set.memo:
        return question_set.memo[MEMO]
    corpus, found = question_set.corpus, []
    distance = corpus.certificate.distance
    every = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    for name, (rung, cue) in question_set.instruments.items():
        group = question_set.headline[name]
        steps, count = np.unique(distance[question_set.questions[group]], return_counts=True)
        if not (count >= LEAST).any():
            continue
        floor = measured(question_set).on(rung, str(cue), group).floor.score
        mine = np.flatnonzero(every.headline[name])
        for high in steps[count >= LEAST]:
            where = group & (distance[question_set.questions] == high)
            there = mine[distance[mine] == high]
            distinct = len(np.unique(corpus.fact[corpus.offsets[there]]))
            found.append((int(high), where, distinct, floor))
    question_set.memo[MEMO] = found
    return found


def _band(runs: NDArray[np.float64], worlds: Sequence[str]) -> Band:
    number = np.unique(list(worlds), return_inverse=True)[1]
    mean = np.mean([runs[number == w].mean(0) for w in np.unique(number)], axis=0)
    least, most = (mean, mean) if len(runs) > 1 else (0 * mean, np.full_like(mean, np.inf))
    return over_runs(runs, worlds, (least, most), (0.0, np.inf))
