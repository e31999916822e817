"""The command ``zebroid seal``: sealed questions for a receipt, drawn after it is in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

Entry = Annotated[Path, typer.Argument(help="The entry's receipt, or its folder.")]
SaltText = Annotated[
    str, typer.Option(help="The salt whose SHA-256 was published; without it one is drawn.")
]
Train = Annotated[
    bool, typer.Option("--train", help="Train the entry's models on the sealed corpora.")
]
Plugins = Annotated[
    bool, typer.Option("--allow-plugins", help="Of --train: load the plugins that it names.")
]


def seal(
    receipt: Entry,
    salt: SaltText = "",
    suite: Annotated[str, typer.Option(help="The suite of the entry.")] = "core-v1",
    to: Annotated[
        Path | None, typer.Option("--to", help="Folder for the questions, without their key.")
    ] = None,
    format: Annotated[str, typer.Option(help="Of --to: tokens, jsonl or text.")] = "text",
    score: Annotated[
        Path | None, typer.Option(help="Predictions to score: .jsonl, .jsonl.gz or .parquet.")
    ] = None,
    mode: Annotated[str, typer.Option(help="Of --to and --score: direct or chain.")] = "direct",
    train: Train = False,
    allow_plugins: Plugins = False,
    out: Annotated[Path, typer.Option(help="Folder of results.")] = Path("runs"),
) -> None:
    """Questions of seeds that nobody could know: export, score, or train on them."""
    from ..report.plain_console import PlainConsole, working
    from . import seal_entry

    if not salt:
        print(seal_entry.committed())
        return
    one = seal_entry.read(receipt, suite, salt)
    if train:
        sys.exit(seal_entry.train(one, out, allow_plugins))
    with working(PlainConsole(stderr=True), "drawing") as watch:
        if to is not None:
            print(seal_entry.export(one, to, format, mode, watch))
        elif score is not None:
            print(seal_entry.score(one, score, out, mode, watch))
        else:
            print(one)
