"""Tables and SQL changed at random: rows, or one line, and never a traceback."""

from __future__ import annotations

import hashlib
import json
import random
import shutil

from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.queries import receipt_query
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


@fuzz(10)
@given(seed=st.integers(0, 2**32))
def test_no_change_of_the_bytes_of_a_table_ends_in_a_traceback(finished, tmp_path, capsys, seed):
    chance, folder = random.Random(seed), tmp_path / "spoilt"
    shutil.copytree(finished, folder, dirs_exist_ok=True)
    table, content = chance.choice(TABLES), read(finished)
    data = spoilt((finished / table.file).read_bytes(), chance)
    (folder / table.file).write_bytes(data)
    content["files"][table.file] = hashlib.sha256(data).hexdigest()
    (folder / "receipt.json").write_text(json.dumps(content))
    try:
        receipt_query.run(f"SELECT * FROM {table.name}", [folder], "json")
    except UserError as error:
        assert "\n" not in str(error)
    assert "\x1b" not in "".join(capsys.readouterr())
