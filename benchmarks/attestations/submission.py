"""submission.toml beside a receipt: who enters it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pydantic

from ...errors import InvalidReceipt
from ...printable import printable
from ..receipts.receipt_parts import first_of
from ..receipts.untrusted import read_bytes

FILE, BYTES = "submission.toml", 2**16


class Submission(pydantic.BaseModel):
    """Whose entry a receipt is; no part of the receipt, whose maker need not be named there."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)

    entrant: str = pydantic.Field(min_length=1, max_length=100)
    contact: str = pydantic.Field(default="", max_length=200)


def submission(folder: Path) -> Submission | None:
    """The submission in the folder of a receipt, or None. UserError for a file that is none."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        content = tomllib.loads(read_bytes(path, BYTES, links=False).decode("utf-8"))
        found = Submission.model_validate(content)
        if found.entrant != printable(found.entrant) or found.contact != printable(found.contact):
            raise ValueError("expected names without control characters")
    except pydantic.ValidationError as error:
        why = first_of(error)
    except (ValueError, RecursionError) as error:
        why = str(error)
    else:
        return found
    raise InvalidReceipt(
        f'{path}: {printable(why, 200)}; expected entrant = "NAME", and contact if you like'
    )
