"""What a receipt's cells may require: refused, before anything is drawn, beyond what a run needs.

A cell of a few bytes can name work without end: questions by the thousand million, steps of 1e23.
Plans and exposures bound themselves as they are made; all else is held to the limits of suites.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from ...errors import InvalidReceipt
from ...printable import brief
from ..config import safe_names
from ..config.run_config import Cell
from ..config.suite_limits import CELLS, QUESTIONS, SEED
from .receipt import Receipt
from .untrusted import guarded


def cells_of(receipt: Receipt) -> dict[str, Cell]:
    """Digest -> the cell of that record; UserError, one line, for a record that is of none."""
    if len(receipt.cells) > CELLS:
        raise InvalidReceipt(f"{len(receipt.cells):,} cells; expected at most {CELLS:,}")
    found = {}
    for number, record in enumerate(receipt.cells):
        with guarded(f"cell {number}"):
            found[record.digest] = Cell.of(record.cell)
            _within(found[record.digest], f"cell {number}")
    return found


def _within(cell: Cell, where: str) -> None:
    for name in ("world", "size", "mode", "model", "plan"):
        expected = safe_names.flaw(getattr(cell, name), spelled=True)
        if expected:
            _refuse(where, name, getattr(cell, name), expected)
    _whole(where, "questions", cell.questions, 1, QUESTIONS)
    for name, seed in dataclasses.asdict(cell.seeds).items():
        _whole(where, f"seeds.{name}", seed, 0, SEED)


def _whole(where: str, name: str, value: Any, least: int, most: float) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        _refuse(where, name, value, f"a whole number from {least} to {most:,.0f}")


def _refuse(where: str, name: str, value: Any, expected: str) -> None:
    raise InvalidReceipt(f"{where}: {name} is {brief(value)}; expected {expected}")
