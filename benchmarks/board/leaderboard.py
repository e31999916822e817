"""leaderboard(receipts) -> Markdown: models of many receipts on the same questions of a world.

Rows of one table had the same world, size and exposure; how many corpora each has is printed.
They are ordered by systematicity, the mean over constituent, schema and depth with 0 for chance,
and bear no rank: where intervals overlap, no order is meant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from ... import canonical
from ...errors import UserError
from ...eval.scoring.score import HEADLINE
from ...eval.stats.labels import of_runs
from ...printable import markdown, printable
from ..config.panel_names import named, names_of
from ..config.run_config import Cell
from ..docs.markdown_table import markdown_table
from ..docs.readme_tables import scored
from ..receipts import bounds, cite, untrusted
from ..receipts.panel import labels
from ..receipts.receipt import PanelRecord, Receipt, RowRecord
from ..report.table import ABSENT, AT_CHANCE, SUPPRESSED


@dataclasses.dataclass(frozen=True)
class Entry:
    """One model row of one receipt."""

    receipt: int  # its number in the list below the tables
    cell: Cell  # any of its cells
    corpora: frozenset[str]
    row: RowRecord
    systematicity: float  # -1 where it has none
    runs: int  # that the row should be the mean of
    failed: int  # of these, those that gave nothing


@dataclasses.dataclass(frozen=True)
class Board:
    """The tables as Markdown, and what came of receipts that stand in none of them."""

    text: str
    refused: tuple[str, ...]  # a line each


def leaderboard(paths: Sequence[Path]) -> Board:
    """The tables of all receipts that can be read; others are named below them, with the reason.

    Raises UserError where no receipt has a scored model.
    """
    receipts: dict[str, str] = {}  # mark -> the line of its citation
    boards: dict[tuple[str, str, str], list[Entry]] = {}
    refused = []
    for path in paths:
        try:
            with untrusted.guarded(path):
                receipt = Receipt.read(untrusted.receipt_path(path))
                mark = cite.digest(receipt)
                if mark in receipts:
                    continue
                line, entries = cite.line(receipt), [*_entries(len(receipts) + 1, receipt)]
                for entry in entries:  # whatever is wrong with one shows here
                    _row(entry, HEADLINE)
        except (UserError, OSError) as error:
            refused.append(printable(str(error)))
            continue
        receipts[mark] = line
        for entry in entries:
            cell = entry.cell
            key = cell.named_world, cell.size, canonical.text(cell.exposure.record())
            boards.setdefault(key, []).append(entry)
    if not boards:
        why = f": {refused[0]}" if refused else "; run their suites again"
        raise UserError(f"none of these receipts has a model with a score{why}")
    lines = []
    names = names_of([entries[0].cell for entries in boards.values()])
    for name, entries in zip(names, boards.values()):
        lines += [f"## {markdown(name)}", "", *_table(entries), ""]
    lines.append(
        "Exact answers ± the wider side of a 95% interval; ordered by systematicity; "
        f"{AT_CHANCE} interval includes chance, {SUPPRESSED} below uniform guessing. Receipts:\n"
    )
    lines += [f"{i}. {markdown(line)}" for i, line in enumerate(receipts.values(), start=1)]
    if refused:
        lines += ["", "Refused, and in no table:", ""]
        lines += [f"- {markdown(line)}" for line in refused]
    return Board("\n".join(lines) + "\n", tuple(refused))


def _entries(number: int, receipt: Receipt) -> Iterator[Entry]:
    cells = bounds.cells_of(receipt)
    panels = {panel.name: panel for panel in receipt.panels}
    for name, group in named(list(cells.values())):
        message = labels(group)
        for row in panels[name].rows if name in panels else ():
            mine = [c for c in group if message[c.configuration] == row.label]
            if row.kind == "model" and mine and row.rungs:
                digests = {cell.digest for cell in mine}
                fine = [r for r in receipt.cells if r.digest in digests and not r.failed]
                read, lost = frozenset(r.corpus for r in fine), len(mine) - len(fine)
                value = _systematicity(panels[name], row.label)
                yield Entry(number, mine[0], read, row, value, len(mine), lost)


def _systematicity(panel: PanelRecord, label: str) -> float:
    found = next((p for p in panel.profiles if p["label"] == label), None)
    share = found["systematicity"] if found else {}
    return -1.0 if share.get("value") is None else float(share["value"])


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    rungs = [rung for rung in HEADLINE if any(rung in e.row.rungs for e in entries)]
    heads = ["model, mode (plan)", "receipt", "corpora", *rungs]
    ordered = sorted(entries, key=lambda e: -e.systematicity)
    yield from markdown_table(heads, (_row(e, rungs) for e in ordered))


def _row(e: Entry, rungs: Sequence[str]) -> list[str]:
    name = f"{e.cell.model}, {e.cell.mode} ({e.cell.plan})"
    name = markdown(f"{name}, {missing}" if (missing := of_runs(e.failed, e.runs)) else name)
    scores = [_short(e.row, rung) if rung in e.row.rungs else ABSENT for rung in rungs]
    return [name, str(e.receipt), str(len(e.corpora)), *scores]


def _short(row: RowRecord, rung: str) -> str:
    """As in a run's own table: 0.92 ± 0.03 is .92±.03."""
    return scored(row, rung).replace("0.", ".").replace(" ± ", "±")
