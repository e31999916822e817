"""read_strict(path, kind, expected) -> the record that a TOML file of this project is.

So are read the lists that reviewed changes alone extend: attesters, salts and errata.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pydantic

from ...errors import InvalidSuite
from ...printable import printable
from ..config.bounded_file import read_toml
from .receipt_parts import first_of

Kind = TypeVar("Kind", bound=pydantic.BaseModel)


def read_strict(path: Path, kind: type[Kind], expected: str) -> Kind:
    """The content of a TOML file as ``kind``. Raises InvalidSuite, one line, for anything else.

    ``expected``: what to give instead, in words.
    """
    content = read_toml(path, expected)[1]
    try:
        return kind.model_validate(content)
    except pydantic.ValidationError as error:
        raise InvalidSuite(f"{path}: {printable(first_of(error), 300)}") from None
