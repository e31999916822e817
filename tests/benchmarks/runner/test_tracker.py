"""Loss and scores on the way: durable, resumable, the same from every executor; results stay."""

from __future__ import annotations

import json
import sys
import threading

import numpy as np
import pytest
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.executors import ray_cluster
from zebroid.benchmarks.runner import run, tracker
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.benchmarks.runner.executor import execute
from zebroid.benchmarks.runner.result_store import Store
from zebroid.benchmarks.runner.tracker import JsonLines, TensorBoard, log_path, open_tracker
from zebroid.models.training import batched

REAL = {
    **{"steps = 100": "steps = 12", '["direct", "chain"]': '["direct"]', "[0, 1]": "[0]"},
    "decoder-xs": "mlp-xs",
}
TRAIN = {"train/loss", "train/examples_per_s", "train/flops"}
KEYS = {"cell", "step", "time"}


@pytest.fixture
def cell(suite):
    return load_suite(suite()).cells[0]


def lines(path):
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def steps(records, name):
    return [record["step"] for record in records if name in record]


def event_steps(path, name):
    return [step for step, names in tracker._event_records(path) if name in names]


def test_a_real_training_logs_every_segment_and_checkpoint_and_answers_the_same(
    suite, quiet, monkeypatch, tmp_path
):
    monkeypatch.setattr(batched, "REPORT_S", 1e-9)  # a segment is one step
    cells = load_suite(suite(**REAL)).cells
    log = JsonLines(tmp_path / "logs")
    (logged,) = execute(run.InProcess(), cells, Store(tmp_path / "a"), tracker=log).results
    (bare,) = execute(run.InProcess(), cells, Store(tmp_path / "b")).results
    assert logged.predictions == bare.predictions
    assert np.array_equal(logged.run.loss, bare.run.loss)
    (path,) = (tmp_path / "logs").iterdir()
    records = lines(path)
    assert steps(records, "train/loss") == [*range(1, 13)]
    assert all({*r} == KEYS | TRAIN for r in records if "train/loss" in r)
    found = {r["step"]: r for r in records if "checkpoint/loss" in r}
    assert [*found] == logged.run.steps.tolist()
    question_set = Corpora().question_set(cells[0])
    right = question_set.right(np.asarray(logged.run.answer, np.int32))[0]
    for k, step in enumerate(logged.run.steps.tolist()):
        for rung in ("recall", "instance", "constituent"):
            where = question_set.groups[rung]
            assert found[step][f"accuracy/{rung}"] == right[k][where].mean()
            assert found[step][f"bits/{rung}"] == float(logged.run.bits[0, k][where].mean())
        assert found[step]["checkpoint/flops"] == logged.run.flops[k]
        assert found[step]["checkpoint/loss"] == pytest.approx(float(logged.run.loss[0, k]))


@pytest.mark.long
def test_a_training_that_goes_on_neither_loses_nor_repeats_a_step(
    suite, quiet, monkeypatch, tmp_path
):
    monkeypatch.setattr(batched, "REPORT_S", 1e-9)
    monkeypatch.setattr(batched, "SAVE_S", 0.0)
    cells, store = load_suite(suite(**REAL)).cells, Store(tmp_path / "out")

    class Dies(JsonLines):
        def scalars(self, cell, step, values):
            if step == 7:  # a state of step 6 is saved, or of one before it
                raise KeyboardInterrupt
            super().scalars(cell, step, values)

    with pytest.raises(KeyboardInterrupt):
        execute(run.InProcess(), cells, store, tracker=Dies(tmp_path / "logs"))
    (path,) = (tmp_path / "logs").iterdir()
    with path.open("a") as file:
        file.write('{"step": 7, "train/lo')  # a kill in the midst of a line
    execute(run.InProcess(), cells, store, tracker=JsonLines(tmp_path / "logs"))
    records = lines(path)
    assert steps(records, "train/loss") == [*range(1, 13)]
    assert steps(records, "checkpoint/loss") == cells[0].recipe.checkpoints.tolist()


@pytest.mark.parametrize("kind", ["jsonl", "tensorboard"])
def test_the_command_logs_every_cell(zebroid, suite, trained, tmp_path, kind):
    status, _, err = zebroid("run", suite(), "--out", "out", "--log", kind)
    assert (status, err) == (0, "")
    cells = load_suite(suite()).cells
    assert len([*(tmp_path / "out" / "logs").iterdir()]) == len(cells) == 4
    for cell in cells:
        path = log_path(tmp_path / "out" / "logs", cell, ".jsonl" if kind == "jsonl" else "")
        names = ("train/loss", "accuracy/instance")
        if kind == "jsonl":
            found = [steps(lines(path), name) for name in names]
        else:
            found = [event_steps(path, name) for name in names]
        assert found == [[100], cell.recipe.checkpoints.tolist()]


def test_without_the_option_nothing_is_logged(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out")
    assert not (tmp_path / "out" / "logs").exists()


def test_a_node_sends_what_it_would_log_and_nothing_where_nobody_logs(suite, trained):
    cells = load_suite(suite()).cells[:1]
    for log in (True, False):
        sent = []
        makers = ray_cluster._makers(cells)
        ray_cluster.train_there([cells[0].message()], makers, [], log, sent.append)
        assert ("scalars" in {what for what, *_ in sent}) == log
        assert {digest for _, digest, _ in sent} == {cells[0].digest}
        json.dumps(sent)


def test_a_number_that_is_not_finite_is_null(cell, tmp_path):
    JsonLines(tmp_path).scalars(cell, 3, {"train/loss": float("nan"), "train/flops": 1.0})
    (record,) = lines(log_path(tmp_path, cell, ".jsonl"))
    assert (record["train/loss"], record["train/flops"]) == (None, 1.0)


def test_a_log_is_found_whatever_plan_and_model_are_called(suite, tmp_path):
    (one, *_) = load_suite(suite()).cells
    (other, *_) = load_suite(suite(**{'"short"': '"brief"', ".short": ".brief"})).cells
    for cell in (one, other):
        JsonLines(tmp_path / "logs").scalars(cell, 3, {"train/loss": 1.0})
    (path,) = (tmp_path / "logs").iterdir()
    assert "short" in path.name and len(lines(path)) == 1


def test_another_version_of_training_has_a_log_of_its_own(cell, tmp_path, raised):
    JsonLines(tmp_path / "logs").scalars(cell, 3, {"train/loss": 1.0})
    raised()
    JsonLines(tmp_path / "logs").scalars(cell, 3, {"train/loss": 1.0})
    assert len([*(tmp_path / "logs").iterdir()]) == 2


def test_event_files_go_on_where_they_ended_and_few_are_open(suite, monkeypatch, tmp_path):
    monkeypatch.setattr(tracker, "OPEN", 1)
    cells = load_suite(suite()).cells[:2]
    for last in (2, 4):
        log = TensorBoard(tmp_path)
        for step in range(1, last + 1):
            for cell in cells:
                log.scalars(cell, step, {"train/loss": 1.0 / step})
        assert len(log._open) == 1
        log.close()
    for cell in cells:
        assert event_steps(log_path(tmp_path, cell, ""), "train/loss") == [1, 2, 3, 4]
    (newest, *_) = sorted(log_path(tmp_path, cells[0], "").glob("events.*"))
    newest.write_bytes(newest.read_bytes()[:-3])  # a kill in the midst of an event
    assert event_steps(log_path(tmp_path, cells[0], ""), "train/loss")


def test_threads_that_log_at_once_write_whole_lines(cell, tmp_path):
    log = JsonLines(tmp_path)
    threads = [
        threading.Thread(target=log.scalars, args=(cell, 1, {f"train/{n}": 1.0})) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lines(log_path(tmp_path, cell, ".jsonl"))) == 8


def test_clean_removes_logs(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out", "--log", "jsonl")
    zebroid("clean", "--out", "out")
    assert not (tmp_path / "out" / "logs").exists()


def test_an_unknown_tracker_is_one_line(zebroid, suite, trained):
    status, _, err = zebroid("run", suite(), "--log", "tensorbored")
    assert status == 2 and err.count("\n") == 1
    assert "unknown --log 'tensorbored'; did you mean 'tensorboard'?" in err and not trained


def test_without_tensorboardx_there_is_one_line_with_the_cure(zebroid, suite, trained, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    status, _, err = zebroid("run", suite(), "--log", "tensorboard")
    assert status == 2 and err.count("\n") == 1 and not trained
    assert 'pip install "zebroid[tensorboard]"' in err


def test_a_damaged_log_ends_no_training_and_is_named_at_the_end(zebroid, suite, trained, tmp_path):
    zebroid("run", suite(), "--out", "out", "--log", "jsonl")
    path = min(tmp_path.glob("out/logs/*.jsonl"))
    path.write_text("no record\n")
    for cell in (tmp_path / "out" / "cells").iterdir():
        (cell / "answers.npz").unlink()
        (cell / "cell.json").unlink()
        cell.rmdir()
    status, out, err = zebroid("run", suite(), "--out", "out", "--log", "jsonl")
    assert (status, err) == (1, "") and out.count(": trained in") == 4
    line = out.rstrip().rpartition("\n")[2]
    assert line.startswith("not all was logged: ") and f"{path.name} is damaged" in line
    assert "delete it and run again; the results are whole" in line


def test_a_full_disk_is_one_line(zebroid, suite, trained, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", "out/logs/x.jsonl")

    monkeypatch.setattr(JsonLines, "scalars", full)
    status, _, err = zebroid("run", suite(), "--log", "jsonl")
    assert status == 2 and "out/logs/x.jsonl: No space left on device" in err
    assert err.count("\n") == 1


def test_no_name_is_no_tracker(tmp_path):
    with open_tracker("", tmp_path) as found:
        assert found is None
    assert [*tmp_path.iterdir()] == []
