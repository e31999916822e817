"""opened(content) -> a database with the tables of many receipts, and no way out of it.

DuckDB sees copies of the tables and nothing else: no other file, no network, no extension, no
variable of Python, no setting to change. Nothing of zebroid's own tables is imported here: to
start a query must not take seconds.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

MEMORY = "2GB"  # of DuckDB
QUERY_LESS = f"ask for less: a query has {MEMORY} of memory"
DIGITS = "first 16 digits of the digest of its receipt"


@dataclasses.dataclass(frozen=True)
class View:
    """One table over all receipts."""

    name: str
    meaning: str
    file: str  # its name in the folder of each receipt
    columns: Mapping[str, str]  # name -> meaning and unit
    # of these, those that some files lack, where they are null -> type in SQL
    lacking: Mapping[str, str]


@dataclasses.dataclass(frozen=True)
class Listed:
    """The table ``receipts``, a row a receipt."""

    columns: Mapping[str, tuple[str, str]]  # name -> (its type in SQL, its meaning)
    rows: Sequence[Sequence[Any]]


@dataclasses.dataclass(frozen=True)
class Content:
    """What can be queried; JSON can hold it."""

    place: str  # folder of the copies, one folder of ``digits`` each
    digits: Sequence[str]
    views: Sequence[View]
    receipts: Listed

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Content:
        """The same after JSON."""
        views = [View(**view) for view in plain["views"]]
        return cls(plain["place"], plain["digits"], views, Listed(**plain["receipts"]))

    @property
    def tables(self) -> list[str]:
        """The names of all tables."""
        return [*(view.name for view in self.views), "receipts"]


@contextlib.contextmanager
def opened(content: Content) -> Iterator[duckdb.DuckDBPyConnection]:
    """A locked connection with a view a table over all receipts, each with a column ``receipt``."""
    settings = {
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,  # variables of this process are no tables
        "temp_directory": "",  # nothing is spilt
    }
    place = Path(content.place)
    with duckdb.connect(":memory:", config=settings) as db:
        files = [place / digits / v.file for digits in content.digits for v in content.views]
        db.execute(f"SET allowed_paths = [{', '.join(map(_quoted, files))}]")
        db.execute("SET enable_external_access = false")
        for view in content.views:
            files = {digits: place / digits / view.file for digits in content.digits}
            _view(db, view, {d: file for d, file in files.items() if file.is_file()})
        _receipts(db, content.receipts)
        db.execute("SET lock_configuration = true")
        yield db


def _view(db: duckdb.DuckDBPyConnection, view: View, files: Mapping[str, Path]) -> None:
    parts = [
        f"SELECT {_quoted(digits)} AS receipt, * FROM read_parquet({_quoted(file)})"
        for digits, file in files.items()
    ]
    if view.lacking:  # no rows, but the columns that a file may lack
        nulls = (f'NULL::{kind} AS "{name}"' for name, kind in view.lacking.items())
        parts.append(f"SELECT {', '.join(nulls)} WHERE false")
    db.execute(f"CREATE VIEW {view.name} AS {' UNION ALL BY NAME '.join(parts)}")
    db.execute(f"COMMENT ON VIEW {view.name} IS {_quoted(view.meaning)}")
    for name, meaning in {"receipt": DIGITS, **view.columns}.items():
        _comment(db, view.name, name, meaning)


def _receipts(db: duckdb.DuckDBPyConnection, listed: Listed) -> None:
    columns = ", ".join(f'"{name}" {kind}' for name, (kind, _) in listed.columns.items())
    db.execute(f"CREATE TABLE receipts ({columns})")
    for row in listed.rows:
        db.execute(f"INSERT INTO receipts VALUES ({', '.join('?' * len(row))})", row)
    for name, (_, meaning) in listed.columns.items():
        _comment(db, "receipts", name, meaning)


def _comment(db: duckdb.DuckDBPyConnection, table: str, column: str, text: str) -> None:
    db.execute(f'COMMENT ON COLUMN {table}."{column}" IS {_quoted(text)}')


def _quoted(text: object) -> str:
    return "'" + str(text).replace("'", "''") + "'"
