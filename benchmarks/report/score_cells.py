"""Cells of tables of a receipt's rows: a score, what of it is above the floor, and the floor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...eval.scoring.columns import mark
from ...eval.stats.intervals import wider_side
from ..receipts.receipt_records import RowRecord
from .receipt_rows import score_of
from .table import ABSENT, UNTRAINED, normalised


def floors(rows: Sequence[RowRecord], groups: Sequence[str]) -> list[str]:
    """What is had without the rule in each instrument, and by which strategy."""
    found = [next(s for r in rows if (s := r.rungs.get(group)) is not None) for group in groups]
    return [
        ABSENT if s.rung == "recall" else f"{s.floor.value:.2f}, {s.floor.strategy}" for s in found
    ]


def scored(row: RowRecord, group: str) -> str:
    """The score of a row in an instrument, with its interval and marks; a ceiling's
    alone. Of a model that has not learned its corpus in brackets."""
    record = row.rungs.get(group)
    if record is None:
        return ABSENT
    found = score_of(group, record, not row.untrained)
    mean, low, high = found.accuracy.at()
    if not np.isfinite([mean, low, high]).all():
        return ABSENT
    if row.kind == "ceiling":
        return f"{mean:.2f}"
    text = f"{mean:.2f} ± {wider_side(mean, low, high):.2f}{mark(found)}"
    return text if found.trained else f"({text}, {UNTRAINED})"


def above(row: RowRecord, group: str) -> str:
    """The normalised score of a model."""
    record = row.rungs.get(group)
    return ABSENT if record is None else normalised(score_of(group, record, not row.untrained))
