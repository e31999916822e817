"""Tables and SQL changed at random: rows, or one line, and never a traceback."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.queries import receipt_query
from zebroid.benchmarks.queries.locked_database import opened
from zebroid.benchmarks.receipts import parquet_reading
from zebroid.benchmarks.receipts.tables.all_tables import TABLES
from zebroid.errors import UserError

from ...fuzzing import fuzz, garbled
from ..receipts.hostile import read
from ..receipts.test_receipt_fuzz import spoilt
from .test_query import answer
from .test_query import one as one

SQL = (
    "SELECT label, avg(mean) FROM scores WHERE kind = 'model' GROUP BY ALL",
    "SELECT prompt, head, premises[1] FROM proofs JOIN questions USING (receipt, corpus, question)",
    "WITH a AS (FROM facts) SELECT given, count(*), list(arguments) FROM a GROUP BY 1",
)
PIECES = ("'", '"', "(", ")", "*", ";", "--", "/*", "\x00", "\n", "é", "NULL", "::", "FROM cells")
PIECES += ("SELECT", "$1", "?", "[", "{", "1e999", "answers", "JOIN", "read_csv('x')", "'x'")


@fuzz(100)
@given(seed=st.integers(0, 2**32), sql=st.sampled_from(SQL))
def test_no_sql_ends_in_a_traceback(one, seed, sql):
    try:
        names, rows = answer(one, garbled(sql, seed, PIECES))
        assert all(len(row) == len(names) for row in rows)
    except UserError as error:
        assert "\n" not in str(error) and "\x00" not in str(error)


@contextlib.contextmanager
def here(content, sql, seconds):
    """``answered`` in this process: test_confined_query.py is about the other one."""
    with opened(content) as db:
        yield answer((db, content), sql)


@pytest.fixture
def spoiling(finished, tmp_path, monkeypatch):
    """(a copy of a receipt, every table of it as it was): of these each is read once for all cases,
    and queries are answered in this process."""
    folder, read_once, opened_table = tmp_path / "spoilt", set(), parquet_reading.opened
    shutil.copytree(finished, folder)
    whole = {table.file: (folder / table.file).read_bytes() for table in TABLES}

    def once(data, table, most):
        if data == whole[table.file] and data in read_once:
            return contextlib.nullcontext()
        read_once.add(data if data == whole[table.file] else b"")
        return opened_table(data, table, most)

    monkeypatch.setattr(parquet_reading, "opened", once)
    monkeypatch.setattr(receipt_query, "answered", here)
    return folder, whole


@fuzz(25)
@given(seed=st.integers(0, 2**32))
def test_no_change_of_the_bytes_of_a_table_ends_in_a_traceback(finished, spoiling, capsys, seed):
    (folder, whole), chance = spoiling, random.Random(seed)
    table, content = chance.choice(TABLES), read(finished)
    data = spoilt(whole[table.file], chance)
    (folder / table.file).write_bytes(data)
    content["files"][table.file] = hashlib.sha256(data).hexdigest()
    (folder / "receipt.json").write_text(json.dumps(content))
    try:
        receipt_query.run(f"SELECT * FROM {table.name}", [folder], "json")
    except UserError as error:
        assert "\n" not in str(error)
    finally:
        (folder / table.file).write_bytes(whole[table.file])
    assert "\x1b" not in "".join(capsys.readouterr())
