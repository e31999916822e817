"""Tables of a receipt, as Markdown between two marks in a page: no number is typed by hand.

A page names the receipt that it displays:

    <!-- receipt docs/receipts/headline-v2.json -->
    <!-- end of receipt -->

``python -m zebroid.benchmarks.docs.readme_tables README.md`` (in the page's folder) writes what
stands between. Models of several receipts that answered the same questions stand side by side, with
a figure and data, where a page has

    <!-- language-models settings composition-v1/tiny ../receipts/one ../receipts/another -->
    <!-- end of language-models -->
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...eval.scoring.columns import MARKS, columns, mark
from ...eval.stats.labels import of_runs
from ...printable import visible
from ..panels.panel import slug
from ..receipts.curves import Configuration, read
from ..receipts.receipt import Receipt
from ..receipts.receipt_records import PanelRecord, RowRecord
from ..receipts.score_records import ScoreRecord
from ..report.receipt_rows import score_of
from ..report.table import ABSENT, UNTRAINED, normalised
from ..runner import atomic_write
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


def floors(rows: Sequence[RowRecord], groups: Sequence[str]) -> list[str]:
    """What is had without the rule in each instrument, and by which strategy."""
    found = [next(s for r in rows if (s := _score(r, group)) is not None) for group in groups]
    return [
        ABSENT if s.rung == "recall" else f"{s.floor.value:.2f}, {s.floor.strategy}" for s in found
    ]


def _score(row: RowRecord, group: str) -> ScoreRecord | None:
    return row.rungs.get(group)


def scored(row: RowRecord, group: str) -> str:
    """The score of a row in an instrument, with its interval and marks; a ceiling's
    alone. Of a model that has not learned its corpus in brackets."""
    record = _score(row, group)
    if record is None:
        return ABSENT
    found = score_of(group, record, not row.untrained)
    mean, low, high = found.accuracy.at()
    if not np.isfinite([mean, low, high]).all():
        return ABSENT
    if row.kind == "ceiling":
        return f"{mean:.2f}"
    text = f"{mean:.2f} ± {max(high - mean, mean - low):.2f}{mark(found)}"
    return text if found.trained else f"({text}, {UNTRAINED})"


def above(row: RowRecord, group: str) -> str:
    """The normalised score of a model."""
    record = _score(row, group)
    return ABSENT if record is None else normalised(score_of(group, record, not row.untrained))


def settings(root: Path, argument: str) -> Iterator[str]:
    """The models of these receipts about one world and size. Raises UserError where none is."""
    which, *folders = argument.split()
    missing = [folder for folder in folders if not (root / folder / "receipt.json").exists()]
    found = [c for f in folders if f not in missing for c in read(root / f)]
    mine = [c for c in found if f"{c.cell.named_world}/{c.cell.size}" == which]
    if not mine and not missing:
        raise UserError(f"{' '.join(folders)}: no models of {which!r}; give the receipts of that")
    if mine:
        _same_questions(mine)
        yield from _side_by_side(root, which, mine)
    for folder in missing:
        yield from ("", not_yet(folder))


def _same_questions(configurations: Sequence[Configuration]) -> None:
    """Raises UserError where models did not answer the same questions."""
    first = configurations[0].cell
    for configuration in configurations:
        cell = configuration.cell
        if (cell.exposure, cell.questions) != (first.exposure, first.questions):
            raise UserError(
                f"{cell.model} answered other questions than {first.model}; give all the same "
                "exposure and number of questions"
            )


def _label(configuration: Configuration) -> str:
    """``decoder-s, chain``; of a model from outside its name alone."""
    cell = configuration.cell
    name = cell.model.removeprefix("outside.")
    return name if name != cell.model else f"{name}, {cell.mode}"


def _side_by_side(root: Path, which: str, mine: Sequence[Configuration]) -> Iterator[str]:
    scores = {_label(c): c.row.rungs for c in mine if c.row is not None}
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
                cells[_label(configuration), group] = [dot]
                data.append(_numbers(configuration, group, ends, marks, score.questions))
    below = f"{which}: accuracy with its 95% interval. Dotted: the floor."
    title = f"ways to learn {which}"
    drawn = dots([*scores], groups, cells, marks, below)
    yield from page_files.figure(root, slug(title), drawn, title)
    lines = [["floor", *floors(rows, groups)]]
    lines += [[_label(c), *(scored(c.row, g) for g in groups)] for c in mine if c.row is not None]
    yield from markdown_table(["model", *groups], lines)
    yield from ("", f"Exact answers ± the wider side of a 95% interval; {MARKS}.", "")
    yield from page_files.data(root, slug(title), HEADER, data)


def _numbers(
    configuration: Configuration,
    group: str,
    ends: Sequence[float | None],
    marks: Mapping[str, float],
    questions: int,
) -> tuple[object, ...]:
    numbers = ["" if v is None else f"{v:.4f}" for v in (*ends, marks.get(group))]
    cell = configuration.cell
    return (cell.model, cell.mode, configuration.parameters, group, *numbers, questions)


def side_by_side(page: Path) -> int:
    """Fills such blocks of a page; 0, or 2 after one line on what is wrong."""
    root = page.resolve().parent
    return fill(page, "language-models", {"settings": lambda words: settings(root, words)})


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
