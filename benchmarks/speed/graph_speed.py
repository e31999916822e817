"""A corpus of a knowledge graph from a file: 90,000 facts, 10 relations, 10 mined two-hop rules.

    python -m zebroid.benchmarks.speed.graph_speed [--facts 90000] [--relations 10] [--path FILE]

The graph is drawn like one that is mined: entities with few and with many links, a triple a line,
relations as quoted constants of the rules. With ``--path`` it is that of a TSV file of triples,
and its rules join the relations that it has. Printed are seconds and the peak of memory.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from ...memory import peak_bytes
from ...seeding import stream
from ...worlds.corpus.build import build_corpus
from ...worlds.datalog.facts import Facts
from ...worlds.file_facts import facts_of_files
from ...worlds.world import World

SECONDS, BYTES = 10.0, 1e9  # what is expected of 90,000 facts
T = TypeVar("T")


def main(words: Sequence[str] | None = None) -> None:
    """Draws or reads a graph, builds its corpus and prints what that took."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--facts", type=int, default=90_000)
    parser.add_argument("--relations", type=int, default=10)
    parser.add_argument("--path", type=Path)
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        path = given.path or draw(Path(folder) / "graph.tsv", given.facts, given.relations)
        world = graph(path)
        facts, reading = timed(lambda: world.facts("small", 0))
        corpus, building = timed(lambda: build_corpus(world, "small"))
    count = sum(map(len, facts.rows.values()))
    print(f"{count:,} facts about {len(facts.constants):,} constants read in {reading:.1f} s")
    print(
        f"corpus in {building:.1f} s, which reads them too: {len(corpus.closure.rule):,} "
        f"derivations, {len(corpus.examples.answer):,} statements, {len(corpus.prompt):,} questions"
    )
    peak = peak_bytes() / 1e6
    print(f"peak {peak:,.0f} MB; expected at most {SECONDS:g} s and {BYTES / 1e6:,.0f} MB")


def draw(path: Path, facts: int, relations: int) -> Path:
    """Writes a graph of triples: a sixth as many entities as facts, of a few of which many know."""
    rng, entities = stream("graph", "speed", facts, relations), max(2, facts // 6)
    number = facts + facts // 4  # some are drawn twice
    head = rng.randint(entities, size=number)
    tail = (7 * head + rng.zipf(1.6, size=number)) % entities
    relation = rng.randint(relations, size=number)
    lines = [f"/m/{h}\t/relation/{r}\t/m/{t}\n" for h, r, t in zip(head, relation, tail)]
    path.write_text("".join([*dict.fromkeys(lines)][:facts]), "utf-8")
    return path


def graph(path: Path) -> World:
    """The world of a file of triples, with ten rules (of fewer relations as many as there are)."""
    with path.open(encoding="utf-8") as file:
        relations = sorted({line.split("\t")[1].strip() for line in file})
    quoted = [f'"{r}"' for r in relations]

    def rule(i: int) -> str:
        first, second = quoted[(3 * i + 1) % len(quoted)], quoted[(7 * i + 2) % len(quoted)]
        return f"inferred(X,{quoted[i]},Z) :- fact(X,{first},Y), fact(Y,{second},Z)."

    class Graph(World):
        """What two links of a knowledge graph imply."""

        id = "graph-v1"
        fixed = True
        rules = "\n".join(rule(i) for i in range(min(10, len(quoted))))

        def sample(self, rng: np.random.RandomState) -> Facts:
            return facts_of_files({"fact": ("entity relation entity", path)}, self.rules)

    return Graph()


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """(what it gives, seconds)."""
    begin = time.perf_counter()
    return work(), time.perf_counter() - begin


if __name__ == "__main__":
    main()
