"""Executor: who trains the cells of a run. What all executors share stands here, once.

``execute`` asks the store first, so a run that was stopped goes on by the same call. It groups the
cells that are left into batches, hands them to an executor, gives out again what is lost or fails
in company, and collects what comes of each cell. An executor only has to train.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
from collections.abc import Generator, Sequence
from typing import Protocol

from ..config.run_config import Cell, run_batches
from .corpora import Corpora
from .progress import Silent, Watch
from .result_store import Result, Store
from .tracker import Tracker

Batch = Sequence[Cell]  # cells that are trained together


@dataclasses.dataclass(frozen=True)
class Failure:
    """No result of some cells, and why."""

    cells: Batch
    cause: str  # one line
    trace: str = ""  # traceback, for whoever mends it
    lost: bool = False  # with the process or machine that trained them, not by an error of theirs


Ends = Generator[Result | Failure, None, None]


@dataclasses.dataclass(frozen=True)
class Task:
    """What an executor is given."""

    cells: Sequence[Cell]  # of the whole run, in order
    todo: collections.deque[Batch]  # what to train; may grow while an executor is at it
    store: Store
    watch: Watch
    corpora: Corpora
    tracker: Tracker | None = None  # None: nothing is logged


class Executor(Protocol):
    """Trains batches of cells, in this process or elsewhere."""

    @property
    def leads(self) -> bool:
        """Whether this process keeps results and reports; if not, it helps one that does."""
        ...

    @property
    def retries(self) -> int:
        """How often a batch is given out again that was lost."""
        ...

    def vmap_size(self, cells: Sequence[Cell]) -> int:
        """How many trainings of ``cells`` a batch may hold, to be advanced side by side."""
        ...

    def train(self, task: Task) -> Ends:
        """Takes batches from ``task.todo`` until none is left, and yields what comes of each.

        A result is in ``task.store``, and holds no weights, when it is yielded. Progress goes to
        ``task.watch``, but not that a cell is done. The iterator is closed to stop it: whatever it
        has started has ended then. Raises UserError or OSError where no cell can be trained or
        kept, and it is for the user to mend.
        """
        ...


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of some cells: results in their order, and why others have none."""

    results: tuple[Result, ...]
    failures: dict[str, str]  # digest of a cell -> cause, one line

    @property
    def ended(self) -> set[str]:
        """Digests of the cells of which it is known what came of them."""
        return {result.cell.digest for result in self.results} | {*self.failures}


def execute(
    executor: Executor,
    cells: Sequence[Cell],
    store: Store,
    watch: Watch | None = None,
    corpora: Corpora | None = None,
    tracker: Tracker | None = None,
) -> Outcome:
    """Trains the cells that ``store`` doesn't hold. One that fails is a missing run, the rest goes
    on. Raises UserError or OSError where results cannot be written."""
    results: dict[str, Result] = {}
    failures: dict[str, str] = {}
    given = store, watch or Silent(), corpora or Corpora(), tracker
    with contextlib.closing(ends(executor, cells, *given)) as ended:
        for end in ended:
            if isinstance(end, Failure):
                failures[end.cells[0].digest] = end.cause
            else:
                results[end.cell.digest] = end
    ordered = (results[cell.digest] for cell in cells if cell.digest in results)
    return Outcome(tuple(ordered), failures)


def ends(
    executor: Executor,
    cells: Sequence[Cell],
    store: Store,
    watch: Watch,
    corpora: Corpora,
    tracker: Tracker | None = None,
) -> Ends:
    """As ``execute``, cell by cell as they end: a result, or a failure of one cell."""
    pending = []
    for cell in cells:
        if (kept := store.load(cell)) is None:
            pending.append(cell)
        else:
            watch.done(cell, _how(kept, "kept"))
            yield kept
    todo = collections.deque[Batch](run_batches(pending, executor.vmap_size(pending)))
    task = Task(cells, todo, store, watch, corpora, tracker)
    lost: collections.Counter[str] = collections.Counter()
    with contextlib.closing(executor.train(task)) as trained:
        for end in trained:
            if not isinstance(end, Failure):
                watch.done(end.cell, _how(end, "trained"))
                yield end
                continue
            first, cause = end.cells[0], end.cause
            if end.lost and executor.retries:
                lost[first.digest] += 1
                if lost[first.digest] <= executor.retries:
                    watch.say(f"lost: {first} ({cause.partition('. ')[0]}); given out again")
                    todo.append(end.cells)
                    continue
                times = lost[first.digest]
                cause = f"lost {times} times with its process or node ({cause})"
            elif len(end.cells) > 1 and not end.lost:
                # side by side they may not fit, or one may break the others
                todo.extendleft([cell] for cell in reversed(end.cells))
                continue
            for cell in end.cells:
                if end.trace:
                    store.explain(cell, end.trace)
                watch.done(cell, f"failed: {cause}")
                yield Failure([cell], cause, end.trace)


def _how(result: Result, fine: str) -> str:
    """What is displayed of a cell that is done: ``fine``, or why its training failed."""
    return f"failed: {result.run.failed}" if result.run.failed else fine
