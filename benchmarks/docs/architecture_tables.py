"""Figures and data of the pages on architectures: the models of one receipt at equal cost.

    <!-- results models ../receipts/architectures-v1 composition-v1/small direct -->
    <!-- end of results -->

``python -m zebroid.benchmarks.docs`` writes what stands between, a figure and the link to its data:
one row per model of that panel and mode, at the end of training (equal examples), and where the one
that spent fewest FLOPs ended (equal FLOPs), read off each curve on a scale of log FLOPs. ``apart``
in the place of ``models`` separates the cells of constituent, where training ended; ``over`` and
then the name of a rung or cell, dashes for spaces, shows it at every checkpoint; ``plans`` is a
table of recall and instances, of each model under each plan.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from ...errors import UserError, suggest
from ...eval.scoring.columns import columns
from ...eval.stats.curve import Curve, Floats
from ...eval.stats.labels import with_failed
from ...eval.stats.trend import interval
from ..panels.panel import slug
from ..receipts.curves import Configuration, read
from ..receipts.receipt_records import RowRecord
from ..receipts.score_records import GroupRecord, ScoreRecord
from ..report.table import ABSENT
from .writing import page_files
from .writing.doc_blocks import Make, command, measured
from .writing.markdown_table import markdown_table
from .writing.small_multiples import Cell as Drawn
from .writing.small_multiples import Dot, dots, grid

KIND = "results"
ENDS = ("mean", "low", "high")
HEADER = ("model", "parameters", "FLOPs", "seeds", "rung", "at", *ENDS, "floor", "questions")
OVER = ("model", "rung", "step", "FLOPs", *ENDS)


@dataclasses.dataclass(frozen=True)
class Display:
    """One figure and its data."""

    columns: Sequence[str]
    rows: Sequence[str]
    cells: Mapping[tuple[str, str], Drawn | Sequence[Dot]]
    floors: Mapping[str, float]
    below: str
    data: Sequence[tuple[object, ...]]


def at(curve: Curve, flops: float) -> Floats:
    """[R] accuracy where so much is spent, between the checkpoints on either side of it."""
    spent = np.log(curve.x[0])
    return np.array([np.interp(np.log(flops), spent, run) for run in curve.runs])


def cheapest(configurations: Sequence[Configuration]) -> float:
    """FLOPs that all of them spent."""
    return float(min(configuration.flops[-1] for configuration in configurations))


def names(configurations: Sequence[Configuration]) -> list[str]:
    """Of each the model, and the plan where one model has several, and how many runs failed."""
    counted = Counter(configuration.cell.model for configuration in configurations)
    return [
        with_failed(
            f"{configuration.cell.model}, {configuration.cell.plan}"
            if counted[configuration.cell.model] > 1
            else configuration.cell.model,
            configuration.failed,
            configuration.runs,
        )
        for configuration in configurations
    ]


def models(configurations: Sequence[Configuration]) -> Display:
    """One panel and mode: its ceilings as data, and its models at equal examples and FLOPs."""
    rungs = columns(
        name
        for configuration in configurations
        for name in configuration.accuracy
        if name != "mixed"
    )
    least, first = cheapest(configurations), configurations[0]
    rows: list[tuple[object, ...]] = [
        _row((row.label, "", "", ""), rung, "ceiling", score, _ended(score))
        for row in first.panel.rows
        if row.kind == "ceiling"
        for rung, score in row.rungs.items()
        if rung in rungs
    ]
    cells: dict[tuple[str, str], list[Dot]] = {}
    for configuration, name in zip(configurations, names(configurations)):
        about = _trained(configuration, name)
        for rung in rungs:
            score = None if configuration.row is None else configuration.row.rungs.get(rung)
            curve = configuration.accuracy.get(rung)
            if score is None or curve is None:
                continue
            dots = {"equal examples": _ended(score), "equal FLOPs": _read_off(curve, least)}
            cells[name, rung] = list(dots.values())
            rows += [_row(about, rung, at, score, dot) for at, dot in dots.items()]
    below = (
        f"{_about(first)}: accuracy with its 95% interval. Filled: equal examples, where each "
        f"ended. Open: equal FLOPs, {least:.1e}, where the cheapest ended. Dotted: the floor."
    )
    return Display(
        rungs, names(configurations), cells, _floors(first.panel.rows, rungs), below, rows
    )


def apart(configurations: Sequence[Configuration]) -> Display:
    """The same, by which premises no demonstrated conclusion had used there."""
    groups = sorted(
        {group for configuration in configurations for group in configuration.apart}, key=_novelty
    )
    every = {name for configuration in configurations for name in configuration.accuracy}
    whole = columns(name for name in every if name.partition(" ")[0] == "instance")
    heads = [*whole, *groups]
    cells: dict[tuple[str, str], list[Dot]] = {}
    rows = []
    for configuration, name in zip(configurations, names(configurations)):
        about = _trained(configuration, name)
        for group in heads:
            score = None if configuration.row is None else _score(configuration.row, group)
            if score is not None:
                cells[name, group] = [_ended(score)]
                rows.append(_row(about, group, "equal examples", score, _ended(score)))
    below = (
        f"{_about(configurations[0])}, where training ended. In, out: whether the fact of the "
        "first or second hop was used there by a demonstrated conclusion. Dotted: the floor."
    )
    floors = _floors(configurations[0].panel.rows, heads)
    return Display(heads, names(configurations), cells, floors, below, rows)


def _about(configuration: Configuration) -> str:
    return f"{configuration.panel.name}, {configuration.cell.mode}"


def _trained(configuration: Configuration, name: str) -> tuple[object, ...]:
    """The first columns of a row of data: what was trained, how large, how long, how often."""
    flops = f"{configuration.flops[-1]:.2e}"
    return name, configuration.parameters, flops, len(configuration.seeds)


def _row(
    about: tuple[object, ...], group: str, at: str, score: ScoreRecord | GroupRecord, dot: Dot
) -> tuple[object, ...]:
    return (*about, group, at, *_ends(dot), _floor(score), score.questions)


def _floor(score: ScoreRecord | GroupRecord) -> str:
    return "" if score.floor is None else f"{score.floor.value:.4f}"


def _ends(dot: Dot) -> list[str]:
    return [f"{v:.4f}" if np.isfinite(v) else "" for v in (dot.mean, dot.low, dot.high)]


def _ended(score: ScoreRecord | GroupRecord) -> Dot:
    """Its score where training ended."""
    found = score.accuracy
    return Dot(*(np.nan if v is None else v for v in (found.mean, found.low, found.high)))


def _read_off(curve: Curve, flops: float) -> Dot:
    values = at(curve, flops)
    return Dot(float(values.mean()), *interval(curve, values))


def _floors(rows: Sequence[RowRecord], groups: Sequence[str]) -> dict[str, float]:
    """What is had without the rule in each instrument or cell; recall is raw."""
    found = {g: next((s for r in rows if (s := _score(r, g))), None) for g in groups}
    floors = {g: s.floor for g, s in found.items() if s is not None and g != "recall"}
    return {g: floor.value for g, floor in floors.items() if floor is not None}


def _score(row: RowRecord, group: str) -> ScoreRecord | GroupRecord | None:
    return row.rungs.get(group) or row.apart.get(group)


def _novelty(group: str) -> tuple[int, str]:
    return group.count("out"), group


def over(configurations: Sequence[Configuration], group: str) -> Display:
    """The accuracy in an instrument or cell, its spaces as dashes, at every checkpoint."""
    known = {n for c in configurations for n in (*c.accuracy, *c.apart)}
    group = next((name for name in sorted(known) if name.replace(" ", "-") == group), group)
    curves = {
        configuration.label: {**configuration.accuracy, **configuration.apart}.get(group)
        for configuration in configurations
    }
    if all(curve is None for curve in curves.values()):
        raise suggest("rung or cell", group, known)
    cells: dict[tuple[str, str], Drawn] = {}
    rows = []
    floor = _floors(configurations[0].panel.rows, [group]).get(group)
    for configuration, name in zip(configurations, names(configurations)):
        curve = curves[configuration.label]
        if curve is None:
            continue
        band = [_read_off(curve, flops) for flops in configuration.flops]
        for n, flops, dot in zip(configuration.read, configuration.flops, band):
            step = int(n) // configuration.cell.recipe.batch
            rows.append((name, group, step, f"{flops:.3e}", *_ends(dot)))
        mean, low, high = np.array([[d.mean, d.low, d.high] for d in band]).T.clip(0, 1)
        cells[name, group] = Drawn(configuration.flops, mean, low, high, floor)
    below = f"{_about(configurations[0])}. From left to right: training compute, logarithmic."
    return Display([group], names(configurations), cells, {}, below, rows)


def plans(configurations: Sequence[Configuration]) -> Iterator[str]:
    """Of each model under each plan the share right of recall and of the instances, where training
    ended; bold where their sum is greatest."""
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for c in configurations:
        ends = {n: float(curve.runs[:, -1].mean()) for n, curve in c.accuracy.items()}
        familiar = float(np.mean([end for n, end in ends.items() if c.rung.get(n) == "instance"]))
        found.setdefault(c.cell.model, {})[c.cell.plan] = ends["recall"], familiar
    columns, rows = list(dict.fromkeys(c.cell.plan for c in configurations)), []
    for model, scores in found.items():
        mark = {p: "**" if s == max(scores.values(), key=sum) else "" for p, s in scores.items()}
        cells = {p: f"{mark[p]}{s[0]:.2f}, {s[1]:.2f}{mark[p]}" for p, s in scores.items()}
        rows.append([f"`{model}`", *(cells.get(plan, ABSENT) for plan in columns)])
    yield from markdown_table(["model", *columns], rows, right=range(1, len(columns) + 1))


def tables(root: Path) -> dict[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``."""

    def make(
        kind: str, displayed: Callable[[Sequence[Configuration]], Display], argument: str
    ) -> Iterable[str]:
        name, _, which = argument.partition(" ")
        title = f"{Path(name).name} {kind} {which}"
        return measured(
            root,
            name,
            lambda folder: _lines(root, title, displayed(_named(name, read(folder), which))),
        )

    def training(argument: str) -> Iterable[str]:
        group, _, rest = argument.partition(" ")
        return make(f"over {group}", lambda configurations: over(configurations, group), rest)

    def table(argument: str) -> Iterable[str]:
        name, _, which = argument.partition(" ")
        return measured(root, name, lambda folder: plans(_named(name, read(folder), which)))

    return {
        "plans": table,
        "models": partial(make, "models", models),
        "apart": partial(make, "apart", apart),
        "over": training,
    }


def _lines(root: Path, title: str, displayed: Display) -> Iterator[str]:
    header, stem = OVER, slug(title)
    if all(isinstance(cell, Drawn) for cell in displayed.cells.values()):
        drawn = grid(displayed.rows, displayed.columns, displayed.cells, displayed.below)  # type: ignore[arg-type]
    else:
        header = HEADER
        panels, marks = displayed.cells, displayed.floors
        drawn = dots(displayed.rows, displayed.columns, panels, marks, displayed.below)  # type: ignore[arg-type]
    yield from page_files.figure(root, stem, drawn, title)
    yield from page_files.data(root, stem, header, displayed.data)


def _named(name: str, configurations: Sequence[Configuration], which: str) -> list[Configuration]:
    """Those of one panel and mode."""
    found: dict[str, list[Configuration]] = {}
    for configuration in configurations:
        found.setdefault(f"{configuration.panel.name} {configuration.cell.mode}", []).append(
            configuration
        )
    if which not in found:
        raise UserError(f"{name} has no models of {which!r}; expected {' or '.join(found)}")
    return found[which]


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, tables)


if __name__ == "__main__":
    raise SystemExit(main())
