"""Controls: does it also answer where nothing follows, and by likeness where likeness misleads?

False conclusions, false NONEs and d' are reported together: a model that never says NONE and one
that always does are both perfect on one of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from ...worlds.novelty.rungs import CONTROLS
from ..question_sets.predictions import Predictions
from ..stats.intervals import LEVEL, Band, over_runs, shares


@dataclasses.dataclass(frozen=True)
class Controls:
    """Questions whose right answer is NONE, beside theorems."""

    n: int  # different questions without an answer
    theorems: int  # different headline questions with one, recall apart
    correct: Band  # share of NONE where NONE is right
    false_conclusions: Band  # share answered with something, where nothing follows
    false_nones: Band | None  # share answered NONE where something follows
    discrimination: Band | None  # d' of theorems from nontheorems (log-linear correction)
    leaks: Band | None  # share answered with what is true in the world and cannot be known


@dataclasses.dataclass(frozen=True)
class ExceptionScore:
    """Exceptions: the declared interpolator leans towards one wrong answer, the distractor."""

    n: int
    accuracy: Band
    misled: Band  # share answered with the distractor
    twins: int  # questions like them without an exception
    twin_accuracy: Band | None


def controls(cells: Sequence[Predictions]) -> dict[str, Controls]:
    """Group -> its controls, for each of CONTROLS that the question sets have."""
    out = {}
    for name in CONTROLS:
        having = [c for c in cells if name in c.question_set.groups]
        if having:
            out[name] = _controls(having, name)
    return out


def _controls(cells: Sequence[Predictions], name: str) -> Controls:
    worlds = [c.question_set.corpus.digest for c in cells]
    none = [c.answer == c.question_set.corpus.none for c in cells]
    says = [(c.answer >= 0) & ~n for c, n in zip(cells, none)]
    without = [c.question_set.groups[name] for c in cells]
    theorem = [c.question_set.theorems for c in cells]
    answered = [s[:, :, w] for s, w in zip(says, without)]
    both = all(t.any() for t in theorem)
    leaked = [
        c.answer == c.question_set.corpus.certificate.leak[c.question_set.questions] for c in cells
    ]
    leaked = [(t & s)[:, :, w] for t, s, w in zip(leaked, says, without)]
    hits = [s[:, :, t] for s, t in zip(says, theorem)]
    return Controls(
        n=_different(worlds, without),
        theorems=_different(worlds, theorem),
        correct=shares([n[:, :, w] for n, w in zip(none, without)], worlds),
        false_conclusions=shares(answered, worlds),
        false_nones=shares([n[:, :, t] for n, t in zip(none, theorem)], worlds) if both else None,
        discrimination=_discrimination(hits, answered, worlds) if both else None,
        leaks=shares(leaked, worlds) if name == "unknowable" else None,
    )


def d_prime(
    hits: NDArray[np.number], theorems: int, alarms: NDArray[np.number], nontheorems: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(d', its standard error) from counts of answers where one follows, and where none does.

    Half a count is added to each cell (Hautus 1995, doi:10.3758/BF03203619), the standard error is
    that of Gourevitch & Galanter 1967 (doi:10.1007/BF02289401).
    """
    hit, alarm = (hits + 0.5) / (theorems + 1), (alarms + 0.5) / (nontheorems + 1)
    z_hit, z_alarm = stats.norm.ppf(hit), stats.norm.ppf(alarm)
    variance = hit * (1 - hit) / (theorems * stats.norm.pdf(z_hit) ** 2)
    variance += alarm * (1 - alarm) / (nontheorems * stats.norm.pdf(z_alarm) ** 2)
    return z_hit - z_alarm, np.sqrt(variance)


def _discrimination(
    hits: Sequence[NDArray[np.bool_]], alarms: Sequence[NDArray[np.bool_]], worlds: Sequence[str]
) -> Band:
    values, errors, of = [], [], []
    for hit, alarm, world in zip(hits, alarms, worlds):
        value, error = d_prime(hit.sum(2), hit.shape[2], alarm.sum(2), alarm.shape[2])
        values.append(value)
        errors.append(error)
        of += [world] * len(value)
    runs = np.concatenate(values)
    # the questions of one world are shared by its runs, so their error does not shrink with runs
    error = np.concatenate(errors).mean(0) / np.sqrt(len(set(worlds)))
    half = stats.norm.ppf((1 + LEVEL) / 2) * error
    centre = runs.mean(0)
    return over_runs(runs, of, (centre - half, centre + half), (-np.inf, np.inf))


def exception_items(cells: Sequence[Predictions]) -> dict[str, ExceptionScore]:
    """{"exception": ..} where the question sets have exception items, else {}."""
    distractors = [
        c.question_set.corpus.certificate.distractor[c.question_set.questions] for c in cells
    ]
    having = [
        (c, distractor) for c, distractor in zip(cells, distractors) if (distractor >= 0).any()
    ]
    if not having:
        return {}
    worlds = [c.question_set.corpus.digest for c, _ in having]
    where = [distractor >= 0 for _, distractor in having]
    twins = [_twins(c, w) for (c, _), w in zip(having, where)]
    all_twins = all(len(t) for t in twins)
    found = ExceptionScore(
        n=_different(worlds, where),
        accuracy=shares([c.right()[:, :, w] for (c, _), w in zip(having, where)], worlds),
        misled=shares(
            [(c.answer == distractor)[:, :, distractor >= 0] for c, distractor in having], worlds
        ),
        twins=sum({w: len(t) for w, t in zip(worlds, twins)}.values()),
        twin_accuracy=shares([c.right()[:, :, t] for (c, _), t in zip(having, twins)], worlds)
        if all_twins
        else None,
    )
    return {"exception": found}


def _twins(cell: Predictions, where: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Places in the question set of the twins of the exceptions ``where`` bool [Q]."""
    questions = cell.question_set.questions
    twin = cell.question_set.corpus.certificate.twin[questions[where]]
    return np.flatnonzero(np.isin(questions, twin[twin >= 0]))


def _different(worlds: Sequence[str], where: Sequence[NDArray[np.bool_]]) -> int:
    return sum({d: int(w.sum()) for d, w in zip(worlds, where)}.values())
