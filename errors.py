"""UserError: what a user gave is wrong, in one line that names the cure.  Imports nothing heavy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LISTED = 10  # names that an error lists; a world may have thousands of constants


class UserError(ValueError):
    """What a user gave is wrong: one line with what was got, what was expected, and the cure."""


def suggest(kind: str, name: str, names: Iterable[str]) -> UserError:
    """The error for an unknown ``name``: the closest known one, else the first that are known."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=1)
    more = f" and {len(known) - LISTED:,} more" if len(known) > LISTED else ""
    listed = (", ".join(known[:LISTED]) or "none") + more
    cure = f"did you mean {close[0]!r}?" if close else f"known: {listed}"
    return UserError(f"unknown {kind} {name!r}; {cure}")
