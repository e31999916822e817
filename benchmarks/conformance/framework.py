"""Checks of promises, run in the order of what they require, and the report of what was found.

Worlds and models share this: each has a list of ``Check``, and a subject that the checks' functions
look at. A function returns what it found, or raises ``Refused`` or ``Moot``.
"""

from __future__ import annotations

import dataclasses
import json
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Generic, Literal, TypeVar

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ... import __version__
from ...errors import UserError
from ...printable import visible
from ..report.plain_console import plain

Subject = TypeVar("Subject")
FAULT = "report it with this line and the file: zebroid is at fault, not what is checked"
Result = Literal["passed", "refused", "moot", "not reached"]
MARKS = {True: Text("✓", "green"), False: Text("✗", "red bold"), None: Text("–", "dim")}


class Refused(Exception):
    """A promise is broken: what was found, with an instance, and what would mend it."""

    def __init__(self, found: str, cure: str) -> None:
        super().__init__(found)
        self.cure = cure


class Moot(Exception):
    """There is nothing to hold a promise against: why. It counts as kept."""


@dataclasses.dataclass(frozen=True)
class Check(Generic[Subject]):
    """One promise, and the function that returns what was found, or raises Refused or Moot.

    ``requirements`` are the ids of checks without which this one would only repeat their complaint.
    ``scope`` is for subjects of several sizes: "whole" runs once, "least" at the least size alone,
    "size" at each.
    """

    id: str
    promise: str
    function: Callable[[Subject], str]
    requirements: tuple[str, ...] = ()
    scope: Literal["whole", "least", "size"] = "size"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What came of one check."""

    name: str  # the check's id
    promise: str
    size: str  # empty: of the subject as a whole
    result: Result
    found: str
    cure: str  # empty where there is nothing to mend
    seconds: float

    @property
    def passed(self) -> bool | None:
        """Whether the promise is kept; None where a requirement failed and nobody looked."""
        return None if self.result == "not reached" else self.result != "refused"

    def record(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**dataclasses.asdict(self), "passed": self.passed}


def run(
    checks: Sequence[Check[Subject]],
    subject: Subject,
    source: object,
    size: str = "",
    failed: Collection[str] = (),
    watch: Callable[[str], None] = lambda what: None,
) -> Iterator[Outcome]:
    """The outcome of every check, in order; ``watch`` gets the name of the next.

    ``source`` is the world or the spec under check: where its own code raises, the cure names the
    line. ``failed`` are ids of checks that failed before; requirements stand before what requires
    them.
    """
    failed = {*failed}
    for check in checks:
        watch(f"{size}: {check.id}" if size else check.id)
        began = time.perf_counter()
        lacks = [needed for needed in check.requirements if needed in failed]
        if lacks:
            result, found, cure = "not reached", f"not looked at, since {lacks[0]} failed", ""
        else:
            result, found, cure = _look(check, subject, source)
        if result in ("refused", "not reached"):
            failed.add(check.id)
        seconds = time.perf_counter() - began
        yield Outcome(check.id, check.promise, size, result, found, cure, seconds)


def _look(check: Check[Subject], subject: Subject, source: object) -> tuple[Result, str, str]:
    """(result, what was found, cure) of a check whose requirements are met."""
    try:
        return "passed", check.function(subject), ""
    except Moot as why:
        return "moot", str(why), ""
    except Refused as why:
        return "refused", str(why), why.cure
    except UserError as error:
        found, _, cure = str(error).rpartition("; ")
        return "refused", found or str(error), cure
    except (Exception, SystemExit) as error:  # whatever a stranger's code raises
        line = " ".join(str(error).split())
        return "refused", f"{type(error).__name__}: {line[:300]}", _mend(error, source)


def _mend(error: BaseException, source: object) -> str:
    """The last line of the source's own modules that led to ``error``; else it is one of ours,
    which no user can mend."""
    module = type(source).__module__
    package = f"{module.rpartition('.')[0] or module}."
    frames = traceback.extract_tb(error.__traceback__)
    names = [f.f_globals.get("__name__", "") for f, _ in traceback.walk_tb(error.__traceback__)]
    own = [frame for frame, name in zip(frames, names) if f"{name}.".startswith(package)]
    if own:
        return f"mend {own[-1].filename}:{own[-1].lineno}, {own[-1].line}"
    return FAULT


class Rows:
    """Prints outcomes as they come, a row each; those not looked at as one row a size."""

    WIDTH = 18  # of the longest id of a check
    SECONDS = 6

    def __init__(self, console: Console, name: str) -> None:
        self.console, self.name = console, name
        self.size: str | None = None
        self.rest: list[Outcome] = []
        self._row("", plain("check", "bold"), plain("what was found", "bold"), plain("s", "bold"))

    def __call__(self, outcome: Outcome) -> None:
        if outcome.size != self.size:
            self.close()
            self.size = outcome.size
            where = f"{self.name} at size {outcome.size}" if outcome.size else self.name
            self.console.print()
            self._row("", "", plain(where, "bold"), "")
        if outcome.passed is None:
            self.rest.append(outcome)
            return
        cells = plain(outcome.name), plain(outcome.found), f"{outcome.seconds:.1f}"
        self._row(MARKS[outcome.passed], *cells)

    def close(self) -> None:
        """Names what was not looked at."""
        if self.rest:
            text = f"{self.rest[0].found}: {', '.join(o.name for o in self.rest)}"
            self._row(MARKS[None], f"{len(self.rest)} more", plain(text), "")
        self.rest = []

    def _row(self, *cells: Text | str) -> None:
        """Widths are fixed, so that rows printed one by one stand below one another."""
        found = max(20, self.console.width - self.WIDTH - self.SECONDS - 6)
        row = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
        row.add_column(width=1)
        row.add_column(width=self.WIDTH)
        row.add_column(width=found - 1)
        row.add_column(width=self.SECONDS - 1, justify="right")
        row.add_row(*cells)
        self.console.print(row)


@dataclasses.dataclass(frozen=True)
class Appendix:
    """What a report shows beside its checks: a table, lines below it, and the same as data."""

    table: Table
    notes: tuple[str, ...]
    key: str  # of the data in JSON
    size: str
    data: Any


@dataclasses.dataclass(frozen=True)
class Report:
    """What came of all checks of one world or model."""

    kind: Literal["world", "model"]
    name: str
    sizes: tuple[str, ...]  # empty for a model
    outcomes: tuple[Outcome, ...]
    appendices: tuple[Appendix, ...] = ()

    @property
    def passed(self) -> bool:
        return all(o.passed for o in self.outcomes)

    @property
    def exit_code(self) -> int:
        """Of the command: 0 where every promise is kept, else 1."""
        return 0 if self.passed else 1

    def record(self) -> dict[str, Any]:
        """JSON-ready; a model has no sizes."""
        known: dict[str, Any] = {self.kind: self.name}
        checks = [outcome.record() for outcome in self.outcomes]
        if self.kind == "world":
            known["sizes"] = [*self.sizes]
        else:
            checks = [{k: v for k, v in check.items() if k != "size"} for check in checks]
        known |= {"zebroid": __version__, "passed": self.passed, "checks": checks}
        for found in self.appendices:
            known.setdefault(found.key, {})[found.size] = found.data
        return known

    def json(self) -> str:
        return json.dumps(self.record(), indent=1)

    def print(self, console: Console) -> None:
        """A row for each check, then all that ``conclude`` prints."""
        rows = Rows(console, self.name)
        for outcome in self.outcomes:
            rows(outcome)
        rows.close()
        self.conclude(console)

    def conclude(self, console: Console) -> None:
        """What is printed beside the checks, what failed, with its cure, and the count."""
        for found in self.appendices:
            console.print()
            console.print(found.table)
            for note in found.notes:
                console.print(plain(note))
        for o in self.outcomes:
            if o.passed is False:
                where = o.name + (f", size {o.size}" if o.size else "")
                stop = "" if o.found.endswith((".", "?", "!")) else "."
                rest = visible(f": {o.found}{stop}\n  promised: {o.promise}\n  cure: {o.cure}")
                text = Text.assemble("\n", (visible(where), "red bold"), rest)
                console.print(text, soft_wrap=True)
        console.print(f"\n{self._summary()}", markup=False, soft_wrap=True)

    def _summary(self) -> str:
        refused = sum(o.passed is False for o in self.outcomes)
        skipped = sum(o.passed is None for o in self.outcomes)
        many, at = len(self.outcomes), f" at {' and '.join(self.sizes)}" if self.sizes else ""
        if self.passed:
            return f"{self.name} keeps all {many} promises{at}."
        rest = f", {skipped} not looked at" if skipped else ""
        return f"{self.name} breaks {refused} of {many} promises{rest}."
