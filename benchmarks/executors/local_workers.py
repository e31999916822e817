"""Cells in several processes side by side, each on cores of its own, and a GPU if there are enough.

Processes that share a GPU share its memory out. XLA spreads each small operation over all cores
that a process may use, and mostly waits for the slowest: two processes of one core each train our
small models about 1.5 times as fast as one on two. A batch is one training, on GPUs as many as go
side by side, so none waits for a process that is behind.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import UserError
from ...models.training.plan import VMAP_SIZE
from ..config.run_config import Cell
from ..runner import provenance
from ..runner.executor import Batch, Ends, Failure, Task
from ..runner.progress import replay
from ..runner.result_store import Result
from .worker import SEPARATOR

COMMAND = (sys.executable, "-m", "zebroid.benchmarks.executors.worker")
VISIBLE, DEVICES = "CUDA_VISIBLE_DEVICES", Path("/dev")
MEMORY, MOST = "XLA_PYTHON_CLIENT_MEM_FRACTION", 0.75  # what JAX takes of a GPU by default
PATIENCE = 10.0  # seconds that a worker has to leave once it is interrupted

Cores = tuple[int, ...]
Events = queue.Queue[tuple["_Worker", str | None]]


def shares(jobs: int) -> list[Cores]:
    """Equally many cores for each of ``jobs`` processes, or of as many as there are cores.

    Equally many, and as many however few cells are left: their number shows in the last bits.
    """
    cores = provenance.cores()
    jobs = min(jobs, len(cores))
    size = len(cores) // jobs
    return [cores[i * size : (i + 1) * size] for i in range(jobs)]


def accelerators() -> list[str]:
    """Names of the NVIDIA GPUs that processes started here may use; JAX itself would take them."""
    if VISIBLE in os.environ:
        return [name for name in os.environ[VISIBLE].split(",") if name]
    return [str(i) for i in range(len([*DEVICES.glob("nvidia[0-9]*")]))]


@dataclasses.dataclass(frozen=True)
class LocalWorkers:
    """Trains in a process on each of ``places``.

    A process that dies loses what it was at, and another takes its place.
    """

    places: Sequence[Cores]
    leads = True
    retries = 0

    def vmap_size(self, cells: Sequence[Cell]) -> int:
        return VMAP_SIZE if accelerators() else 1

    def train(self, task: Task) -> Ends:
        gpus, events = accelerators(), Events()
        workers: list[_Worker] = []
        try:
            places = self.places[: len(task.todo)]
            for number, place in enumerate(places):
                gpu = _share(gpus, number, len(places)) if gpus else {}
                workers.append(_Worker(task, place, gpu, events))
            while any(worker.batch for worker in workers):
                worker, line = events.get()
                if not worker.batch:
                    continue  # it has nothing to do any more, and leaves
                if line is not None:
                    yield from worker.hear(line)
                    continue
                yield from worker.mourn()
                if task.todo:
                    workers.append(_Worker(task, worker.cores, worker.gpu, events))
        finally:
            _end(workers)


def _share(gpus: Sequence[str], number: int, processes: int) -> dict[str, str]:
    """Environment of the n-th process: its GPU, and how much of its memory it may take."""
    mine = number % len(gpus)
    sharing = len(range(mine, processes, len(gpus)))
    memory = {} if sharing == 1 or MEMORY in os.environ else {MEMORY: f"{MOST / sharing:.3f}"}
    return {VISIBLE: gpus[mine], **memory}


class _Worker:
    """A process at work on batches; the lines that it writes go to ``events``, and None at its
    end."""

    def __init__(self, task: Task, cores: Cores, gpu: Mapping[str, str], events: Events) -> None:
        self.task, self.cores, self.gpu = task, cores, gpu
        self.batch: dict[str, Cell] = {}  # what it is at, by digest
        self.left: dict[str, Cell] = {}  # of these, what has not ended yet
        with _pinned(cores):
            self.process = subprocess.Popen(
                [*COMMAND, str(task.store.out)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                process_group=0,  # Ctrl-C comes to us alone, and we pass it on
                env={**os.environ, **gpu},
            )
        threading.Thread(target=self._listen, args=(events,), daemon=True).start()
        self.give(task.todo.popleft())

    def _listen(self, events: Events) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                events.put((self, line))
        events.put((self, None))

    def give(self, batch: Batch) -> None:
        """The next batch, or an empty one: there is no more to do."""
        self.batch = {cell.digest: cell for cell in batch}
        self.left = dict(self.batch)
        stdin = self.process.stdin
        assert stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died, as we shall hear
            if not batch:
                stdin.close()
            else:
                stdin.write(line_of(batch, self.task.store.keep, self.task.tracker is not None))
                stdin.flush()

    def hear(self, line: str) -> Iterator[Result | Failure]:
        """What the process wrote: progress is passed on, a cell that has ended is yielded.

        Raises UserError where it cannot go on, nor could another.
        """
        text, _, record = line.partition(SEPARATOR)
        if text.strip():
            self.task.watch.say(text.rstrip())
        found: dict[str, Any] = json.loads(record) if record else {}
        if "stop" in found:
            raise UserError(found["stop"])
        if "message" in found:
            replay(found["message"], self.batch, self.task.watch, self.task.tracker)
        if "trained" in found:
            result = self.task.store.load(self.left.pop(found["trained"]))
            assert result is not None, "the worker keeps it before it reports"
            yield result
        if "failed" in found:
            yield Failure([self.left.pop(found["failed"])], found["cause"])
        if "over" in found:
            self.give(self.task.todo.popleft() if self.task.todo else ())

    def mourn(self) -> Iterator[Failure]:
        """Of a process that ended: why what it had not done has failed."""
        left, self.batch = [*self.left.values()], {}
        status = self.process.wait()
        by = signal.strsignal(-status) if status < 0 else f"exit status {status}"
        if status == -signal.SIGKILL:
            by = f"{by}, as a system does where no memory is left"
        if left:
            cause = f"its process died ({by}); the same command goes on"
            yield Failure(left, cause, lost=True)


def line_of(batch: Batch, keep: Collection[str] = frozenset(), log: bool = False) -> str:
    """A batch as a worker reads it; ``keep``: digests of cells that keep their weights; ``log``:
    whether loss and scores are to be reported on the way."""
    kept = [cell.digest for cell in batch if cell.digest in keep]
    cells = [cell.message() for cell in batch]
    return json.dumps({"cells": cells, "keep_weights": kept, "log": log}) + "\n"


def _end(workers: Sequence[_Worker]) -> None:
    """Interrupts those at work, and waits until all have left."""
    for worker in workers:
        if worker.batch:
            worker.process.send_signal(signal.SIGINT)
    for worker in workers:
        worker.give(())
        try:
            worker.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            worker.process.kill()
            worker.process.wait()


@contextlib.contextmanager
def _pinned(cores: Cores) -> Iterator[None]:
    """Processes started in the block may use these cores alone, where the system allows that.

    A process inherits this from the thread that starts it, before any library counts cores.
    """
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
