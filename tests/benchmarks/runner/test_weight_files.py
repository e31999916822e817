"""Weights beside results: kept where a suite says so, part of no digest, whole or refused."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import zebroid as package
from zebroid.benchmarks.config.changed_suite import changed
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.executors import ray_cluster
from zebroid.benchmarks.runner import run
from zebroid.benchmarks.runner.executor import execute
from zebroid.benchmarks.runner.result_store import Result, Store
from zebroid.errors import UserError

FILE = "weights.safetensors"
WHOLE = {'title = "Tiny <suite>"': 'title = "Tiny <suite>"\nkeep_weights = true'}
TABLE = {'plan = "short"': 'plan = "short"\nkeep_weights = true'}
CHAIN = {'mode = ["direct", "chain"]': 'mode = "chain"'}


def paths(tmp_path):
    return sorted(tmp_path.glob(f"out/cells/*/{FILE}"))


@pytest.mark.parametrize("where", [WHOLE, TABLE], ids=["the suite", "a table"])
def test_a_suite_or_a_table_of_it_keeps_weights_and_no_digest_changes(suite, where):
    bare, kept = load_suite(suite()), load_suite(suite(**where))
    assert bare.keep_weights == frozenset()
    assert kept.keep_weights == {cell.digest for cell in kept.cells}
    assert (kept.digest, kept.cells) == (bare.digest, bare.cells)
    assert [c.record() for c in kept.cells] == [c.record() for c in bare.cells]


def test_a_table_may_say_otherwise_than_its_suite_and_equal_cells_keep_if_one_does(suite):
    text = Path(suite(**WHOLE)).read_text()
    table = text[text.index("[[cells]]") : text.index("[plans")]
    both = text.replace(table, table + "keep_weights = false\n" + table.replace("[0, 1]", "[0]"))
    assert "false" in both
    found = load_suite(suite(both))
    assert {c.seeds.init for c in found.cells} == {0, 1} and len(found.cells) == 4
    assert found.keep_weights == {c.digest for c in found.cells if c.seeds.init == 0}


def test_the_wish_goes_with_the_cells_to_another_world(suite):
    moved = changed(load_suite(suite(**WHOLE)), "kinship-v2/tiny")
    assert moved.keep_weights == {cell.digest for cell in moved.cells}
    assert changed(load_suite(suite()), "kinship-v2/tiny").keep_weights == frozenset()


def test_anything_but_true_and_false_is_an_error_with_its_line(suite):
    with pytest.raises(UserError, match=r"tiny\.toml:4: suite\.keep_weights = 'yes'"):
        load_suite(
            suite(**{'title = "Tiny <suite>"': 'title = "Tiny <suite>"\nkeep_weights = "yes"'})
        )


def test_weights_stand_beside_the_answers_with_their_digest(zebroid, suite, trained, tmp_path):
    assert zebroid("run", suite(**WHOLE), "--out", "out")[0] == 0
    assert len(paths(tmp_path)) == 4
    for path in paths(tmp_path):
        about = json.loads((path.parent / "cell.json").read_text())
        assert about["weights"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert "keep_weights" not in json.dumps(about["cell"])
        (array,) = safetensors.numpy.load_file(path).values()
        assert array.shape == (3, 2) and array.dtype == np.float32
    with pytest.raises(UserError, match="keep_weights = true in the suite"):
        zebroid("run", suite(), "--out", "other")
        package.load(load_suite(suite()).cells[0], tmp_path / "other")


def test_results_without_weights_are_made_again_for_them_alone(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out")
    assert not paths(tmp_path) and len(trained) == 4
    _, out, _ = zebroid("run", suite(**TABLE), "--out", "out", "--dry-run")
    assert out.count("to redo") == out.count("(kept without weights)") == 4
    assert "(4 kept without weights, to be trained again for them alone)" in out
    _, out, _ = zebroid("run", suite(), "--out", "out", "--dry-run")
    assert "weights" not in out and out.count("  kept  ") == 4
    before = zebroid("run", suite(), "--out", "out")
    receipts = [p.read_text() for p in tmp_path.glob("out/tiny-*/receipt.json")]
    assert zebroid("run", suite(**WHOLE), "--out", "out")[1].count(": trained in") == 4
    assert len(trained) == 8 and len(paths(tmp_path)) == 4
    assert zebroid("run", suite(**WHOLE), "--out", "out")[1].count(": kept") == 4
    assert zebroid("run", suite(), "--out", "out")[1] == before[1]  # same table, nothing trained
    assert len(trained) == 8 and len(paths(tmp_path)) == 4
    digests = {json.loads(t)["suite"]["digest"] for t in receipts}
    assert len(digests) == len([*tmp_path.glob("out/tiny-*")]) == 1


def test_a_file_of_weights_that_was_deleted_is_made_again(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(**WHOLE), "--out", "out")
    paths(tmp_path)[0].unlink()
    assert zebroid("run", suite(), "--out", "out")[1].count(": kept") == 4
    status, out, _ = zebroid("run", suite(**WHOLE), "--out", "out")
    assert status == 0 and out.count(": kept") == 3 and len(paths(tmp_path)) == 4


@pytest.mark.parametrize("damage", ["cut", "flipped", "other"])
def test_damaged_weights_are_one_line(zebroid, suite, trained, tmp_path, damage):
    zebroid("run", suite(**WHOLE), "--out", "out")
    path, content = paths(tmp_path)[0], paths(tmp_path)[0].read_bytes()
    flipped = content[:-1] + bytes([content[-1] ^ 1])
    path.write_bytes({"cut": content[:9], "flipped": flipped, "other": b"{}"}[damage])
    status, _, err = zebroid("run", suite(**WHOLE), "--out", "out")
    assert status == 2 and err.count("\n") == 1
    assert f"{path.parent.name}/{FILE} is damaged (its digest is not that of cell.json)" in err
    with pytest.raises(UserError, match="damaged") as error:
        package.load(path.parent)
    assert "\n" not in str(error.value)
    assert zebroid("run", suite(), "--out", "out")[0] == 0  # who wants no weights has a result


def test_weights_that_match_their_digest_and_are_none_are_one_line(
    zebroid, suite, trained, tmp_path
):
    zebroid("run", suite(**WHOLE), "--out", "out")
    path = paths(tmp_path)[0]
    for content in (b"", b"no weights", (2**60).to_bytes(8, "little") + b"{}"):
        path.write_bytes(content)
        about = json.loads((path.parent / "cell.json").read_text())
        about["weights"] = hashlib.sha256(content).hexdigest()
        (path.parent / "cell.json").write_text(json.dumps(about))
        with pytest.raises(UserError, match="damaged") as error:
            package.load(path.parent)
        assert "\n" not in str(error.value)


def test_a_training_that_failed_keeps_none_and_is_not_made_again(
    zebroid, suite, trained, tmp_path, monkeypatch
):
    kind = run.train_cell

    def fails(*given, **options):
        made = kind(*given, **options)
        failed = dataclasses.replace(made.run, failed="loss not finite at step 7", weights=None)
        return dataclasses.replace(made, run=failed)

    monkeypatch.setattr(run, "train_cell", fails)
    assert zebroid("run", suite(**WHOLE), "--out", "out")[0] == 1
    zebroid("run", suite(**WHOLE), "--out", "out")
    assert len(trained) == 4 and not paths(tmp_path)
    with pytest.raises(UserError, match=r"no weights: its training failed \(loss not finite"):
        package.load(load_suite(suite()).cells[0], tmp_path / "out")


def test_an_outcome_holds_no_weights(suite, trained, tmp_path):
    found = load_suite(suite(**WHOLE, **CHAIN))
    store = Store(tmp_path / "out", found.keep_weights)
    outcome = execute(run.InProcess(), found.cells, store)
    assert all(result.run.weights is None for result in outcome.results)
    assert len(paths(tmp_path)) == 2


def test_what_a_node_made_is_adopted_with_its_weights(suite, trained, tmp_path):
    found = load_suite(suite(**WHOLE, **CHAIN))
    first = found.cells[0]
    messages = [cell.message() for cell in found.cells]
    makers = ray_cluster._makers(found.cells)
    made = ray_cluster.train_there(messages, makers, [first.digest], False, lambda _: None)
    assert [sorted(files) for files, _, _ in made] == [
        ["answers.npz", "cell.json", FILE],
        ["answers.npz", "cell.json"],
    ]
    store = Store(tmp_path / "out", {first.digest})
    for cell, (files, _, _) in zip(found.cells, made):
        adopted: Result = store.adopt(cell, files)
        assert adopted.predictions == json.loads(files["cell.json"])["predictions"]
    assert [p.read_bytes() for p in paths(tmp_path)] == [made[0][0][FILE]]
    other = Store(tmp_path / "other", {first.digest})
    with pytest.raises(UserError, match=r"its digest is not that of cell\.json"):
        other.adopt(first, {**made[0][0], FILE: b"none"})


def test_what_cannot_be_loaded_is_one_line(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(**WHOLE), "--out", "out")
    cells = load_suite(suite()).cells
    for wrong, message in (
        (cells[0], "no result of composition-v1/tiny"),
        ("0123456789", "none begins so"),
        ("runs/cells/0123", "no result 'runs/cells/0123'; expected a cell of a suite, its digest"),
    ):
        with pytest.raises(UserError, match=message) as error:
            package.load(wrong, "nowhere")
        assert "\n" not in str(error.value)
    broken = tmp_path / "broken"
    broken.mkdir()
    for text in ("", "[]", "{}", '{"cell": 3}', '{"cell": {"world": "../x.py"}}', "[" * 100_000):
        (broken / "cell.json").write_text(text)
        with pytest.raises(UserError, match="damaged") as error:
            package.load(broken)
        assert "\n" not in str(error.value)


def test_what_another_training_made_is_not_loaded(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(**WHOLE), "--out", "out")
    path = paths(tmp_path)[0].parent / "cell.json"
    path.write_text(path.read_text().replace('"training-1"', '"training-0"'))
    with pytest.raises(UserError, match="was made by training-0, and this is training-1"):
        package.load(path.parent)
