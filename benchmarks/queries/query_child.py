"""The process in which a query is answered, of ``confined_query.py``.

It reads one line, what can be queried and the SQL, and says that it is ready. For each line after
that it writes one: the names of the columns first, then rows, at last none; or why there are none.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
from typing import Any

import duckdb

from ...errors import UserError
from ...printable import TEXT, printable
from ..verification.bounded_child import limit
from .locked_database import QUERY_LESS, Content, opened

KINDS = {"SELECT", "EXPLAIN"}  # of statements; those that describe and summarise are SELECT too
ROWS = 1_000  # in one message
BYTES = 3 * 10**9  # of this process: DuckDB's, and what one value takes beside
LINE = 2**28  # bytes of one message
SPARE = 10.0  # seconds that it may work after it should have been ended


class QueryError(UserError):
    """SQL that is not answered; the message says why, on one line."""


class Answer:
    """What one SELECT gives. Raises QueryError, one line, for all else, and where it takes too
    much memory."""

    def __init__(self, db: duckdb.DuckDBPyConnection, sql: str, content: Content) -> None:
        self.db, self.content = db, content
        try:
            statements = db.extract_statements(sql)
            if len(statements) != 1 or statements[0].type.name not in KINDS:
                kinds = ", ".join(s.type.name for s in statements) or "nothing"
                raise QueryError(f"got {printable(kinds, 80)}; expected one SELECT statement")
            db.execute(statements[0])
        except (duckdb.Error, MemoryError) as error:
            raise QueryError(self._line(error)) from None
        assert db.description is not None
        self.names = [printable(str(name), 200) for name, *_ in db.description]

    def rows(self) -> list[list[Any]]:
        """The next rows, of values that JSON has; empty: there are no more."""
        try:
            return [[_plain(value) for value in row] for row in self.db.fetchmany(ROWS)]
        except (duckdb.Error, MemoryError) as error:
            raise QueryError(self._line(error)) from None

    def _line(self, error: Exception) -> str:
        text = str(error).partition("\n\nLINE ")[0].replace(self.content.place, "")
        text = " ".join(text.split()) or "too much memory"
        if isinstance(error, (duckdb.OutOfMemoryException, MemoryError)):
            return f"{printable(text, 600)}; {QUERY_LESS}"
        *names, last = self.content.tables
        cure = f"tables are {', '.join(names)} and {last}; `DESCRIBE cells` lists columns"
        return f"{printable(text, 600)}; {cure}"


def _plain(value: Any) -> Any:
    """A value of DuckDB as JSON has it; numbers that are not finite stay what they are."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {printable(str(key), TEXT): _plain(one) for key, one in value.items()}
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= TEXT else f"{text[: TEXT - 1]}…"


def main() -> None:
    """Answers line by line on what was standard output, until there are no more rows."""
    with os.fdopen(os.dup(1), "w", encoding="ascii") as out:
        os.dup2(2, 1)

        def say(**message: Any) -> None:
            line = json.dumps(message)
            if len(line) >= LINE:
                raise QueryError(f"rows of {len(line):,} bytes; ask for less at once")
            print(line, file=out, flush=True)

        try:
            query = json.loads(sys.stdin.buffer.readline())
            content = Content.of(query["content"])
            limit(BYTES, query["seconds"] + SPARE)
            with opened(content) as db:
                say(ready=True)
                if sys.stdin.buffer.readline():
                    answer = Answer(db, query["sql"], content)
                    say(names=answer.names)
                    while sys.stdin.buffer.readline():
                        say(rows=answer.rows())
        except (UserError, OSError) as error:
            say(error=str(error))
        except MemoryError:
            say(error=f"too much memory; {QUERY_LESS}")


if __name__ == "__main__":
    main()
