"""Certified corpora: zebroid beside reasoning-gym's family_relationships, in turn, in one run.

    python -m zebroid.benchmarks.speed.corpus [--repeat 5] [--world ID/SIZE] [--json PATH]

An item of ours is a statement of the corpus or a question about it, each question with its full
answer set and certificate. The first row is all that a training needs: closure, proofs, rungs,
audit, and the tokens of every statement and question, as arrays. The second row writes them all
out in English besides. The peer's item is a story of one family with a question and its answer,
without proof; it comes in English, so both rows hold its one measurement. Its stories are longer
than our sentences, hence the characters.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
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
from ...worlds.corpus import Corpus
from ...worlds.phrases import facts_in_english, questions_in_english
from ...worlds.state import state
from ...worlds.tokens import encode
from ...worlds.world import World

PEER = "family_relationships"
GOAL = {"composition-v1/grokked": 400_000}  # certified items/s
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


@dataclasses.dataclass(frozen=True)
class Comparison:
    """All that was measured."""

    world: str
    statements: int
    questions: int
    certified: Series
    english: Series  # certified, and written out
    peer: Series


def compare(world: World, size: str, families: int, repeat: int) -> Comparison:
    """Both sides in turn, ``repeat`` times, in this process.

    Raises UserError where reasoning-gym is missing, the size unknown, or nothing is to be done.
    """
    if families < 1 or repeat < 1:
        raise registry.UserError(f"--families {families} --repeat {repeat}; give at least 1")
    create = _peer().create_dataset
    certified, english, peer = Series(), Series(), Series()
    statements = questions = 0
    for seed in range(repeat):
        corpus = _clocked(certified, _build, world, size)
        statements = len(corpus.examples.answer) + len(corpus.sentences)
        questions = len(corpus.prompt)
        certified.items = statements + questions
        texts = _clocked(english, _written, corpus)
        english.items, english.characters = len(texts), sum(map(len, texts))
        del corpus, texts
        stories = _clocked(peer, _stories, create, families, seed)
        peer.items = len(stories)
        peer.characters = sum(len(s["question"]) + len(s["answer"]) for s in stories)
        del stories
    english.seconds = [a + b for a, b in zip(certified.seconds, english.seconds)]
    english.cpu_seconds = [a + b for a, b in zip(certified.cpu_seconds, english.cpu_seconds)]
    return Comparison(f"{world.id}/{size}", statements, questions, certified, english, peer)


def _clocked(series: Series, work: Callable[..., T], *arguments: Any) -> T:
    begin, cpu = time.perf_counter(), time.process_time()
    done = work(*arguments)
    series.seconds.append(time.perf_counter() - begin)
    series.cpu_seconds.append(time.process_time() - cpu)
    return done


def _build(world: World, size: str) -> Corpus:
    """The corpus, with the tokens of everything in it."""
    corpus = state(world, size)
    encode(corpus, "direct", np.arange(len(corpus.prompt)))
    return corpus


def _written(corpus: Corpus) -> list[str]:
    """Every rule, fact and question as a sentence; stated nontheorems are left out."""
    facts = corpus.examples.fact
    texts = [" ".join(words) for words in corpus.sentences]
    texts += facts_in_english(corpus.world, corpus.closure, facts[facts >= 0])
    return texts + questions_in_english(corpus, np.arange(len(corpus.prompt)))


def _stories(create: Callable[..., Any], families: int, seed: int) -> list[dict[str, Any]]:
    return list(create(PEER, size=families, seed=seed))


def _peer() -> Any:
    try:
        return importlib.import_module("reasoning_gym")
    except ImportError as error:
        raise registry.UserError(
            f"reasoning-gym cannot be imported ({error}); run: pip install -e '.[bench]'"
        ) from error


def table(c: Comparison) -> Table:
    """A line per kind of item; medians over the repetitions."""
    out = Table("items", "zebroid", PEER, "ratio")
    out.title = f"{c.world} beside reasoning-gym: items per second, medians"
    out.caption = (
        f"{c.statements:,} statements and {c.questions:,} questions; {c.peer.items:,} families\n"
        f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    goal = f" (goal {GOAL[c.world]:,})" if c.world in GOAL else ""
    peer = f"{c.peer.rate:,.0f}\n{_effort(c.peer)}"
    for name, ours, wanted in (("as arrays", c.certified, goal), ("in English", c.english, "")):
        ratio = f"{ours.rate / c.peer.rate:.1f}x"
        out.add_row(name, f"{ours.rate:,.0f}{wanted}\n{_effort(ours)}", peer, ratio)
    return out


def _effort(series: Series) -> str:
    seconds = statistics.median(series.seconds)
    spent = f"{seconds:.2f} s, CPU {statistics.median(series.cpu_seconds):.2f} s"
    characters = series.characters / seconds / 1e6
    return f"{spent}\n{characters:.1f}M characters/s" if characters else spent


def record(c: Comparison) -> dict[str, Any]:
    """JSON-ready: every second measured, and on what."""
    try:
        version = metadata.version("reasoning-gym")
    except metadata.PackageNotFoundError:
        version = ""
    machine = {"load_average": os.getloadavg(), "cores": os.cpu_count()}
    return {**dataclasses.asdict(c), "reasoning_gym": version, **machine}


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeat", type=int, default=5, help="repetitions of each side")
    parser.add_argument("--world", default="composition-v1/grokked", help="world and size")
    parser.add_argument("--families", type=int, default=20_000, help="items that the peer makes")
    parser.add_argument("--json", type=Path, help="write all seconds here")
    asked = parser.parse_args(words)
    try:
        world, size = registry.sized(asked.world)
        found = compare(world, size, asked.families, asked.repeat)
    except registry.UserError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    Console().print(table(found))
    if asked.json:
        asked.json.write_text(json.dumps(record(found), indent=1) + "\n")


if __name__ == "__main__":
    main()
