"""Tables of docs/results.md: the models of one receipt, beside each other at equal cost.

    <!-- results models receipts/architectures-v1 composition-v1/small direct -->
    <!-- end of results -->

``python -m zebroid.benchmarks.architectures docs/results.md`` writes what stands between: one row
per model of that panel and mode, at the end of training (equal examples), and where the one that
spent fewest FLOPs ended (equal FLOPs), read off each curve on a scale of log FLOPs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ..eval.measured import Curve, Floats
from ..eval.score import HEADLINE
from ..eval.trend import interval
from ..registry import UserError
from .arms import Arm, read
from .blocks import Make, command, measured
from .readme import scored
from .scaling_tables import Told, markdown
from .table import ABSENT

KIND = "results"


def at(curve: Curve, flops: float) -> Floats:
    """[R] accuracy where so much is spent, between the checkpoints on either side of it."""
    spent = np.log(curve.x[0])
    return np.array([np.interp(np.log(flops), spent, run) for run in curve.runs])


def cheapest(arms: Sequence[Arm]) -> float:
    """FLOPs that all of them spent."""
    return float(min(arm.flops[-1] for arm in arms))


def models(arms: Sequence[Arm]) -> Told:
    """The rows of one panel and mode: its ceilings, then its models."""
    rungs = [rung for rung in HEADLINE if any(rung in arm.accuracy for arm in arms)]
    least, first = cheapest(arms), arms[0]
    rows: list[tuple[str, ...]] = [
        (row.label, "", "", "", *(scored(row, rung) for rung in rungs), *[""] * len(rungs))
        for row in first.panel.rows
        if row.kind == "ceiling"
    ]
    for arm in arms:
        told = [arm.cell.model, f"{arm.parameters:,}", f"{arm.flops[-1]:.1e}", str(len(arm.seeds))]
        ends = [scored(arm.row, rung) if arm.row else ABSENT for rung in rungs]
        equal = [_told(arm.accuracy.get(rung), least) for rung in rungs]
        rows.append((*told, *ends, *equal))
    header = ("", "parameters", "FLOPs", "seeds", *rungs, *(f"{r}, equal FLOPs" for r in rungs))
    note = (
        f"{first.panel.name}, {first.cell.mode}. Exact answers ± the wider side of a 95% "
        "interval, over runs where there are three, else over questions. Equal FLOPs: "
        f"{least:.1e}, where the cheapest ended; of single runs without an interval."
    )
    return Told("models", "Models at equal cost", header, tuple(rows), note)


def _told(curve: Curve | None, flops: float) -> str:
    if curve is None:
        return ABSENT
    values = at(curve, flops)
    low, high = interval(curve, values)
    mean = float(values.mean())
    if not np.isfinite(high - low):
        return f"{mean:.2f}"
    return f"{mean:.2f} ± {max(high - mean, mean - low):.2f}"


def tables(root: Path) -> dict[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``."""

    def make(argument: str) -> Iterable[str]:
        name, _, which = argument.partition(" ")
        return measured(
            root, name, lambda folder: markdown(models(_named(name, read(folder), which)))
        )

    return {"models": make}


def _named(name: str, arms: Sequence[Arm], which: str) -> list[Arm]:
    """Those of one panel and mode."""
    found: dict[str, list[Arm]] = {}
    for arm in arms:
        found.setdefault(f"{arm.panel.name} {arm.cell.mode}", []).append(arm)
    if which not in found:
        raise UserError(f"{name} has no models of {which!r}; expected {' or '.join(found)}")
    return found[which]


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, tables)


if __name__ == "__main__":
    raise SystemExit(main())
