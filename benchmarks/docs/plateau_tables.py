"""Figures and data of the pages on scaling: what follows from what is stated, what a sweep says.

Between two marks in a page stands one figure with the link to its data, and the first mark names
it:

    <!-- plateau verdicts ../receipts/scaling-v1 composition-v1/small direct -->
    <!-- end of plateau -->

``python -m zebroid.benchmarks.docs`` writes what stands between, ``figures/*.svg`` and
``data/*.csv`` beside the page. ``symbolic`` takes worlds, and trains nothing; all others take the
folder of a receipt, and say so where there is none yet. Words behind the folder select rows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ... import registry
from ...eval.scaling.percolation import sweep
from ...eval.scoring.columns import columns
from ...eval.stats.labels import with_failed
from ..receipts.curves import Configuration, read
from ..receipts.row_records import verdict_of
from ..report.receipt_rows import rows_of
from ..sweeps import sweep_tables
from ..sweeps.analysis import Along, Scaling, scaling
from ..sweeps.coverage import GRID
from ..sweeps.sweep_tables import Description
from .writing import page_files
from .writing.doc_blocks import (
    Make,
    admits,
    command,
    file_name,
    measured,
    name_words,
    not_yet,
    some,
    split_argument,
)
from .writing.small_multiples import MOST, Cell, Dot, distinct, forest, grid

KIND = "plateau"
SEEDS = range(5)
Lines = Iterator[str]
VERDICTS = ("configuration", "rung", "verdict", "level", "error", "ceiling", "budget", "evidence")


class Receipts:
    """The receipts that a page names."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def table(self, make: Callable[[Scaling], Description], argument: str) -> Iterable[str]:
        """One table of what a sweep says, as data alone."""
        name, words = split_argument(argument)

        def lines(folder: Path) -> Lines:
            table = make(_swept(folder.resolve()))
            rows = [row for row in table.rows if admits(row[0], words)]
            yield from page_files.data(
                self.root, file_name(table.name, name, words), table.header, rows
            )

        return measured(self.root, name, lines)

    def verdicts(self, argument: str) -> Iterable[str]:
        """Accuracy over compute on every rung of every model, with the verdict on it."""
        name, words = split_argument(argument)
        return measured(
            self.root,
            name,
            lambda folder: self._verdicts(folder, file_name("verdicts", name, words), words),
        )

    def _verdicts(self, folder: Path, name: str, words: Sequence[str]) -> Lines:
        configurations = some(
            [configuration for configuration in read(folder) if admits(configuration.name, words)],
            folder,
            words,
        )
        rungs = columns(name for configuration in configurations for name in configuration.rungs)
        labels = [
            with_failed(label, configuration.failed, configuration.runs)
            for label, configuration in zip(
                distinct([name_words(configuration.name) for configuration in configurations]),
                configurations,
            )
        ]
        cells = {
            (label, rung): cell
            for configuration, label in zip(configurations, labels)
            for rung, cell in _curves(configuration).items()
        }
        drawn = grid(labels, rungs, cells, "From left to right: training compute, logarithmic.")
        shows = f"accuracy over compute with verdicts, {' '.join(words) or folder.name}"
        yield from page_files.figure(self.root, name, drawn, shows)
        yield from page_files.data(self.root, name, VERDICTS, list(_verdict_rows(configurations)))

    def axes(self, argument: str) -> Iterable[str]:
        """Accuracy at the end of training along each axis of the grid, with the verdict on it."""
        name, words = split_argument(argument)

        def lines(folder: Path) -> Lines:
            every = _swept(folder.resolve()).along
            along = some([a for a in every if admits(_axis(a), words)], folder, words)
            rungs = columns(name for one in along for name in one.accuracy)
            labels = distinct([name_words(_axis(one)) for one in along])
            cells = {
                (label, v.rung): _level_cell(one, v.rung, v.kind)
                for one, label in zip(along, labels)
                for v in one.verdicts
            }
            drawn = grid(labels, rungs, cells, "From left to right: the axis, logarithmic.")
            shows = f"accuracy along each axis with verdicts, {' '.join(words) or folder.name}"
            yield from page_files.figure(self.root, file_name("axes", name, words), drawn, shows)
            yield from self.table(sweep_tables.axes, argument)

        return measured(self.root, name, lines)

    def added(self, argument: str) -> Iterable[str]:
        """What another mode gains over answering at once, one interval a row."""
        name, words = split_argument(argument)

        def lines(folder: Path) -> Lines:
            every = _swept(folder.resolve()).added
            found = some([a for a in every if admits(a.name, words)], folder, words)
            rows = distinct([[*name_words(a.name), a.rung] for a in found])
            drawn = forest(
                rows,
                [Dot(*a.more) for a in found],
                0.0,
                "Accuracy gained over direct, paired by run, with its 95% interval.",
            )
            shows = f"accuracy gained over direct, {' '.join(words) or folder.name}"
            yield from page_files.figure(self.root, file_name("added", name, words), drawn, shows)
            yield from self.table(sweep_tables.added, argument)

        return measured(self.root, name, lines)

    def exhausted(self, argument: str) -> Iterable[str]:
        """How much later than the stated facts an unstated rung settles, one interval a row."""
        name, words = split_argument(argument)

        def lines(folder: Path) -> Lines:
            found = [
                (configuration, c)
                for configuration, c in _swept(folder.resolve()).exhausted
                if admits(configuration.name, words) and c.unstated.kind == "accuracy"
            ]
            found = some(found, folder, words)
            if len(found) > MOST:
                yield from self.table(sweep_tables.exhausted, argument)
                return
            rows = distinct(
                [[*name_words(configuration.name), c.unstated.rung] for configuration, c in found]
            )
            drawn = forest(
                rows,
                [Dot(*c.ratio) for _, c in found],
                1.0,
                "Epochs until accuracy on the rung settles, over epochs until recall does, with "
                "the 95% interval. At 1: together.",
            )
            shows = f"how much later unstated answers settle, {' '.join(words) or folder.name}"
            yield from page_files.figure(
                self.root, file_name("exhausted", name, words), drawn, shows
            )
            yield from self.table(sweep_tables.exhausted, argument)

        return measured(self.root, name, lines)

    def figure(self, argument: str) -> Lines:
        """A figure beside a receipt: its folder, and the figure's name."""
        name, _, drawn = argument.partition(" ")
        path = Path(name) / "figures" / f"{drawn}.svg"
        if (self.root / path).exists():
            yield f"![{drawn.replace('-', ' ')}]({path.as_posix()})"
        else:
            yield not_yet(name)


@functools.cache
def _swept(folder: Path) -> Scaling:
    """What a sweep says: it takes minutes, and several blocks show a part of it."""
    return scaling(read(folder))


def _curves(configuration: Configuration) -> dict[str, Cell]:
    row = next(
        r
        for r in rows_of(configuration.panel, [configuration])
        if (r.kind, r.label) == ("model", configuration.label)
    )
    kinds = {
        v["rung"]: v["kind"] for v in configuration.panel.verdicts.get(configuration.label, [])
    }
    cells = {}
    for rung in configuration.rungs:
        score = row.rungs.get(rung)
        if score is None:  # too few questions for a score
            continue
        band = score.curve
        cells[rung] = Cell(
            row.flops, band.mean, band.low, band.high, score.floor.value, kinds.get(rung, "")
        )
    return cells


def _verdict_rows(configurations: Sequence[Configuration]) -> Iterator[tuple[object, ...]]:
    for configuration in configurations:
        for text in configuration.panel.verdicts.get(configuration.label, []):
            v = verdict_of(text)
            level = "" if np.isnan(v.level) else f"{v.level:.3f}"
            error = "" if np.isnan(v.error) else f"{v.error:.3f}"
            budget = "" if v.budget is None else f"{v.budget:.2e} {v.unit}"
            yield configuration.title, v.rung, v.kind, level, error, v.ceiling, budget, v.evidence


def _axis(one: Along) -> str:
    return f"{one.line.axis.name}: {one.line.name}"


def _level_cell(one: Along, rung: str, kind: str) -> Cell:
    mean, low, high = one.accuracy[rung]
    return Cell(np.array(one.line.values), mean, low, high, one.floors[rung], kind)


def verdicts(folder: Path) -> list[tuple[object, ...]]:
    """The verdicts of the receipt in this folder, a row each."""
    return list(_verdict_rows(read(folder)))


def symbolic(root: Path, argument: str) -> Lines:
    """What follows, and what is connected, in some worlds at every coverage."""
    found = []
    for name in argument.split():
        world, size = registry.sized(name)
        found.append(sweep(world, size, GRID, SEEDS))
    table = sweep_tables.symbolic(found)
    columns = ("what follows", "connected", "if independent")
    cells = {}
    for one in found:
        shares = (one.derivable, one.giant, one.smooth)
        for column, share in zip(columns, shares):
            if share is not None:
                ends = share.min(0), share.max(0)
                cells[one.world, column] = Cell(
                    one.coverages, share.mean(0), *ends, None, level=False
                )
    worlds = [one.world for one in found]
    drawn = grid(
        worlds, columns, cells, "From left to right: coverage from 0.02 to 1, logarithmic."
    )
    yield from page_files.figure(root, "percolation-symbolic", drawn, "shares over coverage")
    yield from page_files.data(root, "percolation-symbolic", table.header, table.rows)


def tables(root: Path) -> dict[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``."""
    receipts = Receipts(root)
    plain = {
        "levels": sweep_tables.levels,
        "joint": sweep_tables.joint_laws,
        "percolation": sweep_tables.percolation,
    }
    return {
        "symbolic": functools.partial(symbolic, root),
        "verdicts": receipts.verdicts,
        "axes": receipts.axes,
        "added": receipts.added,
        "exhausted": receipts.exhausted,
        "figure": receipts.figure,
        **{name: functools.partial(receipts.table, make) for name, make in plain.items()},
    }


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, tables)


if __name__ == "__main__":
    raise SystemExit(main())
