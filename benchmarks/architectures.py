"""Tables of docs/results.md: the models of one receipt, beside each other at equal cost.

    <!-- results models receipts/architectures-v1 composition-v1/small direct -->
    <!-- end of results -->

``python -m zebroid.benchmarks.architectures docs/results.md`` writes what stands between: one row
per model of that panel and mode, at the end of training (equal examples), and where the one that
spent fewest FLOPs ended (equal FLOPs), read off each curve on a scale of log FLOPs. ``apart`` in
the place of ``models`` tells the cells of constituent apart, where training ended; ``over`` and
then the name of a rung or cell, dashes for spaces, what was answered of it at every checkpoint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ..eval.labels import with_failed
from ..eval.measured import Curve, Floats
from ..eval.score import HEADLINE
from ..eval.trend import interval
from ..registry import UserError, suggest
from .arms import APART, Arm, read
from .blocks import Make, command, measured
from .readme import MARKS, chances, scored
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


def names(arms: Sequence[Arm]) -> list[str]:
    """Of each the model, and the plan where one model has several, and how many runs failed."""
    counted = Counter(arm.cell.model for arm in arms)
    return [
        with_failed(
            f"{arm.cell.model}, {arm.cell.plan}" if counted[arm.cell.model] > 1 else arm.cell.model,
            arm.failed,
            arm.runs,
        )
        for arm in arms
    ]


def models(arms: Sequence[Arm]) -> Told:
    """The rows of one panel and mode: its ceilings, then its models."""
    rungs = [rung for rung in HEADLINE if any(rung in arm.accuracy for arm in arms)]
    least, first = cheapest(arms), arms[0]
    rows: list[tuple[str, ...]] = [
        (row.label, "", "", "", *(scored(row, rung) for rung in rungs), *[""] * len(rungs))
        for row in first.panel.rows
        if row.kind == "ceiling"
    ]
    guesses = chances(first.panel.rows, rungs)
    rows.insert(0, ("chance", "", "", "", *guesses, *guesses))
    for arm, name in zip(arms, names(arms)):
        told = [name, f"{arm.parameters:,}", f"{arm.flops[-1]:.1e}", str(len(arm.seeds))]
        ends = [scored(arm.row, rung) if arm.row else ABSENT for rung in rungs]
        equal = [_told(arm.accuracy.get(rung), least) for rung in rungs]
        rows.append((*told, *ends, *equal))
    header = ("", "parameters", "FLOPs", "seeds", *rungs, *(f"{r}, equal FLOPs" for r in rungs))
    note = (
        f"{first.panel.name}, {first.cell.mode}. Exact answers ± the wider side of a 95% "
        "interval, over runs where there are three, else over questions. Equal FLOPs: "
        f"{least:.1e}, where the cheapest ended; of single runs without an interval. {MARKS}"
    )
    return Told("models", "Models at equal cost", header, tuple(rows), note)


def apart(arms: Sequence[Arm]) -> Told:
    """The same rows, by which facts no shown conclusion had used there."""
    groups = sorted({group for arm in arms for group in arm.apart}, key=_novelty)
    columns = ["instance", *groups]
    rows = [("chance", "", "", *chances(arms[0].panel.rows, columns))]
    for arm, name in zip(arms, names(arms)):
        ends = [scored(arm.row, group) if arm.row else ABSENT for group in columns]
        rows.append((name, f"{arm.flops[-1]:.1e}", str(len(arm.seeds)), *ends))
    most = {g: max(a.apart[g].questions for a in arms if g in a.apart) for g in groups}
    note = (
        f"{arms[0].panel.name}, {arms[0].cell.mode}, where training ended. In, out: whether the "
        "fact of the first or second hop stood there in any shown conclusion. Questions of each "
        f"run: {', '.join(f'{g.removeprefix(APART)} {n}' for g, n in most.items())}. "
        f"{MARKS}"
    )
    return Told("apart", "By what is new", ("", "FLOPs", "seeds", *columns), tuple(rows), note)


def _novelty(group: str) -> tuple[int, str]:
    return group.count("out"), group


def over(arms: Sequence[Arm], group: str) -> Told:
    """What was answered of a rung or cell at every checkpoint."""
    curves = {arm.label: {**arm.accuracy, **arm.apart}.get(group) for arm in arms}
    if all(curve is None for curve in curves.values()):
        known = {name for arm in arms for name in (*arm.accuracy, *arm.apart)}
        raise suggest("rung or cell", group, known)
    points = sorted({int(n) for arm in arms for n in arm.read})
    rows = []
    for arm, name in zip(arms, names(arms)):
        curve, read = curves[arm.label], [int(n) for n in arm.read]
        told = [_told(curve, arm.flops[read.index(n)]) if n in read else "" for n in points]
        rows.append((name, *told))
    batch = {arm.cell.recipe.batch for arm in arms}
    unit, size = ("step", batch.pop()) if len(batch) == 1 else ("example", 1)
    header = ("", *(f"{unit} {n // size:,}" for n in points))
    note = f"{group} of {arms[0].panel.name}, {arms[0].cell.mode}."
    return Told("over", f"{group} over training", header, tuple(rows), note)


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

    def make(table: Callable[[Sequence[Arm]], Told], argument: str) -> Iterable[str]:
        name, _, which = argument.partition(" ")
        return measured(
            root, name, lambda folder: markdown(table(_named(name, read(folder), which)))
        )

    def training(argument: str) -> Iterable[str]:
        group, _, rest = argument.partition(" ")
        name = group.replace("constituent-", APART)
        return make(lambda arms: over(arms, name), rest)

    return {"models": partial(make, models), "apart": partial(make, apart), "over": training}


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
