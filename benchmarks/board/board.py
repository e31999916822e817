"""build_board(paths) -> the leaderboard: standings of suites that rank, and tables of all others.

Everything follows from the receipts, from what lies beside them, and from the lists of attesters,
salts and errata of this version: equal files give equal bytes, whenever and wherever.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

from ... import registry
from ...errors import UserError
from ...eval.scoring.columns import MARKS
from ...printable import markdown
from ..config.suite import load_suite
from ..report.table import UNTRAINED
from . import suite_sheets
from .entered import Collected, Entered, enter
from .sheet import Sheet
from .standings import Standings, standings
from .world_tables import WorldTable, sheet, world_tables

RANKING = "core-v1"  # the suite that ranks, where this version has it
TITLE = "Leaderboard"
LEGEND = (
    "Exact answers ± the wider side of a 95% interval; → above the floor, from 0 to 1; ordered by "
    f"the bold instrument above its floor, which is no rank; {MARKS}; in brackets, {UNTRAINED}: "
    "recall below 0.95, counts as 0."
)


@dataclasses.dataclass(frozen=True)
class Board:
    """All that is written, and what came of receipts that stand nowhere."""

    collected: Collected
    standings: tuple[Standings, ...]
    tables: tuple[WorldTable, ...]

    @property
    def refused(self) -> tuple[str, ...]:
        """Receipts that stand nowhere, a line each."""
        return self.collected.refused

    @property
    def left_out(self) -> list[str]:
        """Models that answered questions of a suite that ranks and are no entry, a line each."""
        return [line for one in self.standings for line in one.left_out]

    @property
    def suite_sheets(self) -> list[Sheet]:
        """The tables of suites that rank."""
        return [sheet for one in self.standings for sheet in suite_sheets.sheets(one)]

    @property
    def world_sheets(self) -> list[Sheet]:
        """The tables of all other suites."""
        return [sheet(table) for table in self.tables]

    @property
    def receipts(self) -> list[tuple[Entered, str]]:
        """Each receipt with its line."""
        found = self.collected.entered
        return [(e, f"{e.line}; {e.trust}; status {e.status}") for e in found]

    def markdown(self) -> str:
        """The whole board as one page."""
        lines = [f"# {TITLE}", ""]
        for found in self.suite_sheets:
            lines += found.markdown()
        if self.suite_sheets:
            lines += [line for text in suite_sheets.LEGEND for line in (markdown(text), "")]
        for found in self.world_sheets:
            lines += found.markdown()
        lines += [markdown(LEGEND), "", "Receipts:", ""] if self.tables else ["Receipts:", ""]
        lines += [f"{i}. {markdown(line)}" for i, (_, line) in enumerate(self.receipts, start=1)]
        lines += self._below()
        return "\n".join(lines) + "\n"

    def _below(self) -> Iterator[str]:
        for title, found in (
            ("Refused, and in no table:", self.refused),
            ("No entries of a suite that ranks:", self.left_out),
            ("Attestations that count for nothing:", self.collected.ignored),
        ):
            if found:
                yield from ("", title, "", *(f"- {markdown(line)}" for line in found))


def build_board(paths: Sequence[Path], suites: Sequence[str] = ()) -> Board:
    """The board of all receipts at and below ``paths``. ``suites``: those that rank, by name or
    file; by default ``core-v1``.

    Raises UserError where no receipt has a scored model, or a suite ranks nothing.
    """
    collected = enter(paths)
    names = suites or [name for name in (RANKING,) if name in registry.suites()]
    found = []
    for name in names:
        suite = load_suite(name)
        if not any(column.ranked for column in suite.columns):
            raise UserError(f"suite {name} ranks nothing: none of its cells names columns")
        if not suite.citable:
            raise UserError(f"suite {name} is not to be cited (citable = false); give another")
        found.append(standings(suite, collected.entered))
    entered = {e.entered.digest for one in found for e in one.entries}
    entered |= {s.entry.entered.digest for one in found for s in one.sealed.values()}
    rest = world_tables(collected.entered, apart=entered)
    found = [one for one in found if one.entries]
    if not found and not rest:
        why = f": {collected.refused[0]}" if collected.refused else "; run their suites again"
        raise UserError(f"none of these receipts has a model with a score{why}")
    return Board(collected, tuple(found), tuple(rest))
