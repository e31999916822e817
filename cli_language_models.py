"""The command of the command line that has a language model answer questions by text."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .cli_authoring import Questions, Seed, Seeds, Settings
from .printable import printable

if TYPE_CHECKING:
    from .benchmarks.report.plain_console import Working

PER_MILLION = "US dollars for a million tokens"


def query(
    name: Annotated[str, typer.Argument(help="A world, WORLD/SIZE or file.py/SIZE; or a suite.")],
    model: Annotated[str, typer.Option(help="hf:FOLDER or openai:URL#NAME.")],
    to: Annotated[
        Path, typer.Option("--to", help="The folder of its answers; one that is there goes on.")
    ],
    shots: Annotated[int, typer.Option(help="Solved examples before each question.")] = 0,
    proof: Annotated[bool, typer.Option("--proof", help="Have the proof written first.")] = False,
    closed_book: Annotated[
        bool, typer.Option("--closed-book", help="The question alone, as in the text of training.")
    ] = False,
    settings: Settings = None,
    seed: Seed = 0,
    seeds: Seeds = 1,
    questions: Questions = 300,
    max_tokens: Annotated[
        int, typer.Option(help="Written at most for a question; default: 64, with proof 1,024.")
    ] = 0,
    body: Annotated[
        list[str] | None,
        typer.Option(help="KEY=JSON of each request, null for none; may be repeated."),
    ] = None,
    key_variable: Annotated[
        str, typer.Option(help="Variable of the environment that has the key.")
    ] = "OPENAI_API_KEY",
    per_minute: Annotated[float, typer.Option(help="Requests a minute at most.")] = 60,
    parallel: Annotated[int, typer.Option(help="Requests at once, or rows of a batch.")] = 4,
    retries: Annotated[int, typer.Option(help="Of a request that fails.")] = 6,
    timeout: Annotated[float, typer.Option(help="Seconds for one reply.")] = 120,
    price_in: Annotated[float | None, typer.Option(help=f"{PER_MILLION} read.")] = None,
    price_out: Annotated[float | None, typer.Option(help=f"{PER_MILLION} written.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the estimate and the first prompt; no more.")
    ] = False,
) -> None:
    """Have a language model answer a world's questions; then score its predictions."""
    from . import registry
    from .benchmarks.export import portion
    from .benchmarks.language_models.prompts import Style
    from .benchmarks.language_models.query_model import Queries, Requests, body_of
    from .benchmarks.language_models.token_costs import Prices, estimate
    from .benchmarks.report.plain_console import PlainConsole, console, working

    suite = name.endswith(".toml") or name in registry.suites()
    given = ("", name) if suite else (name, "")
    style, prices = Style(shots, proof, closed_book), Prices(price_in, price_out)
    extra = body_of(body or ())
    requests = Requests(max_tokens, extra, key_variable, per_minute, parallel, retries, timeout)
    cells = portion.cells_of(*given, settings or (), seed, seeds, questions)
    with working(PlainConsole(stderr=True), "drawing") as watch:
        queries = Queries.of(cells, model, style, requests)
        if not dry_run:
            try:
                path = queries.answered(to, prices, watch, lambda text: _aside(watch, text))
            except KeyboardInterrupt:
                _aside(watch, "interrupted; the same command goes on")
                sys.exit(130)
    if dry_run:
        first = next(iter(queries.prompts.values()))
        console().print(estimate([*queries.prompts.values()], queries.max_tokens, prices))
        console().print(f"\n{first.text()}", soft_wrap=True)
        return
    words = ["zebroid", "score", str(path), "--suite" if suite else "--world", name]
    words += [w for setting in settings or () for w in ("--set", setting)]
    for option, value, usual in (("seed", seed, 0), ("seeds", seeds, 1)):
        words += [f"--{option}", str(value)] if value != usual else []
    words += ["--questions", str(questions)] if questions != 300 else []
    print(f"{path}\nscore it: {shlex.join(words)}")


def _aside(watch: Working, text: str) -> None:
    """Prints a line that stays, beside the one that says what is being done."""
    with watch.aside():
        print(printable(text), file=sys.stderr)
