"""Receipts: complete, canonical, readable again, and refused in one line where they don't fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid import canonical
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.receipts.tables.all_tables import TABLES
from zebroid.benchmarks.runner.result_store import Store
from zebroid.errors import UserError
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.registry import make, worlds
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import sample_questions
from zebroid.worlds.exposure import Exposure

pytestmark = pytest.mark.smoke


def rows(query):
    """Rows of a query, as dictionaries."""
    found = duckdb.connect().execute(query)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row)) for row in found.fetchall()]


@pytest.fixture
def done(finished, tmp_path):
    """A copy of the folder of a finished suite, with the results beside it."""
    return Path(shutil.copytree(finished.parent, tmp_path / "out")) / finished.name


def test_a_receipt_reads_back_as_written(done):
    path = done / "receipt.json"
    found = Receipt.read(path)
    again = done / "again.json"
    found.write(again)
    assert again.read_bytes() == path.read_bytes()


def test_a_receipt_says_what_it_takes_to_run_it_again(done, suite):
    found, grid = Receipt.read(done / "receipt.json"), load_suite(suite())
    assert found.suite.digest == grid.digest
    assert [c.digest for c in found.cells] == [c.digest for c in grid.cells]
    assert found.cells[3].cell["seeds"] == {"world": 0, "exposure": 0, "init": 1, "order": 1}
    assert found.cells[0].cell["recipe"]["steps"] == 100
    assert found.versions["jax"] and found.versions["zebroid"]
    corpus = build_corpus(make("composition-v1"), "tiny", grid.cells[0].exposure, (0, 0))
    assert {c.corpus for c in found.cells} == {corpus.digest}


def kept(exposure):
    """As it is read back from a receipt."""
    return Exposure(**json.loads(canonical.text(exposure.record())))


@pytest.mark.parametrize("world", worlds())
def test_a_receipt_keeps_every_exposure_of_the_catalog_as_it_is(world):
    made = make(world)
    for exposure in (made.exposure, *made.exposures.values()):
        assert kept(exposure).record() == exposure.record()


@given(st.floats(0, 1), st.floats(0, 30), st.integers(1, 997), st.integers(1, 997))
def test_a_receipt_keeps_any_exposure_as_it_is(share, phi, message, both):
    ways = {"stated": message / (message + both), "both": both / (message + both)}
    exposure = Exposure(coverage=share, held=1 - share, demonstrated=share, phi=phi, given=ways)
    assert kept(exposure).record() == exposure.record()


def test_no_score_travels_without_interval_floor_and_number(done):
    (panel,) = Receipt.read(done / "receipt.json").panels
    assert [r.label for r in panel.rows if r.kind == "ceiling"] == ["reuser", "inductor", "deducer"]
    assert [r.label for r in panel.rows if r.kind == "model"] == ["direct", "chain"]
    for row in panel.rows:
        for score in row.rungs.values():
            assert score.questions >= 30 and 0 <= score.floor.value <= 1
            assert score.floor.strategy and {*score.floor.worlds} == {*score.worlds}
            low, mean, high = score.accuracy.low, score.accuracy.mean, score.accuracy.high
            assert low is not None and mean is not None and high is not None
            assert low <= mean <= high
    assert set(panel.verdicts) == {"direct", "chain"}


def test_proofs_are_distinguished_from_answers(done, suite):
    (panel,) = Receipt.read(done / "receipt.json").panels
    message = {row.label: row.proofs for row in panel.rows if row.kind == "model"}
    assert message["direct"] == {} and set(message["chain"]) >= {"recall", "instance"}
    for found in message["chain"].values():
        assert found.questions > 0 and found.earned is not None
        assert found.valid.over == found.earned.over == "runs"
    cells = {cell.digest[:16]: cell.mode for cell in load_suite(suite()).cells}
    for row in rows(
        f"""SELECT cell, list(DISTINCT coalesce(proof, 'none')) AS ways,
            bool_and("right") FILTER (proof = 'valid') AS sound
            FROM '{done}/answers.parquet' WHERE step = 100 GROUP BY cell"""
    ):
        chain = cells[row["cell"]] == "chain"
        assert set(row["ways"]) == ({"valid", "invalid"} if chain else {"none"})
        assert row["sound"] is (True if chain else None)  # a valid proof has a right answer


def test_files_are_named_with_their_digests(done):
    found = Receipt.read(done / "receipt.json")
    import hashlib

    for name, digest in found.files.items():
        assert hashlib.sha256((done / name).read_bytes()).hexdigest() == digest
    assert set(found.files) == {table.file for table in TABLES}


def test_answers_join_the_certificate_of_each_question(done, suite, tmp_path):
    cell = load_suite(suite()).cells[2]
    message = rows(
        f"""SELECT * FROM '{done}/answers.parquet' JOIN '{done}/cells.parquet' USING (cell)
            JOIN '{done}/questions.parquet' USING (corpus, question)
            WHERE cell = '{cell.digest[:16]}' AND step = 100 ORDER BY question"""
    )
    corpus = build_corpus(make("composition-v1"), "tiny", cell.exposure, (0, 0))
    question_set = QuestionSet(corpus, sample_questions(corpus, cell.questions, 0))
    result = Store(tmp_path / "out").load(cell)
    assert result is not None
    assert [row["question"] for row in message] == question_set.questions.tolist()
    right = question_set.right(result.run.answer[0, -1])
    assert [row["right"] for row in message] == right.tolist()
    for row in message:
        assert (row["answer"] in row["right_answers"]) == row["right"]
    first = message[0]
    assert first["prompt"].count("?") == 1 and first["prompt"].endswith(")")
    for column in (
        "rung",
        "pure",
        "height",
        "proofs",
        "support",
        "frequency",
        "shortcut",
        "distractor",
    ):
        assert column in first


def test_curves_agree_with_the_receipt(done, suite):
    cell = load_suite(suite()).cells[0]
    mine = f"cell = '{cell.digest[:16]}'"
    (curve,) = rows(
        f"""SELECT accuracy FROM '{done}/curves.parquet'
            WHERE {mine} AND "group" = 'instance' AND step = 100"""
    )
    (answers,) = rows(
        f"""SELECT avg("right"::INT) AS accuracy FROM '{done}/answers.parquet'
            JOIN '{done}/questions.parquet' USING (question)
            WHERE {mine} AND step = 100 AND instrument = 'instance'"""
    )
    (panel,) = Receipt.read(done / "receipt.json").panels
    assert curve["accuracy"] == pytest.approx(answers["accuracy"])
    assert {row.label for row in panel.rows} >= {"direct", "chain"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.update(schema=2), "schema 2; this version reads schema 1"),
        (lambda c: c.pop("cells"), "cells: Field required"),
        (lambda c: c.update(extra=1), "extra: Extra inputs"),
        (lambda c: c["suite"].update(digest="abc"), "suite.digest"),
        (lambda c: c["cells"][0].update(parameters="many"), "cells.0.parameters"),
        (lambda c: c["panels"][0]["rows"][0]["rungs"]["recall"].pop("accuracy"), "accuracy"),
    ],
)
def test_what_is_no_receipt_is_refused_in_one_line(done, change, message):
    path = done / "receipt.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(UserError) as error:
        Receipt.read(path)
    assert message in str(error.value) and "\n" not in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize("text", ["", "[1]", "{", "\x80"])
def test_what_is_no_json_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "receipt.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError, match=r"receipt\.json"):
        Receipt.read(path)
    with pytest.raises(UserError, match="No such file"):
        Receipt.read(tmp_path / "absent.json")


def test_credentials_are_never_recorded(done):
    text = (done / "receipt.json").read_text().lower()
    for word in ("http", "@github", "token", "password", "home/", "username"):
        assert word not in text


def test_canonical_text_is_the_same_for_equal_content():
    one = {"b": np.float32(0.1), "a": (1, None, True), "c": {"y": np.arange(2), "x": "é"}}
    two = {"c": {"x": "é", "y": [0, 1]}, "a": [1, None, True], "b": 0.100000001490116}
    assert canonical.text(one) == canonical.text(two)
    assert canonical.text(float("inf")) == "null"
    with pytest.raises(TypeError, match="set has no canonical JSON"):
        canonical.text({1, 2})


def test_digest_of_arrays_tells_shape_name_and_value_but_not_width():
    a = np.arange(6, dtype=np.int32)
    same = canonical.digest_arrays(x=a)
    assert canonical.digest_arrays(x=a.astype(np.int64)) == same
    others = [{"y": a}, {"x": a.reshape(2, 3)}, {"x": a[::-1]}, {"x": a.astype(float)}]
    assert same not in [canonical.digest_arrays(**other) for other in others]


def test_cells_of_different_worlds_share_one_file(zebroid, suite, trained, tmp_path):
    worlds = '["composition-v1/tiny", "zebra-v2/tiny"]'
    zebroid("run", suite(**{'"composition-v1/tiny"': worlds}), "--out", "both")
    (path,) = tmp_path.glob("both/*/questions.parquet")
    cells = path.with_name("cells.parquet")
    message = rows(
        f"SELECT DISTINCT world FROM '{path}' JOIN '{cells}' USING (corpus) ORDER BY world"
    )
    assert [row["world"] for row in message] == ["composition-v1", "zebra-v2"]
    (kinds,) = rows(f"SELECT typeof(right_answers) r, typeof(distractor) l FROM '{path}' LIMIT 1")
    assert kinds == {"r": "VARCHAR[]", "l": "VARCHAR"}
