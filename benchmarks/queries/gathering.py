"""gather(folders, into) -> the receipts below them whose tables can be read, and why others can't.

Each table is held against its digest and its bounds before it is copied to where it is queried: a
copy, for it is then what was checked, whoever writes there meanwhile.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ... import canonical
from ...errors import InvalidReceipt, UserError
from ...printable import printable
from ..receipts import bounds, cite, parquet_reading
from ..receipts.receipt import Receipt
from ..receipts.tables.all_tables import files_of
from ..receipts.untrusted import guarded

RECEIPTS = 1_000  # that are queried together
BYTES = 4 * 2**30  # of all their tables
NAME = "receipt.json"


@dataclasses.dataclass(frozen=True)
class Gathered:
    """Receipts by the first 16 digits of their digests, and a line for each that is left out."""

    receipts: dict[str, tuple[Path, Receipt]]  # digits -> its folder, and what it says
    refused: list[str]


def gather(folders: Sequence[Path], into: Path, watch: Callable[[str], None]) -> Gathered:
    """Copies the tables of every receipt below ``folders`` to ``into``/DIGITS/NAME.parquet.

    Equal receipts are read once. Raises UserError for a folder that is not there, one without a
    receipt, and for more receipts or bytes than are queried together.
    """
    receipts: dict[str, tuple[Path, Receipt]] = {}
    refused: list[str] = []
    size = 0
    for folder in found(folders):
        watch(str(folder))
        try:
            with guarded(folder):
                receipt = Receipt.read(folder / NAME)
                digits = cite.digest(receipt)[:16]
                if digits in receipts:
                    continue
                tables = _tables(folder, receipt)
        except (UserError, OSError) as error:
            refused.append(printable(f"{folder}: {error}", 400))
            continue
        if len(receipts) == RECEIPTS:
            raise InvalidReceipt(f"more than {RECEIPTS:,} receipts; give fewer folders")
        size += sum(map(len, tables.values()))
        if size > BYTES:
            raise InvalidReceipt(f"tables of more than {BYTES:,} bytes; give fewer folders")
        (into / digits).mkdir()
        for name, data in tables.items():
            (into / digits / name).write_bytes(data)
        receipts[digits] = folder, receipt
    return Gathered(receipts, refused)


def found(folders: Sequence[Path]) -> Iterator[Path]:
    """The folders of all receipts below ``folders``, in order; a receipt.json counts as its own.

    Links to folders are not followed, so nothing is found twice or without end.
    """
    seen: set[Path] = set()
    for top in folders:
        if not top.exists():
            raise InvalidReceipt(f"{top} is not there; give a folder that holds receipts")
        below = [top.parent] if top.name == NAME else sorted(_below(top))
        if not below:
            raise InvalidReceipt(f"no {NAME} below {top}; give a folder that holds receipts")
        for folder in below:
            if (place := folder.resolve()) not in seen:
                seen.add(place)
                yield folder


def _below(top: Path) -> Iterator[Path]:
    for folder, _, files in os.walk(top):
        if NAME in files:
            yield Path(folder)


def _tables(folder: Path, receipt: Receipt) -> dict[str, bytes]:
    """Name of a file -> its bytes, which have the receipt's digest, the columns of the table and
    no more rows than its cells can need."""
    cells, tables = [*bounds.cells_of(receipt).values()], {}
    for name, table in files_of(cell.recipe.record() for cell in cells).items():
        data = parquet_reading.content(folder / name)
        if canonical.digest_bytes([data]) != receipt.files[name]:
            raise InvalidReceipt(f"{name} is not the file that the receipt names")
        with parquet_reading.opened(data, table, table.most(cells)):
            tables[name] = data
    return tables
