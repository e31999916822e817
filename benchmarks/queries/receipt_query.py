"""zebroid query "SELECT …" FOLDER…: the user's own SQL over the tables of all receipts there.

DuckDB sees copies of the tables and nothing else: no other file, no network, no extension, no
variable of Python, no setting to change; and it is stopped after a while.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import json
import math
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ...errors import InvalidReceipt, UserError
from ...printable import TEXT, printable
from ..receipts.tables.all_tables import TABLES
from ..receipts.tables.parquet_table import Table
from ..report.plain_console import PlainConsole, working
from .gathering import Gathered, gather

SECONDS = 60.0
MEMORY = "2GB"  # of DuckDB
ROWS = 1_000  # of a printed table; CSV and JSON have all
PIPED = 10_000  # columns of text where no terminal has to hold them
KINDS = {"SELECT", "EXPLAIN"}  # of statements; those that describe and summarise are SELECT too
RECEIPTS = {
    "receipt": ("VARCHAR", "first 16 digits of its digest, as `zebroid cite` prints it"),
    "folder": ("VARCHAR", "where it lies"),
    "suite": ("VARCHAR", "id of the suite"),
    "title": ("VARCHAR", "of the suite"),
    "definitions": ("INTEGER", "version of the definitions of rungs and scores"),
    "training": ("VARCHAR", "version of training"),
    "zebroid": ("VARCHAR", "version of the package that wrote it"),
    "commit": ("VARCHAR", "of zebroid's repository; empty: none"),
    "dirty": ("BOOLEAN", "files differed from that commit"),
    "finished": ("VARCHAR", "when, UTC"),
}
Rows = tuple[list[str], Iterator[tuple[Any, ...]]]


class QueryError(UserError):
    """SQL that is not answered; the message says why, on one line."""


def run(sql: str, folders: Sequence[Path], form: str = "table", seconds: float = SECONDS) -> int:
    """Prints the answer as ``table``, ``csv`` or ``json``; the exit status, 1 where a receipt was
    left out."""
    with tempfile.TemporaryDirectory(prefix="zebroid-") as copies:
        place = Path(copies).resolve()
        with working(PlainConsole(stderr=True), "reading") as watch:
            gathered = gather(folders, place, watch)
        for line in gathered.refused:
            print(f"zebroid: left out: {line}", file=sys.stderr)
        if not gathered.receipts:
            raise InvalidReceipt("none of the receipts can be read; `zebroid verify` says why")
        with opened(gathered, place) as db, answered(db, sql, seconds, place) as (names, rows):
            FORMS[form](names, rows)
    return int(bool(gathered.refused))


@contextlib.contextmanager
def opened(gathered: Gathered, place: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection with a view a table over all receipts, each with a column ``receipt``."""
    settings = {
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,  # variables of this process are no tables
        "temp_directory": "",  # nothing is spilt
    }
    with duckdb.connect(":memory:", config=settings) as db:
        files = [place / digits / t.file for digits in gathered.receipts for t in TABLES]
        db.execute(f"SET allowed_paths = [{', '.join(map(_quoted, files))}]")
        db.execute("SET enable_external_access = false")
        for table in TABLES:
            _view(db, table, {digits: place / digits / table.file for digits in gathered.receipts})
        _receipts(db, gathered)
        db.execute("SET lock_configuration = true")
        yield db


def _view(db: duckdb.DuckDBPyConnection, table: Table, files: dict[str, Path]) -> None:
    parts = (
        f"SELECT {_quoted(digits)} AS receipt, * FROM read_parquet({_quoted(file)})"
        for digits, file in files.items()
    )
    db.execute(f"CREATE VIEW {table.name} AS {' UNION ALL '.join(parts)}")
    db.execute(f"COMMENT ON VIEW {table.name} IS {_quoted(table.meaning)}")
    _comment(db, table.name, "receipt", "first 16 digits of the digest of its receipt")
    for column in table.columns:
        _comment(db, table.name, column.name, f"{column.meaning} ({column.unit})")


def _receipts(db: duckdb.DuckDBPyConnection, gathered: Gathered) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, (kind, _) in RECEIPTS.items())
    db.execute(f"CREATE TABLE receipts ({columns})")
    for digits, (folder, receipt) in gathered.receipts.items():
        suite, versions = receipt.suite, receipt.versions
        values = [digits, str(folder), suite.id, suite.title, receipt.definitions, receipt.training]
        values += [versions["zebroid"], receipt.commit, receipt.dirty, receipt.times.finished]
        db.execute(f"INSERT INTO receipts VALUES ({', '.join('?' * len(values))})", values)
    for name, (_, meaning) in RECEIPTS.items():
        _comment(db, "receipts", name, meaning)


def _comment(db: duckdb.DuckDBPyConnection, table: str, column: str, text: str) -> None:
    db.execute(f'COMMENT ON COLUMN {table}."{column}" IS {_quoted(text)}')


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"


@contextlib.contextmanager
def answered(
    db: duckdb.DuckDBPyConnection, sql: str, seconds: float, place: Path
) -> Iterator[Rows]:
    """(names of the columns, rows) of one SELECT. Raises QueryError, one line, for all else, and
    where it takes too long or too much."""
    clock = _Clock(db, seconds)
    try:
        statements = db.extract_statements(sql)
        if len(statements) != 1 or statements[0].type.name not in KINDS:
            kinds = ", ".join(s.type.name for s in statements) or "nothing"
            raise QueryError(f"got {printable(kinds, 80)}; expected one SELECT statement")
        with clock:
            db.execute(statements[0])
        assert db.description is not None
        yield [printable(str(name), 200) for name, *_ in db.description], _rows(db, clock)
    except duckdb.InterruptException:
        raise QueryError(
            f"not answered within {seconds:g} s; ask for less, or give it more with --seconds"
        ) from None
    except (duckdb.Error, MemoryError) as error:
        text = str(error).partition("\n\nLINE ")[0].replace(str(place), "")
        text = " ".join(text.split()) or "too much memory"
        raise QueryError(f"{printable(text, 600)}; {_cure(error)}") from None


def _cure(error: Exception) -> str:
    if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)):
        return f"ask for less: a query has {MEMORY} of memory"
    names = ", ".join(table.name for table in TABLES)
    return f"tables are {names} and receipts; `DESCRIBE cells` lists columns"


class _Clock:
    """Stops DuckDB when it has worked for so many seconds; whoever reads its rows may take his
    time."""

    def __init__(self, db: duckdb.DuckDBPyConnection, seconds: float) -> None:
        self.db, self.left = db, seconds

    def __enter__(self) -> None:
        self.timer = threading.Timer(max(self.left, 0), self.db.interrupt)
        self.timer.daemon = True
        self.begin = time.monotonic()
        self.timer.start()

    def __exit__(self, *error: object) -> None:
        self.timer.cancel()
        self.left -= time.monotonic() - self.begin


def _rows(db: duckdb.DuckDBPyConnection, clock: _Clock) -> Iterator[tuple[Any, ...]]:
    while True:
        with clock:
            rows = db.fetchmany(1_000)
        if not rows:
            return
        yield from rows


def _table(names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
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


def _csv(names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(names)
    out.writerows([_text(value, digits=17) for value in row] for row in rows)


def _json(names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise QueryError(f"two columns are called {twice!r}; give one another name with AS")
    before = "["
    for row in rows:
        content = {name: _plain(value) for name, value in zip(names, row)}
        print(f"{before}{json.dumps(content, ensure_ascii=False, allow_nan=False)}", end="")
        before = ",\n "
    print("[]" if before == "[" else "]")


FORMS: dict[str, Callable[[list[str], Iterator[tuple[Any, ...]]], None]] = {
    "table": _table,
    "csv": _csv,
    "json": _json,
}


def _text(value: Any, digits: int = 6) -> str:
    """A value as text; nothing for NULL."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    plain = _plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    """A value of DuckDB as JSON has it; numbers that are not finite are null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {printable(str(key), TEXT): _plain(one) for key, one in value.items()}
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    return printable(str(value), TEXT)
