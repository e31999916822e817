"""Cells as tasks of a Ray cluster: ``zebroid run SUITE --ray ADDRESS``.

A task is one batch, on one core (or GPU) of whichever node has one to spare, in a temporary folder
there, and returns the files of the cells that come of it; here they are kept as if trained here.
What is lost with its node or process is given out again. Only this machine needs our folders.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import logging
import os
import socket
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from ...errors import MissingExtra, UserError
from ...models.training_version import TRAINING
from ..config.run_config import Cell
from ..runner import provenance
from ..runner.corpora import Corpora
from ..runner.executor import Batch, Ends, Failure, Task, execute
from ..runner.progress import Message, Relay, replay
from ..runner.result_store import Result, Store
from ..runner.run import InProcess

POLL_S = 0.5  # between looks at what the tasks report
REACH_S = 10.0  # that a cluster may take to answer
RETRIES = 3  # of a training whose process or node is lost; then it is likely its own fault

Files = dict[str, bytes]  # name -> content
Made = tuple[Files, str, str]  # of one cell: its files, why it has none, the traceback of that
Send = Callable[[Message], object]


class Board:
    """An actor of Ray: what tasks have reported since one last looked."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def post(self, message: Message) -> None:
        self.messages.append(message)

    def take(self) -> list[Message]:
        messages, self.messages = self.messages, []
        return messages


@dataclasses.dataclass(frozen=True)
class RayCluster:
    """Trains on the cluster at ``address``."""

    address: str
    leads = True
    retries = RETRIES

    def vmap_size(self, cells: Sequence[Cell]) -> int:
        return 1

    def train(self, task: Task) -> Ends:
        if task.todo:
            with _cluster(self.address) as ray:
                yield from _Tasks(ray, task).ends()


class _Tasks:
    """Batches at work on a cluster."""

    def __init__(self, ray: Any, task: Task) -> None:
        self.ray, self.task = ray, task
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        # the board stays where we are: other nodes may be lost
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self.board = ray.remote(Board).options(num_cpus=0, scheduling_strategy=here).remote()
        gpus = 1 if ray.cluster_resources().get("GPU") else 0
        self.remote = ray.remote(train_on_node).options(num_cpus=1, num_gpus=gpus, max_retries=0)
        self.at: dict[Any, Batch] = {}  # what Ray promised -> its cells

    def ends(self) -> Ends:
        while self.at or self.task.todo:
            while self.task.todo:
                self._give(self.task.todo.popleft())
            done, _ = self.ray.wait([*self.at], num_returns=1, timeout=POLL_S)
            self._replay()
            for promise in done:
                yield from self._end(self.at.pop(promise), promise)

    def _give(self, batch: Batch) -> None:
        keep = [cell.digest for cell in batch if cell.digest in self.task.store.keep]
        log = self.task.tracker is not None
        messages = [cell.message() for cell in batch]
        self.at[self.remote.remote(messages, _makers(batch), keep, log, self.board)] = batch

    def _replay(self) -> None:
        cells = {cell.digest: cell for batch in self.at.values() for cell in batch}
        for message in self.ray.get(self.board.take.remote()):
            replay(message, cells, self.task.watch, self.task.tracker)

    def _end(self, batch: Batch, promise: Any) -> Iterator[Result | Failure]:
        """Keeps what came of the cells."""
        errors = self.ray.exceptions
        try:
            made: list[Made] = self.ray.get(promise)
        except (errors.RayTaskError, errors.TaskCancelledError) as error:
            yield Failure(batch, _line(error))
            return
        except errors.RayError as error:
            yield Failure(batch, _line(error), lost=True)
            return
        for cell, (files, cause, trace) in zip(batch, made):
            if cause:
                yield Failure([cell], cause, trace)
            else:
                yield self.task.store.adopt(cell, files)


def train_on_node(
    messages: list[dict[str, Any]], makers: dict[str, str], keep: list[str], log: bool, board: Any
) -> list[Made]:
    """On a node: what came of each cell of a batch, once all that was reported is on the board."""
    import ray

    posted: list[Any] = []  # the last: a caller's posts are carried out in order

    def send(message: Message) -> None:
        posted[:] = [board.post.remote(message)]

    own_core()
    made = train_there(messages, makers, keep, log, send)
    ray.get(posted)
    return made


def train_there(
    messages: list[dict[str, Any]], makers: dict[str, str], keep: list[str], log: bool, send: Send
) -> list[Made]:
    """What came of each cell of a batch; ``keep``: digests of those with weights; ``log``: whether
    loss and scores are sent on the way."""
    cells = [Cell.from_message(message) for message in messages]
    own = _makers(cells)
    differ = sorted(k for k in {*own, *makers} if own.get(k) != makers.get(k))
    if differ:
        versions = ", ".join(
            f"{k} {own.get(k, 'none')}, not {makers.get(k, 'none')}" for k in differ
        )
        cause = f"node {os.uname().nodename} has {versions}; install there what is installed here"
        return [({}, cause, "")] * len(cells)
    with tempfile.TemporaryDirectory(prefix="zebroid-") as folder:
        store, watch = Store(Path(folder), keep), Relay(send)
        tracker = watch if log else None
        failures = execute(InProcess(), cells, store, watch, _corpora(), tracker).failures
        return [_made(store, cell, failures.get(cell.digest, "")) for cell in cells]


def _makers(cells: Sequence[Cell]) -> dict[str, str]:
    """Versions of all that makes the results of cells, which a receipt states of this machine."""
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
