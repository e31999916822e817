"""The tables beside a receipt: self-explaining, readable without zebroid, enough to score from."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import duckdb
import jsonschema
import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.docs import receipt_reference
from zebroid.benchmarks.docs.readme_blocks import headline
from zebroid.benchmarks.docs.writing.doc_blocks import filled
from zebroid.benchmarks.receipts import parquet_reading
from zebroid.benchmarks.receipts.bounds import cells_of
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.receipts.tables.all_tables import TABLES
from zebroid.benchmarks.receipts.tables.answers_table import PROOF, generated
from zebroid.benchmarks.receipts.tables.cells_table import EXPOSURE, NEEDED, exposure_values
from zebroid.benchmarks.receipts.tables.parquet_table import NONE
from zebroid.benchmarks.receipts.tables.parquet_writing import metadata
from zebroid.benchmarks.runner import provenance, run
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.benchmarks.runner.executor import execute
from zebroid.benchmarks.runner.result_store import Store
from zebroid.worlds.encoding.encode import encode
from zebroid.worlds.encoding.proof_checker import valid_proofs
from zebroid.worlds.exposure import Exposure


def sql(query):
    with duckdb.connect() as db:
        return db.execute(query).fetchall()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_file_says_what_a_row_is_and_the_unit_and_meaning_of_each_column(finished, table):
    path = finished / table.file
    noted = {k.decode(): v.decode() for _, k, v in sql(f"FROM parquet_kv_metadata('{path}')")}
    assert noted == metadata(table.within(()))
    columns = json.loads(noted["columns"])
    there = [name for name, *_ in sql(f"DESCRIBE SELECT * FROM '{path}'")]
    assert [*columns] == there
    for name, about in columns.items():
        assert about["unit"] and len(about["meaning"]) > 8, name


def test_exposures_have_a_column_for_each_field():
    assert [*EXPOSURE] == [*Exposure.__dataclass_fields__]


def test_what_is_left_undescribed_has_a_column_only_where_something_is():
    plain, some = Exposure(), Exposure(undescribed={"genus": 0.2, "bears": 0.3})
    for exposures, there in (([plain], False), ([plain, some], True)):
        cells = [SimpleNamespace(exposure=exposure) for exposure in exposures]
        content: Any = SimpleNamespace(cells=cells)
        assert NEEDED["undescribed"](content) is there
        assert not NEEDED["interventions"](content)
    assert exposure_values(plain)["undescribed"] == NONE
    assert json.loads(exposure_values(some)["undescribed"]) == {"bears": 0.3, "genus": 0.2}


def test_the_reference_page_is_that_of_the_code():
    page = (registry.ROOT / "docs" / "reference" / "receipt.md").read_text("utf-8")
    made = filled(page, receipt_reference.KIND, receipt_reference.BLOCKS)
    assert page == made, "run: python -m zebroid.benchmarks.docs docs/reference/receipt.md"
    for column in (c for table in TABLES for c in table.columns):
        assert f"| `{column.name}` | `{column.type}` |" in page


def test_the_shipped_json_schema_is_that_of_the_code_and_fits_what_a_run_writes(finished):
    text = receipt_reference.SCHEMA_FILE.read_text("ascii")
    message = "run: python -m zebroid.benchmarks.docs docs/reference/receipt.md"
    assert text == receipt_reference.json_schema(), message
    schema, content = json.loads(text), json.loads((finished / "receipt.json").read_text())
    jsonschema.validate(content, schema)
    for edit in (
        lambda c: c.update(more=1),
        lambda c: c["cells"][0].pop("failed"),
        lambda c: c["panels"][0]["rows"][0]["rungs"]["recall"]["accuracy"].update(mean="all"),
        lambda c: c["panels"][0]["missing_runs"].append({"label": "direct"}),
    ):
        wrong = json.loads(json.dumps(content))
        edit(wrong)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_the_documented_query_gives_the_table_of_the_readme(finished):
    where = receipt_reference.QUERY.replace("'scores.parquet'", f"'{finished}/scores.parquet'")
    lines = [line for line in headline(finished.parent, finished.name) if line.startswith("| `")]
    assert [" | ".join(row) for row in sql(where)] == [line[2:-2] for line in lines]
    assert len(lines) > 2


def test_scores_are_had_from_answers_by_sql_alone(finished):
    (wrong,) = sql(
        f"""
        WITH mine AS (
          SELECT panel, label, instrument, avg(("right" AND coalesce(proof <> 'invalid', true)
            OR "right" AND instrument = 'recall')::INT) AS mean
          FROM '{finished}/answers.parquet' JOIN '{finished}/cells.parquet' USING (cell)
          JOIN '{finished}/questions.parquet' USING (corpus, question)
          WHERE instrument IS NOT NULL AND step = 100 GROUP BY ALL)
        SELECT count(*), count(*) FILTER (abs(m.mean - s.mean) > 1e-9)
        FROM '{finished}/scores.parquet' s JOIN mine m USING (panel, label, instrument)
        WHERE s.kind = 'model' AND s.headline
        """
    )
    assert wrong[0] >= 6 and wrong[1] == 0


READ = """
import json, sys
import duckdb
folder = sys.argv[1]
receipt = json.load(open(f"{folder}/receipt.json"))
counts = []
for name in receipt["files"]:
    counts += duckdb.sql(f"SELECT count(*) FROM '{folder}/{name}'").fetchall()
    duckdb.sql(f"SELECT * FROM '{folder}/{name}'").fetchall()
print(min(counts)[0], receipt["cells"][0]["cell"]["world"], "zebroid" in sys.modules)
"""


def test_a_stranger_reads_all_of_it_with_the_plugin_gone_and_without_zebroid(
    zebroid, suite, trained, acme, tmp_path
):
    path = suite(**{"composition-v1": "acme.harbour-v1", "decoder-xs": "acme.recency"})
    assert zebroid("run", path, "--out", "out")[0] == 0
    (folder,) = tmp_path.glob("out/tiny-*")
    acme()
    read = [sys.executable, "-I", "-c", READ, str(folder)]
    out = subprocess.run(read, capture_output=True, text=True, check=True).stdout.split()
    assert int(out[0]) > 0 and out[1:] == ["acme.harbour-v1", "False"]
    found = Receipt.read(folder / "receipt.json")
    for table in TABLES:  # and so does zebroid, which has no such world any more
        data = parquet_reading.content(folder / table.file)
        assert parquet_reading.columns(data, table, 10**6)
    assert found.environments[0].versions["acme-plugin"].startswith("1.2.3")


def test_what_was_written_gives_back_the_very_proofs(finished, suite):
    table = next(table for table in TABLES if table.name == "answers")
    data = parquet_reading.content(finished / table.file)
    cell = next(cell for cell in load_suite(suite()).cells if cell.mode == "chain")
    with parquet_reading.opened(data, table, 10**6) as reading:
        assert reading.keys() == sorted(c.digest[:16] for c in load_suite(suite()).cells)
        rows = reading.of(cell.digest[:16])
    with Corpora() as corpora:
        corpus = corpora.question_set(cell).corpus
    last = rows["step"] == rows["step"].max()
    tokens = encode(corpus, cell.mode, rows["question"][last].astype(np.int64))
    tokens_read = generated(tokens, rows["text"][last])
    assert PROOF[valid_proofs(corpus, tokens, tokens_read)].tolist() == rows["proof"][last].tolist()
    assert not any(rows["text"][~last]) and not any(rows["proof"][~last])
    with pytest.raises(ValueError, match="is no word of the corpus"):
        generated(tokens, ["okapi"])
    with pytest.raises(ValueError, match="a model writes at most"):
        generated(tokens, ["\x1f".join(["none"] * 99)])


def test_what_is_read_has_the_types_that_were_written(finished, suite):
    for table in TABLES:
        data = parquet_reading.content(finished / table.file)
        columns = parquet_reading.columns(data, table, 10**6)
        assert [*columns] == [c.name for c in table.columns]
        for column in table.columns:
            assert columns[column.name].dtype == np.dtype(column.dtype), column.name
        parts = parquet_reading.by_key(table, columns)
        assert sum(len(part[table.key]) for part in parts.values()) == len(columns[table.key])


def test_errors_of_whoever_reads_a_table_are_not_taken_for_the_tables(finished):
    data = parquet_reading.content(finished / TABLES[0].file)
    with (
        pytest.raises(ZeroDivisionError),
        parquet_reading.opened(data, TABLES[0], 10**6) as reading,
    ):
        print(reading.rows / 0)


def test_no_path_and_no_source_stands_in_the_receipt_of_a_world_file(
    zebroid, suite, trained, tmp_path
):
    shutil.copy(registry.ROOT / "worlds" / "catalog" / "composition.py", tmp_path / "own_world.py")
    source = (tmp_path / "own_world.py").read_text()
    source = re.sub(r"from \.\.+([\w.]*) import", r"from zebroid.worlds.\1 import", source)
    (tmp_path / "own_world.py").write_text(source.replace("worlds. import", "worlds import"))
    world = f"{tmp_path}/own_world.py/tiny"
    status, _, err = zebroid("run", suite(), "--world", world, "--out", "out")
    assert status == 0, err
    (folder,) = tmp_path.glob("out/tiny*")
    assert sql(f"SELECT DISTINCT world FROM '{folder}/cells.parquet'")[0][0].startswith(
        "composition-v1@"
    )
    for file in folder.rglob("*"):
        text = b"" if file.is_dir() else file.read_bytes()
        assert str(tmp_path).encode() not in text and b"def sample" not in text, file
        assert b"own_world.py" not in text or file.suffix == ".html", file


def test_each_training_keeps_what_made_it_and_a_resumed_one_keeps_its_own(
    zebroid, suite, trained, tmp_path, monkeypatch
):
    cells, store = load_suite(suite()).cells, Store(tmp_path / "out")
    monkeypatch.setattr(provenance, "_head", lambda: ("a" * 40, False))
    provenance._began.cache_clear()
    execute(run.InProcess(), [cell for cell in cells if cell.mode == "direct"], store)
    monkeypatch.setattr(provenance, "_head", lambda: ("b" * 40, False))  # the old code still runs
    execute(run.InProcess(), [cell for cell in cells if not cell.seeds.init], store)
    provenance._began.cache_clear()
    zebroid("run", suite(), "--out", "out")
    provenance._began.cache_clear()
    (folder,) = tmp_path.glob("out/tiny-*")
    found = Receipt.read(folder / "receipt.json")
    made = [found.environments[c.environment or 0] for c in found.cells]
    by = {
        (c.cell["mode"], c.cell["seeds"]["init"]): (e.commit[0], e.dirty)
        for c, e in zip(found.cells, made)
    }
    assert by == {
        ("direct", 0): ("a", False),
        ("direct", 1): ("a", False),
        ("chain", 0): ("a", True),
        ("chain", 1): ("b", False),
    }
    assert (found.commit[0], found.dirty) == ("b", False)
    rows = sql(f"SELECT commit, dirty, seconds FROM '{folder}/cells.parquet'")
    assert sorted(row[0][0] + str(row[1]) for row in rows) == [
        "aFalse",
        "aFalse",
        "aTrue",
        "bFalse",
    ]
    assert {row[2] for row in rows} == {*found.times.seconds.values()}


def test_a_suite_by_flops_with_too_few_questions_to_score_has_receipt_and_report(
    zebroid, suite, trained, tmp_path
):
    path = suite(**{"steps = 100": "flops = 2e9", "questions = 40": "questions = 5"})
    status, out, _ = zebroid("run", path, "--out", "out")
    (folder,) = tmp_path.glob("out/tiny-*")
    assert status == 0 and "report " in out, out
    cells = cells_of(Receipt.read(folder / "receipt.json")).values()
    assert {cell.recipe.flops for cell in cells} == {2e9}
    each = f"SELECT count(DISTINCT step) n FROM '{folder}/answers.parquet' GROUP BY cell"
    assert sql(f"SELECT DISTINCT n FROM ({each})") == [(4,)]
    assert sql(f"SELECT count(*) FROM '{folder}/scores.parquet' WHERE headline") == [(0,)]
