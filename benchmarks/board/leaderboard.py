"""leaderboard(receipts) -> Markdown: models of many receipts on the same questions of a world.

Rows of one table had the same world, size and exposure; how many corpora each has is printed.
They are ordered by the first instrument that asks for more than reuse, as it stands above its
floor, and bear no rank: where intervals overlap, no order is meant. A model that has not learned
its corpus counts as 0 there, and is marked. The trust class of each receipt stands beside its rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from ... import canonical
from ...errors import UserError
from ...eval.scoring.columns import MARKS, columns
from ...eval.stats.labels import of_runs
from ...printable import markdown, printable
from ..attestations.trust import trust_class
from ..config.panel_names import grouped, named, names_of
from ..config.run_config import Cell
from ..docs.readme_tables import above, floors, scored
from ..docs.writing.markdown_table import markdown_table
from ..panels.panel import labels
from ..receipts import bounds, cite, untrusted
from ..receipts.receipt import Receipt
from ..receipts.receipt_records import RowRecord
from ..report.table import ABSENT, UNTRAINED


@dataclasses.dataclass(frozen=True)
class Entry:
    """One model row of one receipt."""

    receipt: int  # its number in the list below the tables
    trust: str  # the class of the receipt
    cell: Cell  # any of its cells
    corpora: frozenset[str]
    row: RowRecord
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
    gone: dict[tuple[str, str, str], list[str]] = {}
    refused: list[str] = []
    ignored: list[str] = []
    for path in paths:
        try:
            with untrusted.guarded(path):
                receipt = Receipt.read(untrusted.receipt_path(path))
                mark = cite.digest(receipt)
                if mark in receipts:
                    continue
                trust = trust_class(path, receipt)
                entries = [*_entries(len(receipts) + 1, trust.kind, receipt)]
                line = f"{cite.line(receipt)}; {trust}"
                for entry in entries:  # whatever is wrong with one shows here
                    _row(entry, [*entry.row.rungs])
        except (UserError, OSError) as error:
            refused.append(printable(str(error)))
            continue
        receipts[mark] = line
        ignored += trust.ignored
        for entry in entries:
            boards.setdefault(_key(entry.cell), []).append(entry)
        for cell, lost in _missing(len(receipts), receipt):
            gone.setdefault(_key(cell), []).append(lost)
    if not boards:
        why = f": {refused[0]}" if refused else "; run their suites again"
        raise UserError(f"none of these receipts has a model with a score{why}")
    lines = []
    names = names_of([entries[0].cell for entries in boards.values()])
    for name, (key, entries) in zip(names, boards.items()):
        lines += [f"## {markdown(name)}", "", *_table(entries), ""]
        lines += [f"Without an answer: {'; '.join(gone[key])}.", ""] if key in gone else []
    lines.append(
        "Exact answers ± the wider side of a 95% interval; → above the floor, from 0 to 1; ordered "
        f"by the bold instrument above its floor; {MARKS}; in brackets, {UNTRAINED}: recall below "
        "0.95, counts as 0. Receipts:\n"
    )
    lines += [f"{i}. {markdown(line)}" for i, line in enumerate(receipts.values(), start=1)]
    for title, found in (
        ("Refused, and in no table:", refused),
        ("Attestations that count for nothing:", ignored),
    ):
        if found:
            lines += ["", title, "", *(f"- {markdown(line)}" for line in found)]
    return Board("\n".join(lines) + "\n", tuple(refused))


def _entries(number: int, trust: str, receipt: Receipt) -> Iterator[Entry]:
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
                yield Entry(number, trust, mine[0], read, row, len(mine), lost)


def _key(cell: Cell) -> tuple[str, str, str]:
    """Equal for cells whose models stand in one table."""
    return cell.named_world, cell.size, canonical.text(cell.exposure.record())


def _missing(number: int, receipt: Receipt) -> Iterator[tuple[Cell, str]]:
    """(any of its cells, a line) of each model of which every training failed."""
    cells = bounds.cells_of(receipt)
    failed = {record.digest for record in receipt.cells if record.failed}
    for group in grouped(cells.values(), lambda cell: cell.configuration):
        if {cell.digest for cell in group} <= failed:
            cell = group[0]
            name = f"{cell.model}, {cell.mode} ({cell.plan})"
            yield cell, markdown(f"{name}, {of_runs(len(group), len(group))}, receipt {number}")


def _table(entries: Sequence[Entry]) -> Iterator[str]:
    names = columns(name for e in entries for name in e.row.rungs)
    first = _ranked(entries, names)
    heads = [f"**{name}**" if name == first else name for name in names]
    ordered = sorted(entries, key=lambda e: -_value(e, first))
    floor = ["floor", "", "", "", *floors([e.row for e in entries], names)]
    rows = [floor, *(_row(e, names) for e in ordered)]
    yield from markdown_table(["model, mode (plan)", "receipt", "trust", "corpora", *heads], rows)


def _ranked(entries: Sequence[Entry], names: Sequence[str]) -> str:
    """The instrument that orders a table: the first beyond reuse whose floor leaves room."""
    for name in names:
        scores = [e.row.rungs[name] for e in entries if name in e.row.rungs]
        beyond = all(s.rung not in ("recall", "instance") for s in scores)
        if beyond and all(s.normalised is not None for s in scores):
            return name
    return names[-1]


def _value(e: Entry, name: str) -> float:
    """Its score there above the floor; 0 of a model that has not learned its corpus, -1 of none."""
    score = e.row.rungs.get(name)
    if score is None:
        return -1.0
    if e.row.untrained:
        return 0.0
    return score.accuracy.mean or 0.0 if score.normalised is None else score.normalised.value


def _row(e: Entry, names: Sequence[str]) -> list[str]:
    alone = ", answers alone" if e.cell.outside and e.cell.mode == "chain" else ""
    name = f"{e.cell.model}, {e.cell.mode}{alone} ({e.cell.plan})"
    name = markdown(f"{name}, {missing}" if (missing := of_runs(e.failed, e.runs)) else name)
    scores = [_short(e.row, rung) if rung in e.row.rungs else ABSENT for rung in names]
    return [name, str(e.receipt), e.trust, str(len(e.corpora)), *scores]


def _short(row: RowRecord, rung: str) -> str:
    """As in a run's own table: 0.92 ± 0.03 is .92±.03; then what is above the floor."""
    text = scored(row, rung).replace("0.", ".").replace(" ± ", "±")
    return text if row.rungs[rung].rung == "recall" else f"{text} → {above(row, rung)}"
