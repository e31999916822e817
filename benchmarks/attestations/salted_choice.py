"""Which cells of a receipt are trained again: nobody's choice, and open to everybody's check.

The entrant has fixed the receipt before the checker's salt is known; with it the order is fixed
too. So neither can place what is looked at.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from ... import canonical
from ...errors import UserError
from ...printable import printable

LONGEST = 100  # characters of a salt


def new_salt() -> str:
    """A salt that nobody can have known before."""
    return secrets.token_hex(16)


def checked_salt(salt: str) -> str:
    """The salt; UserError for one that could not be printed and given again."""
    if not 0 < len(salt) <= LONGEST or salt != printable(salt) or salt != salt.strip():
        raise UserError(
            f"--salt {printable(salt, 40)!r}: expected 1 to {LONGEST} printable characters, "
            "without spaces at its ends; leave it out and one is drawn"
        )
    return salt


def chosen(receipt: str, salt: str, cells: Sequence[str], number: int) -> list[str]:
    """The first ``number`` of ``cells`` (digests) in the order of SHA-256 over the canonical JSON
    of [digest of the receipt, salt, digest of the cell]. Cells that failed are cells like others.
    """
    return sorted(cells, key=lambda cell: canonical.digest([receipt, salt, cell]))[:number]
