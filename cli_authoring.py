"""Commands of the command line for authors of worlds and models: new, pin, check, check-model,
floors, and for models from anywhere export and score."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .benchmarks.export.portion_options import SIZE, Name, Questions, Seed, Seeds, Settings

if TYPE_CHECKING:
    from .benchmarks.conformance.framework import Outcome, Report

    Watch = Callable[[str], None]
    Ready = Callable[[str, Outcome], None]

OneWorld = Annotated[str, typer.Argument(help=f"A world: id, id/size or file.py; {SIZE}.")]


def new(
    kind: Annotated[str, typer.Argument(help="world or model")],
    package: Annotated[str, typer.Argument(help="Name of the package, such as acme-worlds.")],
    name: Annotated[
        str, typer.Option(help="Of its world, acme.NAME-v1, or model, acme.NAME.")
    ] = "",
    out: Annotated[Path, typer.Option(help="Folder to write it in.")] = Path(),
) -> None:
    """Write a package with one world or model, ready to be installed; nothing is overwritten."""
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


def check(
    world: Annotated[str, typer.Argument(help="A world: id or file.py.")],
    size: Annotated[
        str, typer.Option(help="One size; tiny answers in seconds, while you edit.")
    ] = "",
    settings: Settings = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Check what a world promises; exit status 1 where it breaks a promise."""
    from .benchmarks.config.settings import tables_of
    from .benchmarks.conformance.worlds.world_checks import check_world

    values = tables_of(settings or (), ("world",)).get("world", {})
    _conform(lambda watch, ready: check_world(world, size, watch, values, ready), as_json)


def check_model(
    model: Annotated[str, typer.Argument(help="A model: a preset, one of a plugin, or file.py.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Check what a model promises; exit status 1 where it breaks a promise."""
    from .benchmarks.conformance.models.model_checks import check_model

    _conform(lambda watch, ready: check_model(model, watch, ready), as_json)


def _conform(checked: Callable[[Watch, Ready], Report], as_json: bool) -> None:
    """Prints what a checker finds, each row as it is ready, and leaves. The checker is given the
    place to name its steps, and the one for a row."""
    from .benchmarks.conformance.framework import Rows
    from .benchmarks.report.plain_console import PlainConsole, console, working

    rows: list[Rows] = []
    with working(PlainConsole(stderr=True), "loading") as tell:

        def ready(name: str, outcome: Outcome) -> None:
            if not as_json:
                with tell.aside():
                    if not rows:
                        rows.append(Rows(console(), name))
                    rows[0](outcome)

        report = checked(tell, ready)
    if as_json:
        print(report.json())
    else:
        for printed in rows:
            printed.close()
        report.conclude(console())
    sys.exit(report.exit_code)


def floors(
    world: OneWorld,
    settings: Settings = None,
    seed: Seed = 0,
    seeds: Annotated[
        int, typer.Option(min=1, max=1_000, help="How many, from that one on: their means.")
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """What can be had in a world without its rules: the floors of its scores, untrained."""
    import json

    from .benchmarks.config.settings import of_world
    from .benchmarks.conformance import floor_records, floors_report
    from .benchmarks.report.plain_console import PlainConsole, console, working

    found, size, exposure = of_world(world, settings or ())
    with working(PlainConsole(stderr=True), "loading") as tell:
        records = []
        for number in range(seed, seed + seeds):
            count = f"{len(records) + 1} of {seeds}: " if seeds > 1 else ""
            watch = partial(_counted, tell, count)
            records.append(floor_records.measure(found, size, exposure, number, watch))
    if as_json:
        print(json.dumps(floors_report.record(records), indent=1))
    else:
        floors_report.show(console(), records)


def _counted(tell: Callable[[str], None], count: str, what: str) -> None:
    tell(f"{count}{what}")


def export(
    name: Name,
    to: Annotated[Path, typer.Option("--to", help="The folder to write; it must not be there.")],
    format: Annotated[
        str, typer.Option(help="tokens, jsonl, text, prompts, hf, lm-eval or inspect.")
    ] = "text",
    mode: Annotated[
        str, typer.Option(help="Of tokens: direct, chain, post-hoc or filler; of prompts: chain.")
    ] = "direct",
    settings: Settings = None,
    seed: Seed = 0,
    seeds: Seeds = 1,
    questions: Questions = 300,
    without_key: Annotated[
        bool, typer.Option("--without-key", help="Leave key and seeds out: digests commit to them.")
    ] = False,
) -> None:
    """Write corpus, questions and key of a world or a suite for models from anywhere."""
    from . import registry
    from .benchmarks.export import portion
    from .benchmarks.export.export import export as write
    from .benchmarks.report.plain_console import PlainConsole, working

    suite = name.endswith(".toml") or name in registry.suites()
    given = ("", name) if suite else (name, "")
    cells = portion.cells_of(*given, settings or (), seed, seeds, questions)
    with working(PlainConsole(stderr=True), "drawing") as watch:
        line = write(cells, to, format, mode, not without_key, watch)
    print(line)


def score(
    predictions: Annotated[Path, typer.Argument(help="A .jsonl, .jsonl.gz or .parquet file.")],
    world: Annotated[
        str, typer.Option(help=f"WORLD/SIZE or file.py/SIZE, as exported; {SIZE}.")
    ] = "",
    suite: Annotated[str, typer.Option(help="A suite, as exported: instead of a world.")] = "",
    settings: Settings = None,
    seed: Seed = 0,
    seeds: Seeds = 1,
    questions: Questions = 300,
    mode: Annotated[str, typer.Option(help="As exported: of export.json's key mode.")] = "direct",
    name: Annotated[str, typer.Option(help="What the model is called in tables.")] = "model",
    author: Annotated[str | None, typer.Option(help="Whose it is, as cite prints it.")] = None,
    parameters: Annotated[
        int | None, typer.Option(help="Weights that were trained; default: not known.")
    ] = None,
    flops: Annotated[
        float | None, typer.Option(help="FLOPs that its training took; default: not known.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of results: the receipt goes into it.")] = Path(
        "runs"
    ),
) -> None:
    """Score predictions of a model from anywhere: floors, lift and a receipt, declared."""
    from .benchmarks.config.outside_model import Outside
    from .benchmarks.export import portion
    from .benchmarks.predictions import printed_scores
    from .benchmarks.predictions.score_file import score_file
    from .benchmarks.report.plain_console import PlainConsole, console, working

    declared = Outside(name, author, parameters, flops)
    cells = portion.cells_of(world, suite, settings or (), seed, seeds, questions)
    with working(PlainConsole(stderr=True), "reading") as watch:
        found = score_file(predictions, cells, declared, out, watch, mode)
    printed_scores.show(console(), found)
