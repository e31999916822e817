"""A session of training again: its salt, its platform, and the results that it has so far.

``OUT/retrain/<receipt>/<salt>/`` holds them, each by the first digits of a digest. Without a salt
the command goes on with a session that has no attestation yet, so what was stopped is resumed by
the same command. Results of runs elsewhere in OUT are never taken: they may be the entrant's.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pydantic

from ... import canonical
from ...errors import UserError
from ...models.training_version import TRAINING
from ..config.run_config import Cell
from ..receipts.receipt import CellRecord, Receipt
from ..receipts.receipt_parts import first_of
from ..receipts.untrusted import read_bytes
from ..runner import atomic_write, provenance
from ..runner.result_store import Store
from .attestation import Platform
from .salted_choice import checked_salt, new_salt

BEGUN, ATTESTED, BYTES = "begun.json", "attested.txt", 2**16
# whose versions may change the last bits of a training; corpora are held to their digests anyway
MATTER = ("numpy", "jax", "jaxlib", "flax", "optax")


class _Begun(pydantic.BaseModel):
    """What a session was begun with."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)

    salt: str
    platform: Platform


@dataclasses.dataclass(frozen=True)
class Session:
    """One salt for one receipt, on one platform."""

    folder: Path
    salt: str
    platform: Platform
    resumed: bool

    @property
    def store(self) -> Store:
        return Store(self.folder)

    def end(self, attestation: Path) -> None:
        """Keeps that its attestation was written: the next one without a salt draws its own."""
        with atomic_write.file(self.folder / ATTESTED) as draft:
            draft.write_text(f"{attestation.name}\n", "ascii")


def begin(out: Path, receipt: str, salt: str, platform: Platform) -> Session:
    """The session of ``salt``; without one an open session of the receipt, or a new one.

    Raises UserError where it was begun on another platform, or nothing can be written.
    """
    home = out / "retrain" / receipt[:16]
    if not salt:
        begun = [f.parent for f in sorted(home.glob(f"*/{BEGUN}"))]
        pending = [folder for folder in begun if not (folder / ATTESTED).exists()]
        salt = _read(pending[0]).salt if pending else new_salt()
    folder = home / canonical.digest(checked_salt(salt))[:16]
    if resumed := (folder / BEGUN).exists():
        if why := _differs(_read(folder).platform, platform):
            raise UserError(
                f"{folder} was begun with {why}; give another --salt, or delete the folder and run "
                "again"
            )
    else:
        Store(folder).prepare()
        with atomic_write.file(folder / BEGUN) as draft:
            content = _Begun(salt=salt, platform=platform).model_dump()
            draft.write_text(canonical.text(content, indent=1), "ascii")
    return Session(folder, salt, platform, resumed)


def platform_here(cells: Sequence[Cell]) -> Platform:
    """What trains here. Imports JAX."""
    commit, dirty = provenance.commit()
    return Platform(
        device=provenance.device(),
        versions=provenance.versions() | provenance.packages(cells),
        training=TRAINING,
        commit=commit,
        dirty=dirty,
    )


def same_platform(receipt: Receipt, record: CellRecord, here: Platform) -> bool:
    """Whether a cell must be answered here as it was there, to the last bit.

    On an accelerator it need not be: how many trainings one program advances side by side may
    change the last bits, and is no part of a receipt.
    """
    if record.environment is None or receipt.training != here.training:
        return False
    theirs, mine = receipt.environments[record.environment].versions, here.versions
    matter = {*MATTER, *({*theirs} - {*provenance.OURS})}  # plugins too
    alike = all(theirs.get(name) == mine.get(name) for name in matter)
    return alike and record.device == here.device and here.device.startswith("cpu:")


def _read(folder: Path) -> _Begun:
    path = folder / BEGUN
    try:
        return _Begun.model_validate(json.loads(read_bytes(path, BYTES)))
    except pydantic.ValidationError as error:
        why = first_of(error)
    except (ValueError, RecursionError) as error:
        why = str(error)
    raise UserError(f"{path} is damaged ({why[:200]}); delete {folder} and run again")


def _differs(before: Platform, now: Platform) -> str:
    """The first thing that matters and is another now; empty: nothing. The commit does not matter:
    what it may change of a training, the version of training says."""
    one, other = ({"device": p.device, "training": p.training, **p.versions} for p in (before, now))
    for name in ("device", "training", *sorted({*one, *other} - {"zebroid", "python"})):
        if one.get(name) != other.get(name):
            return f"{name} {one.get(name)}, and {name} is {other.get(name)} now"
    return ""
