"""Several ways to learn one world side by side: the models of several receipts in one table.

    <!-- language-models settings composition-v1/tiny ../receipts/one ../receipts/another -->
    <!-- end of language-models -->

``python -m zebroid.benchmarks.docs`` writes what stands between: a figure, a table and the link to
its data, one row for each model. Receipts that are not there are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...eval.scoring.columns import MARKS, columns
from ..panels.panel import slug
from ..receipts.curves import Configuration, read
from .readme_tables import floors, scored
from .writing import page_files
from .writing.doc_blocks import Make, command, not_yet
from .writing.markdown_table import markdown_table
from .writing.small_multiples import Dot, dots

KIND = "language-models"
HEADER = ("model", "mode", "parameters", "rung", "mean", "low", "high", "floor", "questions")


def settings(root: Path, argument: str) -> Iterator[str]:
    """The models of these receipts about one world and size. Raises UserError where none is."""
    which, *folders = argument.split()
    missing = [folder for folder in folders if not (root / folder / "receipt.json").exists()]
    found = [c for f in folders if f not in missing for c in read(root / f)]
    mine = [c for c in found if f"{c.cell.named_world}/{c.cell.size}" == which]
    if not mine and not missing:
        raise UserError(f"{' '.join(folders)}: no models of {which!r}; give the receipts of that")
    if mine:
        _alike(mine)
        yield from _displayed(root, which, mine)
    for folder in missing:
        yield from ("", not_yet(folder))


def _alike(configurations: Sequence[Configuration]) -> None:
    """Raises UserError where models did not answer the same questions."""
    first = configurations[0].cell
    for configuration in configurations:
        cell = configuration.cell
        if (cell.exposure, cell.questions) != (first.exposure, first.questions):
            raise UserError(
                f"{cell.model} answered other questions than {first.model}; give all the same "
                "exposure and number of questions"
            )


def label(configuration: Configuration) -> str:
    """``decoder-s, chain``; of a model from outside its name alone."""
    cell = configuration.cell
    name = cell.model.removeprefix("outside.")
    return name if name != cell.model else f"{name}, {cell.mode}"


def _displayed(root: Path, which: str, mine: Sequence[Configuration]) -> Iterator[str]:
    scores = {label(c): c.row.rungs for c in mine if c.row is not None}
    groups = columns(name for rungs in scores.values() for name in rungs if name != "mixed")
    rows = [c.row for c in mine if c.row is not None]
    marks = {
        group: floor.value
        for group in groups
        for floor in [next(r.rungs[group].floor for r in rows if group in r.rungs)]
        if floor is not None and group != "recall"
    }
    cells: dict[tuple[str, str], list[Dot]] = {}
    data = []
    for configuration in mine:
        for group, score in (configuration.row.rungs if configuration.row else {}).items():
            if group in groups:
                ends = (score.accuracy.mean, score.accuracy.low, score.accuracy.high)
                dot = Dot(*(np.nan if v is None else v for v in ends))
                cells[label(configuration), group] = [dot]
                data.append(_data(configuration, group, ends, marks, score.questions))
    below = f"{which}: accuracy with its 95% interval. Dotted: the floor."
    title = f"ways to learn {which}"
    drawn = dots([*scores], groups, cells, marks, below)
    yield from page_files.figure(root, slug(title), drawn, title)
    lines = [["floor", *floors(rows, groups)]]
    lines += [[label(c), *(scored(c.row, g) for g in groups)] for c in mine if c.row is not None]
    yield from markdown_table(["model", *groups], lines)
    yield from ("", f"Exact answers ± the wider side of a 95% interval; {MARKS}.", "")
    yield from page_files.data(root, slug(title), HEADER, data)


def _data(
    configuration: Configuration,
    group: str,
    ends: Sequence[float | None],
    marks: Mapping[str, float],
    questions: int,
) -> tuple[object, ...]:
    numbers = ["" if v is None else f"{v:.4f}" for v in (*ends, marks.get(group))]
    cell = configuration.cell
    return (cell.model, cell.mode, configuration.parameters, group, *numbers, questions)


def tables(root: Path) -> Mapping[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``."""

    def make(argument: str) -> Iterable[str]:
        return settings(root, argument)

    return {"settings": make}


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, tables)


if __name__ == "__main__":
    raise SystemExit(main())
