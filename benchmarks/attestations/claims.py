"""Answers as they are compared: those that a receipt claims, and those of trainings here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...errors import InvalidReceipt
from ...printable import printable
from ...worlds.encoding.proof_checker import INVALID
from ..config.run_config import Cell
from ..receipts.receipt import Receipt
from ..receipts.tables.answers_table import numbers
from ..runner.corpora import Corpora
from ..runner.result_store import Result
from .answers_reading import kept_answers
from .reproduced import Answered


def claims(
    path: Path, receipt: Receipt, cells: Sequence[Cell], corpora: Corpora
) -> dict[str, Answered]:
    """Digest -> what the receipt says that the cell answered; cells that failed are left out."""
    fine = {c.digest for c in receipt.cells if not c.failed}
    found = {}
    for cell, kept in kept_answers(path, receipt, [c for c in cells if c.digest in fine]):
        question_set = corpora.question_set(cell)
        number = numbers(question_set.corpus)
        unknown = {*kept.answer.ravel().tolist()} - {*number}
        if unknown or (kept.question != question_set.questions).any():
            odd = printable(repr(min(unknown)), 60) if unknown else "another question"
            raise InvalidReceipt(f"{path}: {cell} has {odd}; verify it again")
        answer = [[number[name] for name in row] for row in kept.answer.tolist()]
        found[cell.digest] = Answered(kept.steps, np.array(answer, np.int32), kept.valid)
    return found


def answered(result: Result, corpora: Corpora) -> Answered:
    """What a training here answered."""
    proofs = corpora.proofs(result)
    valid = None if proofs is None else proofs[0] != INVALID
    run = result.run
    return Answered(run.steps.astype(np.int64), np.asarray(run.answer[0], np.int32), valid)
