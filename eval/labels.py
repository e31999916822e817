"""How names that others chose are shown: never as markup, and with what is missing behind them.

Labels come from suites and receipts: names of plans, models and worlds, and causes of failures.
"""

from __future__ import annotations

import unicodedata
from typing import Protocol

# control characters, halves of surrogate pairs, separators of lines and paragraphs
HIDDEN = ("Cc", "Cs", "Zl", "Zp")
# marks that turn the direction of what follows them, up to the end of the line
TURNS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


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


def visible(text: str) -> str:
    """The text with all that a terminal would obey spelled out: ``\\x1b`` for an escape.

    Line breaks and tabs stay. What can't be printed in any encoding is spelled out as well.
    """
    return "".join(_spelled(c) for c in text)


def _spelled(character: str) -> str:
    if character in "\n\t" or (
        unicodedata.category(character) not in HIDDEN and character not in TURNS
    ):
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def drawn(label: str) -> str:
    """The label as Matplotlib shows it as it is: no mathematics between dollars, and in a legend
    also where it begins with an underscore."""
    # a dollar behind a backslash is a dollar; an underscore in front would hide it from legends
    text = visible(label).replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text
