"""Rows of scores read back from a receipt and the curves beside it, for figures and tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from ...eval.question_sets.chance import Chance
from ...eval.scoring.score import RungScore
from ...eval.stats.curve import Floats
from ...eval.stats.intervals import Band, over_runs, wilson
from .curves import Configuration
from .receipt import Interval, PanelRecord, RowRecord, ScoreRecord

Bounds = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Read:
    """One row, at K checkpoints if its curves are known, else at the last alone."""

    label: str
    kind: str  # "ceiling", "interpolator" or "model"
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
        last = {name: score_of(name, found) for name, found in row.rungs.items()}
        counts = row.runs or 0, row.failed or 0
        return Read(row.label, row.kind, np.zeros(1), last, row.load, *counts)
    rungs = {}
    for name, found in row.rungs.items():
        score, curve, bits = (
            score_of(name, found),
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
        rungs[name] = dataclasses.replace(score, accuracy=accuracy, bits=weighed)
    return Read(
        row.label,
        row.kind,
        configuration.flops,
        rungs,
        row.load,
        configuration.runs,
        configuration.failed,
    )


def score_of(name: str, found: ScoreRecord) -> RungScore:
    """A score at the last checkpoint."""
    chance = Chance(found.chance, found.uniform, found.method)
    bits = None if found.bits is None else _band(found.bits)
    return RungScore(name, found.questions, _band(found.accuracy), bits, chance)


def _band(found: Interval) -> Band:
    ends = [np.nan if v is None else v for v in (found.mean, found.low, found.high)]
    mean, low, high = (np.array([v]) for v in ends)
    return Band(mean, low, high, found.over, mean[None], np.zeros(1, np.int64))
