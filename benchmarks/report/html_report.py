"""report.html: the table, the figures, the verdicts, and what they allow one to say.

Numbers are put into words and tables here; how they are set is up to ``templates``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ...errors import UserError
from ..config.suite import Suite
from ..panels.panel import Panel
from ..panels.panel_profiles import profiles
from ..receipts import origin
from ..receipts.curves import configurations_of
from ..receipts.receipt import Receipt
from ..runner import atomic_write
from ..runner.failures import without_paths
from ..sweeps.analysis import Scaling
from . import plot, sweep_section
from .html_templates import Grid, render
from .panel_section import section
from .profile_table import profile_table
from .table import spread

LADDER = (  # rung, what is new, what a score above the floor says
    ("recall", "nothing: the answer was stated", "it memorised; printed raw"),
    ("instance", "nothing but the combination", "it applies a pattern that it saw at work"),
    ("constituent", "a fact never used in that role", "it uses facts that it only read about"),
    (
        "schema",
        "a combination of relations or kinds never demonstrated",
        "it fills its pattern as it never saw it filled",
    ),
    ("depth", "more steps than any demonstrated proof has", "it goes on where the corpus stopped"),
    (
        "axiom",
        "a rule that was stated and never exemplified",
        "it applies a rule that it knows from its statement alone",
    ),
)


def write(
    path: Path,
    suite: Suite,
    panels: Sequence[Panel],
    receipt: Receipt,
    message: str,
    found: Scaling | None = None,
) -> Path:
    """Writes the page, whole or not at all, and its figures as files in ``figures`` beside it.

    ``message`` is the caption of the tables, ``found`` what a sweep says. The curves of the receipt
    lie in ``path``'s folder already.
    """
    left: list[str] = []
    try:
        configurations = configurations_of(receipt, path)
    except UserError as error:  # every cell failed: the page says so
        configurations = ()
        left.append(str(error))
    drawn = list(plot.drawings(receipt, configurations, found, left.append))
    for drawing in drawn:
        drawing.keep(path.parent / "figures")
    page = render(
        "report.html",
        suite=suite,
        caption=message,
        panels=[section(panel, drawn, message, spread(panels)) for panel in panels],
        summaries=[d for d in drawn if d.name == "ladder"] if len(panels) > 1 else [],
        sweep=None if found is None else sweep_section.section(found, drawn),
        left=list(dict.fromkeys(left)),
        ladder=_ladder(panels),
        **_profiles(panels),
        **_provenance(suite, receipt),
    )
    with atomic_write.file(path) as draft:
        draft.write_text(page, "utf-8")
    return path


def _profiles(panels: Sequence[Panel]) -> dict[str, Any]:
    """The profile of each model as a table, and why numbers of it are absent."""
    found = profile_table([(p, profile) for p in panels for profile in profiles(p, panels)])
    if not found.rows:
        return {"profile": None, "profile_reasons": []}
    names = [label.replace(": ", "\n", 1) if len(panels) > 1 else label for label, *_ in found.rows]
    table = Grid(
        "Profile of each model, with 95% intervals",
        found.header,
        [[name, *row[1:]] for name, row in zip(names, found.rows)],
        text=(1, 2),
    )
    return {"profile": table, "profile_reasons": found.reasons}


def _ladder(panels: Sequence[Panel]) -> Grid:
    """The rungs that these panels have, and how they are read."""
    present = {s.rung for panel in panels for row in panel.rows for s in row.rungs.values()}
    return Grid(
        "The rungs",
        ["rung", "what is new", "a score above the floor says"],
        [row for row in LADDER if row[0] in present],
        text=(1, 2),
    )


def _provenance(suite: Suite, receipt: Receipt) -> dict[str, Any]:
    """By what the page was made, the files beside it, and all cells."""
    commit = receipt.commit[:12] or "none: installed from a package"
    trained = sum(receipt.times.seconds.values())
    facts = {
        "Command": without_paths(f"zebroid run {suite.command or suite.id}"),
        "Suite digest": suite.digest,
        "Trained at": f"{origin.commits(receipt)}; {trained:,.0f} s in all",
        "Written at": commit + (f" ({origin.CHANGED})" if receipt.dirty else ""),
        "Versions": ", ".join(f"{k} {v}" for k, v in receipt.versions.items()),
        "Device": "; ".join(sorted({c.device for c in receipt.cells if c.device})) or "none",
        "Finished": receipt.times.finished,
    }
    header = ["cell", "world", "mode", "model", "plan", "seeds w/e/i/o", "corpus", "trained in"]
    cells = Grid("Cells", header, list(_cells(receipt)))
    return {"facts": [*facts.items()], "files": [*receipt.files.items()], "cells": cells}


def _cells(receipt: Receipt) -> Iterator[list[str]]:
    for c in receipt.cells:
        yield [
            c.digest[:16],
            f"{c.cell['world']}/{c.cell['size']}",
            c.cell["mode"],
            c.cell["model"],
            c.cell["plan"],
            "/".join(str(c.cell["seeds"][s]) for s in ("world", "exposure", "init", "order")),
            c.corpus[:12],
            c.failed or f"{receipt.times.seconds.get(c.digest, 0):.0f} s",
        ]
