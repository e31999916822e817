"""Rows as CSV that any spreadsheet may open: no text of a stranger's becomes a formula there."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

# what spreadsheets take for the beginning of a formula, wide forms and signs before it included
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def write(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Writes the names of the columns, and a line for each row. Texts pass ``unformulated``;
    numbers, negative ones too, are left as they are."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(unformulated, names))
    writer.writerows(map(unformulated, row) for row in rows)


def unformulated(value: Any) -> Any:
    """A text with an apostrophe before it where a spreadsheet would take it for a formula.

    >>> unformulated("=1+1"), unformulated("a=b"), unformulated(-1.5)
    ("'=1+1", 'a=b', -1.5)
    """
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value
