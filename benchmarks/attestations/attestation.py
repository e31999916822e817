"""An attestation: what came of cells of a receipt that somebody else trained again.

One canonical JSON file, whose name bears the digests of the receipt and of its own content. It
proves nothing by itself: ``attesters.py`` says whose it is, ``trust.py`` what it is worth.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import pydantic

from ... import canonical
from ...errors import InvalidReceipt, UserError
from ...eval.stats.reproduction import Prediction
from ...printable import printable
from ..receipts.receipt import Receipt
from ..receipts.receipt_parts import Digest, first_of
from ..receipts.untrusted import read_bytes
from ..runner import atomic_write
from .salted_choice import LONGEST, chosen

FORMAT = 1
FOLDER = "attestations"  # beside the receipt
BYTES, FILES = 2**20, 100  # of one attestation, and how many of a receipt are read
CELLS, INSTRUMENTS = 1_000, 128
LINE = 500  # characters of a text

Outcome = Literal[
    "equal", "within", "fails too", "differs", "outside", "trains", "fails", "undecided"
]
CONFIRMS: tuple[Outcome, ...] = ("equal", "within", "fails too")
REFUTES: tuple[Outcome, ...] = ("differs", "outside", "trains", "fails")
MEANING: dict[Outcome, str] = {
    "equal": "equal answers at every checkpoint",
    "within": "other answers, every instrument within the interval of three initialisations",
    "fails too": "declared as failed, and fails here too",
    "differs": "other answers on the same platform",
    "outside": "an instrument outside the interval of three initialisations",
    "trains": "declared as failed, and trains here",
    "fails": "declared with answers, and fails here",
    "undecided": "other answers, and initialisations scatter too widely to say more",
}

Share = Annotated[float, pydantic.Field(ge=0, le=1)]
Line = Annotated[str, pydantic.AfterValidator(lambda text: _line(text))]


def _line(text: str) -> str:
    if text != printable(text, LINE):
        raise ValueError(f"expected one printable line of at most {LINE} characters")
    return text


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False
    )


class Platform(_Strict):
    """What trained."""

    device: Line
    versions: dict[Line, Line] = pydantic.Field(max_length=100)
    training: str = pydantic.Field(pattern=r"^training-[0-9]{1,9}$")
    commit: str = pydantic.Field(pattern=r"^[0-9a-f]{0,64}$")
    dirty: bool


class InstrumentRecord(_Strict):
    """Accuracy at the last checkpoint: the receipt's, and those of the runs here."""

    name: Line
    questions: int = pydantic.Field(ge=1)
    claimed: Share
    here: list[Share] = pydantic.Field(max_length=10)
    # where a run of the same kind lies; null where answers are equal and none is needed
    low: Share | None
    high: Share | None

    @property
    def interval(self) -> Prediction | None:
        """Where a run of the same kind lies."""
        if self.low is None or self.high is None:
            return None
        return Prediction(self.low, self.high)

    @property
    def inside(self) -> bool:
        """Whether the receipt's accuracy lies in the interval; not where there is none."""
        return self.interval is not None and self.interval.admits(self.claimed)

    @property
    def telling(self) -> bool:
        """Whether the interval is narrow enough to say anything."""
        return self.interval is not None and self.interval.telling


class AttestedCell(_Strict):
    """One cell, trained again."""

    cell: Digest
    name: Line
    outcome: Outcome
    same_platform: bool  # as the receipt's cell: answers must then be equal
    cause: Line  # of a failure, the receipt's or the one here; else empty
    seeds: list[int] = pydantic.Field(max_length=10)  # of the initialisations trained here
    checkpoints: int = pydantic.Field(ge=0)
    questions: int = pydantic.Field(ge=0)
    equal: Share | None  # of the answers at all checkpoints; null: there is nothing to compare
    step: int | None  # of the first checkpoint with another answer
    instruments: list[InstrumentRecord] = pydantic.Field(max_length=INSTRUMENTS)


class Attestation(_Strict):
    """What one attester found of one receipt."""

    attestation: Literal[1]
    receipt: Digest
    suite: Line  # id@digest
    entrant: Line  # who made the receipt, as far as the attester knows; empty: unknown
    attester: Line  # by the name in attesters.toml; empty: counts nowhere
    date: str = pydantic.Field(pattern=r"^\d{4}-\d\d-\d\d$")  # UTC
    salt: Line = pydantic.Field(min_length=1, max_length=LONGEST)
    of: int = pydantic.Field(ge=1)  # cells of the receipt
    platform: Platform
    cells: list[AttestedCell] = pydantic.Field(min_length=1, max_length=CELLS)

    @property
    def confirms(self) -> bool:
        """Whether some cell came out as the receipt has it, and none otherwise."""
        found = [c.outcome for c in self.cells]
        made = {"equal", "within"} & {*found}
        return bool(made) and not self.refuted

    @property
    def refuted(self) -> list[AttestedCell]:
        """The cells that came out otherwise."""
        return [c for c in self.cells if c.outcome in REFUTES]

    def text(self) -> str:
        return canonical.text(self.model_dump(), indent=1) + "\n"

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return canonical.digest_bytes([self.text().encode("ascii")])


def write(folder: Path, found: Attestation) -> Path:
    """Writes a new file into ``folder``, whole or not at all. None is overwritten: a file of that
    name holds this very content, or is damaged and is left to the user."""
    path = folder / f"attestation-{found.receipt[:16]}-{found.digest[:16]}.json"
    if path.exists():
        if read_bytes(path, BYTES) != found.text().encode("ascii"):
            raise UserError(f"{path} is there with other content; move it away and run again")
        return path
    with atomic_write.file(path) as draft:
        draft.write_text(found.text(), "ascii")
    return path


def parsed(data: bytes, path: Path) -> Attestation:
    """The attestation that ``data`` is; UserError, one line, for anything else."""
    try:
        found = Attestation.model_validate(json.loads(data.decode("ascii")))
    except pydantic.ValidationError as error:
        why = first_of(error)
    except (ValueError, RecursionError) as error:
        why = f"not JSON in ASCII: {error}"
    else:
        why = next(_flaws(found), "")
        if not why and found.text().encode("ascii") != data:
            why = "not written canonically"
        if not why:
            return found
    raise InvalidReceipt(
        f"{path} is no attestation: {printable(why, 300)}; give one as `zebroid verify --retrain` "
        "wrote it"
    )


def _flaws(found: Attestation) -> Iterator[str]:
    """Where its figures do not give its outcomes."""
    for cell in found.cells:
        if cell.equal is None:
            fine = cell.outcome in ("fails too", "trains", "fails") and cell.cause
        else:
            whole = cell.step is None and cell.equal == 1
            fine = cell.outcome == outcome_of(whole, cell.same_platform, cell.instruments)
        if not fine:
            yield f"cell {cell.cell[:16]}: its figures do not give {cell.outcome!r}"


def outcome_of(
    equal: bool, same_platform: bool, instruments: Sequence[InstrumentRecord]
) -> Outcome:
    """Of a cell that has answers in the receipt and here. ``equal``: all of them are."""
    if equal:
        return "equal"
    if same_platform:
        return "differs"
    if any(i.interval is not None and not i.inside for i in instruments):
        return "outside"
    telling = [i for i in instruments if i.telling]
    return "within" if 2 * len(telling) > len(instruments) else "undecided"


def contradiction(found: Attestation, receipt: Receipt, digest: str) -> str:
    """Why an attestation is none of this receipt, whose digest is ``digest``; empty: it is."""
    if found.receipt != digest:
        return f"it is of receipt {found.receipt[:16]}"
    failed = {c.digest: bool(c.failed) for c in receipt.cells}
    cells = [c.cell for c in found.cells]
    if found.of != len(failed) or cells != chosen(digest, found.salt, [*failed], len(cells)):
        return "its cells are not those that receipt and salt choose"
    for cell in found.cells:
        if failed[cell.cell] != (cell.outcome in ("fails too", "trains")):
            return f"cell {cell.cell[:16]} is declared otherwise by the receipt"
    return ""
