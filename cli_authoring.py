"""Commands of the command line for authors of worlds: ``zebroid new`` and ``zebroid pin``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def new(
    kind: Annotated[str, typer.Argument(help="world")],
    package: Annotated[str, typer.Argument(help="Name of the package, such as acme-worlds.")],
    name: Annotated[str, typer.Option(help="Name of its world: acme.NAME-v1.")] = "guild",
    out: Annotated[Path, typer.Option(help="Folder to write it in.")] = Path(),
) -> None:
    """Write a package with one world, ready to be installed; nothing is overwritten."""
    from .benchmarks.authoring import scaffold

    print(scaffold.new(kind, package, name, out))


def pin(
    world: Annotated[str, typer.Argument(help="A world: file.py, or the id of a plugin.")],
    size: Annotated[list[str] | None, typer.Option(help="Only this size; may be repeated.")] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Replace pins: nobody has results on this world.")
    ] = False,
) -> None:
    """Write into a world's class what its corpora are; none moves unnoticed from then on."""
    from .benchmarks.authoring import pin as pins

    print(pins.pin(world, size or (), new))
