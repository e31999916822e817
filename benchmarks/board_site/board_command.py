"""The command ``zebroid board``: parses, calls, prints. Imports inside: --help is instant."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Folders = Annotated[list[Path], typer.Argument(help="Receipts, or folders that hold some.")]
To = Annotated[
    Path | None, typer.Option("--to", help="Folder of the board and its site; default: print it.")
]
Suite = Annotated[
    list[str] | None,
    typer.Option(help="A suite that ranks, name or file; may be repeated; default: core-v1."),
]
Verify = Annotated[
    bool, typer.Option("--verify", help="First verify all receipts and record which passed.")
]


Plugins = Annotated[
    bool, typer.Option("--allow-plugins", help="Of --verify: load the plugins that they name.")
]


def board(
    folders: Folders,
    to: To = None,
    suite: Suite = None,
    verify: Verify = False,
    allow_plugins: Plugins = False,
) -> None:
    """The leaderboard of many receipts; exit status 1 where one is refused."""
    from ...printable import printable
    from ..board.board import build_board
    from ..report import listing
    from ..report.plain_console import PlainConsole, working
    from .site import write
    from .verify_all import verify_all

    with working(PlainConsole(stderr=True), "reading") as watch:

        def announce(line: str) -> None:
            with watch.aside():
                print(printable(line), flush=True)

        hear = announce if allow_plugins else None
        failed = [line for folder in folders if verify for line in verify_all(folder, watch, hear)]
        found = build_board(folders, suite or ())
        if to is not None:
            write(found, to, watch)
    if to is None:
        listing.read(found.markdown())
    else:
        number = len(found.collected.entered)
        print(f"{to}: {number} receipts; open {to / 'index.html'}")
        for line in found.refused:
            print(f"refused: {line}")
    for line in failed:
        print(f"not verified: {line}")
    sys.exit(bool(found.refused or failed))
