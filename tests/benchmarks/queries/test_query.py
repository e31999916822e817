"""zebroid query: one SELECT over the tables of many receipts, and nothing else."""

from __future__ import annotations

import csv
import datetime
import io
import json
import shutil

import pytest
from zebroid.benchmarks.citations import errata
from zebroid.benchmarks.citations.citation import citation as cited
from zebroid.benchmarks.queries import printed_rows, receipt_query
from zebroid.benchmarks.queries.gathering import gather
from zebroid.benchmarks.queries.locked_database import opened
from zebroid.benchmarks.queries.query_child import Answer
from zebroid.benchmarks.receipts.cite import digest
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.receipts.tables.all_tables import TABLES
from zebroid.benchmarks.verification import verified_record
from zebroid.errors import UserError

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


@pytest.fixture(scope="module")
def one(tiny_receipt, tmp_path_factory):
    """(connection over one receipt, what can be queried), opened once."""
    place = tmp_path_factory.mktemp("copies")
    content = receipt_query.content(gather([tiny_receipt], place, lambda _: None), place)
    with opened(content) as db:
        yield db, content


def answer(one, sql):
    """(names, all rows) of a query, in this process."""
    db, content = one
    found = Answer(db, sql, content)
    return found.names, [row for rows in iter(found.rows, []) for row in rows]


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
        printed_rows.FORMS[form](*answer(one, "SELECT cell FROM cells WHERE false"))
        assert capsys.readouterr().out == expected


def test_no_spreadsheet_takes_a_text_of_csv_for_a_formula(one, capsys):
    sql = "SELECT x, -1.5::DOUBLE AS n, -2 AS i FROM unnest(['=1+1', ' @x', '-x', 'a=b']) AS t(x)"
    printed_rows.FORMS["csv"](*answer(one, sql))
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["x,n,i", "'=1+1,-1.5,-2", "' @x,-1.5,-2", "'-x,-1.5,-2", "a=b,-1.5,-2"]


def test_what_stands_behind_a_receipt_is_a_column(both, rows, monkeypatch):
    sql = "SELECT suite, trust, trusted, status FROM receipts ORDER BY folder"
    found = rows(sql, both)
    assert [row["trust"] for row in found] == ["declared", "declared"]
    assert all("zebroid verify" in row["trusted"] for row in found)
    assert [row["status"] for row in found] == ["current", "current"]
    verified_record.remember(verified_record.mark(both / "one"))
    affected = errata.Affected(suites=[found[0]["suite"]])
    wrong = errata.Erratum(
        id="wrong-means", date=datetime.date(2026, 1, 1), text="means are wrong", affects=affected
    )
    monkeypatch.setattr(errata, "listed", lambda: (wrong,))
    by_class = {(row["trust"], row["status"]) for row in rows(sql, both)}
    status = "affected by erratum wrong-means"
    assert by_class == {("declared", status), ("verified", status)}
    citation = cited(both / "one")
    assert "trust class: verified" in citation and "erratum wrong-means" in citation


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
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nzxqj\n")
    with pytest.raises(UserError) as refused:
        answer(one, sql.format(secret))
    line = str(refused.value)
    assert REFUSED[sql] in line and "\n" not in line and "zxqj" not in line, line
    assert not {"there.csv", "there.db"} & {path.name for path in tmp_path.iterdir()}


def test_two_columns_of_one_name_are_no_object(one, capsys):
    found = answer(one, "SELECT 1 AS a, 2 AS a")
    with pytest.raises(UserError, match="two columns are called 'a'"):
        printed_rows.FORMS["json"](*found)
    printed_rows.FORMS["csv"](*found)
    assert capsys.readouterr().out == "a,a\n1,2\n"


def test_a_long_text_is_cut(one):
    names, ((text, length),) = answer(one, "SELECT repeat('x', 30000) AS x, length(x) AS n")
    assert names == ["x", "n"] and len(text) == 20_000 and text.endswith("x…") and length == 30_000


def test_a_long_answer_is_cut_where_it_is_printed(one, monkeypatch, capsys):
    monkeypatch.setattr(printed_rows, "ROWS", 3)
    printed_rows.FORMS["table"](*answer(one, "FROM range(5)"))
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
