"""What a run displays while it works: live lines on a terminal, plain ones elsewhere."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from ...printable import visible
from ..config.run_config import Cell
from .tracker import Tracker, Values


class Watch(Protocol):
    """Follows a run: displays what happens, or passes it on.  Several cells may be at work."""

    def stage(self, cell: Cell, what: str) -> None:
        """Work on ``cell`` has come to ``what``: "corpus", "compiling"."""

    def step(self, cell: Cell, step: int, steps: int, speed: float, loss: float) -> None:
        """Training has come to ``step`` of ``steps``, at ``speed`` examples/s."""

    def done(self, cell: Cell, how: str) -> None:
        """``cell`` is finished: "trained", "kept" from an earlier run, or "failed: why"."""

    def say(self, line: str) -> None:
        """Another line for the user, such as a warning from another process."""


class Silent:
    """Displays nothing."""

    def stage(self, cell: Cell, what: str) -> None: ...
    def step(self, cell: Cell, step: int, steps: int, speed: float, loss: float) -> None: ...
    def done(self, cell: Cell, how: str) -> None: ...
    def say(self, line: str) -> None: ...


Message = tuple[str, str, tuple[Any, ...]]  # what, digest of a cell or empty, values; JSON-ready


class Relay:
    """Watch and tracker of another process: ``send`` passes messages on to where ``replay`` is."""

    def __init__(self, send: Callable[[Message], object]) -> None:
        self.send = send

    def stage(self, cell: Cell, what: str) -> None:
        self.send(("stage", cell.digest, (what,)))

    def step(self, cell: Cell, step: int, steps: int, speed: float, loss: float) -> None:
        self.send(("step", cell.digest, (step, steps, speed, loss)))

    def done(self, cell: Cell, how: str) -> None:
        """Whoever replays learns it by the result, once that is kept."""

    def say(self, line: str) -> None:
        self.send(("say", "", (line,)))

    def scalars(self, cell: Cell, step: int, values: Values) -> None:
        self.send(("scalars", cell.digest, (step, dict(values))))

    def close(self) -> None:
        """The files are with whoever replays."""


def replay(
    message: Message, cells: Mapping[str, Cell], watch: Watch, tracker: Tracker | None
) -> None:
    """Passes a message of a ``Relay`` on; one of a cell that is not in ``cells``, by digest, is
    ignored: its training is over."""
    what, digest, values = message
    if what == "say":
        watch.say(*values)
    elif digest not in cells:
        return
    elif what == "stage":
        watch.stage(cells[digest], *values)
    elif what == "step":
        watch.step(cells[digest], *values)
    elif what == "scalars" and tracker is not None:
        tracker.scalars(cells[digest], *values)


@dataclasses.dataclass
class _Line:
    """The live line of a cell at work."""

    task: TaskID
    began: float  # seconds, monotonic
    speed: float = 0.0  # examples/s, the last that was reported
    compiling: float = 0.0  # when that began; 0: not yet
    compiled: float = 0.0  # seconds until the first steps were reported


class Displayed:
    """A watch on a console; a context, in which nothing else should print.

    On a terminal each cell at work has one live line (step, speed, time left); done, each cell has
    one plain line. Piped, the plain lines are all, without control codes, after one that says that
    the first is being compiled.
    """

    def __init__(self, console: Console, cells: int) -> None:
        self.console, self.cells, self.finished = console, cells, 0
        self.live = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=10),
            TextColumn("{task.fields[note]}", markup=False),
            TimeRemainingColumn(compact=True),
            TextColumn("left", markup=False),
            console=console,
            refresh_per_second=4,
            disable=not console.is_terminal,
            transient=True,
        )
        self.compiles = False  # whether anything was compiled before
        self.lines: dict[str, _Line] = {}  # digest of a cell at work -> its line

    def __enter__(self) -> Displayed:
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
        if cell.digest not in self.lines:
            title = _title(cell, self.finished + len(self.lines) + 1, self.cells)
            task = self.live.add_task(visible(title), total=None, note=what)
            self.lines[cell.digest] = _Line(task, time.monotonic())
        line = self.lines[cell.digest]
        if what == "compiling":
            line.compiling = time.monotonic()
            if self.live.disable and not self.compiles:
                self.say(f"{_title(cell, 1, self.cells)}: compiling, which may take a minute")
            self.compiles = True
        self.live.update(line.task, note=what)

    def step(self, cell: Cell, step: int, steps: int, speed: float, loss: float) -> None:
        line = self.lines[cell.digest]
        line.speed = speed or line.speed
        if line.compiling and not line.compiled:
            line.compiled = time.monotonic() - line.compiling
        note = f"step {step:,}/{steps:,} {speed:,.0f}/s"  # examples; a narrow line must hold it
        self.live.update(line.task, completed=step, total=steps, note=note)

    def done(self, cell: Cell, how: str) -> None:
        self.finished += 1
        line = self.lines.pop(cell.digest, None)
        if line is not None:
            self.live.remove_task(line.task)
            how += f" in {time.monotonic() - line.began:.0f} s"
            # the first seconds are the compiler's; a speed is that of the last steps
            how += f", {line.compiled:.0f} of them compiling" if line.compiled >= 1 else ""
            how += f"; {line.speed:,.0f} examples/s at the end" if line.speed else ""
        title = _title(cell, self.finished, self.cells)
        seeds = ".".join(map(str, cell.drawn.values()))
        self.say(f"{title} {cell.plan} seed {seeds}: {how}")

    def say(self, line: str) -> None:
        self.console.print(line, markup=False, soft_wrap=True)


class Shielded:
    """A watch that ends no training where it can't display something; the first reason is kept.

    An output that is closed or full still ends the run.
    """

    def __init__(self, watch: Watch) -> None:
        self.watch, self.broken = watch, ""

    def stage(self, cell: Cell, what: str) -> None:
        self._try(self.watch.stage, cell, what)

    def step(self, cell: Cell, step: int, steps: int, speed: float, loss: float) -> None:
        self._try(self.watch.step, cell, step, steps, speed, loss)

    def done(self, cell: Cell, how: str) -> None:
        self._try(self.watch.done, cell, how)

    def say(self, line: str) -> None:
        self._try(self.watch.say, line)

    def _try(self, display: Callable[..., None], *what: Any) -> None:
        try:
            display(*what)
        except OSError:
            raise
        except Exception as error:
            self.broken = self.broken or f"{type(error).__name__}: {' '.join(str(error).split())}"


def _title(cell: Cell, number: int, cells: int) -> str:
    place = f"{number:>{len(str(cells))}}/{cells}"
    return f"{place} {cell.world}/{cell.size} {cell.mode} {cell.model}"
