"""What came of the checks of a receipt, and how it is printed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from ... import __version__
from ...printable import printable
from ..runner import provenance

DECLARED = "versions, commit, device, seconds, and free text"


@dataclasses.dataclass(frozen=True)
class Finding:
    """What came of one check."""

    check: str
    passed: bool | None  # None: not looked at, for something that it rests on failed
    found: str
    seconds: float = 0.0
    declared: str = ""  # what it takes as declared, of models from outside; empty: nothing


def show(found: Sequence[Finding]) -> None:
    """Prints a line for each check, then the sum."""
    console = Console(highlight=False)
    marks = {True: "[green]✓[/]", False: "[red bold]✗[/]", None: "[dim]–[/]"}
    for f in found:
        line = f"{marks[f.passed]} {f.check:<10} {escape(printable(f.found))}"
        console.print(line, soft_wrap=True, emoji=False)
    commit = provenance.commit()[0][:8]
    here = f"zebroid {__version__}" + (f", {commit}" if commit else "")
    seconds = sum(f.seconds for f in found)
    passed = all(f.passed for f in found)
    verdict = "verified" if passed else "NOT verified"
    by = f"by {here} in {seconds:.0f} s. Declared by the receipt, and not recomputed"
    outside = next((f.declared for f in found if f.declared), "")
    last = f"{verdict} {by}: {DECLARED}. Only training again says whose the answers are."
    if passed and outside:
        last = (
            "verified as declared: corpora, floors, scores, tables and report are those of the "
            f"answers, {by}: {outside}, how its answers came about, {DECLARED}."
        )
    console.print(escape(printable(last)), soft_wrap=True, emoji=False)
