"""Where a key stands in a TOML text: ``tomllib`` doesn't say, and an error must."""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ...errors import InvalidSuite, UserError

# place of a key -> a context in which errors name its line
Place = Callable[..., contextlib.AbstractContextManager[None]]

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"))*)\s*=""")


def locate(text: str, place: Sequence[str | int]) -> int:
    """Line (from 1) of the key at ``place``, or of the nearest table around it that is written.

    >>> locate('[suite]\\nid = "x"\\n[[cells]]\\nmode = "chain"', ("cells", 0, "mode"))
    4
    """
    known = _keys(text)
    for length in range(len(place), 0, -1):
        line = known.get(tuple(place[:length]))
        if line is None:
            continue
        inner = [part for part in place[length:] if isinstance(part, str)]
        # A key of an inline table stands on its line; one of a multi-line value, further down.
        return _below(text, line, inner[0]) if inner else line
    return 1


@contextlib.contextmanager
def named(path: Path | str, text: str, *place: str | int) -> Iterator[None]:
    """User errors in the block are those of the key at ``place`` of the file."""
    try:
        yield
    except UserError as error:
        raise InvalidSuite(f"{path}:{locate(text, place)}: {error}") from None


def _keys(text: str) -> dict[tuple[str | int, ...], int]:
    """Place -> line of every header and every key outside inline tables."""
    table: tuple[str | int, ...] = ()
    arrays: Counter[tuple[str, ...]] = Counter()
    found: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            path = _parts(header[2])
            table = path
            if header[1] == "[[":
                table = (*path, arrays[path])
                arrays[path] += 1
            for length in range(1, len(table) + 1):
                found.setdefault(table[:length], number)
        elif key:
            found.setdefault((*table, *_parts(key[1])), number)
    return found


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _below(text: str, line: int, key: str) -> int:
    """The first line from ``line`` on, before the next header, that sets ``key`` in a value."""
    for number, content in enumerate(text.splitlines()[line - 1 :], start=line):
        if number > line and _HEADER.match(content):
            break
        if re.search(rf"(?<![\w-])[\"']?{re.escape(key)}[\"']?\s*=", content):
            return number
    return line
