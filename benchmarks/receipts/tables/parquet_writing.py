"""Tables written as Parquet, by DuckDB on one thread: equal content gives equal bytes.

Compressed by Zstandard; units and meanings of the columns stand in the file's key-value metadata,
where every reader of Parquet finds them.
"""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np

from ....errors import Unwritable
from ....worlds.datalog.engine import connection
from ...runner import atomic_write
from .parquet_table import Columns, Content, Table

SCHEMA = 1  # of a receipt and its tables
_ROW = "row_as_made"  # a column that is written nowhere


def write(folder: Path, table: Table, content: Content) -> Path:
    """Writes ``NAME.parquet`` atomically; its path. A table may have no rows."""
    path, blocks, table = folder / table.file, table.of(content), table.needed(content)
    with atomic_write.file(path) as draft, connection(threads=1) as db:
        columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
        db.execute(f"CREATE TEMP TABLE whole ({columns}, {_ROW} BIGINT)")
        rows = 0
        for block in blocks:
            rows += _insert(db, table, block, rows)
        target = str(draft).replace("'", "''")
        noted = ", ".join(
            f"\"{key}\": '{text.replace(chr(39), chr(39) * 2)}'"
            for key, text in metadata(table).items()
        )
        options = f"FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{noted}}}"
        try:
            order = f'ORDER BY "{table.key}", {_ROW}' if table.by_key else f"ORDER BY {_ROW}"
            db.execute(
                f"COPY (SELECT * EXCLUDE {_ROW} FROM whole {order}) TO '{target}' ({options})"
            )
        except duckdb.Error as error:
            reason = " ".join(str(error).split())
            raise Unwritable(f"cannot write {path}: {reason}; free some space there") from None
    return path


def metadata(table: Table) -> dict[str, str]:
    """Key -> text of the key-value metadata: the schema, the table, what a row is, and the columns
    as JSON: name -> its unit and meaning."""
    columns = {c.name: {"unit": c.unit, "meaning": c.meaning} for c in table.columns}
    return {
        "schema": str(SCHEMA),
        "table": table.name,
        "row": table.meaning,
        "order": table.order,
        "columns": json.dumps(columns, ensure_ascii=True),
    }


def _insert(db: duckdb.DuckDBPyConnection, table: Table, block: Columns, first: int) -> int:
    """Adds a block behind the first rows; how many it has."""
    # text is text: else each block becomes an enumeration of its own words
    rows = len(block[table.key])
    arrays = {n: np.ascontiguousarray(column) for n, column in block.items()}
    db.register("block", arrays | {_ROW: np.arange(first, first + rows)})
    text = ", ".join(
        f'"{n}"::VARCHAR AS "{n}"' if column.dtype.kind == "O" else f'"{n}"'
        for n, column in block.items()
    )
    written = ", ".join(f'{c.written} AS "{c.name}"' for c in table.columns)
    db.execute(
        f"INSERT INTO whole SELECT {written}, {_ROW} FROM (SELECT {text}, {_ROW} FROM block)"
    )
    db.unregister("block")
    return rows
