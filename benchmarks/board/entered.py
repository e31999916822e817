"""enter(paths) -> the receipts of a board, each with what stands behind it, and those refused.

Which receipts are verified stands in ``verified.json`` of the folder that holds them, by the
SHA-256 of each ``receipt.json``. ``zebroid board FOLDER --verify`` writes it, review guards it, and
no receipt can bring it along: it is read beside receipts' folders, never in one.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ... import canonical, registry
from ...errors import InvalidReceipt, UserError
from ...printable import printable
from ...worlds.definitions import DEFINITIONS
from ..attestations.submission import Submission, submission
from ..attestations.trust import Trust, trust_class
from ..citations.citation import CURRENT, short_status
from ..citations.errata import affecting
from ..config.run_config import Cell
from ..config.suite import load_suite
from ..receipts import bounds, cite, untrusted
from ..receipts.receipt import Receipt
from ..runner import atomic_write
from ..verification.verified_record import mark

NAME, RECORD = "receipt.json", "verified.json"
RECEIPTS, BYTES = 1_000, 2**20


@dataclasses.dataclass(frozen=True)
class Entered:
    """A receipt that was read, and what stands behind it."""

    folder: Path
    receipt: Receipt
    cells: Mapping[str, Cell]  # digest -> cell, in the receipt's order
    digest: str
    trust: Trust
    verified: bool  # whether the record of the board says so, whatever its class
    status: str  # CURRENT, or why its numbers are no longer the ones to cite
    entry: Submission | None

    @functools.cached_property
    def line(self) -> str:
        """One line that cites it."""
        return cite.line(self.receipt)

    @property
    def seeds(self) -> dict[str, tuple[int, int]]:
        """Corpus -> the seeds of world and exposure by which it was drawn."""
        return {r.corpus: self.cells[r.digest].seeds.corpus for r in self.receipt.cells if r.corpus}

    @property
    def current(self) -> bool:
        """Whether nothing is known against its numbers."""
        return self.status == CURRENT

    @property
    def entrant(self) -> str:
        """Who enters it; empty: nobody is named."""
        return self.entry.entrant if self.entry else ""


def display_name(cell: Cell) -> str:
    """What a cell's model is called on the board."""
    return cell.outside.name if cell.outside else cell.model


@dataclasses.dataclass(frozen=True)
class Collected:
    """The receipts of a board, in the order of their folders, each once."""

    entered: tuple[Entered, ...]
    refused: tuple[str, ...]  # a line each

    @property
    def ignored(self) -> list[str]:
        """Attestations that count for nothing, a line each."""
        return [line for one in self.entered for line in one.trust.ignored]


def enter(paths: Sequence[Path]) -> Collected:
    """The receipts at and below these paths. Never raises for what is no receipt: it is refused."""
    verified = {digest for path in paths for digest in read_record(path)}
    uncitable = _uncitable()
    found: dict[str, Entered] = {}
    refused: list[str] = []
    for path in receipts(paths):
        try:
            with untrusted.guarded(path):
                one = _entered(path, mark(path) in verified)
                if why := _never(one, uncitable):
                    raise InvalidReceipt(f"{path}: {why}")
        except (UserError, OSError) as error:
            refused.append(printable(str(error)))
            continue
        found.setdefault(one.digest, one)
    return Collected(tuple(found.values()), tuple(refused))


def receipts(paths: Iterable[Path]) -> Iterator[Path]:
    """The folder of every receipt at or below the paths, in order; a path without one as it is.

    Links to folders are not followed. Raises UserError for more receipts than a board takes.
    """
    seen: dict[Path, None] = {}
    for path in paths:
        below = sorted(Path(top) for top, _, files in os.walk(path) if NAME in files)
        for folder in [path] if (path / NAME).exists() else below or [path]:
            seen.setdefault(folder)
            if len(seen) > RECEIPTS:
                raise InvalidReceipt(f"more than {RECEIPTS:,} receipts; give fewer folders")
    yield from seen


def _entered(path: Path, verified: bool) -> Entered:
    receipt = Receipt.read(untrusted.receipt_path(path))
    folder = untrusted.receipt_path(path).parent
    return Entered(
        folder=folder,
        receipt=receipt,
        cells=bounds.cells_of(receipt),
        digest=cite.digest(receipt),
        trust=trust_class(path, receipt, verified),
        verified=verified,
        status=short_status(receipt, affecting(receipt)),
        entry=submission(folder),
    )


@functools.cache
def _uncitable() -> dict[str, str]:
    """Id, and digest, of each suite of this version that no board takes -> its id."""
    found = {}
    for name in registry.suites():
        suite = load_suite(name)
        if not suite.citable:
            found |= {suite.id: suite.id, suite.digest: suite.id}
    return found


def _never(one: Entered, uncitable: Mapping[str, str]) -> str:
    """Why a receipt stands on no board; empty: it may. A suite is known by its cells too, so that
    another name helps nobody."""
    suite = one.receipt.suite
    known = uncitable.get(suite.id.partition("+")[0]) or uncitable.get(suite.digest)
    if known:
        return f"suite {known} is not to be cited (citable = false); run another"
    return ""


def read_record(path: Path) -> dict[str, str]:
    """SHA-256 of each verified receipt.json in a folder of receipts -> the name of its folder.

    Empty where there is no record, or one of other definitions; UserError where it is damaged.
    """
    file = path / RECORD
    if (path / NAME).exists() or not file.exists():  # beside a receipt anybody could have put it
        return {}
    content: dict = {}
    try:
        content = json.loads(untrusted.read_bytes(file, BYTES, links=False))
        fine = {*content} == {"definitions", "receipts"} and all(
            isinstance(text, str) for pair in content["receipts"].items() for text in pair
        )
    except (ValueError, TypeError, AttributeError, RecursionError):
        fine = False
    if not fine:
        raise InvalidReceipt(f"{file} is damaged; delete it and run zebroid board {path} --verify")
    return content["receipts"] if content["definitions"] == DEFINITIONS else {}


def write_record(path: Path, verified: Mapping[str, str]) -> None:
    """Writes the record of a folder of receipts."""
    content = {"definitions": DEFINITIONS, "receipts": dict(sorted(verified.items()))}
    with atomic_write.file(path / RECORD) as draft:
        draft.write_text(canonical.text(content, indent=1) + "\n", "ascii")
