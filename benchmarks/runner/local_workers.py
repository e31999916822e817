"""Cells in several processes side by side, each on cores of its own, and a GPU if there are enough.

Processes that share a GPU share its memory out. XLA spreads each small operation over all cores
that a process may use, and mostly waits for the slowest: two processes of one core each train our
small models about 1.5 times as fast as one on two. Cells are given out a training at a time, on
GPUs as many as go side by side, so none waits for a process that is behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import UserError
from ...models.training.plan import VMAP_SIZE
from ..config.run_config import Cell, run_batches
from . import provenance
from .progress import Watch
from .result_store import Store
from .run import Outcome, run
from .worker import SEPARATOR

COMMAND = (sys.executable, "-m", "zebroid.benchmarks.runner.worker")
VISIBLE, DEVICES = "CUDA_VISIBLE_DEVICES", Path("/dev")
MEMORY, MOST = "XLA_PYTHON_CLIENT_MEM_FRACTION", 0.75  # what JAX takes of a GPU, if not told
FAILED = "failed: "  # so begins what a worker tells of a cell that failed
PATIENCE = 10.0  # seconds that a worker has to leave once it is told to

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
    """Names of the NVIDIA GPUs that processes started here may use; JAX, asked, would take them."""
    if VISIBLE in os.environ:
        return [name for name in os.environ[VISIBLE].split(",") if name]
    return [str(i) for i in range(len([*DEVICES.glob("nvidia[0-9]*")]))]


def run_apart(
    cells: Sequence[Cell], store: Store, watch: Watch, places: Sequence[Cores]
) -> Outcome:
    """As ``run``, with a process on each of ``places`` for the cells that ``store`` doesn't hold.

    A process that dies loses what it was at, and another takes its place.
    """
    kept = [cell for cell in cells if store.has(cell)]
    run(kept, store, watch)
    digests = {cell.digest for cell in kept}
    gpus = accelerators()
    todo = [cell for cell in cells if cell.digest not in digests]
    rest = deque(run_batches(todo, VMAP_SIZE if gpus else 1))
    failures: dict[str, str] = {}
    events: Events = queue.Queue()
    workers: list[_Worker] = []
    try:
        places = places[: len(rest)]
        for number, place in enumerate(places):
            gpu = _share(gpus, number, len(places)) if gpus else {}
            workers.append(_Worker(store, place, gpu, events, rest.popleft()))
        while any(worker.run_batch for worker in workers):
            worker, line = events.get()
            if not worker.run_batch:
                continue  # it has nothing to do any more, and leaves
            over = worker.hear(line, watch) if line is not None else worker.mourn(watch)
            failures.update(over or {})
            if line is None and rest:
                place = worker.cores, worker.gpu
                workers.append(_Worker(store, *place, events, rest.popleft()))
            elif line is not None and over is not None:
                worker.give(rest.popleft() if rest else ())
    finally:
        _end(workers)
    results = [result for cell in cells if (result := store.load(cell)) is not None]
    kept = {result.cell.digest for result in results}  # a loss that isn't finite is a result too
    return Outcome(tuple(results), {d: why for d, why in failures.items() if d not in kept})


def _share(gpus: Sequence[str], number: int, processes: int) -> dict[str, str]:
    """What tells the n-th process its GPU, and how much of its memory it may take."""
    mine = number % len(gpus)
    sharing = len(range(mine, processes, len(gpus)))
    memory = {} if sharing == 1 or MEMORY in os.environ else {MEMORY: f"{MOST / sharing:.3f}"}
    return {VISIBLE: gpus[mine], **memory}


class _Worker:
    """A process at work on a lot; what it writes comes to ``events``, and None when it ends."""

    def __init__(
        self,
        store: Store,
        cores: Cores,
        gpu: Mapping[str, str],
        events: Events,
        run_batch: Sequence[Cell],
    ) -> None:
        self.store, self.cores, self.gpu = store, cores, gpu
        self.run_batch: dict[str, Cell] = {}  # what it is at, by digest
        self.left: dict[str, Cell] = {}  # of these, what isn't done yet
        self.broken: dict[str, str] = {}  # of these, why some that are done failed
        with _pinned(cores):
            self.process = subprocess.Popen(
                [*COMMAND, str(store.out)],
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
        self.give(run_batch)

    def _listen(self, events: Events) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                events.put((self, line))
        events.put((self, None))

    def give(self, run_batch: Sequence[Cell]) -> None:
        """The next lot, or an empty one: there is no more to do."""
        self.run_batch = {cell.digest: cell for cell in run_batch}
        self.left, self.broken = dict(self.run_batch), {}
        stdin = self.process.stdin
        assert stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it died, as we shall hear
            if not run_batch:
                stdin.close()
            else:
                stdin.write(line_of(run_batch, self.store.keep))
                stdin.flush()

    def hear(self, line: str, watch: Watch) -> dict[str, str] | None:
        """Passes on what the process wrote; once the lot is over, which cells failed and why.

        Raises UserError where it cannot go on, nor could another.
        """
        wording, _, text = line.partition(SEPARATOR)
        if wording.strip():
            watch.say(wording.rstrip())
        caption: dict[str, Any] = json.loads(text) if text else {}
        if "stop" in caption:
            raise UserError(caption["stop"])
        if "cell" in caption:
            cell = self.run_batch[caption["cell"]]
            if "stage" in caption:
                watch.stage(cell, caption["stage"])
            if "step" in caption:
                watch.step(cell, *caption["step"])
            if "done" in caption:
                del self.left[cell.digest]
                if caption["done"].startswith(FAILED):
                    self.broken[cell.digest] = caption["done"].removeprefix(FAILED)
                watch.done(cell, caption["done"])
        return caption.get("over")

    def mourn(self, watch: Watch) -> dict[str, str]:
        """Why what the process had not done when it ended has failed."""
        self.run_batch = {}
        status = self.process.wait()
        by = signal.strsignal(-status) if status < 0 else f"exit status {status}"
        if status == -signal.SIGKILL:
            by = f"{by}, as a system does where no memory is left"
        cause = f"its process died ({by}); the same command goes on"
        for cell in self.left.values():
            watch.done(cell, FAILED + cause)
        return self.broken | dict.fromkeys(self.left, cause)


def line_of(run_batch: Sequence[Cell], keep: Collection[str] = frozenset()) -> str:
    """A lot as a worker reads it; ``keep``: digests of cells that keep their weights."""
    kept = [cell.digest for cell in run_batch if cell.digest in keep]
    return (
        json.dumps({"cells": [cell.message() for cell in run_batch], "keep_weights": kept}) + "\n"
    )


def _end(workers: Sequence[_Worker]) -> None:
    """Interrupts those at work, and waits until all have left."""
    for worker in workers:
        if worker.run_batch:
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
