"""Interventions in receipts: named in tables, verified, queried; without any, no column."""

from __future__ import annotations

import hashlib
import json
import shutil

import duckdb
import pytest
from zebroid import canonical
from zebroid.benchmarks.queries import receipt_query
from zebroid.benchmarks.queries.gathering import gather
from zebroid.benchmarks.queries.locked_database import opened
from zebroid.benchmarks.receipts.receipt import Receipt

GIVEN = '[[], [{ type = "skew", exponent = 1.0 }, { type = "identity", share = 0.5 }]]'
TABLES = ("cells", "scores")
COLUMN = "exposure_interventions"
FORGED = {"lacks": f"* EXCLUDE {COLUMN}", "null": f"* REPLACE (NULL::VARCHAR AS {COLUMN})"}

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("inside")]


@pytest.fixture
def done(kept, zebroid, suite, trained, tmp_path_factory):
    """(folder of a receipt with interventions, of one without, what was printed)."""
    if not kept:
        short = {'["direct", "chain"]': '"direct"', "init = [0, 1], order = [0, 1]": ""}
        for name, line in (("with", f"exposure = {{ interventions = {GIVEN} }}"), ("without", "")):
            out = tmp_path_factory.mktemp(name)
            status, printed, _ = zebroid(
                "run",
                suite(**short, **{"questions = 40\n": f"questions = 40\n{line}\n"}),
                "--out",
                out,
            )
            assert status == 0
            (kept[name],) = out.glob("tiny-*")
            kept[f"{name} printed"] = printed
    return kept


def described(folder, table):
    with duckdb.connect() as db:
        found = db.execute(f"DESCRIBE SELECT * FROM '{folder / table}.parquet'").fetchall()
    return [name for name, *_ in found]


def test_only_a_receipt_with_interventions_has_their_column(done):
    for table in TABLES:
        there = described(done["with"], table)
        assert [n for n in there if n != COLUMN] == described(done["without"], table)
        assert there[there.index("exposure_split") + 1] == COLUMN
    text = (done["without"] / "receipt.json").read_text()
    assert "interventions" not in text


def test_cells_and_panels_say_which_and_the_table_what_is_broken_by_design(done):
    receipt = Receipt.read(done["with"] / "receipt.json")
    names = [panel.name for panel in receipt.panels]
    assert names == [
        "composition-v1/tiny",
        "composition-v1/tiny (interventions identity share 0.5 + skew exponent 1)",
    ]
    with duckdb.connect() as db:
        path = done["with"] / "cells.parquet"
        rows = db.execute(f"SELECT panel, {COLUMN} FROM '{path}'").fetchall()
    assert dict(rows)[names[0]] is None
    assert [one["type"] for one in json.loads(dict(rows)[names[1]])] == ["identity", "skew"]
    printed = " ".join(done["with printed"].split())
    assert printed.count("By design of skew this promise is not kept") == 2
    assert "By design" not in done["without printed"]


def test_it_is_verified_and_a_column_that_is_taken_away_is_missed(done, zebroid, tmp_path):
    assert zebroid("verify", done["with"])[0] == 0
    assert zebroid("verify", done["without"])[0] == 0
    for forged, select in FORGED.items():
        folder = shutil.copytree(done["with"], tmp_path / forged)
        file, draft = folder / "cells.parquet", tmp_path / "draft"
        with duckdb.connect(config={"threads": 1}) as db:
            rows = db.execute(f"SELECT key, value FROM parquet_kv_metadata('{file}')").fetchall()
            noted = {bytes(k).decode(): bytes(v).decode() for k, v in rows}
            if forged == "lacks":
                about = json.loads(noted["columns"])
                del about[COLUMN]
                noted["columns"] = json.dumps(about)
            kept = ", ".join(
                f"\"{k}\": '{v.replace(chr(39), chr(39) * 2)}'" for k, v in noted.items()
            )
            options = f"FORMAT parquet, KV_METADATA {{{kept}}}"
            db.execute(f"COPY (SELECT {select} FROM '{file}') TO '{draft}' ({options})")
        draft.replace(file)
        content = json.loads((folder / "receipt.json").read_text())
        content["files"][file.name] = hashlib.sha256(file.read_bytes()).hexdigest()
        (folder / "receipt.json").write_text(canonical.text(content, indent=1))
        status, out, _ = zebroid("verify", folder)
        assert status and "✓ files" in out, out
        assert COLUMN in out, out


def test_queries_see_the_column_of_receipts_that_have_it_and_nulls_of_others(done, tmp_path):
    for folders, nulls in (((done["with"], done["without"]), 2), ((done["without"],), 1)):
        place = tmp_path / str(len(folders))
        place.mkdir()
        content = receipt_query.content(gather([*folders], place, lambda _: None), place)
        with opened(content) as db:
            rows = db.execute(f"SELECT {COLUMN} FROM cells").fetchall()
            assert rows.count((None,)) == nulls and len(rows) == 2 * len(folders) - 1
            assert db.execute(f"SELECT count({COLUMN}) FROM scores").fetchone() is not None
