"""``zebroid scale``: a suite is run as by ``run``, then what only a sweep can say is added.

That is an analysis of the receipt and the curves beside it, and goes into receipt and report.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from ... import canonical
from ...errors import UserError
from ...eval.stats.labels import counted
from ...printable import printable
from ..config.suite import Suite
from ..receipts.curves import configurations_of
from ..receipts.receipt import Receipt
from ..receipts.row_records import plain, verdict_of
from ..sweeps.analysis import Along, Scaling, Tell, scaling
from ..sweeps.axes import LEVELS, varied
from ..sweeps.sweep_tables import Description, tables
from .html_templates import Grid
from .plot import Drawing


def ready(suite: Suite) -> None:
    """Raises UserError, before anything is trained, for a suite with nothing to scale along."""
    if not varied(suite.cells):
        raise UserError(
            f"{suite.id} varies neither data, size nor loops in {LEVELS} levels, all else equal; "
            f"train it with `zebroid run {suite.command or suite.id}`"
        )


def swept(receipt: Receipt, path: Path, tell: Tell) -> tuple[Receipt, Scaling]:
    """The receipt with what its sweep says; its curves lie beside ``path``."""
    found = scaling(configurations_of(receipt, path), tell)
    message = json.loads(canonical.text(record(found)))
    return receipt.model_copy(update={"scaling": message}), found


def show(console: Console, receipt: Receipt, found: Scaling) -> None:
    """The verdicts and answers of a sweep, a line each; all else stands in the report."""

    def say(line: str, style: str = "") -> None:
        console.print(printable(line), style=style, markup=False)

    for panel in receipt.panels:
        names = {row.label: row.name for row in panel.rows if row.kind == "model"}
        for label, verdicts in panel.verdicts.items():
            say(f"compute: {panel.name}: {names.get(label, label)}", "bold")
            for verdict in map(verdict_of, verdicts):
                say(f"  {verdict.rung}: {verdict}")
    for one in found.along:
        say(f"{one.line.axis.name}: {one.line.title}", "bold")
        for verdict in one.verdicts:
            shares = " → ".join(f"{v:.2f}" for v in one.accuracy[verdict.rung][0])
            say(f"  {verdict.rung} {shares}: {verdict}")
    for one in found.percolated:
        for model in one.models:
            message = f"{one.sweep.world}, {counted(model)}: is its jump at the threshold?"
            say(f"{message} {model.answer}: {model.why}")
    for name, answer, why in found.shifts:
        message = f"{name}: does its jump shift with the threshold? {answer}: {why}"
        say(message)
    for note in found.notes:
        say(note)
    console.print()


@dataclasses.dataclass(frozen=True)
class Section:
    """What ``templates/sweep.html`` shows."""

    tables: Sequence[tuple[Grid, str]]  # each with how it is read
    notes: Sequence[str]
    drawings: Sequence[Drawing]


def section(found: Scaling, drawn: Iterable[Drawing]) -> Section:
    """The same in a report; ``drawn``: all figures, those of no panel among them."""
    mine = [drawing for drawing in drawn if not drawing.panel and drawing.name != "ladder"]
    return Section([(_grid(table), table.note) for table in tables(found)], found.notes, mine)


def _grid(table: Description) -> Grid:
    wide = range(1, len(table.header))
    text = tuple(i for i in wide if any(len(row[i]) > 24 for row in table.rows))
    return Grid(table.title, table.header, table.rows, text=text)


def record(found: Scaling) -> dict[str, Any]:
    """All numbers of the tables, as they go into a receipt."""
    return {
        "along": [_along(one) for one in found.along],
        "joint": [
            {
                "grid": s.name,
                "rung": s.joint.rung,
                "kind": s.kind,
                "axes": list(s.joint.fits.curve.axes),
                "points": s.joint.fits.curve.points,
                "law": s.joint.law,
                "text": str(s.joint),
                "laws": [[f.law.name, f.weight, f.misfit, f.missed] for f in s.joint.fits.fits],
                "constants": {k: list(v) for k, v in s.joint.constants.items()},
            }
            for s in found.surfaces
        ],
        "exhausted": [
            {"configuration": configuration.name} | plain(c) for configuration, c in found.exhausted
        ],
        "added": [plain(a) for a in found.added],
        "percolation": [
            plain(p.sweep) | {"models": [plain(m) for m in p.models]} for p in found.percolated
        ],
        "shifts": [list(s) for s in found.shifts],
        "notes": list(found.notes),
    }


def _along(one: Along) -> dict[str, Any]:
    return {
        "axis": one.line.axis.name,
        "unit": one.line.axis.unit,
        "line": one.line.name,
        "levels": [
            {
                "panel": configuration.panel.name,
                "label": configuration.label,
                "value": value,
                "parameters": configuration.parameters,
                "statements": configuration.amounts.statements.mean(),
                "epochs": configuration.epochs[-1],
                "load": configuration.row.load if configuration.row else None,
                "flops": configuration.flops[-1],
                "failed": configuration.failed,
            }
            for configuration, value in zip(one.line.configurations, one.line.values)
        ],
        "runs": len(one.line.seeds),
        "failed": one.line.dropped[0],
        "accuracy": {rung: band for rung, band in one.accuracy.items()},
        "verdicts": [plain(v) for v in one.verdicts],
    }
