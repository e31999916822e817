"""verify in a process of its own, bounded in memory and time, which nothing can take down with it.

The child does all that looks at the receipt, and writes one JSON object a line: what it is doing, a
plugin that it is about to load (it then waits for a line), a finding. This process reads nothing of
the receipt; it prints, and ends the child where that takes too long or too much.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from ...errors import UserError
from ...printable import printable
from . import bounded_child, verified_record
from .bounded_child import Child
from .findings import Finding, show

SECONDS = 25.0  # from its first word: to start takes two or three more
LONGER = 600.0  # where the cells are those of a built-in suite, whose cost is known
START = 120.0  # until its first word; a receipt has no part in that
MEMORY = 4 * 10**9  # bytes
PRINTED = 4_000  # characters of a text in a message
LINE = 2**16  # bytes of one message of the child
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
    doing, ended = "receipt", ""
    with Child(command(path, announce is not None, full), LINE) as child:
        begin = time.monotonic()
        deadline = begin + START
        for message in child.messages():
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
                assert announce is not None
                announce(message["plugin"])
                child.say()
            elif "finding" in message:
                yield Finding(**message["finding"])
            elif "done" in message:
                return
        ended = ended or child.fate("looked at it")
        yield Finding(doing, False, ended, time.monotonic() - begin)


def command(path: Path, allowed: bool, full: bool) -> list[str]:
    """What starts the child."""
    flags = [*["--allow-plugins"] * allowed, *["--full"] * full]
    return bounded_child.command("verification.verify_child", str(path), *flags)


def _too_much(child: Child, deadline: float, seconds: float) -> str:
    """Why the child is to be ended, or empty."""
    if time.monotonic() > deadline:
        return f"not done within {seconds:.0f} s; {CURE}"
    if child.holds_more_than(MEMORY):
        return f"it takes more than the {MEMORY / 1e9:.0f} GB of memory that a receipt is given"
    return ""
