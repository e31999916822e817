"""Rows of a query as a table, as CSV or as JSON."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...printable import TEXT, csv_rows, printable
from ..report.plain_console import PlainConsole
from .query_child import QueryError

ROWS = 1_000  # of a printed table; CSV and JSON have all
PIPED = 10_000  # columns of text where no terminal has to hold them
Row = Sequence[Any]


def _table(names: list[str], rows: Iterable[Row]) -> None:
    from rich.table import Table as Printed

    printed, left = Printed(), 0
    for name in names:
        printed.add_column(name)
    for number, row in enumerate(rows):
        if number < ROWS:
            printed.add_row(*map(_cell, row))
        else:
            left += 1
    PlainConsole(width=None if sys.stdout.isatty() else PIPED).print(printed)
    if left:
        print(f"and {left:,} rows more; --csv and --json print all")


def _cell(value: Any) -> str:
    """A value for people: lists without brackets; the console spells out what moves its cursor."""
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    return value if isinstance(value, str) else _text(value)


def _csv(names: list[str], rows: Iterable[Row]) -> None:
    csv_rows(names, ([_value(value) for value in row] for row in rows), sys.stdout)


def _value(value: Any) -> Any:
    """A value of CSV: numbers with all their digits, and texts, for what may be done to them."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return printable(value, TEXT) if isinstance(value, str) else _text(value)


def _json(names: list[str], rows: Iterable[Row]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise QueryError(f"two columns are called {twice!r}; give one another name with AS")
    before = "["
    for row in rows:
        content = {name: _plain(value) for name, value in zip(names, row)}
        print(f"{before}{json.dumps(content, ensure_ascii=False, allow_nan=False)}", end="")
        before = ",\n "
    print("[]" if before == "[" else "]")


FORMS: dict[str, Callable[[list[str], Iterable[Row]], None]] = {
    "table": _table,
    "csv": _csv,
    "json": _json,
}


def _text(value: Any) -> str:
    """A value that is no text, as text; nothing for NULL."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value as it is printed in JSON; numbers that are not finite are null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return printable(value, TEXT) if isinstance(value, str) else value
