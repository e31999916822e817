"""The Parquet files beside a receipt, read within bounds.

A file of some kB may unfold to any number of rows, and each of them to any length. So its metadata
are read first and held against what the receipt's cells can need; then lengths are summed, which
unfolds nothing; and only then it is read, whole or the rows of one cell, by a DuckDB that reaches
no other file and loads no extension.
"""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidReceipt
from ...printable import printable
from .tables.parquet_table import Column, Table, same
from .untrusted import guarded, read_bytes

Columns = dict[str, NDArray[Any]]
BYTES = 128 * 2**20  # of one file
ROWS, PIECES = 20_000_000, 16_384  # a piece: one column of one row group
UNFOLDED = 2**30  # bytes of the pages
HELD = 6_000_000  # rows that are held at once
PART = 1_000_000  # rows that are read at once
LETTERS = 2**27  # bytes of all texts that are read at once, and of different ones that are held
VALUES = 256  # of a list, on average: a proof has as many words
KEYS = 10_000  # cells, corpora or panels of a table
MEMORY = "700MB"  # of DuckDB


def content(path: Path) -> bytes:
    """The bytes of a file beside a receipt; UserError where it is too large or no plain file."""
    return read_bytes(path, BYTES, links=False)


@dataclasses.dataclass(frozen=True)
class Reading:
    """A table that is open: it has its columns and no other, and no more rows than it may have."""

    table: Table  # with the columns that the file has
    columns: tuple[Column, ...]  # all that such a table may have
    db: duckdb.DuckDBPyConnection
    file: str
    rows: int

    def keys(self) -> list[str]:
        """The cells (corpora, panels) that it has rows of, in order of the alphabet."""
        key = self.table.key
        found = self.db.execute(
            f'SELECT DISTINCT "{key}" FROM read_parquet(?) LIMIT {KEYS + 1}', [self.file]
        ).fetchall()
        if len(found) > KEYS:
            raise InvalidReceipt(f"{self.table.file} is of more than {KEYS:,} different {key}s")
        return sorted(str(value) for (value,) in found)

    def of(self, key: str) -> Columns:
        """The rows of one cell (corpus, panel), in the order in which they were written."""
        return self._read(f'WHERE "{self.table.key}" = ?', [self.file, key], {})

    def whole(self) -> Columns:
        """All rows, in the order in which they were written; each text is held once."""
        if self.rows > HELD:
            raise InvalidReceipt(
                f"{self.table.file} has {self.rows:,} rows; at most {HELD:,} are held at once"
            )
        held: dict[str, str] = {}
        where = "WHERE file_row_number >= ? AND file_row_number < ?"
        parts = [
            self._read(where, [self.file, first, first + PART], held)
            for first in range(0, max(self.rows, 1), PART)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _read(self, where: str, given: list[Any], held: dict[str, str]) -> Columns:
        columns = ", ".join(f'{c.read} AS "{c.name}"' for c in self.table.columns)
        query = f"SELECT {columns} FROM read_parquet(?, file_row_number = true) {where}"
        with guarded(self.table.file):
            _lengths(self.db, self.table, where, given)
            found = self.db.execute(query, given).fetchnumpy()
            out = {c.name: np.asarray(found[c.name], c.dtype) for c in self.table.columns}
            for name, column in out.items():
                if column.dtype.kind == "O":
                    out[name][:] = [held.setdefault(text, text) for text in column]
            rows = len(out[self.table.key])
            out = {c.name: out.get(c.name, same(c.null, rows)) for c in self.columns}
        if sum(map(len, held)) > LETTERS:
            raise InvalidReceipt(f"{self.table.file} has different texts of over {LETTERS:,} bytes")
        return out


@contextlib.contextmanager
def opened(data: bytes, table: Table, most: int) -> Iterator[Reading]:
    """A table of a receipt, to be read in parts. UserError for anything else than a file with the
    columns of ``table``, of their types, and at most ``most`` rows; and, as it is read, for a row
    without a value where its column always has one."""
    with _connection(data) as (db, file):
        with guarded(table.file):
            rows = _sizes(db, file, table, min(most, ROWS))
            there = _types(db, file, table)
        yield Reading(there, table.columns, db, file, rows)


def columns(data: bytes, table: Table, most: int) -> Columns:
    """All columns of a Parquet file, its rows in the order in which they were written."""
    with opened(data, table, most) as reading:
        return reading.whole()


def by_key(table: Table, columns: Columns) -> dict[str, Columns]:
    """Cell (corpus, panel) -> its rows, in the order of the table."""
    names = columns[table.key].astype(str)
    order = np.argsort(names, kind="stable")
    ordered = names[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else []
    parts = np.split(order, first[1:]) if len(ordered) else []
    return {
        str(names[rows[0]]): {name: column[rows] for name, column in columns.items()}
        for rows in sorted(parts, key=lambda rows: rows[0])
    }


@contextlib.contextmanager
def _connection(data: bytes) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A connection that reaches one file alone, which holds ``data``; then both are gone.

    A copy, for it is then what was digested, whoever writes there meanwhile, and its name is plain.
    """
    settings = {
        "threads": 1,
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": "",  # nothing is spilt
    }
    with tempfile.TemporaryDirectory(prefix="zebroid-") as folder:
        file = Path(folder).resolve() / "table.parquet"
        file.write_bytes(data)
        with duckdb.connect(":memory:", config=settings) as db:
            try:
                db.execute(_allowed(file))
                db.execute("SET enable_external_access = false")
                db.execute("SET lock_configuration = true")
                yield db, str(file)
            except duckdb.Error as error:
                what = " ".join(str(error).replace(str(file), "it").split())
                raise InvalidReceipt(f"not read as Parquet: {printable(what, 300)}") from None


def _allowed(file: Path) -> str:
    quoted = str(file).replace("'", "''")
    return f"SET allowed_paths = ['{quoted}']"


def _sizes(db: duckdb.DuckDBPyConnection, file: str, table: Table, most: int) -> int:
    """How many rows there are; refuses, by the metadata alone, what would be too much."""
    name = table.file
    whole = db.execute("SELECT num_rows FROM parquet_file_metadata(?)", [file]).fetchall()
    rows = int(whole[0][0])
    if not 0 <= rows <= most:
        raise InvalidReceipt(
            f"{name} has {rows:,} rows; the cells of its receipt have at most {most:,}"
        )
    pieces = db.execute(
        "SELECT path_in_schema, row_group_num_rows, num_values, total_uncompressed_size "
        "FROM parquet_metadata(?)",
        [file],
    ).fetchmany(PIECES + 1)
    if len(pieces) > PIECES:
        raise InvalidReceipt(f"{name} has more than {PIECES:,} pieces; expected a few row groups")
    values: dict[str, int] = {}
    for column, grouped, count, _ in pieces:
        if not 0 <= grouped <= most or count < 0:
            raise InvalidReceipt(
                f"{name}: a row group of {grouped:,} rows; expected at most {most:,}"
            )
        values[column] = values.get(column, 0) + count
    if len(values) > len(table.columns):
        raise InvalidReceipt(f"{name} has {len(values):,} columns; expected {len(table.columns):,}")
    if max(values.values(), default=0) > VALUES * rows:  # lists have several values a row
        raise InvalidReceipt(
            f"{name} has {max(values.values()):,} values in a column of {rows:,} rows"
        )
    unfolded = sum(size for *_, size in pieces)
    if unfolded > UNFOLDED:
        raise InvalidReceipt(f"{name} unfolds to {unfolded:,} bytes; expected at most {UNFOLDED:,}")
    return rows


def _types(db: duckdb.DuckDBPyConnection, file: str, table: Table) -> Table:
    """The table with the columns that the file has. Refuses columns that are missing, of another
    type, in another order, or none of the table."""
    found = db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
    types = {str(column): str(kind) for column, kind, *_ in found}
    table = table.within(types)
    wanted = {column.name: column.type for column in table.columns}
    for name, kind in wanted.items():
        if name not in types:
            raise InvalidReceipt(f"{table.file} has no column {name}")
        if types[name] != kind:
            raise InvalidReceipt(
                f"{table.file}: column {name} is of {printable(types[name], 40)}; expected {kind}"
            )
    odd = next((name for name in types if name not in wanted), None)
    if odd is not None:
        raise InvalidReceipt(f"{table.file}: column {printable(odd, 40)} is none of its columns")
    if [*types] != [*wanted]:
        raise InvalidReceipt(f"{table.file}: its columns stand in another order")
    return table


def _lengths(db: duckdb.DuckDBPyConnection, table: Table, where: str, given: list[Any]) -> None:
    """Refuses more rows or text than would be held, and rows without what they need; one pass."""
    sums = ["count(*)"]
    for column in table.columns:
        sums += [_letters(column), f'count(*) - count("{column.name}")']
    query = f"SELECT {', '.join(sums)} FROM read_parquet(?, file_row_number = true) {where}"
    row = db.execute(query, given).fetchone()
    assert row is not None
    rows, letters = int(row[0]), sum(int(length or 0) for length in row[1::2])
    if rows > 2 * PART:
        raise InvalidReceipt(
            f"{table.file} has {rows:,} rows of one {table.key}; expected at most {2 * PART:,}"
        )
    if letters > LETTERS:
        raise InvalidReceipt(
            f"{table.file} has texts of {letters:,} bytes; expected at most {LETTERS:,}"
        )
    for column, without in zip(table.columns, row[2::2]):
        if without and column.null is None:
            raise InvalidReceipt(f"{table.file}: {without:,} rows have no {column.name}")


def _letters(column: Column) -> str:
    """SQL: the bytes of all texts of a column."""
    if column.type == "VARCHAR[]":
        return f"sum(strlen(array_to_string(\"{column.name}\", ',')))"
    return f'sum(strlen("{column.name}"))' if column.type == "VARCHAR" else "0"
