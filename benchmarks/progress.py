"""What a run shows while it works: a live line per cell on a terminal, a plain line elsewhere."""

from __future__ import annotations

import dataclasses
import time
from types import TracebackType
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from .cell import Cell


class Watch(Protocol):
    """Told by a run what happens; shows it, or doesn't."""

    def stage(self, cell: Cell, what: str) -> None:
        """Work on ``cell`` has come to ``what``: "corpus", "compile"."""

    def step(self, step: int, steps: int, speed: float, loss: float) -> None:
        """Training has come to ``step`` of ``steps``, at ``speed`` examples/s."""

    def done(self, cell: Cell, how: str) -> None:
        """``cell`` is finished: "trained", "kept" from an earlier run, or "failed: why"."""


class Silent:
    """Shows nothing."""

    def stage(self, cell: Cell, what: str) -> None: ...
    def step(self, step: int, steps: int, speed: float, loss: float) -> None: ...
    def done(self, cell: Cell, how: str) -> None: ...


class Shown:
    """A watch on a console; a context, in which nothing else should print.

    On a terminal each cell has one live line (step, speed, time left) that stays when it is done;
    piped, each cell prints one line when it is done, without control codes.
    """

    def __init__(self, console: Console, cells: int) -> None:
        self.console, self.cells, self.finished = console, cells, 0
        self.live = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=10),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(compact=True),
            TextColumn("left"),
            console=console,
            refresh_per_second=4,
            disable=not console.is_terminal,
            transient=True,
        )
        self.task: TaskID | None = None
        self.began, self.speed = 0.0, 0.0

    def __enter__(self) -> Shown:
        self.live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.live.stop()

    def stage(self, cell: Cell, what: str) -> None:
        if self.task is None:
            self.began, self.speed = time.monotonic(), 0.0
            title = escape(_title(cell, self.finished + 1, self.cells))
            self.task = self.live.add_task(title, total=None, note=what)
        self.live.update(self.task, note=what)

    def step(self, step: int, steps: int, speed: float, loss: float) -> None:
        self.speed = speed or self.speed
        note = f"step {step:,}/{steps:,} {speed:,.0f}/s"  # examples; a narrow line must hold it
        if self.task is not None:
            self.live.update(self.task, completed=step, total=steps, note=note)

    def done(self, cell: Cell, how: str) -> None:
        self.finished += 1
        if self.task is not None:
            self.live.remove_task(self.task)
            how += f" in {time.monotonic() - self.began:.0f} s"
            how += f", {self.speed:,.0f} examples/s" if self.speed else ""
            self.task = None
        title = _title(cell, self.finished, self.cells)
        seeds = ".".join(str(seed) for seed in dataclasses.astuple(cell.seeds))
        line = f"{title} {cell.plan} seed {seeds}: {how}"
        self.console.print(line, markup=False, soft_wrap=True)


def _title(cell: Cell, number: int, cells: int) -> str:
    place = f"{number:>{len(str(cells))}}/{cells}"
    return f"{place} {cell.world}/{cell.size} {cell.mode} {cell.model}"
