"""The command ``zebroid probe``: parses, calls, prints. Imports inside: --help is instant."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def probe(
    names: Annotated[
        list[str], typer.Argument(help="Receipts, or cells: digests or folders of results.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of results, with weights.")] = Path("runs"),
) -> None:
    """Read the bridge of every question between layers, and patch it: what is used of it."""
    from ..report.plain_console import console
    from . import probe as run

    sys.exit(run.probe(names, out, console()))
