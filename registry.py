"""Ids to things: worlds, models and suites by versioned name, with "did you mean".

Importing this module imports no world, no model and no JAX. Built-in worlds are the files of
``worlds/catalog``, built-in models the presets of ``models/presets.py``; third parties add theirs
by the entry points ``zebroid.worlds`` and ``zebroid.models``, or by the path of a Python file.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UserError(ValueError):
    """What a user gave is wrong: one line with what was got, what was expected, and the cure."""


def suggest(kind: str, name: str, names: Iterable[str]) -> UserError:
    """The error for an unknown ``name``: the closest known one, else all that are known."""
    known = sorted(names)
    close = difflib.get_close_matches(name, known, n=1)
    cure = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
    return UserError(f"unknown {kind} {name!r}; {cure}")
