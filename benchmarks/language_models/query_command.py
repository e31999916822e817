"""The command ``zebroid ask``: parses, calls, prints. Imports inside, so that --help is instant."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...printable import printable
from ..export.portion_options import Name, Questions, Seed, Seeds, Settings

if TYPE_CHECKING:
    from ..report.plain_console import Working
    from .query_model import Queries
    from .token_costs import Prices

NAMED = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._-")
PER_MILLION = "US dollars for a million tokens"
To = Annotated[
    Path, typer.Option("--to", help="The folder of its answers; one that is there goes on.")
]
ClosedBook = Annotated[
    bool, typer.Option("--closed-book", help="The question alone, as in the text of training.")
]
MaxTokens = Annotated[
    int, typer.Option(help="Written at most for a question; default: 64, with proof 1,024.")
]
Body = Annotated[
    list[str] | None, typer.Option(help="KEY=JSON of each request, null for none; may be repeated.")
]
Key = Annotated[str, typer.Option(help="Variable of the environment that has the key.")]
Dry = Annotated[
    bool, typer.Option("--dry-run", help="Print the estimate and the first prompt; no more.")
]


def query(
    name: Name,
    model: Annotated[str, typer.Option(help="hf:FOLDER or openai:URL#NAME.")],
    to: To,
    shots: Annotated[int, typer.Option(help="Solved examples before each question.")] = 0,
    proof: Annotated[bool, typer.Option("--proof", help="Have the proof written first.")] = False,
    closed_book: ClosedBook = False,
    settings: Settings = None,
    seed: Seed = 0,
    seeds: Seeds = 1,
    questions: Questions = 300,
    max_tokens: MaxTokens = 0,
    body: Body = None,
    key_variable: Key = "OPENAI_API_KEY",
    per_minute: Annotated[float, typer.Option(help="Requests a minute at most.")] = 60,
    parallel: Annotated[int, typer.Option(help="Requests at once, or rows of a batch.")] = 4,
    retries: Annotated[int, typer.Option(help="Of a request that fails.")] = 6,
    timeout: Annotated[float, typer.Option(help="Seconds for one reply.")] = 120,
    price_in: Annotated[float | None, typer.Option(help=f"{PER_MILLION} read.")] = None,
    price_out: Annotated[float | None, typer.Option(help=f"{PER_MILLION} written.")] = None,
    dry_run: Dry = False,
) -> None:
    """Have a language model answer a world's questions; then score its predictions."""
    from ... import registry
    from ..export import portion
    from ..export.prompts import Style
    from ..report.plain_console import PlainConsole, working
    from .query_model import Queries, Requests, body_of
    from .token_costs import Prices

    suite = name.endswith(".toml") or name in registry.suites()
    given = ("", name) if suite else (name, "")
    style, prices = Style(shots, proof, closed_book), Prices(price_in, price_out)
    extra = body_of(body or ())
    requests = Requests(max_tokens, extra, key_variable, per_minute, parallel, retries, timeout)
    cells = portion.cells_of(*given, settings or (), seed, seeds, questions)
    with working(PlainConsole(stderr=True), "drawing") as watch:
        queries = Queries.of(cells, model, style, requests)
        path = None if dry_run else _answered(queries, to, prices, watch)
    if path is None:
        _preview(queries, prices)
        return
    words = ["zebroid", "score", str(path), "--suite" if suite else "--world", name]
    words += ["--name", row_name(model)]
    words += [word for setting in settings or () for word in ("--set", setting)]
    for option, value, usual in (
        ("seed", seed, 0),
        ("seeds", seeds, 1),
        ("questions", questions, 300),
    ):
        words += [f"--{option}", str(value)] if value != usual else []
    print(f"{path}\nscore it: {shlex.join(words)}")


def row_name(model: str) -> str:
    """What ``zebroid score`` may call a model: the end of its address or folder.

    >>> row_name("openai:http://127.0.0.1:8000/v1#My Model"), row_name("hf:runs/tuned/")
    ('my-model', 'tuned')
    """
    last = re.split(r"[#/\\:]", model.strip("/"))[-1].lower()
    words = "".join(letter if letter in NAMED else "-" for letter in last)
    return words.strip("-._")[:40] or "model"


def _answered(queries: Queries, to: Path, prices: Prices, watch: Working) -> Path:
    """Has the model answer; leaves with status 130 where it is interrupted."""
    try:
        return queries.answered(to, prices, watch, lambda text: _aside(watch, text))
    except KeyboardInterrupt:
        _aside(watch, "interrupted; the same command goes on")
        sys.exit(130)


def _preview(queries: Queries, prices: Prices) -> None:
    """Prints the estimate and the first prompt."""
    from ..report.plain_console import console
    from .token_costs import estimate

    prompts = [*queries.prompts.values()]
    console().print(estimate(prompts, queries.max_tokens, prices))
    console().print(f"\n{prompts[0].text()}", soft_wrap=True)


def _aside(watch: Working, text: str) -> None:
    """Prints a line that stays, beside the one that says what is being done."""
    with watch.aside():
        print(printable(text), file=sys.stderr)
