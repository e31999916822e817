"""The command ``zebroid replicate``: parses, calls, prints. Imports inside: --help is instant."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ...errors import UserError


def replicate(
    names: Annotated[
        list[str] | None, typer.Argument(help="Findings, or TOML files; --list prints them.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All findings: some hours.")] = False,
    core: Annotated[bool, typer.Option("--core", help="Those of the core: up to 90 min.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Print a line each; no more.")] = False,
    out: Annotated[
        Path, typer.Option(help="Folder of results; finished cells in it are reused.")
    ] = Path("runs"),
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print cost, criteria and what is kept; no more.")
    ] = False,
    jobs: Annotated[int, typer.Option(help="Processes, each on its share of the cores.")] = 1,
) -> None:
    """Measure published findings, each beside a null in which it must vanish."""
    from ..report import listing
    from . import catalogue
    from . import replicate as run

    if list_:
        if names or every or core:
            raise UserError("--list prints all findings; give it alone")
        listing.show(run.listed(catalogue.findings()))
        return
    found = catalogue.chosen(names or (), core, every)
    sys.exit(run.preview(found, out) if dry_run else run.replicate(found, out, jobs))
