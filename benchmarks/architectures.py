"""Tables of docs/results.md: the models of one receipt, beside each other at equal cost.

    <!-- results models receipts/architectures-v1 composition-v1 -->
    <!-- end of results -->

``python -m zebroid.benchmarks.architectures docs/results.md`` writes what stands between: one row
per model of that world, at the end of training (equal examples), and where the one that spent
fewest FLOPs ended (equal FLOPs), read off each curve on a scale of log FLOPs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ..eval.measured import Curve, Floats
from ..eval.score import HEADLINE
from ..eval.trend import interval
from ..registry import UserError
from .arms import Arm, read
from .blocks import Make, fill
from .readme import scored
from .receipt import RowRecord
from .table import ABSENT

KIND = "results"


def at(curve: Curve, flops: float) -> Floats:
    """[R] accuracy where so much is spent, between the checkpoints on either side of it."""
    spent = np.log(curve.x[0])
    return np.array([np.interp(np.log(flops), spent, run) for run in curve.runs])


def cheapest(arms: Sequence[Arm]) -> float:
    """FLOPs that all of them spent."""
    return float(min(arm.flops[-1] for arm in arms))


def models(arms: Sequence[Arm]) -> Iterator[str]:
    """The rows of one panel and mode."""
    rungs = [rung for rung in HEADLINE if any(rung in arm.accuracy for arm in arms)]
    least = cheapest(arms)
    heads = ["", "parameters", "FLOPs", "seeds", *rungs, *(f"{r}, equal FLOPs" for r in rungs)]
    yield "| " + " | ".join(heads) + " |"
    yield "|---" * len(heads) + "|"
    for row in _ceilings(arms[0], rungs):
        yield "| " + " | ".join([*row, *[""] * len(rungs)]) + " |"
    for arm in arms:
        told = [arm.cell.model, f"{arm.parameters:,}", f"{arm.flops[-1]:.1e}", str(len(arm.seeds))]
        ends = [scored(arm.row, rung) if arm.row else ABSENT for rung in rungs]
        equal = [_told(arm.accuracy.get(rung), least) for rung in rungs]
        yield "| " + " | ".join([*told, *ends, *equal]) + " |"
    yield ""
    yield (
        f"{arms[0].panel.name}, {arms[0].cell.mode}. Exact answers ± the wider side of a 95% "
        "interval, over runs where there are three, else over questions. Equal FLOPs: "
        f"{least:.1e}, where the cheapest ended; of single runs without an interval."
    )


def _ceilings(arm: Arm, rungs: Sequence[str]) -> Iterator[list[str]]:
    """The symbolic references of the same questions."""
    rows: list[RowRecord] = [row for row in arm.panel.rows if row.kind == "ceiling"]
    for row in rows:
        yield [row.label, "", "", "", *(scored(row, rung) for rung in rungs)]


def _told(curve: Curve | None, flops: float) -> str:
    if curve is None:
        return ABSENT
    values = at(curve, flops)
    low, high = interval(curve, values)
    mean = float(values.mean())
    if not np.isfinite(high - low):
        return f"{mean:.2f}"
    return f"{mean:.2f} ± {max(high - mean, mean - low):.2f}"


def table(root: Path) -> Callable[[str], Iterator[str]]:
    """What makes the tables of a page in the folder ``root``."""

    def make(argument: str) -> Iterator[str]:
        name, _, which = argument.partition(" ")
        if not (root / name / "receipt.json").exists():
            yield f"Not measured yet: there is no receipt in `{name}`."
            return
        arms = [arm for arm in read(root / name) if f"{arm.panel.name} {arm.cell.mode}" == which]
        if not arms:
            known = dict.fromkeys(f"{a.panel.name} {a.cell.mode}" for a in read(root / name))
            raise UserError(f"{name} has no models of {which!r}; expected {' or '.join(known)}")
        yield from models(arms)

    return make


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("page", type=Path)
    page: Path = parser.parse_args(words).page
    tables: dict[str, Make] = {"models": table(page.resolve().parent)}
    return fill(page, KIND, tables)


if __name__ == "__main__":
    raise SystemExit(main())
