"""Every column of a receipt's tables, changed in every way that its type allows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from ...worlds.datalog.engine import connection
from ..receipts.tables.all_tables import KNOWN
from ..receipts.tables.parquet_table import Column, Table
from .forger import Forgery, Mutation

# type -> SQL of another value than that of the column {}
OTHER = {
    "BOOLEAN": "NOT {}",
    "FLOAT": "({} + 0.01 * greatest(1, abs({})))::FLOAT",
    "DOUBLE": "{} + 0.01 * greatest(1, abs({}))",
    "VARCHAR": "{} || 'x'",
    "VARCHAR[]": "list_append({}, 'x')",
}
FILLED = {"VARCHAR": "'x'", "VARCHAR[]": "['x']", "BOOLEAN": "true"}  # where a null was
RETYPED = {"VARCHAR": "'x'::BLOB", "VARCHAR[]": "array_to_string({}, ' ')", "DOUBLE": "{}::FLOAT"}


def table_mutations(folder: Path) -> Iterator[Mutation]:
    """Of all tables below ``folder``: columns and rows, and what the file says of them."""
    for table in KNOWN:
        if not (folder / table.file).is_file():
            continue
        with connection(threads=1) as db:
            file = f"read_parquet('{folder / table.file}', file_row_number = true)"
            db.execute(f"CREATE TEMP TABLE old AS SELECT *, file_row_number AS n FROM {file}")
            names = {name for name, *_ in db.execute("DESCRIBE old").fetchall()}
            table = table.within(names)
            found = [*_of_table(table, db)]
            for column in table.columns:
                found += _of_column(table, column, db)
        yield from found


def _of_table(table: Table, db: duckdb.DuckDBPyConnection) -> Iterator[Mutation]:
    rows = _query(db, "SELECT count(*) FROM old")
    names = [column.name for column in table.columns]
    turned = ", ".join(f'"{name}"' for name in reversed(names))
    selects = {
        "column added": "SELECT * EXCLUDE n, 0 AS added FROM old ORDER BY n",
        "columns reordered": f"SELECT {turned} FROM old ORDER BY n",
    }
    whole = "SELECT * EXCLUDE n FROM"
    if rows:
        twice = "(SELECT * FROM old UNION ALL SELECT * FROM old WHERE n = 0)"
        selects |= {
            "row removed": f"{whole} old WHERE n <> {rows - 1} ORDER BY n",
            "row duplicated": f"{whole} {twice} ORDER BY n",
            "emptied": f"{whole} old WHERE false",
        }
    if rows > 1:
        selects["rows reordered"] = (
            f"{whole} old ORDER BY CASE n WHEN 0 THEN 1 WHEN 1 THEN 0 ELSE n END"
        )
    for kind, select in selects.items():
        yield Mutation(table.file, kind, _rewritten(table, select))
    plain = "SELECT * EXCLUDE n FROM old ORDER BY n"
    yield Mutation(table.file, "metadata removed", _rewritten(table, plain, False))

    def unit(kept: dict[str, str]) -> dict[str, str]:
        return kept | {"columns": kept["columns"].replace('"unit": "', '"unit": "k', 1)}

    yield Mutation(table.file, "a unit changed", _rewritten(table, plain, unit))


def _of_column(table: Table, column: Column, db: duckdb.DuckDBPyConnection) -> Iterator[Mutation]:
    name, quoted = f"{table.file}: {column.name}", f'"{column.name}"'
    first = _query(db, f"SELECT min(n) FROM old WHERE {quoted} IS NOT NULL")
    other = OTHER.get(column.type, "CASE WHEN {} > 0 THEN {} - 1 ELSE {} + 1 END::" + column.type)
    values: dict[str, tuple[Any, str]] = {}
    if first is not None:
        values["changed"] = first, other.replace("{}", quoted)
        values["null"] = first, f"NULL::{column.type}"
        if column.type in ("FLOAT", "DOUBLE"):
            values["infinite"] = first, f"'inf'::{column.type}"
            values["not a number"] = first, f"'nan'::{column.type}"
        if column.type == "VARCHAR":
            values["emptied"] = first, "''"
        if column.type == "VARCHAR[]":
            joined = f"[array_to_string({quoted}, chr(31))]"
            long = _query(db, f"SELECT min(n) FROM old WHERE len({quoted}) > 1")
            if long is not None:
                values["words joined"] = long, joined
            values["emptied"] = first, "[]::VARCHAR[]"
    empty = _query(db, f"SELECT min(n) FROM old WHERE {quoted} IS NULL")
    if empty is not None:
        values["filled"] = empty, FILLED.get(column.type, f"1::{column.type}")
        if column.type.startswith("VARCHAR"):
            values["filled with nothing"] = empty, "''" if column.type == "VARCHAR" else "['']"
    for kind, (row, value) in values.items():
        cases = f"CASE WHEN n = {row} THEN {value} ELSE {quoted} END AS {quoted}"
        yield Mutation(name, kind, _replaced(table, cases))
    if first is not None:
        own = f"(SELECT {quoted} FROM old WHERE n = {first})"
        second = _query(db, f"SELECT min(n) FROM old WHERE {quoted} IS DISTINCT FROM {own}")
        if second is not None:
            value = f"(SELECT {quoted} FROM old WHERE n = %d)"
            cases = (
                f"CASE n WHEN {first} THEN {value % second} WHEN {second} THEN {value % first} "
                f"ELSE {quoted} END AS {quoted}"
            )
            yield Mutation(name, "exchanged with another", _replaced(table, cases))
    yield Mutation(
        name, "removed", _rewritten(table, f"SELECT * EXCLUDE (n, {quoted}) FROM old ORDER BY n")
    )
    yield Mutation(
        name,
        "renamed",
        _rewritten(
            table, f"SELECT * EXCLUDE n RENAME ({quoted} AS {column.name}x) FROM old ORDER BY n"
        ),
    )
    retyped = RETYPED.get(column.type, "{}::VARCHAR").replace("{}", quoted)
    yield Mutation(name, "of another type", _replaced(table, f"{retyped} AS {quoted}"))


def _query(db: duckdb.DuckDBPyConnection, query: str) -> Any:
    found = db.execute(query).fetchone()
    return None if found is None else found[0]


def _replaced(table: Table, columns: str) -> Callable[[Forgery], None]:
    return _rewritten(table, f"SELECT * EXCLUDE n REPLACE ({columns}) FROM old ORDER BY n")


def _rewritten(table: Table, select: str, metadata: Any = True) -> Callable[[Forgery], None]:
    def edit(forgery: Forgery) -> None:
        forgery.rewrite(table, select, metadata)

    return edit
