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
