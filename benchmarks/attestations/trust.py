"""trust_class(receipt) -> declared, verified or retrained: what stands behind its numbers.

*Declared*: it can be read. *Verified*: this version has recomputed all of it from the answers that
it keeps; of a model from outside, whose cost it cannot recompute, the class stays *declared*.
*Retrained*: a listed attester who is not the entrant trained some of its cells again,
found what it says, and none that came out otherwise.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ...errors import UserError
from ...printable import printable
from ..config.outside_model import Outside
from ..receipts import cite
from ..receipts.receipt import Receipt
from ..receipts.untrusted import read_bytes, receipt_path
from ..verification.verified_record import mark, remembered
from . import attesters
from .attestation import BYTES, FILES, FOLDER, Attestation, contradiction, parsed
from .submission import submission

Kind = Literal["declared", "verified", "retrained"]


@dataclasses.dataclass(frozen=True)
class Trust:
    """The class of a receipt, and by what it has it."""

    kind: Kind
    why: str  # one line
    # attestations beside it that count for nothing, each with the reason
    ignored: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind}: {self.why}"


@dataclasses.dataclass(frozen=True)
class _Counted:
    found: Attestation
    why: str  # it counts


def trust_class(path: Path, receipt: Receipt, verified: bool | None = None) -> Trust:
    """The class of a receipt that was read from ``path``, its file or folder.

    ``verified``: whether it is known to be verified; None: the record of this version and user
    says so. Never raises for what lies beside the receipt: that is ignored, with the reason.
    """
    digest, folder = cite.digest(receipt), receipt_path(path).parent
    counted: list[_Counted] = []
    ignored: list[str] = []
    for file, found in _beside(folder, receipt, digest):
        if isinstance(found, _Counted):
            counted.append(found)
        else:
            ignored.append(printable(f"{file.name}: {found}", 300))
    refuted = [c for c in counted if c.found.refuted]
    confirmed = [c for c in counted if c.found.confirms]
    if confirmed and not refuted:
        return Trust("retrained", "; ".join(map(_summary, confirmed)), tuple(ignored))
    date = remembered(mark(path)) if verified is None else ""
    why = "recomputed by this version" + (f" on {date}" if date else "")
    kind: Kind = "verified" if verified or date else "declared"
    if kind == "verified" and any(Outside.of(c.cell["spec"]) for c in receipt.cells):
        kind, why = "declared", f"answers from outside; all else {why}"
    elif kind == "declared":
        why = "read, not recomputed; zebroid verify recomputes it"
    if refuted:
        why = "; ".join([*map(_summary, refuted), why])
    return Trust(kind, why, tuple(ignored))


def _summary(counted: _Counted) -> str:
    found = counted.found
    by = f"by {found.attester} on {found.date} ({counted.why})"
    if not found.refuted:
        return f"{len(found.cells)} of {found.of} cells trained again {by}"
    return f"{len(found.refuted)} of {len(found.cells)} cells trained again came out otherwise {by}"


def _beside(folder: Path, receipt: Receipt, digest: str) -> Iterator[tuple[Path, _Counted | str]]:
    """Each attestation beside a receipt: counted, or why not."""
    # an entrant may leave out what refutes the receipt: reviewed attestations come with zebroid too
    files = sorted((attesters.LISTED.parent / FOLDER).glob(f"attestation-{digest[:16]}-*.json"))
    files += sorted((folder / FOLDER).glob("*.json"))
    known = attesters.listed() if files else ()
    seen: set[bytes] = set()
    for number, path in enumerate(files):
        if number == FILES:
            yield path, f"no more than {FILES} are read"
            return
        try:
            data = read_bytes(path, BYTES, links=False)
            if data in seen:
                continue
            seen.add(data)
            found = parsed(data, path)
            if why := contradiction(found, receipt, digest):
                yield path, why
                continue
            binding = attesters.bound(path, data, found.attester, known)
            if binding.attester is None:
                yield path, binding.why
                continue
            why = _entered(binding.attester, found, folder)
            yield path, why or _Counted(found, binding.why)
        except (UserError, OSError) as error:
            yield path, str(error)


def _entered(attester: attesters.Attester, found: Attestation, folder: Path) -> str:
    """Why the attester can't be held apart from the entrant; empty: they are two."""
    entry = submission(folder)
    entrants = [name for name in (found.entrant, entry.entrant if entry else "") if name]
    if not entrants:
        return "no entrant is named, neither by it nor by submission.toml"
    if len({attesters.folded(name) for name in entrants}) > 1:
        return f"it names the entrant {entrants[0]}, and submission.toml {entrants[1]}"
    if attester.is_called(entrants[0]):
        return f"{attester.name} is the entrant"
    return ""
