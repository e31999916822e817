"""submission.toml beside a receipt: who enters it, and what no receipt can tell of the model."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pydantic

from ...errors import InvalidReceipt
from ...printable import printable
from ..config.bounded_file import read_toml
from ..receipts.receipt_parts import first_of

FILE, BYTES = "submission.toml", 2**16
EXPECTED = 'entrant = "NAME", and contact, kind and trials if you like'
Kind = Literal["from scratch", "fine-tuned", "in context", "outside"]


class Submission(pydantic.BaseModel):
    """Whose entry a receipt is; no part of the receipt, whose maker need not be named there."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)

    entrant: str = pydantic.Field(min_length=1, max_length=100)
    contact: str = pydantic.Field(default="", max_length=200)
    # how a model from outside came to its answers; what zebroid trained is from scratch
    kind: Kind = "outside"
    # trainings by which a plan of the entrant's own was chosen; None: not declared
    trials: int | None = pydantic.Field(default=None, ge=0, le=10**9)


def submission(folder: Path) -> Submission | None:
    """The submission in the folder of a receipt, or None. UserError for a file that is none."""
    path = folder / FILE
    if not path.exists():
        return None
    content = read_toml(path, EXPECTED, InvalidReceipt, BYTES, links=False)[1]
    try:
        found = Submission.model_validate(content)
    except pydantic.ValidationError as error:
        why = printable(first_of(error), 200)
        raise InvalidReceipt(f"{path}: {why}; expected {EXPECTED}") from None
    if found.entrant != printable(found.entrant) or found.contact != printable(found.contact):
        raise InvalidReceipt(f"{path}: names have control characters; expected {EXPECTED}")
    return found
