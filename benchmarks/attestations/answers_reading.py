"""What cells answered, read back from ``answers.parquet`` beside their receipt."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import canonical
from ...errors import InvalidReceipt
from ..config.run_config import Cell
from ..receipts import parquet_reading
from ..receipts.bounds import cells_of
from ..receipts.receipt import Receipt
from ..receipts.tables.answers_table import ANSWERS
from ..receipts.tables.parquet_table import DIGITS, NONE, Table


@dataclasses.dataclass(frozen=True)
class Kept:
    """K checkpoints of one training, Q questions."""

    steps: NDArray[np.int64]  # [K]
    question: NDArray[np.int64]  # [Q] numbers of the questions in the corpus
    answer: NDArray[Any]  # [K, Q] names
    right: NDArray[np.bool_]  # [K, Q], as the receipt has it
    proof: NDArray[Any]  # [Q] at the last checkpoint: valid, leaning or invalid; empty: none

    @property
    def valid(self) -> NDArray[np.bool_] | None:
        """[Q] whether a valid proof was written in the end; None where none is to be written."""
        if not (self.proof != NONE).any():
            return None
        return np.isin(self.proof, ("valid", "leaning"))


def table_bytes(path: Path, receipt: Receipt, table: Table) -> bytes:
    """A table beside the receipt that was read from ``path``, if it is the one that it names."""
    data = parquet_reading.content(path.parent / table.file)
    if canonical.digest_bytes([data]) != receipt.files.get(table.file):
        raise InvalidReceipt(
            f"{path.parent / table.file} is not the file of this receipt; give the two that "
            "belong together"
        )
    return data


def kept_answers(
    path: Path, receipt: Receipt, cells: Sequence[Cell]
) -> Iterator[tuple[Cell, Kept]]:
    """The answers of these cells, of which none failed. UserError where they are not there."""
    data = table_bytes(path, receipt, ANSWERS)
    most = ANSWERS.most([*cells_of(receipt).values()])
    with parquet_reading.opened(data, ANSWERS, most) as reading:
        for cell in cells:
            yield cell, _kept(reading.of(cell.digest[:DIGITS]), cell)


def _kept(rows: parquet_reading.Columns, cell: Cell) -> Kept:
    steps = np.unique(rows["step"])
    number = len(rows["step"]) // max(len(steps), 1)
    whole = number > 0 and len(rows["step"]) == number * len(steps)
    if not whole or (rows["step"] != np.repeat(steps, number)).any():
        raise InvalidReceipt(f"{ANSWERS.file} has no answers of {cell}, or not at each checkpoint")
    question = rows["question"][:number].astype(np.int64)
    if (rows["question"] != np.tile(question, len(steps))).any():
        raise InvalidReceipt(f"{ANSWERS.file}: {cell} has other questions at each checkpoint")
    shape = len(steps), number
    return Kept(
        steps=steps,
        question=question,
        answer=rows["answer"].reshape(shape),
        right=rows["right"].astype(bool).reshape(shape),
        proof=rows["proof"][-number:],
    )
