"""Tables of a receipt, as Markdown between two marks in a page: no number is typed by hand.

A page names the receipt that it displays:

    <!-- receipt docs/receipts/headline-v2.json -->
    <!-- end of receipt -->

``python -m zebroid.benchmarks.docs.readme_tables README.md`` (in the page's folder) writes what
stands between. Models of several receipts that answered the same questions stand side by side, with
a figure and data, where a page has

    <!-- language-models settings composition-v1/tiny ../receipts/one ../receipts/another -->
    <!-- end of language-models -->

and what those get who read facts in context and apply no rule stands where it has

    <!-- language-models in-context composition-v1/tiny 40 -->
    <!-- end of language-models -->
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...eval.scoring.columns import MARKS, columns
from ...eval.stats.labels import of_runs
from ...printable import visible
from ..config.panel_names import named
from ..config.run_config import Cell
from ..export.portion import cells_of, portions
from ..language_models.context_floors import context_floors
from ..panels.panel import labels, slug
from ..receipts import bounds
from ..receipts.receipt import Receipt
from ..receipts.receipt_records import PanelRecord, RowRecord
from ..receipts.score_records import ScoreRecord
from ..report.score_cells import above, floors, scored
from ..report.table import ABSENT
from ..runner import atomic_write
from ..runner.corpora import Corpora
from .writing import page_files
from .writing.doc_blocks import fill, not_yet
from .writing.markdown_table import markdown_table
from .writing.small_multiples import Dot, dots

HEADER = ("model", "mode", "parameters", "rung", "mean", "low", "high", "floor", "questions")
BLOCK = re.compile(r"(<!-- receipt (\S+) -->\n).*?(<!-- end of receipt -->)", re.DOTALL)


def filled(page: str, root: Path) -> str:
    """``page`` with the tables of the receipts that it names, paths relative to ``root``."""
    if not BLOCK.search(page):
        raise UserError("the page names no receipt; put `<!-- receipt PATH -->` before its table")
    return BLOCK.sub(lambda m: m[1] + "\n".join(_block(root / m[2], m[2])) + "\n" + m[3], page)


def _block(path: Path, name: str) -> Iterator[str]:
    """The tables of a receipt, or that there is none yet."""
    if path.exists():
        yield from _receipt(Receipt.read(path))
    else:
        yield from ("", not_yet(str(Path(name).parent)), "")


def _receipt(receipt: Receipt) -> Iterator[str]:
    for panel in receipt.panels:
        yield from _panel(panel)
    over = sorted({s.accuracy.over for p in receipt.panels for r in p.rows for s in _scores(r)})
    yield ""
    yield (
        f"{receipt.suite.id}@{receipt.suite.digest[:8]}, zebroid {receipt.versions['zebroid']}, "
        f"commit {receipt.commit[:8] or 'none'}. ± is the wider side of a 95% interval over "
        f"{' and '.join(over)}; {MARKS}. Above the floor: 0 is the floor, 1 all right."
    )


def _scores(row: RowRecord) -> list[ScoreRecord]:
    return list(row.rungs.values()) if row.kind == "model" else []


def _panel(panel: PanelRecord) -> Iterator[str]:
    rows = [r for r in panel.rows if r.kind in ("ceiling", "model")]
    rungs = columns(name for row in rows for name in row.rungs)
    yield ""
    yield f"**{_markdown(panel.name)}**"
    yield ""
    lines = [["floor", *floors(rows, rungs)]]
    for row in rows:
        name = _markdown(row.name)
        name = name if row.kind == "ceiling" else f"**{name}**"
        lines.append([name, *(scored(row, rung) for rung in rungs)])
        if row.kind == "model":
            lines.append(["above the floor", *(above(row, rung) for rung in rungs)])
    for label, lost in missing(panel).items():
        lines.append([f"**{_markdown(f'{label} ({lost})')}**", *(ABSENT for _ in rungs)])
    yield from markdown_table(["", *rungs], lines)


def missing(panel: PanelRecord) -> dict[str, str]:
    """Label -> ``2 of 2 failed`` of each model that has no row, for all its trainings failed."""
    scored = {row.label for row in panel.rows if row.kind == "model"}
    return {
        gone["label"]: of_runs(gone["cells"], gone["runs"])
        for gone in panel.missing_runs
        if gone["label"] not in scored
    }


def _markdown(label: str) -> str:
    """The label as Markdown shows it as it is, on one line."""
    return re.sub(r"([\\`*\[\]<>|$])", r"\\\1", " ".join(visible(label).split()))


@dataclasses.dataclass(frozen=True)
class Model:
    """A model's row of a receipt."""

    cell: Cell  # any of its cells
    row: RowRecord
    parameters: int

    @property
    def name(self) -> str:
        """``decoder-s, chain``; of a model from outside its name alone."""
        outside = self.cell.outside
        return outside.name if outside else f"{self.cell.model}, {self.cell.mode}"


def models(receipt: Receipt) -> Iterator[Model]:
    """Every model of a receipt that has a score."""
    panels = {panel.name: panel for panel in receipt.panels}
    parameters = {record.digest: record.parameters for record in receipt.cells}
    for name, group in named(list(bounds.cells_of(receipt).values())):
        label = labels(group)
        for row in panels[name].rows if name in panels else ():
            mine = [c for c in group if label[c.configuration] == row.label]
            if row.kind == "model" and mine and row.rungs:
                yield Model(mine[0], row, parameters[mine[0].digest])


def settings(root: Path, argument: str) -> Iterator[str]:
    """The models of these receipts about one world and size. Raises UserError where none is, or
    where they answered other questions."""
    which, *folders = argument.split()
    paths = {folder: root / folder / "receipt.json" for folder in folders}
    found = [m for path in paths.values() if path.exists() for m in models(Receipt.read(path))]
    mine = [m for m in found if f"{m.cell.named_world}/{m.cell.size}" == which]
    for m in mine:
        first = mine[0].cell
        if (m.cell.exposure, m.cell.questions) != (first.exposure, first.questions):
            raise UserError(
                f"{m.cell.model} answered other questions than {first.model}; give all the same "
                "exposure and number of questions"
            )
    if mine:
        yield from _side_by_side(root, which, mine)
    elif all(path.exists() for path in paths.values()):
        raise UserError(f"{' '.join(folders)}: no models of {which!r}; give the receipts of that")
    for folder, path in paths.items():
        if not path.exists():
            yield from ("", not_yet(folder))


def _side_by_side(root: Path, which: str, mine: Sequence[Model]) -> Iterator[str]:
    rows = [m.row for m in mine]
    groups = columns(name for row in rows for name in row.rungs if name != "mixed")
    marks: dict[str, float] = {}
    cells: dict[tuple[str, str], list[Dot]] = {}
    data = []
    for m in mine:
        for group in groups:
            if (score := m.row.rungs.get(group)) is None:
                continue
            if score.floor is not None and score.rung != "recall":
                marks[group] = score.floor.value
            found = score.accuracy
            ends = [np.nan if v is None else v for v in (found.mean, found.low, found.high)]
            cells[m.name, group] = [Dot(*ends)]
            numbers = [f"{v:.4f}" for v in (*ends, marks.get(group, np.nan))]
            head = (m.cell.model, m.cell.mode, m.parameters, group)
            data.append((*head, *(n.replace("nan", "") for n in numbers), score.questions))
    title = f"ways to learn {which}"
    below = f"{which}: accuracy with its 95% interval. Dotted: the floor."
    drawn = dots([m.name for m in mine], groups, cells, marks, below)
    yield from page_files.figure(root, slug(title), drawn, title)
    lines = [["floor", *floors(rows, groups)]]
    lines += [[m.name, *(scored(m.row, group) for group in groups)] for m in mine]
    yield from markdown_table(["model", *groups], lines)
    yield from ("", f"Exact answers ± the wider side of a 95% interval; {MARKS}.", "")
    yield from page_files.data(root, slug(title), HEADER, data)


def side_by_side(page: Path) -> int:
    """Fills such blocks of a page; 0, or 2 after one line on what is wrong."""
    root = page.resolve().parent
    tables = {"settings": lambda words: settings(root, words), "in-context": in_context}
    return fill(page, "language-models", tables)


def in_context(argument: str) -> Iterator[str]:
    """WORLD/SIZE QUESTIONS: the best strategy of each instrument in context, seed 0."""
    which, questions = argument.split()
    with Corpora() as corpora:
        (portion,) = portions(cells_of(which, "", questions=int(questions)), corpora)
        floors = context_floors(portion)
    lines = [
        [instrument, str(floor.questions), f"{floor.value:.2f}", floor.strategy]
        for instrument, floor in floors.items()
    ]
    yield from markdown_table(["instrument", "questions", "gets", "best strategy"], lines)


def main(pages: list[str]) -> int:
    """Fills the pages named; 0, or 2 after one line on what is wrong."""
    try:
        for name in pages:
            path = Path(name)
            text = filled(path.read_text("utf-8"), path.resolve().parent)
            with atomic_write.file(path) as draft:
                draft.write_text(text, "utf-8")
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
