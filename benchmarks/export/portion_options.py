"""Options of the command line that say which corpora and questions are drawn. Imports no more than
typer, so that --help is instant."""

from __future__ import annotations

from typing import Annotated

import typer

SIZE = "without a size its tiny one, or its first"
Name = Annotated[str, typer.Argument(help=f"WORLD/SIZE or file.py/SIZE, {SIZE}; or a suite.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="WHAT.KEY=VALUE, as world.exceptions=0.2; may be repeated."),
]
Seed = Annotated[int, typer.Option(min=0, help="World and exposure seed.")]
Seeds = Annotated[
    int, typer.Option(min=1, max=1_000, help="How many, from that one on: a corpus each.")
]
Questions = Annotated[
    int, typer.Option(min=1, help="Of each rung of each query, and of recall for each, at most.")
]
