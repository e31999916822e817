"""One cell trained again: what the receipt says that it answered, against what it answers here.

On the same platform answers must be equal at every checkpoint. Elsewhere the last bits differ and
answers drift apart; so the cell is trained with the next two seeds of initialisation as well, and
the accuracy of each instrument that the receipt claims must lie where a fourth run would
(``eval/stats/reproduction.py``).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...eval.floors.floor_table import LEAST
from ...eval.question_sets.question_set import QuestionSet
from ...eval.stats.reproduction import prediction
from ...printable import printable
from ..config.run_config import Cell
from .attestation import LINE, AttestedCell, InstrumentRecord, Outcome, outcome_of

MORE = 2  # initialisations beside the cell's own
Accuracies = Mapping[str, float]  # of recall and each instrument with at least LEAST questions


@dataclasses.dataclass(frozen=True)
class Answered:
    """What one training answered."""

    steps: NDArray[np.int64]  # [K]
    answer: NDArray[np.int32]  # [K, Q] answer ids; -1: malformed
    # [Q] whether a valid proof was written at the last checkpoint; None: none is written
    valid: NDArray[np.bool_] | None = None

    def accuracies(self, question_set: QuestionSet) -> Accuracies:
        """At the last checkpoint; where proofs are written an answer counts only with one."""
        right = question_set.right(self.answer[-1])
        if self.valid is not None:
            right = right & self.valid
        groups = question_set.headline.items()
        return {n: float(right[where].mean()) for n, where in groups if where.sum() >= LEAST}


@dataclasses.dataclass(frozen=True)
class Attempt:
    """A cell of the receipt, and what came of it here."""

    cell: Cell
    claimed: Answered | str  # or why the receipt has no answers
    here: Answered | str  # or why there are none here
    same_platform: bool
    # of the next initialisations; empty: not needed, or they gave nothing
    others: tuple[Answered, ...] = ()

    @property
    def equal(self) -> tuple[float, int | None] | None:
        """(share of equal answers, first step with another); None: there is nothing to compare."""
        if isinstance(self.claimed, str) or isinstance(self.here, str):
            return None
        mine, theirs = self.here, self.claimed
        if mine.answer.shape != theirs.answer.shape or not (mine.steps == theirs.steps).all():
            return 0.0, int(mine.steps[0])
        same = mine.answer == theirs.answer
        if same.all():
            return 1.0, None
        return float(same.mean()), int(mine.steps[np.argmin(same.all(1))])

    @property
    def needs_others(self) -> bool:
        """Whether only more initialisations can tell."""
        found = self.equal
        return found is not None and found[1] is not None and not self.same_platform

    def seen(self, question_set: QuestionSet) -> list[Accuracies]:
        """Of all runs here."""
        runs = [] if isinstance(self.here, str) else [self.here, *self.others]
        return [run.accuracies(question_set) for run in runs]


def attested(
    attempt: Attempt, question_set: QuestionSet | None, alike: Sequence[Sequence[Accuracies]]
) -> AttestedCell:
    """What is attested of a cell. ``question_set``: None where there is nothing to compare.
    ``alike``: the runs here of each other cell of its configuration that was trained with several
    initialisations, too."""
    cell, found = attempt.cell, attempt.equal
    claimed, here = attempt.claimed, attempt.here
    causes = [cause for cause in (here, claimed) if isinstance(cause, str)]
    instruments: list[InstrumentRecord] = []
    if found is None:
        pair = isinstance(claimed, str), isinstance(here, str)
        outcome: Outcome = "fails too" if all(pair) else "trains" if pair[0] else "fails"
        steps, questions = (0, 0) if isinstance(here, str) else here.answer.shape
    else:
        assert not isinstance(claimed, str) and not isinstance(here, str) and question_set
        steps, questions = here.answer.shape
        instruments = _instruments(attempt, claimed, question_set, alike)
        outcome = outcome_of(found[1] is None, attempt.same_platform, instruments)
    return AttestedCell(
        cell=cell.digest,
        name=printable(str(cell), LINE),
        outcome=outcome,
        same_platform=attempt.same_platform,
        cause=printable(causes[0], LINE) if causes else "",
        seeds=[cell.seeds.init + i for i in range(1 + len(attempt.others))],
        checkpoints=steps,
        questions=questions,
        equal=None if found is None else found[0],
        step=None if found is None else found[1],
        instruments=instruments,
    )


def _instruments(
    attempt: Attempt,
    claimed: Answered,
    question_set: QuestionSet,
    alike: Sequence[Sequence[Accuracies]],
) -> list[InstrumentRecord]:
    theirs, runs = claimed.accuracies(question_set), attempt.seen(question_set)
    out = []
    for name, accuracy in theirs.items():
        n, here = int(question_set.headline[name].sum()), [run[name] for run in runs]
        low = high = None
        if len(here) > 1:
            others = [[run[name] for run in of if name in run] for of in alike]
            more = [group for group in others if len(group) > 1]
            where = prediction(here, more, n, len(theirs))
            low, high = where.low, where.high
        out.append(
            InstrumentRecord(
                name=name, questions=n, claimed=accuracy, here=here, low=low, high=high
            )
        )
    return out
