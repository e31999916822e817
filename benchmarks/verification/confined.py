"""verify in a process of its own, bounded in memory and time, which nothing can take down with it.

The child does all that looks at the receipt, and writes one JSON object a line: what it is doing, a
plugin that it is about to load (it then waits for a line), a finding. This process reads nothing of
the receipt; it prints, and ends the child where that takes too long or too much.
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
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from ...errors import UserError
from ...printable import printable
from . import verified_record
from .findings import Finding, show

SECONDS = 25.0  # from its first word: to start takes two or three more
LONGER = 600.0  # where the cells are those of a built-in suite, whose cost is known
START = 120.0  # until its first word; a receipt has no part in that
MEMORY = 2 * 10**9  # bytes
CORES = 4  # whose threads the child has: each takes address space
PRINTED = 4_000  # characters of a text in a message
LINE = 2**16  # bytes of one message of the child
NAPS = 0.05  # seconds between looks at how much memory the child holds
CURE = "give it more with --seconds"

Watch = Callable[[str], None]


def run(path: Path, allowed: bool, seconds: float, full: bool = False) -> int:
    """Verifies a receipt, plugins and all where that is ``allowed``, prints the findings, keeps
    that it was verified, and returns the exit status. ``full``: floors that come with its suite are
    measured anew."""
    mark = verified_record.mark(path)

    def announce(line: str) -> None:
        print(printable(line), flush=True)

    with Console(stderr=True).status("reading") as status:

        def watch(what: str) -> None:
            status.update(escape(printable(what)))

        found = list(findings(path, watch, announce if allowed else None, seconds, full))
    show(found)
    passed = all(f.passed for f in found)
    if passed and mark == verified_record.mark(path):
        verified_record.remember(mark)
    return int(not passed)


def findings(
    path: Path,
    watch: Watch,
    announce: Callable[[str], None] | None = None,
    seconds: float = 0.0,
    full: bool = False,
) -> Iterator[Finding]:
    """The findings of ``verify``; a last one, of a check that did not pass, where the child died.

    ``announce``: where plugins are allowed, hears the line that names each before it is loaded.
    ``seconds``: for all checks together; 0: SECONDS, or LONGER where the cells are those of a
    built-in suite. Raises UserError for what is no receipt.
    """
    child = subprocess.Popen(
        command(path, announce is not None, full),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # nothing of a stranger's reaches the terminal past printable()
        env=_environment(),
        start_new_session=hasattr(os, "setsid"),
    )
    doing, ended = "receipt", ""
    begin = time.monotonic()
    deadline = begin + START
    try:
        for message in _messages(child):
            if message is None:
                ended = _too_much(child, deadline, deadline - begin)
                if ended:
                    break
            elif "ready" in message:
                begin = time.monotonic()
                deadline = begin + (seconds or SECONDS)
            elif "error" in message:
                raise UserError(message["error"])
            elif "doing" in message:
                doing = message["doing"]
                watch(message["watch"])
            elif "known" in message:
                deadline = begin + (seconds or LONGER)
            elif "plugin" in message:
                assert announce is not None and child.stdin is not None
                announce(message["plugin"])
                child.stdin.write(b"\n")
                child.stdin.flush()
            elif "finding" in message:
                yield Finding(**message["finding"])
            elif "done" in message:
                return
        yield Finding(doing, False, ended or _fate(child), time.monotonic() - begin)
    finally:
        _end(child)


def command(path: Path, allowed: bool, full: bool) -> list[str]:
    """What starts the child."""
    words = [sys.executable, "-m", "zebroid.benchmarks.verification.verify_child", str(path)]
    return [*words, *["--allow-plugins"] * allowed, *["--full"] * full]


def _messages(child: subprocess.Popen[bytes]) -> Iterator[dict[str, Any] | None]:
    """What the child says; None between, at least once a nap."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read() -> None:  # in a thread of its own: not every system can wait for a pipe
        assert child.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while line := child.stdout.readline(LINE):
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


def _too_much(child: subprocess.Popen[bytes], deadline: float, seconds: float) -> str:
    """Why the child is to be ended, or empty."""
    if time.monotonic() > deadline:
        return f"not done within {seconds:.0f} s; {CURE}"
    with contextlib.suppress(OSError, ValueError, IndexError):  # only Linux knows
        pages = int(Path(f"/proc/{child.pid}/statm").read_text().split()[1])
        if pages * os.sysconf("SC_PAGE_SIZE") > MEMORY:
            return _memory()
    return ""


def _memory() -> str:
    return f"it takes more than the {MEMORY / 1e9:.0f} GB of memory that a receipt is given"


def _fate(child: subprocess.Popen[bytes]) -> str:
    """What became of a child that left without a word."""
    try:
        status = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return "the process that looked at it wrote what was not understood"
    if status < 0:
        name = signal.Signals(-status).name if -status in {*signal.Signals} else str(-status)
        return f"the process that looked at it was ended by {name}"
    return f"the process that looked at it left with status {status}"


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(OSError):  # with all that a plugin may have started
        os.killpg(child.pid, signal.SIGKILL) if hasattr(os, "killpg") else child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _environment() -> dict[str, str]:
    """That of this process; threads of linear algebra only take memory here."""
    single = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {**os.environ, **dict.fromkeys(single, "1"), "PYTHONUNBUFFERED": "1"}
