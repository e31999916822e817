"""The end of a run on the terminal: one table, the profile, a sentence per world."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from ...eval.scoring.columns import MARKS, head
from ..panels.panel import Panel
from ..panels.panel_profiles import profiles
from .plain_console import plain
from .profile_table import profile_table
from .table import ABSENT, Line, Table, spread, table

STYLES = {"floor": "dim", "ceiling": "dim", "model": "bold", "normalised": ""}
STYLES |= {"sampled": "", "proof": "", "missing run": "red"}
LABEL, CELL = 26, 12  # letters of the head of a table's rows, and of the widest cell with its gap
# what stands in tables and sentences and explains itself on that page alone
WORDS = (
    "below: its whole interval is under the floor; suppressed: surely below uniform guessing; "
    "spreading: a random walk over words, which tests the world and is no floor; see "
    "docs/concepts/floors.md"
)
TOGETHER = ("model", "normalised", "sampled")  # kinds of rows between which there is no rule


def show(console: Console, found: Sequence[Panel], caption: str) -> None:
    """Tables, profiles and sentences of all panels under one caption."""
    for panel in found:
        message = table(panel)
        for part in _parts(message, console.width):
            console.print(_scores(part))
            console.print()
        for note in message.notes:
            console.print(note, markup=False)
        console.print()
    console.print(f"{caption}\n{spread(found)}; {MARKS}; {WORDS}.\n", markup=False)
    _profiles(console, found)
    console.print()
    for panel in found:
        console.print(panel.sentence, markup=False)
    console.print()


def _parts(message: Table, width: int) -> Iterator[Table]:
    """The table in parts that fit, each with the rows' labels: worlds may have many instruments."""
    label = max((len(line.label) for line in message.lines), default=0)
    several = max(2, (width - max(label, LABEL)) // CELL)
    for start in range(0, len(message.columns), several):
        part = slice(start, start + several)
        lines = [
            dataclasses.replace(line, scores=line.scores[part], detail=line.detail[part])
            for line in message.lines
        ]
        title = message.title if start == 0 else f"{message.title}, continued"
        yield dataclasses.replace(
            message,
            title=title,
            columns=message.columns[part],
            questions=message.questions[part],
            strategies=message.strategies[part],
            lines=tuple(line for line in lines if line.kind == "missing run" or _says(line)),
        )


def _says(line: Line) -> bool:
    return set(line.scores) != {ABSENT}


def _scores(message: Table) -> RichTable:
    displayed = RichTable(
        title=plain(message.title, "table.title"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
    displayed.add_column("exact answers\n(above the floor: 0 to 1)")
    for rung, n in zip(message.columns, message.questions):
        displayed.add_column(f"{head(rung)}\nn={n:,}", justify="right", no_wrap=True)
    for line, after in zip(message.lines, [*message.lines[1:], None]):
        last = after is not None and after.kind != line.kind
        last = last and not {line.kind, after.kind if after else ""} <= {*TOGETHER}
        displayed.add_row(plain(line.name), *line.scores, style=STYLES[line.kind], end_section=last)
    return displayed


def _profiles(console: Console, found: Sequence[Panel]) -> None:
    """One table for all panels; what no model has is named below it instead."""
    profile = profile_table([(p, one) for p in found for one in profiles(p, found)])
    if not profile.rows:
        return
    displayed = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for i, name in enumerate(profile.header):
        displayed.add_column(name, justify="right" if i > 2 else "left", no_wrap=i > 2)
    before = ""
    for label, *cells in profile.rows:
        displayed.add_row(plain("" if label == before else label), *map(plain, cells))
        before = label
    console.print(displayed)
    for reason in profile.reasons:
        console.print(reason, markup=False)
