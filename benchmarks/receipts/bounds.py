"""What a receipt's cells may require: refused, before anything is drawn, beyond what a run needs.

A cell of a few bytes can name work without end: questions by the thousand million, steps of 1e23.
All bounds lie far above every suite that was ever run.
"""

from __future__ import annotations

import dataclasses
import math
import numbers
from collections.abc import Mapping
from typing import Any

from ...errors import InvalidReceipt
from ...printable import printable
from ..config import safe_names
from ..config.run_config import Cell
from .receipt import Receipt
from .untrusted import guarded

CELLS = 5_000
SEEDS = 2**32
QUESTIONS = 10_000  # of each rung
POINTS = 10_000  # checkpoints of one training
EXPOSURE = {"demonstrated_height": 1_000, "phi": 1e3, "nontheorems": 1e3, "wordings": 1_000}
PLAN = {"steps": 10**12, "flops": 1e30, "batch": 10**9, "warmup": 10**12, "evaluations": POINTS}


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
        _whole(where, f"seeds.{name}", seed, 0, SEEDS)
    exposure = {f.name: getattr(cell.exposure, f.name) for f in dataclasses.fields(cell.exposure)}
    _numbers(where, "exposure", exposure, EXPOSURE)
    for name in ("demonstrated_height", "wordings"):
        _whole(where, f"exposure.{name}", exposure[name], 1, EXPOSURE[name])
    plan = {f.name: getattr(cell.recipe, f.name) for f in dataclasses.fields(cell.recipe)}
    points = plan.pop("evaluations")
    plan |= {"evaluations": points if isinstance(points, int) else len(points)}
    _numbers(where, "recipe", plan, PLAN)


def _numbers(where: str, part: str, fields: Mapping[str, Any], most: Mapping[str, float]) -> None:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            _numbers(where, f"{part}.{name}", value, {})
        elif value is not None and not isinstance(value, str):
            limit = most.get(name, 1e12)
            if not _number(value) or abs(value) > limit:
                _refuse(where, f"{part}.{name}", value, f"a number, at most {limit:g}")


def _whole(where: str, name: str, value: Any, least: int, most: float) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        _refuse(where, name, value, f"a whole number from {least} to {most:,.0f}")


def _number(value: Any) -> bool:
    fine = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return fine and math.isfinite(value)


def _refuse(where: str, name: str, value: Any, expected: str) -> None:
    raise InvalidReceipt(f"{where}: {name} is {printable(repr(value), 60)}; expected {expected}")
