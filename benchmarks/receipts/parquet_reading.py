"""The Parquet files beside a receipt, read within bounds.

A file of some kB may unfold to any number of rows, and each of them to any length. So its metadata
are read first and held against what the receipt's cells can need; then lengths are summed, which
unfolds nothing; and only then it is read, by a DuckDB that reaches no other file and loads no
extension.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidReceipt
from ...printable import printable
from .untrusted import guarded, read_bytes

Columns = dict[str, NDArray[Any]]
BYTES = 128 * 2**20  # of one file
ROWS, COLUMNS, PIECES = 1_000_000, 64, 4_096  # a piece: one column of one row group
UNFOLDED = 2**29  # bytes of the pages
LETTERS = 2**27  # bytes of all texts
MEMORY = "700MB"  # of DuckDB
NUMBERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
NUMBERS |= {"FLOAT", "DOUBLE"}
TEXTS = {"VARCHAR", "VARCHAR[]"}
KNOWN = NUMBERS | TEXTS | {"BOOLEAN"}

Kinds = Mapping[str, str]  # column -> "text", "texts", "number", "whole" or "truth"
PREDICTIONS: Kinds = {
    **dict.fromkeys(("cell", "world", "mode", "model", "answer", "written"), "text"),
    **dict.fromkeys(("corpus", "prompt", "rung", "instrument"), "text"),
    "right": "truth",
    "bits": "number",
    "question": "whole",
    "right_answers": "texts",
}
CURVES: Kinds = {
    **dict.fromkeys(("cell", "group", "rung"), "text"),
    "headline": "truth",
    **dict.fromkeys(("step", "questions"), "whole"),
    **dict.fromkeys(("statements", "demonstrated", "conclusions"), "whole"),
    **dict.fromkeys(("flops", "loss", "accuracy", "bits"), "number"),
}
_FITS = {
    "text": {"VARCHAR"},
    "texts": {"VARCHAR[]"},
    "number": NUMBERS,
    "whole": NUMBERS - {"FLOAT", "DOUBLE"},
    "truth": {"BOOLEAN"},
}


def content(path: Path) -> bytes:
    """The bytes of a file beside a receipt; UserError where it is too large or no plain file."""
    return read_bytes(path, BYTES, links=False)


def columns(data: bytes, name: str, kinds: Kinds, most: int) -> Columns:
    """All columns of a Parquet file, its rows in the order in which they were written.

    ``name`` is what errors call it, ``kinds`` the columns that it needs: none of them has a row
    without a value. UserError for anything else than a flat table of at most ``most`` rows. Other
    columns are of numbers, truth values, texts or lists of texts; None where a row has none.
    """
    with guarded(name), _opened(data) as (db, file):
        _sizes(db, file, name, min(most, ROWS))
        types = _types(db, file, name, kinds)
        _lengths(db, file, name, types, kinds)
        table = db.execute("SELECT * FROM read_parquet(?)", [file]).fetchnumpy()
        return {column: _unmasked(values) for column, values in table.items()}


def by_cell(table: Columns) -> dict[str, Columns]:
    """Cell -> its rows, in the order of the table."""
    order = np.argsort(table["cell"].astype(str), kind="stable")
    cells = table["cell"].astype(str)[order]
    first = np.flatnonzero(np.r_[True, cells[1:] != cells[:-1]]) if len(cells) else []
    parts = np.split(order, first[1:]) if len(cells) else []
    return {
        str(table["cell"][rows[0]]): {name: column[rows] for name, column in table.items()}
        for rows in sorted(parts, key=lambda rows: rows[0])
    }


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
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


def _sizes(db: duckdb.DuckDBPyConnection, file: str, name: str, most: int) -> None:
    """Refuses, by the metadata alone, what would be too much."""
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
    if len(values) > COLUMNS:
        raise InvalidReceipt(f"{name} has {len(values):,} columns; expected at most {COLUMNS}")
    if max(values.values(), default=0) > 4 * most:  # lists have several values a row
        raise InvalidReceipt(
            f"{name} has {max(values.values()):,} values in a column of {rows:,} rows"
        )
    unfolded = sum(size for *_, size in pieces)
    if unfolded > UNFOLDED:
        raise InvalidReceipt(f"{name} unfolds to {unfolded:,} bytes; expected at most {UNFOLDED:,}")


def _types(db: duckdb.DuckDBPyConnection, file: str, name: str, kinds: Kinds) -> dict[str, str]:
    """Column -> type, as DuckDB calls it."""
    found = db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [file]).fetchall()
    types = {str(column): str(kind) for column, kind, *_ in found}
    lacking = [column for column in kinds if column not in types]
    if lacking:
        raise InvalidReceipt(f"{name} has no column {lacking[0]}")
    for column, kind in types.items():
        fits = _FITS[kinds[column]] if column in kinds else KNOWN
        if kind not in fits or not re.fullmatch(r"\w{1,40}", column, re.ASCII):
            raise InvalidReceipt(
                f"{name}: column {printable(column, 40)} is of {printable(kind, 40)}; "
                f"expected {' or '.join(sorted(fits))}"
            )
    return types


def _lengths(
    db: duckdb.DuckDBPyConnection, file: str, name: str, types: Mapping[str, str], kinds: Kinds
) -> None:
    """Refuses more text than would be held, and rows without what they need; one pass."""
    sums = []
    for column, kind in types.items():
        letters = {
            "VARCHAR": f'sum(strlen("{column}"))',
            "VARCHAR[]": f"sum(strlen(array_to_string(\"{column}\", ',')))",
        }
        sums.append(letters.get(kind, "0"))
        sums.append(f'count(*) - count("{column}")' if column in kinds else "0")
    row = db.execute(f"SELECT {', '.join(sums)} FROM read_parquet(?)", [file]).fetchone()
    assert row is not None
    letters = sum(int(length or 0) for length in row[0::2])
    if letters > LETTERS:
        raise InvalidReceipt(f"{name} has texts of {letters:,} bytes; expected at most {LETTERS:,}")
    for column, without in zip(types, row[1::2]):
        if without:
            raise InvalidReceipt(f"{name}: {without:,} rows have no {column}")


def _unmasked(column: NDArray[Any]) -> NDArray[Any]:
    """The column with None where nothing is, as it was when it was written."""
    if not np.ma.isMaskedArray(column) or not column.mask.any():
        return np.asarray(column)
    out = column.data.astype(object)
    out[column.mask] = None
    return out
