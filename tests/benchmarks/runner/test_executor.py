"""Executors: the protocol suffices for one that stands nowhere in the package, and its logic is
shared: what is kept, failed, lost, stopped."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from zebroid.benchmarks import job
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.executors.local_workers import LocalWorkers
from zebroid.benchmarks.executors.ray_cluster import RayCluster
from zebroid.benchmarks.runner import executor, run
from zebroid.benchmarks.runner.executor import Failure, execute
from zebroid.benchmarks.runner.progress import Relay, Silent, replay
from zebroid.benchmarks.runner.result_store import Store
from zebroid.errors import UserError

LOOPS = {"init = [0, 1], order = [0, 1]": "init = [0, 1, 2], order = [0, 1, 2]"}


class Elsewhere:
    """An executor that sends cells away as messages, and whose batches go wrong as planned.

    ``fate``: what becomes of each batch in turn: "lost", "failed", or by default "trained".
    """

    leads = True

    def __init__(self, fate=(), retries=0, size=1):
        self.fate, self.retries, self.size = [*fate], retries, size
        self.batches, self.closed = [], False

    def vmap_size(self, cells):
        return self.size

    def train(self, task):
        try:
            while task.todo:
                batch = task.todo.popleft()
                self.batches.append(len(batch))
                fate = self.fate.pop(0) if self.fate else "trained"
                if fate != "trained":
                    yield Failure(batch, f"no {fate}. more", "a trace", lost=fate == "lost")
                    continue
                for cell in batch:
                    there = type(cell).from_message(cell.message())
                    result = run.train_cell(there, task.corpora, task.watch)
                    task.store.save(result)
                    yield dataclasses.replace(result, cell=cell)
        finally:
            self.closed = True


class Lines(Silent):
    def __init__(self):
        self.done_cells, self.lines = [], []

    def done(self, cell, how):
        self.done_cells.append(how)

    def say(self, line):
        self.lines.append(line)


@pytest.fixture
def cells(suite, trained):
    return load_suite(suite()).cells


def test_a_third_executor_gives_the_receipt_of_this_process(
    zebroid, suite, trained, monkeypatch, tmp_path
):
    from zebroid.benchmarks.receipts.receipt import Receipt

    assert zebroid("run", suite(), "--out", "here")[0] == 0
    monkeypatch.setattr(job.Where, "executor", lambda where: Elsewhere())
    assert zebroid("run", suite(), "--out", "there")[0] == 0
    (here,), (there,) = (
        [Receipt.read(path).lasting for path in tmp_path.glob(pattern)]
        for pattern in ("here/*/receipt.json", "there/*/receipt.json")
    )
    assert here == there


def test_what_is_kept_is_given_to_nobody_and_results_come_in_order(cells, tmp_path):
    store, watch = Store(tmp_path), Lines()
    execute(Elsewhere(), cells[1:3], store)
    again = Elsewhere()
    outcome = execute(again, cells, store, watch)
    assert again.batches == [1, 1] and watch.done_cells == ["kept"] * 2 + ["trained"] * 2
    assert [result.cell for result in outcome.results] == [*cells] and not outcome.failures


def test_what_is_lost_is_given_out_again_as_often_as_the_executor_allows(cells, tmp_path):
    watch = Lines()
    outcome = execute(Elsewhere(["lost"] * 3, retries=2), cells[:1], Store(tmp_path), watch)
    assert outcome.failures == {
        cells[0].digest: "lost 3 times with its process or node (no lost. more)"
    }
    assert [line.partition(": ")[0] for line in watch.lines] == ["lost", "lost"]
    assert watch.lines[0].endswith("(no lost); given out again")
    again = Elsewhere(["lost"] * 2, retries=2)
    outcome = execute(again, cells[:1], Store(tmp_path))
    assert len(outcome.results) == 1 and again.batches == [1, 1, 1]


def test_without_retries_what_is_lost_has_failed(cells, tmp_path):
    outcome = execute(Elsewhere(["lost"]), cells[:1], Store(tmp_path))
    assert outcome.failures == {cells[0].digest: "no lost. more"} and not outcome.results


def test_a_batch_that_fails_is_tried_again_cell_by_cell(suite, trained, tmp_path):
    cells = [cell for cell in load_suite(suite(**LOOPS)).cells if cell.mode == "direct"]
    found = Elsewhere(["failed", "trained", "failed"], size=3)
    watch, store = Lines(), Store(tmp_path)
    outcome = execute(found, cells, store, watch)
    assert found.batches == [3, 1, 1, 1]
    assert outcome.failures == {cells[1].digest: "no failed. more"}
    assert [result.cell for result in outcome.results] == [cells[0], cells[2]]
    assert store.explained(cells[1]) == "a trace"
    assert watch.done_cells == ["trained", "failed: no failed. more", "trained"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, UserError])
def test_an_executor_is_closed_whatever_ends_the_run(cells, tmp_path, error):
    class Broken(Silent):
        def done(self, cell, how):
            raise error("enough")

    found = Elsewhere()
    with pytest.raises(error, match="enough"):
        execute(found, cells, Store(tmp_path), Broken())
    assert found.closed and found.batches == [1]
    assert len(execute(Elsewhere(), cells, Store(tmp_path)).results) == len(cells)  # goes on


def test_where_a_run_goes_picks_its_executor(monkeypatch):
    monkeypatch.setattr(job, "shares", lambda jobs: [(0,), (1,)][:jobs])
    assert job.Where().executor() == run.InProcess()
    assert job.Where(layout="replicas").executor() == run.InProcess("replicas")
    assert job.Where(jobs=2).executor() == LocalWorkers([(0,), (1,)])
    assert job.Where(ray="auto").executor() == RayCluster("auto")


def test_progress_of_another_process_is_replayed_and_of_what_is_over_ignored(cells):
    heard, sent = [], []

    class All(Silent):
        def stage(self, cell, what):
            heard.append((cell, what))

        def step(self, cell, *values):
            heard.append((cell, *values))

        def say(self, line):
            heard.append(line)

        def scalars(self, cell, step, values):
            heard.append((cell, step, values))

        def close(self): ...

    relay, cell = Relay(sent.append), cells[0]
    every: Any = All()
    relay.stage(cell, "corpus")
    relay.step(cell, 1, 2, 3.0, 0.5)
    relay.scalars(cell, 1, {"train/loss": 0.5})
    relay.say("a line")
    relay.done(cell, "trained")  # its result says so
    for message in sent:
        replay(message, {cell.digest: cell}, every, every)
    expected = [(cell, "corpus"), (cell, 1, 2, 3.0, 0.5), (cell, 1, {"train/loss": 0.5}), "a line"]
    assert heard == expected
    for message in sent[:3]:
        replay(message, {}, every, every)
    replay(sent[2], {cell.digest: cell}, every, None)  # nobody logs
    replay(("close", cell.digest, ()), {cell.digest: cell}, every, every)  # not theirs to call
    assert heard == expected


def test_kept_results_are_read_through_the_store_alone(cells, tmp_path):
    """A helper neither finds results nor writes any."""
    execute(run.InProcess(), cells[:1], Store(tmp_path))
    helper = Store(tmp_path / "other", helper=True)
    outcome = execute(run.InProcess(), cells[:1], helper)
    assert len(outcome.results) == 1 and not (tmp_path / "other").exists()
    assert Store(tmp_path, helper=True).load(cells[0]) is None
    assert Store(tmp_path).load(cells[0]) is not None
    assert executor.Outcome((), {}).ended == set()
