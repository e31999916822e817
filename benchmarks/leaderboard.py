"""leaderboard(receipts) -> Markdown: the models of many receipts that were asked of one world.

Rows of one table had the same world, size and exposure; how many corpora stand behind each is told.
They are ordered by systematicity, the mean over constituent, schema and depth with 0 for chance,
and bear no rank: where intervals overlap, no order is shown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..eval.labels import of_runs
from ..eval.score import HEADLINE
from ..registry import UserError
from . import cite
from .cell import Cell
from .panel import labels, named, names_of
from .readme import scored
from .receipt import PanelRecord, Receipt, RowRecord
from .table import ABSENT, AT_CHANCE, SUPPRESSED


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


def leaderboard(paths: Sequence[Path]) -> str:
    """Raises UserError for what is no receipt, and where no receipt has a scored model."""
    receipts = {}
    for path in paths:
        receipt = Receipt.read(path / "receipt.json" if path.is_dir() else path)
        receipts.setdefault(cite.digest(receipt), receipt)
    boards: dict[tuple[str, str, str], list[Entry]] = {}
    for number, receipt in enumerate(receipts.values(), start=1):
        for entry in _entries(number, receipt):
            cell = entry.cell
            key = cell.panel[:3]
            boards.setdefault(key, []).append(entry)
    if not boards:
        raise UserError("none of these receipts has a model with a score; run their suites again")
    lines = []
    names = names_of([entries[0].cell for entries in boards.values()])
    for name, entries in zip(names, boards.values()):
        lines += [f"## {name}", "", *_table(entries), ""]
    lines.append(
        "Exact answers ± the wider side of a 95% interval; ordered by systematicity; "
        f"{AT_CHANCE} interval includes chance, {SUPPRESSED} below uniform guessing. Receipts:\n"
    )
    lines += [f"{i}. {cite.line(r)}" for i, r in enumerate(receipts.values(), start=1)]
    return "\n".join(lines) + "\n"


def _entries(number: int, receipt: Receipt) -> Iterator[Entry]:
    cells = {record.digest: Cell.of(record.cell) for record in receipt.cells}
    panels = {panel.name: panel for panel in receipt.panels}
    for name, group in named(list(cells.values())):
        told = labels(group)
        for row in panels[name].rows if name in panels else ():
            mine = [c for c in group if told[c.arm] == row.label]
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
    yield "| " + " | ".join(heads) + " |"
    yield "|---" * len(heads) + "|"
    for e in sorted(entries, key=lambda e: -e.systematicity):
        name = f"{e.cell.model}, {e.cell.mode} ({e.cell.plan})"
        name = f"{name}, {missing}" if (missing := of_runs(e.failed, e.runs)) else name
        told = [name, str(e.receipt), str(len(e.corpora))]
        scores = [_short(e.row, rung) if rung in e.row.rungs else ABSENT for rung in rungs]
        yield "| " + " | ".join(told + scores) + " |"


def _short(row: RowRecord, rung: str) -> str:
    """As in a run's own table: 0.92 ± 0.03 is .92±.03."""
    return scored(row, rung).replace("0.", ".").replace(" ± ", "±")
