"""zebroid query: one SELECT over the tables of many receipts, and nothing else."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil
import time

import pytest
from zebroid.benchmarks.queries import receipt_query
from zebroid.benchmarks.queries.gathering import gather
from zebroid.benchmarks.receipts.cite import digest
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.receipts.tables.all_tables import TABLES
from zebroid.errors import UserError

from ..receipts.hostile import finished as finished
from ..receipts.hostile import kept as kept
from ..receipts.hostile import read, replaced


@pytest.fixture
def both(finished, tmp_path):
    """A folder with two receipts, one of them below another folder, and a copy of the first."""
    top = tmp_path / "receipts"
    shutil.copytree(finished, top / "one")
    shutil.copytree(finished, top / "deeper" / "two")
    shutil.copytree(finished, top / "three")
    content = read(top / "deeper" / "two")
    content["suite"]["title"] = "another title"
    (top / "deeper" / "two" / "receipt.json").write_text(json.dumps(content))
    return top


@pytest.fixture
def one(finished, kept, tmp_path_factory):
    """(connection over one receipt, where its copies lie), opened once."""
    if "opened" not in kept:
        place = tmp_path_factory.mktemp("copies")
        gathered = gather([finished], place, lambda _: None)
        kept["opened"] = contextlib.ExitStack(), place
        kept["db"] = kept["opened"][0].enter_context(receipt_query.opened(gathered, place))
    return kept["db"], kept["opened"][1]


@pytest.fixture
def rows(zebroid):
    """rows(sql, folder, …) -> the objects of its JSON, if all is well."""

    def answer(sql, *folders):
        status, out, err = zebroid("query", sql, *folders, "--json")
        assert not status, err
        return json.loads(out)

    return answer


def test_every_table_is_a_view_with_the_receipt_of_each_row(both, rows):
    digits = {digest(Receipt.read(p))[:16] for p in both.rglob("receipt.json")}
    assert len(digits) == 2  # the copy is the same receipt
    views = [*(table.name for table in TABLES), "receipts"]
    union = " UNION ALL ".join(
        f"SELECT '{v}' AS v, receipt, count(*) AS n FROM {v} GROUP BY ALL" for v in views
    )
    found = rows(union, both)
    assert {(row["v"], row["receipt"]) for row in found} == {(v, d) for v in views for d in digits}
    assert all(row["n"] > 0 for row in found)


def test_tables_join_and_give_the_table_of_scores(both, rows):
    found = rows(
        """SELECT title, label, instrument, avg(mean) AS mean
           FROM scores JOIN receipts USING (receipt)
           WHERE kind = 'model' GROUP BY ALL ORDER BY ALL""",
        both / "deeper",
    )
    assert {row["title"] for row in found} == {"another title"}
    assert {row["label"] for row in found} == {"direct", "chain"}
    (one,) = rows(
        "SELECT count(*) AS n FROM proofs JOIN questions USING (receipt, corpus, question)",
        both / "one",
    )
    (two,) = rows("SELECT count(*) AS n FROM proofs", both / "one" / "receipt.json")
    assert one == two and one["n"] > 0


def test_columns_say_what_they_mean(both, rows):
    found = rows(
        """SELECT table_name, column_name, comment FROM duckdb_columns()
           WHERE NOT internal AND comment IS NULL""",
        both / "one",
    )
    assert not found
    assert [r["column_name"] for r in rows("DESCRIBE rules", both / "one")][:2] == [
        "receipt",
        "corpus",
    ]


def test_a_table_csv_and_json_hold_the_same(both, zebroid):
    sql = "SELECT cell, mode, exposure_twin, 1e308 * 10 AS endless FROM cells ORDER BY cell LIMIT 2"
    status, table, _ = zebroid("query", sql, both / "one")
    assert not status
    status, text, _ = zebroid("query", sql, both / "one", "--csv")
    assert not status
    named, *lines = csv.reader(io.StringIO(text))
    assert named == ["cell", "mode", "exposure_twin", "endless"] and len(lines) == 2
    _, text, _ = zebroid("query", sql, both / "one", "--json")
    for line, row in zip(lines, json.loads(text)):
        assert line[:2] == [row["cell"], row["mode"]] and line[0] in table
        assert line[2] == "" and row["exposure_twin"] is None
        assert line[3] == "inf" and row["endless"] is None


def test_what_has_no_rows_is_printed_all_the_same(one, capsys):
    for form, expected in (("csv", "cell\n"), ("json", "[]\n")):
        sql = "SELECT cell FROM cells WHERE false"
        with receipt_query.answered(one[0], sql, 9, one[1]) as (names, found):
            receipt_query.FORMS[form](names, found)
        assert capsys.readouterr().out == expected


REFUSED = {
    "SELEC 1": "syntax error",
    "SELECT 1; SELECT 2": "expected one SELECT",
    "": "expected one SELECT",
    "SELECT * FROM nowhere": "nowhere does not exist",
    "SELECT nothing FROM cells": "nothing",
    "SELECT * FROM cells WHERE cell = $1": "parameters",
    "CREATE TABLE t AS SELECT 1": "got CREATE",
    "SET threads = 4": "got SET",
    "COPY cells TO 'there.csv'": "got COPY",
    "ATTACH 'there.db'": "got ATTACH",
    "INSTALL httpfs": "got LOAD",
    "SELECT * FROM read_csv('{}')": "disabled",
    "SELECT * FROM '{}'": "disabled",
    "SELECT * FROM read_text('{}')": "disabled",
    "SELECT * FROM glob('/*')": "disabled",
    "SELECT * FROM read_parquet('https://example.org/a.parquet')": "",
    "SELECT * FROM REFUSED": "REFUSED does not exist",
    "SELECT * FROM secret": "secret does not exist",
    "SELECT list(a.range) FROM range(100000000) a, range(10) b": "memory",
}


@pytest.mark.parametrize("sql", REFUSED)
def test_all_else_is_one_line(sql, one, tmp_path):
    db, place = one
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nzxqj\n")
    with (
        pytest.raises(UserError) as refused,
        receipt_query.answered(db, sql.format(secret), 30, place) as (_, found),
    ):
        assert not [*found]
    line = str(refused.value)
    assert REFUSED[sql] in line and "\n" not in line and "zxqj" not in line, line
    assert not {"there.csv", "there.db"} & {path.name for path in tmp_path.iterdir()}


def test_two_columns_of_one_name_are_no_object(one, capsys):
    db, place = one
    with receipt_query.answered(db, "SELECT 1 AS a, 2 AS a", 9, place) as (names, found):
        with pytest.raises(UserError, match="two columns are called 'a'"):
            receipt_query.FORMS["json"](names, found)
        receipt_query.FORMS["csv"](names, found)
    assert capsys.readouterr().out == "a,a\n1,2\n"


def test_a_query_without_end_is_stopped(one):
    begin = time.monotonic()
    sql = "SELECT count(*) FROM range(100000000000) a, range(1000) b"
    with (
        pytest.raises(UserError, match=r"not answered within 0\.3 s"),
        receipt_query.answered(one[0], sql, 0.3, one[1]) as (_, found),
    ):
        next(found)
    assert time.monotonic() - begin < 20


def test_whoever_reads_the_rows_may_take_his_time(one):
    with receipt_query.answered(one[0], "FROM range(3000)", 0.3, one[1]) as (_, found):
        next(found)
        time.sleep(0.5)
        assert sum(1 for _ in found) == 2_999


def test_a_long_answer_is_cut_where_it_is_printed(one, monkeypatch, capsys):
    monkeypatch.setattr(receipt_query, "ROWS", 3)
    with receipt_query.answered(one[0], "FROM range(5)", 9, one[1]) as (names, found):
        receipt_query.FORMS["table"](names, found)
    assert capsys.readouterr().out.endswith("and 2 rows more; --csv and --json print all\n")


def test_receipts_that_cannot_be_read_are_named_and_left_out(both, zebroid):
    (both / "three" / "receipt.json").write_text("{")
    table = both / "one" / "rules.parquet"
    table.write_bytes(table.read_bytes()[:-1] + b"?")
    status, out, err = zebroid("query", "SELECT folder FROM receipts", both, "--csv")
    assert status == 1 and out == f"folder\n{both / 'deeper' / 'two'}\n"
    lines = err.splitlines()
    assert len(lines) == 2 and all(line.startswith("zebroid: left out: ") for line in lines)
    assert "rules.parquet is not the file that the receipt names" in err
    status, out, err = zebroid("query", "SELECT 1", both / "three")
    assert status == 2 and not out and "none of the receipts can be read" in err


def test_a_table_of_other_columns_or_too_many_rows_is_left_out(both, zebroid):
    replaced(both / "one", "rules.parquet", "SELECT 1 AS rule")
    replaced(both / "three", "cells.parquet", "SELECT old.* FROM old, range(10000)")
    status, out, err = zebroid("query", "SELECT count(*) AS n FROM receipts", both, "--csv")
    assert (status, out) == (1, "n\n1\n")
    assert "has no column corpus" in err and "cells.parquet has 40,000 rows" in err


def test_texts_of_strangers_move_no_cursor(both, zebroid):
    replaced(
        both / "one",
        "rules.parquet",
        "SELECT * REPLACE (text || chr(27) || '[2J' AS text) FROM old",
    )
    for form in ("--csv", "--json", None):
        words = [form] if form else []
        status, out, _ = zebroid("query", "SELECT text FROM rules", both / "one", *words)
        assert not status and "\\x1b" in out.replace("\\\\", "\\") and "\x1b" not in out


def test_a_folder_without_receipts_is_one_line(tmp_path, zebroid):
    for folder, why in ((tmp_path, "no receipt.json below"), (tmp_path / "x", "is not there")):
        status, _, err = zebroid("query", "SELECT 1", folder)
        assert status == 2 and why in err and err.count("\n") == 1
    status, _, err = zebroid("query", "SELECT 1", tmp_path, "--csv", "--json")
    assert status == 2 and "give one of them" in err
