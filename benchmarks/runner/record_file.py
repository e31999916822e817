"""A result of a command as one JSON file: written whole, read back strictly or refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import ClassVar, Self

import pydantic

from ... import canonical
from ...errors import UserError
from ...printable import printable
from ..config.bounded_file import read_bytes
from . import atomic_write

MOST = 2**22  # bytes of a result


class Strict(pydantic.BaseModel):
    """A part of such a file: nothing unknown, nothing converted, every number finite."""

    model_config = pydantic.ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False
    )


class RecordFile(Strict):
    """The whole of it."""

    command: ClassVar[str]  # what writes it: "replicate"

    def write(self, path: Path) -> Path:
        """Writes the file; its path."""
        with atomic_write.file(path) as draft:
            draft.write_text(canonical.text(self.model_dump(), indent=1) + "\n", "ascii")
        return path

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises UserError, one line, for what is no such result."""
        expected = f"a result of `zebroid {cls.command}`"
        data = read_bytes(path, MOST, UserError, expected)
        try:
            return cls.model_validate(json.loads(data.decode("ascii")))
        except (ValueError, RecursionError) as error:
            why = printable(" ".join(str(error).split()), 200)
            raise UserError(f"{path} is not {expected} ({why}); make it again") from None
