"""Names that go into receipts, tables, file names and citations: a safe alphabet, and a length.

They are looked at as a suite is read, before anything is trained, and again as a receipt is.
"""

from __future__ import annotations

import re

from ...errors import InvalidSuite
from ...printable import printable

NAME, LONG_NAME = 64, 200  # characters: of a name; of one behind which changed values stand
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+=-]*", re.ASCII)
_SPELLED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+=@,:\"\[\]{}-]*", re.ASCII)


def flaw(name: str, *, spelled: bool = False) -> str:
    """What is expected of a name that is not safe; empty: it is.

    ``spelled``: values may stand behind it, as in ``looped-s[loops=4]``, and the digest of a file.

    >>> flaw("looped-s[loops=4]", spelled=True), flaw("night run")
    ('', 'at most 64 letters, digits and . _ + = -, the first a letter or digit')
    """
    pattern, most = (_SPELLED, LONG_NAME) if spelled else (_PLAIN, NAME)
    if pattern.fullmatch(name) and len(name) <= most:
        return ""
    signs = '. _ + = - @ , : " [ ] { }' if spelled else ". _ + = -"
    return f"at most {most} letters, digits and {signs}, the first a letter or digit"


def check_name(kind: str, name: str, *, spelled: bool = False) -> None:
    """Raises InvalidSuite for a name of a suite that is not safe."""
    expected = flaw(name, spelled=spelled)
    if expected:
        raise InvalidSuite(f"{kind} {printable(repr(name), 100)}: expected {expected}; rename it")
