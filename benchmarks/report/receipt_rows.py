"""Rows of scores read back from a receipt and the curves beside it, for figures and tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from ...eval.scoring.level import Level
from ...eval.scoring.normalised import Normalised
from ...eval.scoring.rung_score import RungScore, at_last
from ...eval.scoring.swap_lift import Agreement, Lift, Rivals
from ...eval.stats.curve import Floats
from ...eval.stats.intervals import Band, over_runs, wilson
from ..receipts.curves import Configuration
from ..receipts.receipt_records import PanelRecord, RowRecord
from ..receipts.score_records import Interval, ScoreRecord

Bounds = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Read:
    """One row, at K checkpoints if its curves are known, else at the last alone."""

    label: str
    kind: str  # "ceiling", "floor" or "model"
    flops: Floats  # [K]; 0: unknown, or nothing was trained
    rungs: dict[str, RungScore]
    load: float | None
    runs: int = 0  # that it should be the mean of; 0: unknown, or nothing was trained
    failed: int = 0  # of these, those that gave nothing


def rows_of(panel: PanelRecord, configurations: Sequence[Configuration]) -> list[Read]:
    """The rows of a panel but those without what the tracer solves, in the receipt's order."""
    curves = {
        configuration.label: configuration
        for configuration in configurations
        if configuration.panel.name == panel.name
    }
    return [_row(row, curves.get(row.label)) for row in panel.rows if row.kind != "untraced"]


def _row(row: RowRecord, configuration: Configuration | None) -> Read:
    if row.kind != "model" or configuration is None:
        last = {name: score_of(name, found, not row.untrained) for name, found in row.rungs.items()}
        counts = row.runs, row.failed
        return Read(row.label, row.kind, np.zeros(1), last, row.load, *counts)
    rungs = {}
    for name, found in row.rungs.items():
        score, curve, bits = (
            score_of(name, found, not row.untrained),
            configuration.accuracy.get(name),
            configuration.bits.get(name),
        )
        if curve is None:
            continue
        worlds = [str(w) for w in curve.world]
        queries = wilson(curve.mean, found.questions)
        accuracy = over_runs(curve.runs, worlds, queries, (0.0, 1.0))
        weighed = None
        if bits is not None:
            weighed = over_runs(bits.runs, worlds, (bits.mean, bits.mean), (0.0, np.inf))
        answers = None
        if score.answers is not None:  # of a chain curves count answers, whatever their proof
            answers, accuracy = accuracy, at_last(score.accuracy, accuracy)
        rungs[name] = dataclasses.replace(score, accuracy=accuracy, answers=answers, bits=weighed)
    return Read(
        row.label,
        row.kind,
        configuration.flops,
        rungs,
        row.load,
        configuration.runs,
        configuration.failed,
    )


def score_of(name: str, found: ScoreRecord, trained: bool) -> RungScore:
    """A score at the last checkpoint; ``trained``: whether its row has learned its corpus."""
    mean = found.normalised
    return RungScore(
        name=name,
        n=found.questions,
        accuracy=_band(found.accuracy),
        bits=None if found.bits is None else _band(found.bits),
        rung=found.rung,
        cue=found.cue,
        floor=Level(**found.floor.model_dump()),
        normalised=None
        if mean is None
        else Normalised(mean.mean, mean.low, mean.high, mean.floor, mean.over),
        lift=None if found.lift is None else Lift(**found.lift.model_dump()),
        agreement=None if found.agreement is None else Agreement(**found.agreement.model_dump()),
        rivals=None if found.rivals is None else Rivals(**found.rivals.model_dump()),
        answers=None if found.answers is None else _band(found.answers),
        trained=trained,
        worlds=found.worlds,
    )


def _band(found: Interval) -> Band:
    ends = [np.nan if v is None else v for v in (found.mean, found.low, found.high)]
    mean, low, high = (np.array([v]) for v in ends)
    return Band(mean, low, high, found.over, mean[None], np.zeros(1, np.int64))
