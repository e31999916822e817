"""A copy of a receipt that is changed and then made consistent again: its hashes are those of what
stands there, as those of a forger would be."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ... import canonical
from ...errors import UserError
from ...worlds.datalog.engine import connection
from ..config.run_config import Cell
from ..config.suite import suite_digest
from ..receipts.tables.all_tables import KNOWN
from ..receipts.tables.parquet_table import DIGITS, Table
from ..verification.rebuilt import Memo
from ..verification.verify import verify

ACCEPTED = "accepted"


@dataclasses.dataclass
class Forgery:
    """A receipt below ``folder``, to be changed: its content as JSON, and its tables by SQL."""

    folder: Path
    content: dict[str, Any]

    @classmethod
    def of(cls, honest: Path, folder: Path) -> Forgery:
        """A copy of the receipt in ``honest`` in the new folder ``folder``."""
        folder.mkdir(parents=True)
        content = json.loads((honest / "receipt.json").read_text("ascii"))
        for name in content["files"]:  # replaced, never written into
            (folder / name).hardlink_to(honest / name)
        return cls(folder, content)

    def rewrite(
        self, table: Table, select: str, metadata: bool | Callable[..., Any] = True
    ) -> None:
        """Puts what ``select`` gives of ``old``, the rows of a table with their number ``n``, in
        its place. ``metadata``: whether its key-value metadata stay, or what becomes of them."""
        path, draft = self.folder / table.file, self.folder / "draft"
        with connection(threads=1) as db:
            db.execute(
                "CREATE TEMP TABLE old AS SELECT *, file_row_number AS n FROM "
                f"read_parquet('{path}', file_row_number = true)"
            )
            db.execute("ALTER TABLE old DROP file_row_number")
            rows = db.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall()
            kept = {bytes(k).decode(): bytes(v).decode() for k, v in rows}
            kept = metadata(kept) if callable(metadata) else kept if metadata else {}
            noted = ", ".join(f'"{k}": {literal(v)}' for k, v in kept.items())
            options = f", KV_METADATA {{{noted}}}" if kept else ""
            db.execute(f"COPY ({select}) TO '{draft}' (FORMAT parquet, COMPRESSION zstd{options})")
        draft.replace(path)

    def write(self, keep: str = "") -> None:
        """Writes the receipt, made consistent but for the field ``keep``: digests of cells, where
        they are named in JSON and tables, of the suite, and of the files."""
        if not keep.startswith("cells[].digest"):
            self._rename()
        if keep != "suite.digest":
            records: list[Any] = [cell.get("cell") for cell in self._listed("cells")]
            if isinstance(self.content.get("suite"), dict):
                self.content["suite"]["digest"] = suite_digest(records)
        files = self.content.get("files")
        if isinstance(files, dict) and not keep.startswith("files"):
            for name in {*files} & {table.file for table in KNOWN}:
                if (self.folder / name).is_file():
                    files[name] = canonical.digest_bytes([(self.folder / name).read_bytes()])
        (self.folder / "receipt.json").write_text(json.dumps(self.content), "utf-8")

    def _rename(self) -> None:
        names: dict[str, str] = {}
        for cell in self._listed("cells"):
            try:
                digest = Cell.of(cell["cell"]).digest
            except (UserError, KeyError, TypeError, ValueError):
                continue  # no cell at all
            if isinstance(cell.get("digest"), str) and cell["digest"] != digest:
                names[cell["digest"]] = digest
                cell["digest"] = digest
        if not names:
            return
        seconds = self.content["times"]["seconds"]
        self.content["times"]["seconds"] = {names.get(k, k): v for k, v in seconds.items()}
        cases = " ".join(f"WHEN '{a[:DIGITS]}' THEN '{b[:DIGITS]}'" for a, b in names.items())
        for table in KNOWN:
            there = (self.folder / table.file).is_file()
            if there and any(column.name == "cell" for column in table.columns):
                renamed = f"CASE cell {cases} ELSE cell END AS cell"
                order = "n" if table.order.startswith("as ") else "cell, n"
                self.rewrite(
                    table, f"SELECT * EXCLUDE n REPLACE ({renamed}) FROM old ORDER BY {order}"
                )

    def _listed(self, name: str) -> Iterable[dict[str, Any]]:
        found = self.content.get(name)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def literal(text: str) -> str:
    """A text as it stands in SQL."""
    return "'" + text.replace("'", "''") + "'"


@dataclasses.dataclass(frozen=True)
class Mutation:
    """One change of one field."""

    field: str  # "panels[].rows[].label", "scores.parquet: mean"
    kind: str  # "changed", "removed", ..
    edit: Callable[[Forgery], None]


def tried(mutation: Mutation, honest: Path, folder: Path, memo: Memo) -> str:
    """ACCEPTED, or the line by which the forged copy, made in ``folder``, is refused."""
    forgery = Forgery.of(honest, folder)
    try:
        mutation.edit(forgery)
        forgery.write(keep=mutation.field)
        try:
            found = list(verify(folder, memo=memo))
        except UserError as error:
            return str(error).replace(str(folder), "it")
    finally:
        shutil.rmtree(folder)
    bad = [f for f in found if not f.passed and not f.found.startswith("rests on")]
    return f"{bad[0].check}: {bad[0].found}".replace(f"{folder}/", "") if bad else ACCEPTED
