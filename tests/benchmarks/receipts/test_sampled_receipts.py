"""Receipts of cells that sample: what they keep, what follows from it, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pytest
from zebroid import canonical
from zebroid.benchmarks.config.run_config import Cell
from zebroid.benchmarks.config.suite import load_suite, suite_digest
from zebroid.benchmarks.mutations.forger import ACCEPTED, Mutation, tried
from zebroid.benchmarks.mutations.table_mutations import table_mutations
from zebroid.benchmarks.receipts.tables.all_tables import FILES, OF_SAMPLES
from zebroid.benchmarks.runner.kept_result import ANSWERS, read_about, read_run
from zebroid.benchmarks.runner.result_store import Store
from zebroid.errors import UserError
from zebroid.eval.stats.pass_at_k import pass_at

from ...fuzzing import CASES

SAMPLES, PASSES = (table.file for table in OF_SAMPLES)
SAMPLING = {
    "evaluations = 4": "evaluations = 4\nsamples = 4\ntemperature = 0.5",
    "order = [0, 1] }": "order = [0, 1], sample = 3 }",
}

pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def done(kept, zebroid, suite, trained, tmp_path_factory):
    """The folder of a finished suite whose cells sample; not to be changed."""
    if not kept:
        out = tmp_path_factory.mktemp("sampled")
        kept["printed"] = zebroid("run", suite(**SAMPLING), "--out", out)[1]
        (kept["done"],) = out.glob("tiny-*")
        kept["cells"] = load_suite(suite(**SAMPLING)).cells
    return kept["done"]


def sql(query):
    with duckdb.connect() as db:
        return db.execute(query).fetchall()


def test_every_sample_is_kept_and_pass_at_k_follows_from_them(done):
    found = sql(
        f"""SELECT question, count(*), count(DISTINCT sample), sum("right"::INT)
        FROM '{done}/{SAMPLES}' JOIN '{done}/cells.parquet' USING (cell) JOIN
        '{done}/questions.parquet' USING (corpus, question)
        WHERE mode = 'direct' AND instrument = 'instance' AND seed_init = 0 GROUP BY question"""
    )
    assert found and {row[1:3] for row in found} == {(4, 4)}
    hits = np.array([int(row[3]) for row in found])
    for k in (1, 2, 4):
        ((mean, low, high, questions, greedy),) = sql(
            f"""SELECT mean, low, high, questions, greedy FROM '{done}/{PASSES}'
            WHERE label = 'direct' AND instrument = 'instance' AND k = {k}"""
        )
        assert mean == pytest.approx(pass_at(hits, 4, k).mean()) and low <= mean <= high
        assert questions == len(found) and 0.8 < greedy <= 1
    assert sql(f"SELECT DISTINCT k FROM '{done}/{PASSES}' ORDER BY k") == [(1,), (2,), (4,)]
    assert sql(f"SELECT DISTINCT seed FROM '{done}/{SAMPLES}'") == [(3,)]


def test_a_chain_counts_samples_with_valid_proofs_and_keeps_what_was_drawn(done):
    of_chain = f"'{done}/{SAMPLES}' JOIN '{done}/cells.parquet' USING (cell) WHERE mode = 'chain'"
    assert sql(f"SELECT count(*) FROM {of_chain} AND (text IS NULL OR proof IS NULL)") == [(0,)]
    others = of_chain.replace("=", "<>")
    assert sql(f"SELECT count(*) FROM {others} AND NOT (text IS NULL AND proof IS NULL)") == [(0,)]
    found = sql(
        f"SELECT mean, answers_mean FROM '{done}/{PASSES}' "
        "WHERE label = 'chain' AND kind = 'model' AND rung <> 'recall'"
    )
    assert found and all(mean <= answers for mean, answers in found)
    assert sql(f"SELECT count(*) FROM '{done}/{PASSES}' WHERE answers_mean IS NULL") > [(0,)]


def test_table_and_report_show_pass_at_k_beside_the_greedy_score(done, kept, zebroid, suite):
    for line in ("pass@1, sampled", "pass@4, sampled", "pass@k: one of k sampled answers"):
        assert line in kept["printed"]
    page = (done / "report.html").read_text()
    assert "Sampled answers" in page and "pass@2" in page and SAMPLES in page
    assert "sample 3" in kept["printed"]


@pytest.mark.long
def test_nothing_of_it_is_there_where_nothing_is_sampled(zebroid, suite, trained, tmp_path):
    status, out, _ = zebroid("run", suite(), "--out", tmp_path / "out")
    (folder,) = (tmp_path / "out").glob("tiny-*")
    content = (folder / "receipt.json").read_text()
    assert status == 0 and "pass@" not in out and "sample" not in out
    assert {*json.loads(content)["files"]} == {*FILES}
    assert not (folder / SAMPLES).exists() and not (folder / PASSES).exists()
    assert '"sample"' not in content and '"temperature"' not in content
    assert "pass@" not in (folder / "report.html").read_text()


def test_a_receipt_of_samples_is_verified_and_queried(done, zebroid):
    status, out, _ = zebroid("verify", done)
    assert status == 0 and "equal byte for byte" in out, out
    assert " trainings, and " in out and " samples" in out
    status, out, _ = zebroid("query", "SELECT count(*) AS n FROM samples", done, "--csv")
    assert status == 0 and int(out.split()[-1]) > 100


@pytest.mark.long
def test_a_receipt_names_the_tables_of_samples_where_its_cells_sample(done, memo, tmp_path):
    def removed(forgery):
        del forgery.content["files"][PASSES]

    def plain(forgery):
        for record in forgery.content["cells"]:
            record["cell"]["recipe"].pop("samples")

    def unseeded(forgery):
        for record in forgery.content["cells"]:
            record["cell"]["seeds"].pop("sample")

    def seeded_otherwise(forgery):
        for record in forgery.content["cells"]:
            record["cell"]["seeds"]["sample"] = 4

    def more(forgery):
        for record in forgery.content["cells"]:
            record["cell"]["recipe"]["samples"] = 5

    expected = {
        removed: f"names no {PASSES}, which a receipt of samples has",
        plain: "is no table of a receipt",
        unseeded: "lacks seeds.sample",
        seeded_otherwise: "seed",
        more: "sample",
    }
    for number, (edit, message) in enumerate(expected.items()):
        line = tried(Mutation("samples", "changed", edit), done, tmp_path / str(number), memo)
        assert message in line, (edit, line)


SOME = {
    "samples.parquet: right": "tables",
    "samples.parquet: answer": "answers",
    "samples.parquet: text": "answers",
    "samples.parquet: proof": "tables",
    "samples.parquet: seed": "tables",
    "samples.parquet: sample": "answers",
    "pass_at_k.parquet: mean": "tables",
    "pass_at_k.parquet: greedy": "tables",
    "pass_at_k.parquet: k": "tables",
}


def test_samples_and_pass_at_k_are_not_to_be_changed(done, memo, tmp_path):
    every = {m.field: m for m in table_mutations(done) if m.kind == "changed"}
    for number, (field, check) in enumerate(SOME.items()):
        line = tried(every[field], done, tmp_path / str(number), memo)
        assert line.startswith(f"{check}: "), (field, line)


@pytest.mark.fuzz
@pytest.mark.skipif(not CASES, reason="a minute and more: by `make fuzz` alone")
def test_no_change_of_the_tables_of_samples_is_accepted(done, memo, tmp_path):
    files = tuple(table.file for table in OF_SAMPLES)
    every = [m for m in table_mutations(done) if m.field.startswith(files)]
    assert len(every) > 100
    found = {m: tried(m, done, tmp_path / str(i), memo) for i, m in enumerate(every)}
    assert not [(m.field, m.kind) for m, line in found.items() if line == ACCEPTED]
    assert not [line for line in found.values() if "not understood" in line]


def test_a_record_leads_back_and_names_the_seed_of_samples(done, kept):
    cell = kept["cells"][0]
    assert cell.record()["seeds"]["sample"] == 3 and str(cell).endswith("seeds 0,0,0,0,3")
    assert Cell.of(cell.record()) == cell and Cell.of(cell.record()).digest == cell.digest
    content = json.loads((done / "receipt.json").read_text())
    assert content["suite"]["digest"] == suite_digest([c["cell"] for c in content["cells"]])
    for seeds, message in (({"sample": 1.5}, "whole numbers"), ({"sample": None}, "whole numbers")):
        record = cell.record() | {"seeds": cell.record()["seeds"] | seeds}
        with pytest.raises(UserError, match=message):
            Cell.of(record)


def test_kept_samples_are_read_again_and_damaged_ones_refused(done, kept):
    store = Store(done.parent)
    for cell in kept["cells"]:
        result = store.load(cell)
        assert result is not None and result.run.samples is not None
        assert result.run.samples.answer.shape[:2] == (1, 4)
        assert (result.run.samples.generated is None) == (cell.mode != "chain")
    cell = kept["cells"][-1]
    folder = store.path(cell)
    about = read_about(folder, cell)
    assert about is not None
    arrays = dict(np.load(folder / ANSWERS))
    whole = (folder / ANSWERS).read_bytes()
    for name, wrong in (
        ("samples", arrays["samples"][:, :3]),
        ("samples", arrays["samples"].astype(np.int64)),
        ("samples", 0 * arrays["samples"]),
    ):
        np.savez_compressed(folder / ANSWERS, **{**arrays, name: wrong})
        with pytest.raises(UserError, match="is damaged") as error:
            read_run(folder, about, cell)
        assert "\n" not in str(error.value)
    (folder / ANSWERS).write_bytes(whole)
    assert canonical.text(cell.record()) in canonical.text(about.cell)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"samples = 4": "samples = -4"}, "plan.samples is -4"),
        ({"temperature = 0.5": "temperature = 0"}, "plan.temperature is 0"),
        ({"samples = 4\n": ""}, "plan.temperature is 0.5"),
        ({"sample = 3": "sample = -3"}, "seeds.sample = -3"),
        ({"sample = 3": "sample = [3, 4]"}, "seeds.sample = [3, 4]"),
        ({"sample = 3": "samples = 3"}, "samples"),
    ],
)
def test_hostile_values_in_a_suite_are_one_line(change, message, zebroid, suite):
    content = Path(suite(**SAMPLING)).read_text()
    status, _, err = zebroid("run", suite(content, **change), "--dry-run")
    assert status == 2 and message in err and err.count("\n") == 1, err
    assert "toml:" in err
