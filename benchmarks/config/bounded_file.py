"""Files that a user or a stranger gives: read without waiting, and never more than a limit."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any

from ...errors import InvalidSuite, UserError
from ...printable import printable

TOML_BYTES = 2**20  # of a suite or a scenario: the largest of this repository has 10 kB
DEPTH = 32  # levels of tables and lists in one


def read_bytes(
    path: Path, most: int, error: type[UserError], expected: str, *, links: bool = True
) -> bytes:
    """A regular file of at most ``most`` bytes; an ``error`` for all else, without waiting for it.

    ``links``: whether a symbolic link is followed. ``expected``: what to give instead.
    """
    flags = os.O_RDONLY
    for name in (
        "O_NONBLOCK",
        "O_CLOEXEC",
        "O_NOCTTY",
        "O_BINARY",
        *(() if links else ("O_NOFOLLOW",)),
    ):
        flags |= getattr(os, name, 0)
    if not links and path.is_symlink():
        raise error(f"{path} is a symbolic link; put the file itself there")
    try:
        handle = os.open(path, flags)
    except (OSError, ValueError) as why:  # a path with a null byte is none
        reason = why.strerror if isinstance(why, OSError) else str(why)
        raise error(f"cannot read {path}: {reason}; give {expected}") from None
    try:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "a pipe or device"
            raise error(f"{path} is {kind}; expected a file: give {expected}")
        if about.st_size > most:
            raise error(f"{path} has {about.st_size:,} bytes; expected at most {most:,}")
        parts, left = [], most + 1
        while left and (part := os.read(handle, min(left, 2**20))):
            parts.append(part)
            left -= len(part)
    finally:
        os.close(handle)
    if not left:  # files of /proc do not say how large they are
        raise error(f"{path} has more than {most:,} bytes; expected at most as many")
    return b"".join(parts)


def read_toml(
    path: Path,
    expected: str,
    error: type[UserError] = InvalidSuite,
    most: int = TOML_BYTES,
    *,
    links: bool = True,
) -> tuple[str, dict[str, Any]]:
    """(the text, its content) of a TOML file of at most ``most`` bytes. Raises an ``error``, one
    line, for anything else. ``links`` and ``expected`` as in ``read_bytes``."""
    data = read_bytes(path, most, error, expected, links=links)
    try:
        source = data.decode("utf-8-sig")  # editors put a byte-order mark before it
        content = tomllib.loads(source)
    except RecursionError:
        raise error(f"{path} nests deeper than {DEPTH} levels; give {expected}") from None
    except ValueError as why:  # not TOML, not UTF-8, or a number of too many digits
        raise error(f"{path}: not TOML: {printable(str(why), 300)}; give {expected}") from None
    level: list[Any] = [content]
    for _ in range(DEPTH):
        inner = [value.values() if isinstance(value, dict) else value for value in level]
        level = [v for values in inner for v in values if isinstance(v, dict | list)]
    if level:
        raise error(f"{path} nests deeper than {DEPTH} levels; give {expected}")
    return source, content
