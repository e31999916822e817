"""A process of its own for what strangers wrote: bounded in memory, and nothing it does ends us.

It writes one JSON object a line. Whoever started it ends it where it takes too long or too much.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

CORES = 4  # whose threads a child has: each takes address space
NAPS = 0.05  # seconds between looks at how much memory a child holds


class Child:
    """A running module of ours, ``python -m MODULE WORDS…``; ended with the block that it is in."""

    def __init__(self, command: Sequence[str], longest: int) -> None:
        """``longest``: bytes of one message; a longer one is not understood."""
        self.longest = longest
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # nothing of a stranger's reaches the terminal unprintable
            env=_environment(),
            start_new_session=hasattr(os, "setsid"),
        )

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def messages(self) -> Iterator[dict[str, Any] | None]:
        """What the child says; None between, at least once a nap. Ends where it left or writes
        what is no message."""
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

        def read() -> None:  # in a thread of its own: not every system can wait for a pipe
            assert self.process.stdout is not None
            with contextlib.suppress(OSError, ValueError):
                while line := self.process.stdout.readline(self.longest):
                    lines.put(line)
            lines.put(b"")

        threading.Thread(target=read, daemon=True).start()
        while True:
            yield None
            try:
                line = lines.get(timeout=NAPS)
            except queue.Empty:
                continue
            try:
                message = json.loads(line)
            except ValueError:  # it left, or a plugin writes where it should not
                return
            if not isinstance(message, dict):
                return
            yield message

    def say(self, line: bytes = b"") -> None:
        """Writes one line to the child. A child that has left hears nothing."""
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.write(line + b"\n")
            self.process.stdin.flush()

    def holds_more_than(self, most: int) -> bool:
        """Whether it holds more than so many bytes of memory; only Linux knows."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE") > most
        return False

    def fate(self, what: str) -> str:
        """What became of a child that left without a word, and did ``what``."""
        try:
            status = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return f"the process that {what} wrote what was not understood"
        if status < 0:
            name = signal.Signals(-status).name if -status in {*signal.Signals} else str(-status)
            return f"the process that {what} was ended by {name}"
        return f"the process that {what} left with status {status}"

    def end(self) -> None:
        """Ends it, with all that it may have started."""
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def command(module: str, *words: str) -> list[str]:
    """What starts a module of zebroid as such a child."""
    return [sys.executable, "-m", f"zebroid.benchmarks.{module}", *words]


def limit(memory: int, seconds: float = 0.0) -> None:
    """Bounds the memory of this process, where the system can, and the threads that take some.

    ``seconds``: of work on each core, after which the system ends it even where whoever started
    it is gone; 0: without end.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        most = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        if seconds:
            work = math.ceil(seconds * CORES)
            resource.setrlimit(resource.RLIMIT_CPU, (work, work))
    if hasattr(os, "sched_setaffinity"):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def _environment() -> dict[str, str]:
    """That of this process; threads of linear algebra only take memory here."""
    single = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(single, "1"), "PYTHONUNBUFFERED": "1"}
