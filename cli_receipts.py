"""Commands of the command line for receipts, of which none trains but ``verify --retrain``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from .errors import UserError


def verify(
    receipt: Annotated[Path, typer.Argument(help="A receipt.json, or its folder.")],
    allow_plugins: Annotated[
        bool, typer.Option("--allow-plugins", help="Load the installed plugins that it names.")
    ] = False,
    seconds: Annotated[float, typer.Option(min=0, help="Default: 25; built-in suites: 600.")] = 0,
    full: Annotated[
        bool, typer.Option("--full", help="Measure floors anew that come with the suite.")
    ] = False,
    retrain: Annotated[
        int, typer.Option(min=0, help="Then train so many cells again, and attest what came of it.")
    ] = 0,
    salt: Annotated[
        str, typer.Option(help="Of --retrain, chooses the cells; default: drawn at random.")
    ] = "",
    attester: Annotated[str, typer.Option(help="Of --retrain: who attests, by name.")] = "",
    entrant: Annotated[
        str, typer.Option(help="Of --retrain: whose receipt it is; default: as submission.toml.")
    ] = "",
    out: Annotated[
        Path, typer.Option(help="Of --retrain: folder of results; finished cells are reused.")
    ] = Path("runs"),
) -> None:
    """Recompute all that a receipt says; exit status 1 where it differs. By default nothing is
    trained."""
    from .benchmarks.verification import confined

    if not retrain:
        if salt or attester or entrant:
            raise UserError("--salt, --attester and --entrant go with --retrain N; give it too")
        sys.exit(confined.run(receipt, allow_plugins, seconds, full))
    from .benchmarks.attestations import retrain as again

    checker = again.Checker(retrain, salt, attester, entrant, out, allow_plugins)
    sys.exit(again.run(receipt, checker, seconds, full))


def compare(
    a: Annotated[str, typer.Argument(help="A receipt or its folder; FOLDER#LABEL: rows of it.")],
    b: Annotated[str, typer.Argument(help="Another, or other rows of the same.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """A minus B, cell by cell on the same corpora, and how it varies with the seeds."""
    from .benchmarks.comparison import comparison_report

    if csv and json:
        raise UserError("--csv and --json: give one of them")
    comparison_report.run(a, b, "csv" if csv else "json" if json else "table")


def plot(
    receipt: Annotated[Path, typer.Argument(help="A receipt.json, or its folder.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the figures; default: figures beside it.")
    ] = None,
) -> None:
    """Draw all figures of a receipt, as SVG and PNG; nothing is trained."""
    from .benchmarks.report import plot as plots
    from .benchmarks.report.plain_console import console

    plots.run(receipt, out, console())


def forecast(
    receipt: Annotated[Path, typer.Argument(help="A receipt.json, or its folder.")],
    scenario: Annotated[
        Path | None, typer.Option(help="TOML of growth rates and limits; default: as published.")
    ] = None,
    row: Annotated[
        str, typer.Option(help="Row of the report: LABEL or 'PANEL: LABEL'; default: the first.")
    ] = "",
    rung: Annotated[list[str] | None, typer.Option(help="Only this rung; may be repeated.")] = None,
    rounds: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of a suite with rounds: its rates, measured; may be repeated."),
    ] = None,
    out: Annotated[Path, typer.Option(help="The figure: .svg or .png.")] = Path("forecast.svg"),
) -> None:
    """What becomes of an ability if compute, data, both or neither go on growing."""
    from .benchmarks.report import forecast_report as forecasts
    from .benchmarks.report.plain_console import console

    forecasts.run(receipt, scenario, row, rung or (), out, console(), rounds or ())


def cite(
    receipt: Annotated[Path, typer.Argument(help="A receipt.json, or its folder.")],
) -> None:
    """How to cite a receipt: one line, trust class, status and BibTeX."""
    from .benchmarks.citations.citation import citation

    print(citation(receipt), end="")


def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over cells, questions, answers, scores …")],
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders that hold receipts; default: runs.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON: a list of rows.")] = False,
    seconds: Annotated[float, typer.Option(min=0.1, help="For the query alone.")] = 60,
) -> None:
    """SQL over the tables of all receipts; exit status 1 where one of them is left out."""
    from .benchmarks.queries import receipt_query

    if csv and json:
        raise UserError("--csv and --json: give one of them")
    form = "csv" if csv else "json" if json else "table"
    sys.exit(receipt_query.run(sql, folders or [Path("runs")], form, seconds))
