"""Loss and scores while a training runs, as files: ``zebroid run SUITE --log jsonl|tensorboard``.

Every cell has a log of its own in ``OUT/logs``. Training is a pure function of its cell, so one
that goes on where a killed one saved its state repeats steps with equal values: of each name, only
steps beyond the last that is logged are added. No step is logged twice, and at most the record is
lost that was being written when the process was killed.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ...errors import MissingExtra, UserError
from ...eval.question_sets.question_set import QuestionSet
from ...models import training_version
from ...worlds.novelty.rungs import RUNGS
from ..config.run_config import Cell

KINDS = ("jsonl", "tensorboard")
OPEN = 32  # event files that are open at once; each has a thread

Values = Mapping[str, float]  # name -> value; names are "train/…", "checkpoint/…", "accuracy/RUNG"


class Tracker(Protocol):
    """Records numbers of trainings as they go on. Called from several threads."""

    def scalars(self, cell: Cell, step: int, values: Values) -> None:
        """After ``step`` updates of ``cell``. Raises OSError where it cannot write."""

    def close(self) -> None:
        """Nothing more is recorded."""


@contextlib.contextmanager
def open_tracker(kind: str, out: Path) -> Iterator[Guarded | None]:
    """The tracker of this name, of ``KINDS``, which writes to ``out/logs``; none for no name.

    Raises UserError where what it needs is not installed.
    """
    if not kind:
        yield None
        return
    found = Guarded({"jsonl": JsonLines, "tensorboard": TensorBoard}[kind](out / "logs"))
    try:
        yield found
    finally:
        found.close()


class JsonLines:
    """A file of JSON for each cell, a line each record, appended and synced to the disk.

    A number that is not finite is null.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last: dict[str, dict[str, int]] = {}  # digest of a cell -> name -> last step
        self._lock = threading.Lock()

    def scalars(self, cell: Cell, step: int, values: Values) -> None:
        with self._lock:
            path = log_path(self.folder, cell, ".jsonl")
            if cell.digest not in self._last:
                self._last[cell.digest] = _last_steps(_json_records(path))
            if not (added := _beyond(self._last[cell.digest], step, values)):
                return
            finite = {n: v if math.isfinite(v) else None for n, v in added.items()}
            record = {"cell": cell.digest[:16], "step": step, "time": time.time(), **finite}
            with path.open("ab") as file:
                file.write(json.dumps(record).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())

    def close(self) -> None: ...


class TensorBoard:
    """A folder of event files for each cell, for ``tensorboard --logdir OUT/logs``."""

    def __init__(self, folder: Path) -> None:
        try:
            from tensorboardX import SummaryWriter
        except ImportError:
            raise MissingExtra(
                "--log tensorboard: tensorboardX is not installed; "
                'pip install "zebroid[tensorboard]", or give --log jsonl'
            ) from None
        self.folder, self._writer = folder, SummaryWriter
        self._last: dict[str, dict[str, int]] = {}
        self._open: OrderedDict[str, Any] = OrderedDict()  # digest -> writer, the oldest first
        self._lock = threading.Lock()

    def scalars(self, cell: Cell, step: int, values: Values) -> None:
        with self._lock:
            path = log_path(self.folder, cell, "")
            if cell.digest not in self._last:
                self._last[cell.digest] = _last_steps(_event_records(path))
            if not (added := _beyond(self._last[cell.digest], step, values)):
                return
            writer = self._writer_of(cell, path)
            for name, value in added.items():
                writer.add_scalar(name, value, step)
            writer.flush()

    def _writer_of(self, cell: Cell, path: Path) -> Any:
        if cell.digest not in self._open:
            while len(self._open) >= OPEN:
                self._open.popitem(last=False)[1].close()
            number = len([*path.glob("events.*")])  # else two of one second would be one file
            self._open[cell.digest] = self._writer(str(path), filename_suffix=f".{number}")
        self._open.move_to_end(cell.digest)
        return self._open[cell.digest]

    def close(self) -> None:
        for writer in self._open.values():
            writer.close()
        self._open.clear()


class Guarded:
    """A tracker whose errors end no training; the first is kept. A full disk still ends the run."""

    def __init__(self, tracker: Tracker) -> None:
        self.tracker, self.broken = tracker, ""

    def scalars(self, cell: Cell, step: int, values: Values) -> None:
        try:
            self.tracker.scalars(cell, step, values)
        except OSError:
            raise
        except Exception as error:
            self.broken = self.broken or f"{type(error).__name__}: {' '.join(str(error).split())}"

    def close(self) -> None:
        self.tracker.close()


class Records:
    """What training reports of the cells of a batch, by number, as scalars for a tracker."""

    def __init__(
        self, cells: Sequence[Cell], question_sets: Sequence[QuestionSet], tracker: Tracker
    ) -> None:
        self.cells, self.question_sets, self.tracker = cells, question_sets, tracker

    def segment(self, number: int, step: int, flops: float, loss: float, speed: float) -> None:
        """Training has come to ``step``: FLOPs spent, loss of the last batch, examples/s."""
        values = {"train/loss": loss, "train/examples_per_s": speed, "train/flops": flops}
        self.tracker.scalars(self.cells[number], step, values)

    def checkpoint(
        self,
        number: int,
        step: int,
        flops: float,
        loss: float,
        answer: NDArray[np.int32],
        bits: NDArray[np.float32],
    ) -> None:
        """All questions [Q] were answered after ``step``; ``loss``: mean since the checkpoint
        before. Accuracy and bits are means over the pure questions of each rung."""
        question_set = self.question_sets[number]
        right, groups = question_set.right(answer), question_set.groups
        values = {"checkpoint/loss": loss, "checkpoint/flops": flops}
        for rung in RUNGS:
            if rung in groups and rung != "mixed":  # which is never pure
                values[f"accuracy/{rung}"] = float(right[groups[rung]].mean())
                values[f"bits/{rung}"] = float(bits[groups[rung]].mean())
        self.tracker.scalars(self.cells[number], step, values)


def log_path(folder: Path, cell: Cell, suffix: str) -> Path:
    """The log of ``cell``, whatever its plan and model were called when it was begun."""
    known = f"{cell.digest[:16]}.{training_version.TRAINING}{suffix}"
    if found := sorted(folder.glob(f"*.{known}")):
        return found[0]
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w.@-]+", "-", str(cell).replace("seeds ", ""))
    return folder / f"{name[:120]}.{known}"


def _beyond(last: dict[str, int], step: int, values: Values) -> dict[str, float]:
    """The values that are not logged yet; ``last`` knows them from now on."""
    added = {name: float(v) for name, v in values.items() if step > last.get(name, -1)}
    last.update(dict.fromkeys(added, step))
    return added


def _last_steps(records: Iterator[tuple[int, Sequence[str]]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for step, names in records:
        for name in names:
            found[name] = max(step, found.get(name, -1))
    return found


def _json_records(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """(step, names) of each line; cuts off a last line that was not written whole."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            file.truncate(len(whole))
    for line in whole.splitlines():
        try:
            record = json.loads(line)
            step, names = int(record["step"]), [name for name in record if "/" in name]
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{path} is damaged ({line[:60]!r}); delete it and run again") from None
        yield step, names


def _event_records(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    """(step, names) of each event: records of TensorFlow, of which the last may not be whole."""
    from tensorboardX.proto import event_pb2

    messages: Any = event_pb2  # generated

    for file in sorted(path.glob("events.*")):
        content, at = file.read_bytes(), 0
        while at + 12 <= len(content):
            # length uint64, its checksum uint32, an event, its checksum uint32
            (length,) = struct.unpack_from("<Q", content, at)
            if at + 16 + length > len(content):
                break
            event = messages.Event.FromString(content[at + 12 : at + 12 + length])
            yield event.step, [value.tag for value in event.summary.value]
            at += 16 + length
