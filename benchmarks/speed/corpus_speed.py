"""Certified corpora: every built-in world beside reasoning-gym's generators, in turn, in one run.

    python -m zebroid.benchmarks.speed.corpus_speed [--repeat 5] [--world ID/SIZE ...] [--json PATH]

An item of ours is a statement of the corpus or a question about it, each question with its full
answer set and certificate. The first table is all that a training needs: closure, proofs, rungs,
audit, and the tokens of every statement and question, as arrays. The second writes them all out in
English besides. The peers' item is a question with its answer, without proof, in English, so both
tables hold their one measurement; theirs are longer than our sentences, hence the characters.
`acre` draws all its items when it is constructed; it stands in a second time with that left out.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from rich.console import Console
from rich.table import Table

from ... import registry
from ...worlds.corpus.build import build_corpus
from ...worlds.corpus.corpus import Corpus
from ...worlds.encoding.encode import encode
from ...worlds.encoding.verbalize import facts_in_english, questions_in_english
from ...worlds.world import World
from . import keep

DRAWN = "acre, drawn before"  # only the writing out is timed
PEERS = ("family_relationships", "syllogism", "acre", DRAWN)
SIZE = "base"  # of a world that isn't named in SIZES: those whose base is small are
SIZES = {
    "algebra-v2": "large",
    "axioms-v1": "large",
    "commands-v2": "large",
    "composition-v1": "grokked",
    "horn-v2": "large",
    "prover-v2": "large",
    "zebra-v2": "large",
}
GOAL = {"composition-v1/grokked": 400_000}  # certified items/s; all others: ahead of every peer
T = TypeVar("T")


@dataclasses.dataclass
class Series:
    """What one side made in each repetition, and what it took."""

    items: int = 0
    characters: int = 0  # 0: not text
    seconds: list[float] = dataclasses.field(default_factory=list)
    cpu_seconds: list[float] = dataclasses.field(default_factory=list)  # of all threads

    @property
    def rate(self) -> float:
        """Items per second."""
        return self.items / statistics.median(self.seconds)


@dataclasses.dataclass
class Measured:
    """One world at one size."""

    world: str
    statements: int = 0
    questions: int = 0
    certified: Series = dataclasses.field(default_factory=Series)
    english: Series = dataclasses.field(default_factory=Series)  # certified, and written out


@dataclasses.dataclass(frozen=True)
class Comparison:
    """All that was measured."""

    worlds: tuple[Measured, ...]
    peers: dict[str, Series]


def compare(worlds: Sequence[tuple[World, str]], items: int, repeat: int) -> Comparison:
    """All sides in turn, ``repeat`` times, in this process; a peer makes ``items`` each time.

    Raises UserError where reasoning-gym is missing, or nothing is to be done.
    """
    if items < 1 or repeat < 1:
        raise registry.UserError(f"--items {items} --repeat {repeat}; give at least 1")
    create = _peer().create_dataset
    found = tuple(Measured(f"{world.id}/{size}") for world, size in worlds)
    peers = {name: Series() for name in PEERS}
    for seed in range(repeat):
        for measured, (world, size) in zip(found, worlds):
            _measure(measured, world, size)
        for name, series in peers.items():
            if name == DRAWN:
                made = _clocked(series, list, create("acre", size=items, seed=seed))
            else:
                made = _clocked(series, _generated, create, name, items, seed)
            series.items = len(made)
            series.characters = sum(len(m["question"]) + len(str(m["answer"])) for m in made)
    return Comparison(found, peers)


def _measure(into: Measured, world: World, size: str) -> None:
    """One more repetition."""
    corpus = _clocked(into.certified, _build, world, size)
    into.statements = len(corpus.examples.answer) + len(corpus.sentences)
    into.questions = len(corpus.prompt)
    into.certified.items = into.statements + into.questions
    texts = _clocked(into.english, _written, corpus)
    into.english.items, into.english.characters = len(texts), sum(map(len, texts))
    for name in ("seconds", "cpu_seconds"):  # to write it out, one needs it
        getattr(into.english, name)[-1] += getattr(into.certified, name)[-1]


def _clocked(series: Series, work: Callable[..., T], *arguments: Any) -> T:
    begin, cpu = time.perf_counter(), time.process_time()
    done = work(*arguments)
    series.seconds.append(time.perf_counter() - begin)
    series.cpu_seconds.append(time.process_time() - cpu)
    return done


def _build(world: World, size: str) -> Corpus:
    """The corpus, with the tokens of everything in it."""
    corpus = build_corpus(world, size)
    encode(corpus, "direct", np.arange(len(corpus.prompt)))
    return corpus


def _written(corpus: Corpus) -> list[str]:
    """Every rule, fact and question as a sentence; stated nontheorems are left out."""
    facts = corpus.examples.fact
    texts = [" ".join(words) for words in corpus.sentences]
    texts += facts_in_english(corpus.world, corpus.closure, facts[facts >= 0])
    return texts + questions_in_english(corpus, np.arange(len(corpus.prompt)))


def _generated(create: Callable[..., Any], name: str, items: int, seed: int) -> list[Any]:
    return list(create(name, size=items, seed=seed))


def _peer() -> Any:
    try:
        return importlib.import_module("reasoning_gym")
    except ImportError as error:
        raise registry.UserError(
            f"reasoning-gym cannot be imported ({error}); run: pip install -e '.[bench]'"
        ) from error


def table(c: Comparison, title: str, side: Callable[[Measured], Series]) -> Table:
    """A line per peer and per world; medians over the repetitions."""
    out = Table("", "items", "items/s", "time", *(f"/ {name}" for name in PEERS))
    out.title = f"certified corpora {title}, beside reasoning-gym: medians"
    out.caption = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    lines = [(name, series, "") for name, series in c.peers.items()]
    for measured in c.worlds:
        goal = GOAL.get(measured.world) if title == "as arrays" else None
        lines.append((measured.world, side(measured), f" (goal {goal:,})" if goal else ""))
    for name, series, goal in lines:
        ratios = [f"{series.rate / c.peers[peer].rate:.2f}x" for peer in PEERS]
        own = ratios if name not in c.peers else [""] * len(PEERS)
        out.add_row(name, f"{series.items:,}", f"{series.rate:,.0f}{goal}", _effort(series), *own)
    return out


def _effort(series: Series) -> str:
    seconds = statistics.median(series.seconds)
    spent = f"{seconds:.2f} s, CPU {statistics.median(series.cpu_seconds):.2f} s"
    characters = series.characters / seconds / 1e6
    return f"{spent}, {characters:.1f}M characters/s" if characters else spent


def record(c: Comparison) -> dict[str, Any]:
    """JSON-ready: every second measured, and on what."""
    try:
        version = metadata.version("reasoning-gym")
    except metadata.PackageNotFoundError:
        version = ""
    machine = {"load_average": os.getloadavg(), "cores": os.cpu_count()}
    return {**dataclasses.asdict(c), "reasoning_gym": version, **machine}


def sized(names: Sequence[str]) -> list[tuple[World, str]]:
    """The worlds named, or all built-in ones, each at a size worth measuring if none is named."""
    builtin = [id for id in registry.worlds() if "." not in id]
    queries = names or [f"{id}/{SIZES.get(id, SIZE)}" for id in builtin]
    return [registry.sized(name) for name in queries]


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeat", type=int, default=5, help="repetitions of each side")
    parser.add_argument(
        "--world", action="append", default=[], help="a world and size; may be repeated (all)"
    )
    parser.add_argument("--items", type=int, default=20_000, help="items that each peer makes")
    parser.add_argument("--json", type=Path, help="write all seconds here")
    queries = parser.parse_args(words)
    try:
        found = compare(sized(queries.world), queries.items, queries.repeat)
    except registry.UserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    Console().print(table(found, "as arrays", lambda measured: measured.certified))
    Console().print(table(found, "in English", lambda measured: measured.english))
    if queries.json:
        keep(queries.json, record(found))


if __name__ == "__main__":
    main()
