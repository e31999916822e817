"""How names that others chose are printed: never as markup, and with what is missing behind them.

Labels come from suites and receipts: names of plans, models and worlds, and causes of failures.
"""

from __future__ import annotations

from typing import Protocol

from ...printable import visible


class Counted(Protocol):
    """A row of scores that knows of how many runs it is the mean."""

    @property
    def label(self) -> str: ...
    @property
    def runs(self) -> int: ...  # that there should be; 0: unknown, or nothing was trained
    @property
    def failed(self) -> int: ...  # of these, those that gave nothing


def of_runs(failed: int, runs: int) -> str:
    """``1 of 3 failed``; empty where none did. All that prints a mean over runs says it so."""
    return f"{failed} of {runs} failed" if failed else ""


def with_failed(label: str, failed: int, runs: int) -> str:
    """``direct (1 of 3 failed)``; the label alone where none did."""
    missing = of_runs(failed, runs)
    return f"{label} ({missing})" if missing else label


def counted(row: Counted) -> str:
    """The label of a row, with how many of its runs failed."""
    return with_failed(row.label, row.failed, row.runs)


def drawn(label: str) -> str:
    """The label as Matplotlib shows it as it is: no mathematics between dollars, and in a legend
    also where it begins with an underscore."""
    # a dollar behind a backslash is a dollar; an underscore in front would hide it from legends
    text = visible(label).replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text
