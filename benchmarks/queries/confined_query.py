"""answered(content, sql, seconds) -> names and rows, from a process of its own that can be ended.

DuckDB looks for an interruption between chunks of rows alone; a single call of a function of SQL
may take hours or all memory. So it works in a child (``query_child.py``), which is ended.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from collections.abc import Iterator
from typing import Any

from ..verification import bounded_child
from ..verification.bounded_child import Child
from .locked_database import MEMORY, QUERY_LESS, Content
from .query_child import BYTES, LINE, QueryError

START = 120.0  # seconds until its first word; the query has no part in that
Rows = tuple[list[str], Iterator[list[Any]]]


@contextlib.contextmanager
def answered(content: Content, sql: str, seconds: float) -> Iterator[Rows]:
    """(names of the columns, rows) of one SELECT. Raises QueryError, one line, for all else, and
    where it takes too long or too much.

    ``seconds``: of work; whoever reads the rows may take his time.
    """
    with Child(bounded_child.command("queries.query_child"), LINE) as child:
        messages = child.messages()
        query = {"content": dataclasses.asdict(content), "sql": sql, "seconds": seconds}
        _reply(child, messages, json.dumps(query).encode("ascii"), START)
        begin = time.monotonic()
        names = _reply(child, messages, b"", seconds, seconds)["names"]
        yield names, _rows(child, messages, seconds, begin + seconds - time.monotonic())


def _rows(
    child: Child, messages: Iterator[dict[str, Any] | None], seconds: float, left: float
) -> Iterator[list[Any]]:
    while True:
        begin = time.monotonic()
        rows = _reply(child, messages, b"", left, seconds)["rows"]
        left -= time.monotonic() - begin
        if not rows:
            return
        yield from rows


def _reply(
    child: Child,
    messages: Iterator[dict[str, Any] | None],
    line: bytes,
    left: float,
    seconds: float = START,
) -> dict[str, Any]:
    """What the child says to one line, within the time that is ``left`` of ``seconds``."""
    child.say(line)
    deadline = time.monotonic() + left
    for message in messages:
        if message is not None:
            if "error" in message:
                raise QueryError(message["error"])
            return message
        if time.monotonic() > deadline:
            raise QueryError(
                f"not answered within {seconds:g} s; ask for less, or give it more with --seconds"
            )
        if child.holds_more_than(BYTES):
            break
    else:
        raise QueryError(f"{child.fate('answered it')}; ask for less: it has {MEMORY} of memory")
    raise QueryError(f"too much memory; {QUERY_LESS}")
