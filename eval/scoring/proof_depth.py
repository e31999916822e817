"""Reach: how high, and how many, the unstated conclusions are that a model answers.

Every other score ends at 1; this one has no end, and is where H2 (deduction) predicts growth at a
fixed corpus. A stratum is a rung and a height. It is reached if at least half of
its questions are answered rightly, and more than chance explains.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...worlds.novelty.rungs import RUNGS
from ..question_sets.chance import Chance
from ..question_sets.predictions import Predictions
from ..question_sets.question_set import QuestionSet
from ..stats.curve import Curve
from ..stats.intervals import Band, over_runs
from ..stats.trend import DECADE, FLAT, Change, change

HALF = 0.5  # share of a stratum from which it is reached
FEWEST = 10  # questions below which a stratum is too small to be reached


@dataclasses.dataclass(frozen=True)
class Reach:
    """Over K checkpoints, with 95% intervals over worlds or runs."""

    height: Band  # the greatest height reached, 0 for none
    conclusions: Band  # log10 of 1 + the distinct unstated conclusions answered where it is reached

    def growth(self, flops: NDArray[np.float64]) -> dict[str, Change | None]:
        """The change of each over the last decade of compute; None where there is no decade."""
        spent = flops > 0
        found = {}
        for name in ("height", "conclusions"):
            band: Band = getattr(self, name)
            if not spent.any():
                found[name] = None
                continue
            world = band.world.tolist()
            curve = Curve.of(flops[spent], band.runs[:, spent], "bits", world=world)
            found[name] = change(curve, DECADE)
        return found


def reach(cells: Sequence[Predictions], right: Sequence[NDArray[np.bool_]]) -> Reach | None:
    """The reach of one row; ``right`` has a bool [S, K, Q] per cell. None where too few questions
    are about unstated conclusions."""
    heights, numbers, worlds = [], [], []
    for cell, answered in zip(cells, right):
        strata = _strata(cell.question_set)
        if not strata:
            return None
        height = np.zeros(answered.shape[:2])
        number = np.zeros(answered.shape[:2])
        for high, where, distinct, chance in strata:
            share = answered[:, :, where].mean(2)
            reached = (share >= HALF) & (share > chance.value + FLAT)
            height = np.maximum(height, np.where(reached, high, 0))
            number += np.where(reached, share * distinct, 0)
        heights.append(height)
        numbers.append(np.log10(1 + number))
        worlds += [cell.question_set.corpus.digest] * len(height)
    return Reach(_band(np.concatenate(heights), worlds), _band(np.concatenate(numbers), worlds))


def _strata(question_set: QuestionSet) -> list[tuple[int, NDArray[np.bool_], int, Chance]]:
    """(height, bool [Q] of its questions, distinct conclusions in the whole corpus, chance)."""
    corpus, certificate = question_set.corpus, question_set.corpus.certificate
    found = []
    for number, rung in enumerate(RUNGS):
        if rung == "recall" or rung not in question_set.groups:
            continue
        group, chance = question_set.groups[rung], question_set.chance(rung)
        pure = certificate.pure | (rung == "mixed")  # mixed is never pure
        every = np.flatnonzero((certificate.rung == number) & pure)
        for high in np.unique(certificate.height[question_set.questions[group]]):
            where = group & (certificate.height[question_set.questions] == high)
            if where.sum() < FEWEST:
                continue
            mine = every[certificate.height[every] == high]
            distinct = len(np.unique(corpus.fact[corpus.offsets[mine]]))
            found.append((int(high), where, distinct, chance))
    return found


def _band(runs: NDArray[np.float64], worlds: Sequence[str]) -> Band:
    number = np.unique(list(worlds), return_inverse=True)[1]
    mean = np.mean([runs[number == w].mean(0) for w in np.unique(number)], axis=0)
    least, most = (mean, mean) if len(runs) > 1 else (0 * mean, np.full_like(mean, np.inf))
    return over_runs(runs, worlds, (least, most), (0.0, np.inf))
