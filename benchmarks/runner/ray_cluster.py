"""Cells as tasks of a Ray cluster: ``zebroid run SUITE --ray ADDRESS``.

A task is one training, on one core (or GPU) of whichever node has one to spare, in a temporary
folder there, and returns the files of the cells that come of it; here they are kept as if trained
here. What is lost with its node or process is given out again. Nothing but this machine needs our
folders.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from ...errors import MissingExtra, UserError
from ...models.training_version import TRAINING
from ..config.run_config import Cell, run_batches
from . import provenance
from .progress import Watch
from .result_store import Store
from .run import Corpora, Outcome, how, run

POLL_S = 0.5  # between looks at what the tasks tell
REACH_S = 10.0  # that a cluster may take to answer
RETRIES = 3  # of a training whose process or node is lost; then it is likely its own fault

Files = dict[str, bytes]  # name -> content
Made = tuple[Files, str, str]  # of one cell: its files, why it has none, the traceback of that


class Board:
    """An actor of Ray: what tasks have told since one last looked."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str, tuple[Any, ...]]] = []

    def tell(self, digest: str, what: str, *values: Any) -> None:
        self.messages.append((digest, what, values))

    def take(self) -> list[tuple[str, str, tuple[Any, ...]]]:
        messages, self.messages = self.messages, []
        return messages


@dataclasses.dataclass(frozen=True)
class Posting:
    """A watch that tells a board."""

    board: Any

    def stage(self, cell: Cell, what: str) -> None:
        self.board.tell.remote(cell.digest, "stage", what)

    def step(self, cell: Cell, step: int, steps: int, speed: float, loss: float) -> None:
        self.board.tell.remote(cell.digest, "step", step, steps, speed, loss)

    def done(self, cell: Cell, how: str) -> None:
        """The caller learns this by the files, and once they are kept."""

    def say(self, line: str) -> None: ...


def run_on_ray(cells: Sequence[Cell], store: Store, watch: Watch, address: str) -> Outcome:
    """As ``run``, on the cluster at ``address``, for the cells that ``store`` doesn't hold."""
    kept = [cell for cell in cells if store.has(cell)]
    run(kept, store, watch)
    there = {cell.digest for cell in kept}
    rest = [cell for cell in cells if cell.digest not in there]
    failures: dict[str, str] = {}
    if rest:
        with _cluster(address) as ray:
            failures = _Tasks(ray, store, watch).finish(rest)
    results = [store.load(cell) for cell in cells if cell.digest not in failures]
    return Outcome(tuple(result for result in results if result is not None), failures)


class _Tasks:
    """Trainings at work on a cluster."""

    def __init__(self, ray: Any, store: Store, watch: Watch) -> None:
        self.ray, self.store, self.watch = ray, store, watch
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        # the board stays where we are: other nodes may be lost
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self.board = ray.remote(Board).options(num_cpus=0, scheduling_strategy=here).remote()
        gpus = 1 if ray.cluster_resources().get("GPU") else 0
        self.task = ray.remote(train_there).options(num_cpus=1, num_gpus=gpus, max_retries=0)
        self.at: dict[Any, list[Cell]] = {}  # what Ray promised -> its cells
        self.lost: dict[str, int] = {}  # digest of the first of them -> times

    def finish(self, cells: Sequence[Cell]) -> dict[str, str]:
        """Why some of the cells have no result; all others are kept."""
        failures: dict[str, str] = {}
        for run_batch in run_batches(cells):
            self._give(run_batch)
        while self.at:
            done, _ = self.ray.wait([*self.at], num_returns=1, timeout=POLL_S)
            self._hear()
            for promise in done:
                run_batch = self.at.pop(promise)
                for cell, cause in zip(run_batch, self._end(run_batch, promise)):
                    if cause:
                        failures[cell.digest] = cause
                        self.watch.done(cell, f"failed: {cause}")
        return failures

    def _give(self, run_batch: list[Cell]) -> None:
        messages = [cell.message() for cell in run_batch]
        keep = [cell.digest for cell in run_batch if cell.digest in self.store.keep]
        self.at[self.task.remote(messages, _makers(run_batch), keep, self.board)] = run_batch

    def _hear(self) -> None:
        cells = {cell.digest: cell for run_batch in self.at.values() for cell in run_batch}
        for digest, what, values in self.ray.get(self.board.take.remote()):
            if digest in cells:  # else it is over
                getattr(self.watch, what)(cells[digest], *values)

    def _end(self, run_batch: list[Cell], promise: Any) -> list[str]:
        """Keeps what came of the cells, or gives them out again; why each failed, or empty."""
        errors, first = self.ray.exceptions, run_batch[0]
        try:
            made: list[Made] = self.ray.get(promise)
        except (errors.RayTaskError, errors.TaskCancelledError) as error:
            return [_line(error)] * len(run_batch)
        except errors.RayError as error:
            self.lost[first.digest] = lost = self.lost.get(first.digest, 0) + 1
            if lost > RETRIES:
                return [f"lost {lost} times with its process or node ({_line(error)})"] * len(
                    run_batch
                )
            why = _line(error).partition(". ")[0]
            self.watch.say(f"lost: {first} ({why}); given out again")
            self._give(run_batch)
            return []
        return [self._keep(cell, *one) for cell, one in zip(run_batch, made)]

    def _keep(self, cell: Cell, files: Files, cause: str, trace: str) -> str:
        if cause:
            self.store.explain(cell, trace)
            return cause
        result = self.store.adopt(cell, files)
        self.watch.done(cell, how(result, "trained"))
        return ""


def train_there(
    messages: list[dict[str, Any]], makers: dict[str, str], keep: list[str], board: Any
) -> list[Made]:
    """On a node: what came of each cell of a lot; ``keep``: digests of those with weights."""
    cells = [Cell.from_message(message) for message in messages]
    own = _makers(cells)
    differ = sorted(k for k in {*own, *makers} if own.get(k) != makers.get(k))
    if differ:
        versions = ", ".join(
            f"{k} {own.get(k, 'none')}, not {makers.get(k, 'none')}" for k in differ
        )
        cause = f"node {os.uname().nodename} has {versions}; install there what is installed here"
        return [({}, cause, "")] * len(cells)
    own_core()
    with tempfile.TemporaryDirectory(prefix="zebroid-") as folder:
        store = Store(Path(folder), keep)
        failures = run(cells, store, Posting(board), _corpora()).failures
        return [_made(store, cell, failures.get(cell.digest, "")) for cell in cells]


def _makers(cells: Sequence[Cell]) -> dict[str, str]:
    """Versions of all that makes the results of cells, which a receipt tells of this machine."""
    return {
        "training": TRAINING,
        **provenance.versions(),
        **provenance.packages(cells),
    }


def _made(store: Store, cell: Cell, cause: str) -> Made:
    if cause:
        return {}, cause, store.explained(cell)
    return {path.name: path.read_bytes() for path in store.path(cell).iterdir()}, "", ""


@functools.cache
def _corpora() -> Corpora:
    """Corpora of this process, which Ray may give more than one task."""
    return Corpora()


@functools.cache
def own_core() -> IO[str] | None:
    """Pins this process to a core that no other task on this machine has; Ray only counts them.

    For as long as the lock lives, which the cache keeps. Where all are taken, or the system knows
    no pinning, on all cores.
    """
    if not hasattr(os, "sched_setaffinity"):
        return None
    import fcntl

    for core in provenance.cores():
        lock = (Path(tempfile.gettempdir()) / f"zebroid-core-{core}").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        os.sched_setaffinity(0, [core])
        return lock
    return None


@contextlib.contextmanager
def _cluster(address: str) -> Iterator[Any]:
    """Ray, at work for us within the block; tasks that are left are ended with it."""
    try:
        import ray
        from ray.exceptions import RayError
    except ImportError:
        raise MissingExtra(
            "--ray: Ray is not installed; pip install 'zebroid[cluster]' here and on all nodes"
        ) from None
    try:
        _reach(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError) as error:
        raise UserError(
            f"--ray {address}: {_line(error)}; give the address that `ray start --head` printed, "
            "auto, or local"
        ) from None
    try:
        yield ray
    except RayError as error:
        raise UserError(f"--ray {address}: {_line(error)}; the same command goes on") from None
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Raises OSError where nobody listens, for which Ray would wait for minutes."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host, int(port)), REACH_S).close()


def _line(error: BaseException) -> str:
    """The last line that says something: Ray's errors begin with where they happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]
