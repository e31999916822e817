"""Cells in several processes: the same results, and what becomes of those whose process dies."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from zebroid.benchmarks.executors import local_workers
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner import progress, provenance

pytestmark = pytest.mark.long

SCRIPT = """
import errno, os, pathlib, signal, sys, time
sys.path.insert(0, {folder!r})
from benchmarks import conftest
from zebroid.benchmarks.executors import worker
from zebroid.benchmarks.runner import provenance, run

def asleep(cell, watch):
    try:
        watch.stage(cell, "asleep")
        time.sleep(60)
    except KeyboardInterrupt:
        with pathlib.Path({folder_of_test!r}, "interrupted").open("a") as log:
            log.write("x")
        raise

def train_cell(cell, corpora, watch, draft=None, layout="", **options):
    with pathlib.Path({folder_of_test!r}, "trained").open("a") as log:
        log.write(f"{{os.getpid()}} {{len(provenance.cores())}}\\n")
    {misfortune}
    return conftest.pretend(cell, corpora, watch, draft, **options)

def train_cells(cells, corpora, watch, draft, layout, **options):
    {misfortune_of_batches}
    return [train_cell(cell, corpora, watch, draft, layout, **options) for cell in cells]

run.train_cell, run.train_cells = train_cell, train_cells
worker.main()
"""
SECOND_CHAIN = "if cell.mode == 'chain' and cell.seeds.init == 1:\n        "


@pytest.fixture
def workers(monkeypatch, tmp_path):
    """workers(what happens before a training): two workers as on two cores, which only pretend."""
    here = str(Path(__file__).parents[2])

    def begin(misfortune="pass", misfortune_of_batches="pass"):
        path = tmp_path / "worker.py"
        given = {"folder": here, "folder_of_test": str(tmp_path), "misfortune": misfortune}
        given["misfortune_of_batches"] = misfortune_of_batches
        path.write_text(SCRIPT.format(**given))
        monkeypatch.setattr(local_workers, "COMMAND", (sys.executable, str(path)))

    allowed = provenance.cores()
    monkeypatch.setattr(provenance, "cores", lambda: (allowed * 2)[:2])
    begin()
    return begin


@pytest.fixture
def log(tmp_path):
    """log() -> (process, number of its cores) of every training, in order."""
    path = tmp_path / "trained"
    return lambda: [line.split() for line in path.read_text().splitlines()]


def receipt(folder):
    (path,) = folder.glob("*/receipt.json")
    return Receipt.read(path).lasting


def gone(process):
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    return False


def test_two_processes_give_the_receipt_of_one(zebroid, suite, trained, workers, log, tmp_path):
    zebroid("run", suite(), "--out", "one")
    trained.clear()
    status, out, err = zebroid("run", suite(), "--out", "two", "--jobs", "2")
    assert (status, err, trained) == (0, "", [])
    assert receipt(tmp_path / "two") == receipt(tmp_path / "one")
    assert out.count(": trained in") == 4
    assert len({process for process, _ in log()}) == 2
    if hasattr(os, "sched_setaffinity"):
        assert {cores for _, cores in log()} == {"1"}
    assert all(gone(process) for process, _ in log())


def test_what_is_kept_is_given_to_nobody(zebroid, suite, trained, workers, log):
    zebroid("run", suite(), "--only", "mode=direct")
    status, out, _ = zebroid("run", suite(), "--jobs", "2")
    assert (status, len(log())) == (0, 2)
    assert out.count(": kept") == 2 and out.count(": trained in") == 2
    zebroid("run", suite(), "--jobs", "2")
    assert len(log()) == 2


def test_weights_of_a_suite_that_keeps_them_come_from_other_processes(
    zebroid, suite, trained, workers, tmp_path
):
    kept = {'expected = "chain deduces': 'keep_weights = true\nexpected = "chain deduces'}
    status, out, _ = zebroid("run", suite(**kept), "--out", "two", "--jobs", "2")
    assert status == 0 and out.count(": trained in") == 4
    zebroid("run", suite(**kept), "--out", "one")
    found = {p.parent.name: p.read_bytes() for p in tmp_path.glob("two/cells/*/*.safetensors")}
    own = {p.parent.name: p.read_bytes() for p in tmp_path.glob("one/cells/*/*.safetensors")}
    assert len(own) == 4 and found == own


def test_two_processes_log_what_one_does(zebroid, suite, trained, workers, tmp_path):
    for out, words in (("one", ()), ("two", ("--jobs", "2"))):
        assert zebroid("run", suite(), "--out", out, "--log", "jsonl", *words)[::2] == (0, "")

    def records(path):
        return [json.loads(line) | {"time": 0} for line in path.read_text().splitlines()]

    folders = tmp_path / "one" / "logs", tmp_path / "two" / "logs"
    found = [{path.name: records(path) for path in folder.iterdir()} for folder in folders]
    assert len(found[0]) == 4 and found[0] == found[1]
    assert receipt(tmp_path / "two") == receipt(tmp_path / "one")


def test_a_process_that_dies_loses_one_cell_and_the_same_command_goes_on(
    zebroid, suite, trained, workers, log, tmp_path
):
    workers(SECOND_CHAIN + "os.kill(os.getpid(), signal.SIGKILL)")
    status, out, err = zebroid("run", suite(), "--out", "out", "--jobs", "2")
    assert (status, err) == (1, "")
    assert out.count(": trained in") == 3
    assert (
        "failed: its process died (Killed, as a system does where no memory is left); the same"
        in out
    )
    assert "chain: 1 of 2 failed: its process died" in " ".join(out.split())
    workers()
    status, out, _ = zebroid("run", suite(), "--out", "out", "--jobs", "2")
    assert (status, out.count(": kept"), out.count(": trained in")) == (0, 3, 1)


def test_another_process_takes_the_place_of_a_dead_one(zebroid, suite, trained, workers, log):
    workers("if cell.seeds.init == 0: sys.exit(3)")
    status, out, _ = zebroid("run", suite(), "--jobs", "2")
    assert status == 1
    assert out.count("its process died (exit status 3)") >= 2 and out.count(": trained in") == 2


def test_a_cell_that_fails_there_is_a_missing_run(zebroid, suite, trained, workers, tmp_path):
    workers(SECOND_CHAIN + "raise RuntimeError('out of memory')")
    status, out, _ = zebroid("run", suite(), "--out", "out", "--jobs", "2")
    assert status == 1
    assert "chain: 1 of 2 failed: RuntimeError: out of memory" in " ".join(out.split())
    assert len(list(tmp_path.glob("out/failures/*.txt"))) == 1


def test_what_no_process_can_mend_ends_all_in_one_line(zebroid, suite, trained, workers, log):
    workers("raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), 'out/cells')")
    status, _, err = zebroid("run", suite(), "--jobs", "2")
    assert status == 2
    assert "out/cells: No space left on device" in err and err.count("\n") == 1
    assert all(gone(process) for process, _ in log())


LOOPS = {'model = "decoder-xs"': 'model = { preset = "looped-s", query_loops = [4, 2] }'}


@pytest.mark.slow
def test_cells_of_one_training_go_to_one_process_and_fail_with_it(
    zebroid, suite, trained, workers, log, tmp_path
):
    workers(misfortune_of_batches="if cells[0].seeds.init == 1: sys.exit(3)")
    status, out, _ = zebroid("run", suite(**LOOPS), "--out", "out", "--jobs", "2")
    assert (status, out.count(": failed: its process died (exit status 3)")) == (1, 4)
    assert out.count(": trained in") == len(log()) == 4
    workers()
    status, out, _ = zebroid("run", suite(**LOOPS), "--out", "out", "--jobs", "2")
    assert (status, out.count(": kept"), out.count(": trained in")) == (0, 4, 4)
    made_by = Counter(process for process, _ in log()[4:])
    assert all(number % 2 == 0 for number in made_by.values())


def test_words_of_a_library_are_passed_on(zebroid, suite, trained, workers):
    workers("print('library: no such accelerator', file=sys.stderr)")
    _, out, _ = zebroid("run", suite(), "--only", "mode=chain", "--jobs", "2")
    assert out.count("library: no such accelerator") == 2


def test_an_interrupt_is_passed_on_and_keeps_what_is_finished(
    zebroid, suite, trained, workers, log, monkeypatch, tmp_path
):
    workers("if cell.mode == 'chain': asleep(cell, watch)")

    asleep = set()

    def stage(self, cell, what):
        asleep.update({cell.digest} if cell.mode == "chain" else ())
        if len(asleep) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(progress.Displayed, "stage", stage)
    monkeypatch.setattr(progress.Displayed, "step", lambda *_: None)
    status, out, _ = zebroid("run", suite(), "--out", "out", "--jobs", "2")
    assert status == 130 and "the same command goes on" in out
    assert (tmp_path / "interrupted").read_text() == "xx"
    assert all(gone(process) for process, _ in log())
    assert len(list(tmp_path.glob("out/cells/*"))) == 2


def test_workers_leave_when_nobody_listens_any_more(suite, workers, tmp_path):
    from zebroid.benchmarks.config.suite import load_suite

    workers("time.sleep(0.5)")
    process = subprocess.Popen(
        [*local_workers.COMMAND, str(tmp_path / "out")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdin and process.stdout
    cell = load_suite(suite()).cells[0]
    process.stdin.write(local_workers.line_of([cell]))
    process.stdin.flush()
    process.stdout.close()  # as when whoever started it was killed
    assert process.wait(timeout=60) != 0
    process.stdin.close()


@pytest.mark.parametrize(
    ("cores", "number", "expected"),
    [
        ((0, 1), 1, [(0, 1)]),
        ((0, 1), 2, [(0,), (1,)]),
        ((0, 2, 4, 6, 8), 2, [(0, 2), (4, 6)]),  # equally many
        ((3,), 2, [(3,)]),  # no more processes than cores
    ],
)
def test_cores_are_shared_equally(monkeypatch, cores, number, expected):
    monkeypatch.setattr(provenance, "cores", lambda: cores)
    assert local_workers.shares(number) == expected


def test_every_process_has_a_gpu_of_its_own(
    zebroid, suite, trained, workers, monkeypatch, tmp_path
):
    monkeypatch.delenv(local_workers.VISIBLE, raising=False)
    monkeypatch.setattr(local_workers, "DEVICES", tmp_path)
    assert local_workers.accelerators() == []
    for name in ("nvidia0", "nvidia1", "nvidiactl"):
        (tmp_path / name).touch()
    assert local_workers.accelerators() == ["0", "1"]
    workers(f"print('GPU', os.environ['{local_workers.VISIBLE}'])")
    _, out, _ = zebroid("run", suite(), "--only", "seeds.init=0", "--jobs", "2")
    assert sorted(line for line in out.splitlines() if "GPU" in line) == ["GPU 0", "GPU 1"]
    monkeypatch.setenv(local_workers.VISIBLE, "3,5")
    assert local_workers.accelerators() == ["3", "5"]


@pytest.mark.slow
def test_processes_that_share_a_gpu_share_its_memory_and_train_side_by_side(
    zebroid, suite, trained, workers, monkeypatch
):
    monkeypatch.delenv(local_workers.MEMORY, raising=False)
    workers(f"print('MEMORY', os.environ.get('{local_workers.MEMORY}'))")
    run_batches, real = [], local_workers.line_of
    monkeypatch.setattr(
        local_workers,
        "line_of",
        lambda run_batch, *keep: run_batches.append(len(run_batch)) or real(run_batch, *keep),
    )

    def message(gpus, folder):
        monkeypatch.setenv(local_workers.VISIBLE, gpus)
        _, out, _ = zebroid("run", suite(), "--out", folder, "--jobs", "2")
        return [line for line in out.splitlines() if "MEMORY" in line]

    assert message("0", "one") == ["MEMORY 0.375"] * 4
    assert run_batches == [2, 2]  # two modes of two seeds each
    assert message("0,1", "two") == ["MEMORY None"] * 4
    monkeypatch.setenv(local_workers.MEMORY, "0.1")
    assert message("0", "three") == ["MEMORY 0.1"] * 4


def test_a_number_of_processes_below_one_is_refused(zebroid, suite):
    status, _, err = zebroid("run", suite(), "--jobs", "0")
    assert status == 2 and "--jobs 0: expected" in err and err.count("\n") == 1
