"""Commands of the command line for authors of worlds: ``zebroid new``, ``pin`` and ``floors``."""

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
    from .benchmarks.conformance import scaffold

    print(scaffold.new(kind, package, name, out))


def pin(
    world: Annotated[str, typer.Argument(help="A world: file.py, or the id of a plugin.")],
    size: Annotated[list[str] | None, typer.Option(help="Only this size; may be repeated.")] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Replace pins: nobody has results on this world.")
    ] = False,
) -> None:
    """Write into a world's class what its corpora are; none moves unnoticed from then on."""
    from .benchmarks.conformance import pin as pins

    print(pins.pin(world, size or (), new))


def floors(
    world: Annotated[str, typer.Argument(help="A world: id, id/size or file.py.")],
    seed: Annotated[int, typer.Option(min=0, help="World and exposure seed.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """What can be had in a world without its rules: the floors of its scores, untrained."""
    import json

    from . import registry
    from .benchmarks.conformance import floors_report
    from .benchmarks.report.terminal import PlainConsole, console, working

    found, size = registry.sized(world)
    with working(PlainConsole(stderr=True), "loading") as tell:
        instruments = floors_report.measure(found, size, seed, tell)
    if as_json:
        print(json.dumps(floors_report.record(found.id, size, seed, instruments), indent=1))
    else:
        floors_report.show(console(), f"{found.id}/{size}, seed {seed}", instruments)
