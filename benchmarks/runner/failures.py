"""Which trainings failed, of those that were to be made, and how that is reported."""

from __future__ import annotations

import dataclasses
import re
import textwrap
from collections.abc import Sequence

from ...eval.stats.labels import of_runs
from ...printable import visible
from ..config.panel_names import named
from ..config.run_config import Cell
from .executor import Outcome
from .result_store import Store

NAMED = 5  # failures that the last line of a command names
LONGEST = 240  # letters of a cause there; receipts and the store have all of it
UNKNOWN = "no result was kept; run it again"

Failed = tuple[Cell, str]  # a cell, and why it has no answers

_ROOT = r"(?:[A-Za-z]:|~|\.{1,2})?[\\/]"  # where a path begins: /, C:\, ~/, ./ or ../
_QUOTED = re.compile(rf"""(['"`])(?:{_ROOT})(?:[^'"`\n]*[\\/])?([^'"`\\/\n]*)\1""")
_BARE = re.compile(
    rf"""(?<![\w.\\/~])(?:{_ROOT})(?:[^\s'"`,;:()<>|]*[\\/])?([^\s'"`,;:()<>|\\/]+)"""
)
_FILE = re.compile(r"(?<![\w.@-])(?:[\w.@-]+[\\/])+([\w.@-]+\.[A-Za-z][A-Za-z0-9]{0,11})(?![\w/])")


def without_paths(text: str) -> str:
    """``text`` with the file's name in place of each path: receipts are for strangers to read.

    >>> without_paths("file '/home/me/my worlds/w.py' changed; see ../a/b.log, zebra-v2/small")
    "file 'w.py' changed; see b.log, zebra-v2/small"
    """
    text = _QUOTED.sub(r"\1\2\1", text)
    return _FILE.sub(r"\1", _BARE.sub(r"\1", text))


def published(outcome: Outcome) -> Outcome:
    """The outcome as a receipt and a report may have it: causes name no path."""
    results = tuple(
        dataclasses.replace(
            result,
            run=dataclasses.replace(result.run, failed=without_paths(result.run.failed)),
        )
        if result.run.failed
        else result
        for result in outcome.results
    )
    causes = {digest: without_paths(cause) for digest, cause in outcome.failures.items()}
    return Outcome(results, causes)


def failed(cells: Sequence[Cell], outcome: Outcome) -> list[Failed]:
    """The cells without answers, in their order, whoever made them and whenever: those that raised
    an error, whose loss or answers were not finite, whose process died, or that nobody made."""
    causes = {result.cell.digest: result.run.failed for result in outcome.results}
    causes |= outcome.failures
    found = [(cell, causes.get(cell.digest, UNKNOWN)) for cell in cells]
    return [(cell, cause) for cell, cause in found if cause]


def kept_failed(cells: Sequence[Cell], store: Store) -> list[Failed]:
    """The cells of which a failure is kept, which the same command does not train again."""
    found = [(cell, store.failed(cell)) for cell in cells]
    return [(cell, cause) for cell, cause in found if cause]


def summary(found: Sequence[Failed], cells: Sequence[Cell]) -> str:
    """One line: how many of ``cells`` failed, the first few by name with the cause; empty where
    none did."""
    if not found:
        return ""
    panels = {cell.digest: name for name, group in named(cells) for cell in group}
    parts = [
        f"{_name(cell, panels[cell.digest])}: {textwrap.shorten(cause, LONGEST, placeholder=' …')}"
        for cell, cause in found[:NAMED]
    ]
    if len(found) > NAMED:
        parts.append(f"and {len(found) - NAMED} more")
    line = f"{of_runs(len(found), len(cells))}: {'; '.join(parts)}"
    return visible(" ".join(line.split()))


def _name(cell: Cell, panel: str) -> str:
    """As the cell calls itself, but with the name of its panel, which tells exposures apart."""
    return panel + str(cell).removeprefix(f"{cell.world}/{cell.size}")
