"""Commands of the command line for models from anywhere: export, score."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="WHAT.KEY=VALUE, as exposure.held=0.2; may be repeated."),
]
Seed = Annotated[int, typer.Option(min=0, help="World and exposure seed.")]
Seeds = Annotated[
    int, typer.Option(min=1, max=1_000, help="How many, from that one on: a corpus each.")
]
Questions = Annotated[int, typer.Option(min=1, help="Of each rung and query, where there are.")]


def export(
    name: Annotated[str, typer.Argument(help="A world, WORLD/SIZE or file.py/SIZE; or a suite.")],
    to: Annotated[Path, typer.Option("--to", help="The folder to write; it must not be there.")],
    format: Annotated[
        str, typer.Option(help="tokens, jsonl, text, hf, lm-eval or inspect.")
    ] = "text",
    mode: Annotated[
        str, typer.Option(help="Of tokens: direct, chain, post-hoc or filler.")
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
    world: Annotated[str, typer.Option(help="WORLD/SIZE or file.py/SIZE, as exported.")] = "",
    suite: Annotated[str, typer.Option(help="A suite, as exported: instead of a world.")] = "",
    settings: Settings = None,
    seed: Seed = 0,
    seeds: Seeds = 1,
    questions: Questions = 300,
    name: Annotated[str, typer.Option(help="What the model is called in tables.")] = "model",
    parameters: Annotated[int, typer.Option(help="Weights of the model, if it was trained.")] = 0,
    flops: Annotated[float, typer.Option(help="FLOPs that its training took.")] = 0.0,
    out: Annotated[Path, typer.Option(help="Folder of results: the receipt goes into it.")] = Path(
        "runs"
    ),
) -> None:
    """Score predictions of a model from anywhere: floors, lift and a receipt, declared."""
    from .benchmarks.export import portion
    from .benchmarks.predictions.declared_results import Declared
    from .benchmarks.predictions.score_file import score_file
    from .benchmarks.report import scored_predictions
    from .benchmarks.report.plain_console import PlainConsole, console, working

    declared = Declared(name, parameters, flops)
    cells = portion.cells_of(world, suite, settings or (), seed, seeds, questions)
    with working(PlainConsole(stderr=True), "reading") as watch:
        found = score_file(predictions, cells, declared, out, watch)
    scored_predictions.show(console(), found)
