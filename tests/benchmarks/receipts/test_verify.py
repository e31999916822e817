"""zebroid verify and cite: a stranger's check of a receipt, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import shutil

import duckdb
import pytest
from zebroid import canonical, registry
from zebroid.benchmarks.receipts import untrusted
from zebroid.benchmarks.receipts.cite import citation, digest
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.models.training_version import TRAINING

pytestmark = pytest.mark.smoke

CHECKS = ("receipt", "files", "suite", "corpora", "questions", "answers", "scores", "curves")


pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture(scope="module")
def kept():
    """Name -> a folder, for all tests of this file."""
    return {}


@pytest.fixture
def done(kept, zebroid, suite, trained, tmp_path, tmp_path_factory):
    """A copy of the folder of a finished suite, which was run once."""
    if not kept:
        out = tmp_path_factory.mktemp("kept")
        zebroid("run", suite(), "--out", out)
        (kept["done"],) = out.glob("tiny-*")
    return shutil.copytree(kept["done"], tmp_path / "done")


@pytest.fixture
def change(done):
    """change(edit) edits the receipt's JSON in place."""

    def rewrite(edit):
        path = done / "receipt.json"
        content = json.loads(path.read_text())
        edit(content)
        path.write_text(canonical.text(content, indent=1))

    return rewrite


@pytest.fixture
def forge(done, change):
    """forge(file, columns) replaces columns of a Parquet file, and its digest in the receipt."""

    def rewrite(name, columns):
        path, draft = done / name, done / "draft"
        query = f"SELECT * REPLACE ({columns}) FROM '{path}'"
        duckdb.connect(config={"threads": 1}).execute(
            f"COPY ({query}) TO '{draft}' (FORMAT parquet)"
        )
        draft.replace(path)
        change(lambda c: c["files"].update({name: hashlib.sha256(path.read_bytes()).hexdigest()}))

    return rewrite


def marks(out):
    """Check -> its mark."""
    lines = (line.split() for line in out.splitlines())
    return {words[1]: words[0] for words in lines if len(words) > 1 and words[1] in CHECKS}


def row(content, kind="model", label="direct"):
    rows = content["panels"][0]["rows"]
    return next(r for r in rows if (r["kind"], r["label"]) == (kind, label))


def test_an_honest_receipt_is_verified_without_training(zebroid, done, trained):
    trained.clear()
    for path in (done, done / "receipt.json"):
        status, out, _ = zebroid("verify", path)
        assert status == 0, out
        assert marks(out) == dict.fromkeys(CHECKS, "✓")
        assert out.splitlines()[-1].startswith("verified by zebroid 0")
        assert f"; {TRAINING}, as in this version" in out.splitlines()[0]
    assert not trained


def test_what_is_not_looked_at_is_named(zebroid, done):
    assert "Not looked at: verdicts" in zebroid("verify", done)[1]


def _accuracy(content):
    row(content)["rungs"]["instance"]["accuracy"]["mean"] += 0.01


def _interval(content):
    row(content, label="chain")["rungs"]["constituent"]["accuracy"]["low"] += 0.01


def _floor(content):
    row(content)["rungs"]["constituent"]["floor"]["value"] = 0.0


def _strategy(content):
    row(content, "floor", "association")["rungs"]["constituent"]["accuracy"]["mean"] = 0.0


def _lift(content):
    row(content)["rungs"]["constituent"]["lift"]["value"] += 0.1


def _left_out(content):
    row(content)["left_out"]["mixed"] = 1


def _ceiling(content):
    row(content, "ceiling", "reuser")["rungs"]["constituent"]["accuracy"]["mean"] = 1.0


def _row(content):
    row(content)["label"] = "better"


def _profile(content):
    content["panels"][0]["profiles"][0]["shares"][0]["value"] = 0.5


EDITS = [_accuracy, _interval, _floor, _strategy, _lift, _left_out, _ceiling, _row, _profile]


@pytest.mark.parametrize("edit", EDITS)
def test_a_score_that_the_answers_do_not_give_is_refused(zebroid, change, done, edit):
    change(edit)
    status, out, _ = zebroid("verify", done)
    assert status == 1
    assert {check for check, mark in marks(out).items() if mark == "✗"} == {"scores"}
    assert "NOT verified" in out


def test_a_receipt_of_other_definitions_is_refused_in_one_line(zebroid, change, done):
    change(lambda content: content.update(definitions=1))
    for command in ("verify", "cite"):
        status, out, error = zebroid(command, done)
        assert status == 2 and not out
        assert error.count("\n") == 1
        assert "made with definitions 1; this version computes 2" in error
        assert "run its suite again" in error


def _steps(content):
    content["cells"][0]["cell"]["recipe"]["steps"] = 1_000


def _another(content):
    del content["cells"][-1]


@pytest.mark.parametrize("edit", [_steps, _another])
def test_cells_that_are_not_those_of_the_suite_are_refused(zebroid, change, done, edit):
    change(edit)
    status, out, _ = zebroid("verify", done)
    assert status == 1 and marks(out)["suite"] == "✗"


def test_a_built_in_suite_of_other_cells_is_refused(zebroid, change, done):
    change(lambda c: c["suite"].update(id="smoke"))
    status, out, _ = zebroid("verify", done)
    assert status == 1 and "the grid has changed" in out


def test_a_corpus_that_cannot_be_drawn_again_is_refused(zebroid, change, done):
    change(lambda c: c["cells"][0].update(corpus="0" * 64))
    status, out, _ = zebroid("verify", done)
    assert status == 1 and marks(out)["corpora"] == "✗" and marks(out)["scores"] == "–"


def test_a_file_that_was_changed_or_is_gone_is_refused(zebroid, done):
    path = done / "answers.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    status, out, _ = zebroid("verify", done)
    assert status == 1 and "answers.parquet is not the file" in out
    assert marks(out)["files"] == "✗" and marks(out)["suite"] == "✓"
    assert marks(out)["answers"] == "–"
    path.unlink()
    assert "is not beside the receipt" in zebroid("verify", done)[1]


@pytest.mark.parametrize(
    ("file", "columns", "check"),
    [
        ("answers.parquet", 'NOT "right" AS "right"', "answers"),
        ("questions.parquet", "'recall' AS rung", "questions"),
        ("questions.parquet", "height + 1::INTEGER AS height", "questions"),
        ("questions.parquet", "['entity0'] AS right_answers", "questions"),
        ("answers.parquet", "2::FLOAT * bits AS bits", "scores"),
        ("answers.parquet", "'invalid' AS proof", "scores"),
        ("answers.parquet", "'0' AS cell", "questions"),
        ("curves.parquet", "accuracy / 2 AS accuracy", "curves"),
    ],
)
def test_a_file_forged_together_with_its_digest_is_refused(
    zebroid, done, forge, file, columns, check
):
    forge(file, columns)
    status, out, _ = zebroid("verify", done)
    assert status == 1
    assert [name for name, mark in marks(out).items() if mark == "✗"] == [check], out


def test_answers_of_a_world_that_is_gone_cannot_be_verified(zebroid, done, monkeypatch):
    def gone(name, announce):
        raise registry.UserError(f"no world {name}")

    monkeypatch.setattr(untrusted, "world", gone)
    status, out, _ = zebroid("verify", done)
    assert status == 1 and "no world composition-v1" in out


def test_what_is_no_receipt_is_one_line_with_status_2(zebroid, tmp_path):
    (tmp_path / "receipt.json").write_text('{"schema": 7}')
    for command in ("verify", "cite"):
        status, out, err = zebroid(command, tmp_path)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert "schema 7" in err


@pytest.mark.slow
def test_the_receipt_behind_the_readme_is_verified(zebroid):
    status, out, _ = zebroid("verify", registry.ROOT / "docs" / "receipts" / "headline-v2")
    assert status == 0, out


def test_a_citation_names_suite_version_commit_and_content(zebroid, done):
    status, out, _ = zebroid("cite", done)
    found = Receipt.read(done / "receipt.json")
    assert status == 0
    line, _, bibtex = out.partition("\n\n")
    assert bibtex.startswith("@software{zebroid-") and bibtex.count("{") == bibtex.count("}")
    for part in (line, bibtex):
        assert f"tiny@{found.suite.digest[:8]}" in part
        assert found.versions["zebroid"] in part and digest(found)[:16] in part
        assert "4 cells on 1 corpora of composition-v1" in part


def test_the_mark_of_a_citation_is_that_of_the_content_and_not_of_the_hour(change, done):
    before = citation(done)
    change(lambda c: c["times"].update(finished=c["times"]["finished"][:4] + "-01-01T00:00:00Z"))
    assert citation(done) == before
    change(_accuracy)
    assert citation(done) != before
