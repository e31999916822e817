"""zebroid query "SELECT …" FOLDER…: the user's own SQL over the tables of all receipts there."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ...errors import InvalidReceipt
from ...printable import printable
from ..attestations.trust import trust_class
from ..citations import errata
from ..citations.citation import short_status
from ..receipts.receipt import Receipt
from ..receipts.tables.all_tables import KNOWN
from ..report.plain_console import PlainConsole, working
from .confined_query import answered
from .gathering import Gathered, gather
from .locked_database import Content, Listed, View
from .printed_rows import FORMS

SECONDS = 60.0
RECEIPTS = {
    "receipt": ("VARCHAR", "first 16 digits of its digest, as `zebroid cite` prints it"),
    "folder": ("VARCHAR", "where it lies"),
    "suite": ("VARCHAR", "id of the suite"),
    "title": ("VARCHAR", "of the suite"),
    "trust": ("VARCHAR", "trust class, as `zebroid cite` has it: declared, verified or retrained"),
    "trusted": ("VARCHAR", "by what it has this trust class"),
    "status": ("VARCHAR", "current, superseded, or affected by which errata, in this version"),
    "definitions": ("INTEGER", "version of the definitions of rungs and scores"),
    "training": ("VARCHAR", "version of training"),
    "zebroid": ("VARCHAR", "version of the package that wrote it"),
    "commit": ("VARCHAR", "of zebroid's repository; empty: none"),
    "dirty": ("BOOLEAN", "files differed from that commit"),
    "finished": ("VARCHAR", "when, UTC"),
}


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
        with answered(content(gathered, place), sql, seconds) as (names, rows):
            FORMS[form](names, rows)
    return int(bool(gathered.refused))


def content(gathered: Gathered, place: Path) -> Content:
    """What is queried: the tables that were copied to ``place``, and a row a receipt."""
    views = [
        View(
            t.name,
            t.meaning,
            t.file,
            {c.name: f"{c.meaning} ({c.unit})" for c in t.columns},
            {c.name: c.type for c in t.columns if c.needed is not None},
        )
        for t in KNOWN
        if any(t.file in receipt.files for _, receipt in gathered.receipts.values())
    ]
    known = errata.listed()
    rows = [
        [digits, *_row(folder, receipt, known)]
        for digits, (folder, receipt) in gathered.receipts.items()
    ]
    return Content(str(place), [*gathered.receipts], views, Listed(RECEIPTS, rows))


def _row(folder: Path, receipt: Receipt, known: tuple[errata.Erratum, ...]) -> list[Any]:
    suite, trust = receipt.suite, trust_class(folder, receipt)
    status = short_status(receipt, errata.affecting(receipt, known))
    row = [str(folder), suite.id, suite.title, trust.kind, printable(trust.why), status]
    row += [receipt.definitions, receipt.training, receipt.versions["zebroid"]]
    return [*row, receipt.commit, receipt.dirty, receipt.times.finished]
