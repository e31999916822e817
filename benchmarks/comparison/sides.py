"""One side of a comparison: a receipt, or the cells of it that a label names, with their answers.

Nothing of a world is needed: what was right, and which instrument counts a question, stands in the
tables beside the receipt.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...printable import printable
from ..attestations.answers_reading import kept_answers, table_bytes
from ..attestations.trust import Trust, trust_class
from ..config.run_config import Cell
from ..receipts import parquet_reading
from ..receipts.bounds import cells_of
from ..receipts.receipt import CellRecord, Receipt
from ..receipts.tables.questions_table import QUESTIONS
from ..receipts.untrusted import guarded, receipt_path

FIELDS = ("mode", "model", "plan")  # by which a label names cells
LONGEST = 100  # characters of the name of an instrument


@dataclasses.dataclass(frozen=True)
class Answers:
    """What one training answered in the end to Q questions."""

    cell: Cell
    record: CellRecord
    question: NDArray[np.int64]  # [Q], ascending
    right: NDArray[np.bool_]  # [Q]; where proofs are written, only with a valid one
    instrument: NDArray[Any]  # [Q] recall or the instrument that counts the question; empty: none

    @property
    def corpus(self) -> str:
        return self.record.corpus


@dataclasses.dataclass(frozen=True)
class Side:
    """What is compared with the other side."""

    name: str  # "A" or "B"
    receipt: Receipt
    trust: Trust
    answers: tuple[Answers, ...]
    failed: tuple[Cell, ...]  # without answers

    def values(self, field: str) -> list[str]:
        """What its cells have in this field, each once, in their order."""
        cells = [a.cell for a in self.answers] + [*self.failed]
        return [*dict.fromkeys(getattr(cell, field) for cell in cells)]


def side(name: str, text: str) -> Side:
    """The side that ``text`` names: a receipt or its folder, and behind ``#`` the label of some of
    its cells: words that each are their mode, model or plan.

    Raises UserError where there is no such receipt, label or answer.
    """
    path, label = _split(text)
    with guarded(path):
        path = receipt_path(path)
        receipt = Receipt.read(path)
        cells = cells_of(receipt)
        chosen = _labelled(cells, label, text)
        records = {r.digest: r for r in receipt.cells if r.digest in chosen}
        fine = [chosen[digest] for digest, record in records.items() if not record.failed]
        if not fine:
            raise UserError(
                f"{printable(text, 200)}: every cell failed; there is nothing to compare"
            )
        instruments = _instruments(path, receipt, [*cells.values()])
        found = tuple(
            _answers(cell, records[cell.digest], kept, instruments)
            for cell, kept in kept_answers(path, receipt, fine)
        )
        failed = tuple(chosen[digest] for digest, record in records.items() if record.failed)
        return Side(name, receipt, trust_class(path, receipt), found, failed)


def _split(text: str) -> tuple[Path, str]:
    path, mark, label = text.rpartition("#")
    return (Path(path), label) if mark and not Path(text).exists() else (Path(text), "")


def _words(cell: Cell) -> set[str]:
    return {cell.mode, cell.model, cell.plan} | ({cell.outside.name} if cell.outside else set())


def _labelled(cells: Mapping[str, Cell], label: str, text: str) -> dict[str, Cell]:
    """The cells of which each word of a label is the mode, the model or the plan; of a
    model from outside also its bare name."""
    words = label.split()
    known = {field: sorted({getattr(c, field) for c in cells.values()}) for field in FIELDS}
    for word in words:
        if not any(word in _words(cell) for cell in cells.values()):
            there = "; ".join(f"{field} {', '.join(values)}" for field, values in known.items())
            raise UserError(
                f"no cell of {printable(text, 120)} is of {printable(word, 60)!r}; "
                f"it has {printable(there, 300)}"
            )
    found = {
        digest: cell
        for digest, cell in cells.items()
        if all(word in _words(cell) for word in words)
    }
    if not found:
        raise UserError(f"no cell of {printable(text, 120)} is all of that; give fewer words")
    return found


def _instruments(path: Path, receipt: Receipt, cells: list[Cell]) -> dict[str, dict[int, str]]:
    """Corpus, 16 digits -> number of each of its questions -> the instrument that counts it."""
    data = table_bytes(path, receipt, QUESTIONS)
    table = parquet_reading.columns(data, QUESTIONS, QUESTIONS.most(cells))
    found: dict[str, dict[int, str]] = {}
    for corpus, question, name in zip(
        table["corpus"].tolist(), table["question"].tolist(), table["instrument"].tolist()
    ):
        found.setdefault(corpus, {})[question] = printable(name, LONGEST)
    return found


def _answers(
    cell: Cell, record: CellRecord, kept: Any, instruments: Mapping[str, Mapping[int, str]]
) -> Answers:
    right = kept.right[-1]
    if kept.valid is not None:
        right = right & kept.valid
    order = np.argsort(kept.question, kind="stable")
    named = instruments.get(record.corpus[:16], {})
    names = np.array([named.get(int(q), "") for q in kept.question[order]], object)
    return Answers(cell, record, kept.question[order], right[order], names)
