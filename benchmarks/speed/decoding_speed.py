"""Answers written with a cache of keys and values against reading everything again for each token.

    python -m zebroid.benchmarks.speed.decoding_speed [--model decoder-s] [--tokens 30] [--repeat 5]

Both ways answer the same prompts with the same weights, compiled, in turn in one process; the
tokens that they write must be equal.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import os
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from rich.console import Console
from rich.table import Table

from ... import registry
from ...models.training.decoding import Format, generate
from ...seeding import stream
from ..runner import provenance
from . import keep

GOAL, WORDS, PROMPT = 3.0, 500, 4  # times as fast at 30 tokens; vocabulary; tokens of a prompt
WAYS = ("again", "cache")


@dataclasses.dataclass(frozen=True)
class Again:
    """A model that cannot remember what it has read."""

    model: Any

    def __call__(self, tokens_BT: jax.Array, at_P: Any) -> jax.Array:
        return self.model(tokens_BT, at_P)


@dataclasses.dataclass(frozen=True)
class Measured:
    """Of one model."""

    seconds: dict[str, list[float]]  # of all answers, in each repetition, by way
    tokens: int  # written in all
    equal: float  # share of the tokens that are the same in both ways

    @property
    def ratio(self) -> float:
        """How many times as fast the cache is, of pairs timed one soon after the other."""
        pairs = zip(self.seconds["again"], self.seconds["cache"])
        return statistics.median(again / cache for again, cache in pairs)

    def speed(self, way: str) -> float:
        """Tokens written a second."""
        return self.tokens / statistics.median(self.seconds[way])


def compare(name: str, questions: int, tokens: int, repeat: int) -> Measured:
    """Both ways in turn; no answer ends before all tokens are written."""
    module = registry.model(name).build(WORDS, PROMPT, nnx.Rngs(0))
    if not hasattr(module, "step"):
        raise SystemExit(f"{name} remembers nothing: it has no step")
    graph, params = nnx.split(module)
    rng = stream("speed", "prompts", questions)
    query = jnp.asarray(rng.randint(0, WORDS, (questions, PROMPT)), jnp.int32)
    members = query[:, :1]
    form = Format(jnp.int32(-1), jnp.int32(-1), jnp.arange(WORDS, dtype=jnp.int32))

    @functools.partial(jax.jit, static_argnums=0)
    def write(way: str, params: Any) -> jax.Array:
        model = nnx.merge(graph, params)
        own = model if way == "cache" else Again(model)
        return generate(own, query, members, form, tokens).generated

    written = {way: np.asarray(write(way, params)) for way in WAYS}  # compiled
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(repeat):
        for way in WAYS:
            seconds[way].append(_timed(lambda way=way: write(way, params)))
    equal = float((written["again"] == written["cache"]).mean())
    return Measured(seconds, questions * tokens, equal)


def _timed(work: Callable[[], jax.Array]) -> float:
    began = time.perf_counter()
    work().block_until_ready()
    return time.perf_counter() - began


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", action="append")
    parser.add_argument("--questions", type=int, default=128)
    parser.add_argument("--tokens", type=int, default=30)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(words)
    if min(chosen.questions, chosen.tokens, chosen.repeat) < 1:
        parser.exit(2, "expected at least one question, token and repetition\n")
    console, found = Console(), dict[str, Measured]()
    table = Table(title=f"{chosen.questions} answers of {chosen.tokens} tokens")
    for column in ("model", "again: tokens/s", "cache: tokens/s", "ratio", "equal tokens"):
        table.add_column(column, justify="left" if column == "model" else "right")
    for name in chosen.model or ["decoder-s"]:
        with console.status(name):
            one = compare(name, chosen.questions, chosen.tokens, chosen.repeat)
        found[name] = one
        speeds = [f"{one.speed(way):,.0f}" for way in WAYS]
        goal = f"{one.ratio:.2f}x (goal {GOAL:g}x)"
        table.add_row(name, *speeds, goal, f"{one.equal:.4f}")
    console.print(table)
    console.print(f"load average {os.getloadavg()[0]:.1f}")
    if chosen.json:
        figures = {n: {**dataclasses.asdict(one), "ratio": one.ratio} for n, one in found.items()}
        cores, load = len(provenance.cores()), os.getloadavg()[0]
        work = {"questions": chosen.questions, "tokens": chosen.tokens}
        keep(chosen.json, {"cores": cores, "load": load, "work": work, "models": figures})


if __name__ == "__main__":
    main()
