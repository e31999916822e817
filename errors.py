"""UserError and its kinds: what a user gave is wrong, in one line that names the cure.

Imports nothing heavy.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

__all__ = [
    "InvalidModel",
    "InvalidReceipt",
    "InvalidSuite",
    "InvalidWorld",
    "MissingExtra",
    "MissingResult",
    "UnknownName",
    "Unwritable",
    "UserError",
]

LISTED = 10  # names that an error lists; a world may have thousands of constants


class UserError(ValueError):
    """What a user gave is wrong: one line with what was got, what was expected, and the cure."""


class UnknownName(UserError):
    """Raised where a name stands for nothing: of a world, model, suite, size, mode, key or file."""


class InvalidWorld(UserError):
    """Raised where a world's rules, facts, attributes or file break what a world is."""


class InvalidModel(UserError):
    """Raised where a model's spec or file breaks what a model is: a size, a field, a method."""


class InvalidSuite(UserError):
    """Raised where the TOML of a suite or scenario cannot be read; it names file and line."""


class InvalidReceipt(UserError):
    """Raised where a receipt or a table beside it is damaged, of another schema, or too large."""


class MissingResult(UserError):
    """Raised where a training has no kept result, failed, or was kept without its weights."""


class MissingExtra(UserError):
    """Raised where an optional dependency is not installed; it names the extra to install."""


class Unwritable(UserError):
    """Raised where a file or folder cannot be written: no space, or no permission."""


def listed(names: Sequence[str], most: int = LISTED) -> str:
    """``a, b, c and 1,990 more``: the first few names of what may be thousands."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def suggest(kind: str, name: str, names: Iterable[str]) -> UnknownName:
    """The error for an unknown ``name``: the closest known one, else the first that are known."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=1)
    cure = f"did you mean {close[0]!r}?" if close else f"known: {listed(known) or 'none'}"
    return UnknownName(f"unknown {kind} {name!r}; {cure}")
