"""zebroid verify: a stranger's check of a receipt, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import shutil

import duckdb
import pytest
from zebroid import canonical, registry
from zebroid.benchmarks.receipts import untrusted
from zebroid.benchmarks.verification import frozen_floors
from zebroid.models.training_version import TRAINING

CHECKS = ("receipt", "files", "suite", "corpora", "answers", "tables", "content", "sweep")

pytestmark = [pytest.mark.smoke, pytest.mark.usefixtures("inside")]


@pytest.fixture
def done(finished, tmp_path):
    """A copy of the folder of a finished suite, which was run once."""
    return shutil.copytree(finished, tmp_path / "done")


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
        with duckdb.connect(config={"threads": 1}) as db:
            rows = db.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall()
            kept = ", ".join(
                f"\"{bytes(k).decode()}\": '{bytes(v).decode().replace(chr(39), chr(39) * 2)}'"
                for k, v in rows
            )
            db.execute(f"COPY ({query}) TO '{draft}' (FORMAT parquet, KV_METADATA {{{kept}}})")
        draft.replace(path)
        change(lambda c: c["files"].update({name: hashlib.sha256(path.read_bytes()).hexdigest()}))

    return rewrite


def marks(out):
    """Check -> its mark."""
    lines = (line.split() for line in out.splitlines())
    return {words[1]: words[0] for words in lines if len(words) > 1 and words[1] in CHECKS}


def failed(out):
    """The checks that did not pass but were made."""
    return [check for check, mark in marks(out).items() if mark == "✗"]


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
        assert "equal byte for byte" in out
    assert not trained


def test_what_is_declared_is_named(zebroid, done):
    out = zebroid("verify", done)[1]
    assert "not recomputed: versions, commit, device, seconds, and free text." in out
    assert "no built-in suite of that name: its grid is what it declares" in out


def _strategy(content):
    row(content, "floor", "association")["rungs"]["constituent"]["accuracy"]["mean"] = 0.0


def _ceiling(content):
    row(content, "ceiling", "reuser")["rungs"]["constituent"]["accuracy"]["mean"] = 1.0


EDITS = {
    "panels[0].rows[9].rungs.instance.accuracy.mean: receipt": lambda c: row(c)["rungs"][
        "instance"
    ]["accuracy"].update(mean=0.5),
    "panels[0].rows[9].rungs.constituent.floor.value: receipt 0.0, recomputed 0.": lambda c: row(c)[
        "rungs"
    ]["constituent"]["floor"].update(value=0.0),
    "panels[0].rows[4].rungs.constituent.accuracy.mean: receipt 0.0": _strategy,
    "panels[0].rows[0].rungs.constituent.accuracy.mean: receipt 1.0": _ceiling,
    "panels[0].rows[9].label: receipt 'better', recomputed 'direct'": lambda c: row(c).update(
        label="better"
    ),
    "panels[0].profiles[0].shares[0].value: receipt 0.5": lambda c: c["panels"][0]["profiles"][0][
        "shares"
    ][0].update(value=0.5),
    "panels[0].verdicts.direct[0].kind: receipt 'plateau'": lambda c: c["panels"][0]["verdicts"][
        "direct"
    ][0].update(kind="plateau"),
    "panels[0].sentence: receipt 'All is well.'": lambda c: c["panels"][0].update(
        sentence="All is well."
    ),
    "cells[0].parameters: receipt 7, recomputed": lambda c: c["cells"][0].update(parameters=7),
    "cells[0].flops: receipt 1.0, recomputed": lambda c: c["cells"][0].update(flops=1.0),
    "cells[0].predictions: receipt": lambda c: c["cells"][0].update(predictions="0" * 64),
}


@pytest.mark.parametrize("line", EDITS)
def test_what_the_answers_do_not_give_is_refused_by_its_path(zebroid, change, done, line):
    change(EDITS[line])
    status, out, _ = zebroid("verify", done)
    assert status == 1 and failed(out) == ["content"] and line in out
    assert "NOT verified" in out


def test_a_receipt_of_other_definitions_is_refused_in_one_line(zebroid, change, done):
    change(lambda content: content.update(definitions=1))
    status, out, error = zebroid("verify", done)
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
    assert status == 1 and marks(out)["corpora"] == "✗" and marks(out)["tables"] == "–"


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
        ("answers.parquet", 'NOT "right" AS "right"', "tables"),
        ("answers.parquet", "step + 1 AS step", "answers"),
        ("answers.parquet", "bits * 2 AS bits", "tables"),
        ("answers.parquet", "'invalid' AS proof", "tables"),
        ("answers.parquet", "text[2:] AS text", "answers"),
        ("answers.parquet", "'0' AS cell", "answers"),
        ("questions.parquet", "'recall' AS rung", "tables"),
        ("questions.parquet", "height + 1 AS height", "tables"),
        ("questions.parquet", "['entity0'] AS right_answers", "tables"),
        ("curves.parquet", "accuracy / 2 AS accuracy", "tables"),
        ("scores.parquet", "least(1, mean + .1) AS mean", "tables"),
        ("cells.parquet", "'x' AS device", "tables"),
    ],
)
def test_a_file_forged_together_with_its_digest_is_refused(
    zebroid, done, forge, file, columns, check
):
    forge(file, columns)
    status, out, _ = zebroid("verify", done)
    assert status == 1
    assert failed(out)[0] == check, out


def test_a_table_that_another_version_wrote_is_compared_value_for_value(zebroid, done, forge):
    forge("scores.parquet", "mean + 1e-9 AS mean")
    status, out, _ = zebroid("verify", done)
    assert status == 0 and "are equal value for value" in out
    assert "numbers differ by at most 1e-06" in out


def test_a_name_of_a_built_in_model_stands_for_its_spec(zebroid, change, done):
    def relabel(name):
        def edit(content):
            for cell in content["cells"]:
                cell["cell"]["model"] = name
            cells = [cell["cell"] for cell in content["cells"]]
            content["suite"]["digest"] = canonical.digest({"definitions": 2, "cells": cells})

        return edit

    change(relabel("decoder-s"))
    assert "spec of decoder-s" in zebroid("verify", done)[1]
    change(relabel("gpt-9"))
    assert "'gpt-9' is neither built in, nor a plugin's, nor a file's" in zebroid("verify", done)[1]
    change(relabel("decoder-xs[layers=2]"))  # as many as it has
    assert "receipt 'decoder-xs[layers=2]', recomputed 'decoder-xs'" in zebroid("verify", done)[1]


def test_floors_of_the_suite_are_taken_and_measured_anew_with_full(
    zebroid, done, monkeypatch, suite
):
    """A suite that is as good as built in, with floors beside it that are not those measured."""
    path = registry.Path(suite())
    monkeypatch.setattr(registry, "suites", lambda: ("tiny",))
    monkeypatch.setattr(registry, "suite", lambda name: path)
    frozen_floors.main(["tiny"])
    frozen = path.with_name("tiny.floors.parquet")
    for wrong, words in (
        (False, ""),
        (True, "REPLACE ([v / 2 for v in values] AS values)"),
    ):
        if wrong:
            with duckdb.connect() as db:
                query = f"SELECT * {words} FROM '{frozen}' WHERE part = 'setting'"
                rest = f"SELECT * FROM '{frozen}' WHERE part <> 'setting'"
                db.execute(f"CREATE TABLE new AS {query} UNION ALL {rest}")
                db.execute(f"COPY new TO '{frozen}' (FORMAT parquet)")
        digest = hashlib.sha256(frozen.read_bytes()).hexdigest()
        suite(**{'id = "tiny"': f'id = "tiny"\nfloors = "{digest}"'})
        status, out, _ = zebroid("verify", done)
        assert status == int(wrong) and "1 with the floors of the suite" in out
        assert (".floor." in out or "floor" in out) if wrong else True
        status, out, _ = zebroid("verify", "--full", done)
        assert status == 0 and "floors measured anew" in out


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
