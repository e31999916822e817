"""Closure and every derivation: zebroid's engine against clingo, in turn, in one run.

    python -m zebroid.benchmarks.speed.closure_speed [--repeat 3] [--only NAME] [--growth]

Two ratios per workload. "Grounding" is clingo's grounder alone, in the form that keeps all
derivations: each rule under an auxiliary head over all its variables (with plain rules clingo
simplifies the bodies away). "Arrays" adds reading facts and instances out of its Python interface
into NumPy arrays, which is what close() returns, in canonical order besides. On clingo's side the
clock stands still while rules and facts are loaded, and nothing is sorted or numbered.

``--growth`` measures ours alone instead: composition over sixteen times as many entities beside
the usual number, each in a process of its own, with the memory that it takes at its peak.
"""

from __future__ import annotations

import argparse
import dataclasses
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from ...memory import peak_bytes
from ...seeding import stream
from ...worlds.datalog.clingo_oracle import load, read
from ...worlds.datalog.engine import close
from ...worlds.datalog.facts import Facts
from ...worlds.datalog.parser import parse
from ...worlds.datalog.syntax import Program
from . import keep


@dataclasses.dataclass(frozen=True)
class Workload:
    """What is closed, and how many times as fast as clingo we want to be."""

    rules: str
    facts: Callable[[], Facts]
    grounding_goal: float
    arrays_goal: float


@dataclasses.dataclass(frozen=True)
class Timing:
    """Seconds of each repetition, and what was found."""

    facts: int
    derivations: int
    ours_s: list[float]
    grounding_s: list[float]
    arrays_s: list[float]  # grounding included

    def ratio(self, theirs_s: list[float]) -> float:
        return statistics.median(theirs_s) / statistics.median(self.ours_s)


def composition(entities: int = 2_000) -> Facts:
    """2,000 entities x 200 relations x out-degree 20: the sizes of arXiv 2405.15071."""
    rng = stream("speed", "composition", 0)
    relations = np.stack([rng.permutation(200)[:20] for _ in range(entities)])
    tails = rng.randint(0, entities, relations.shape)
    heads = np.repeat(np.arange(entities), 20)
    table = np.column_stack([heads, relations.ravel(), tails.ravel()])
    return Facts.of({"entity": entities, "relation": 200}, fact=("entity relation entity", table))


def reachability() -> Facts:
    """A random graph of 900 nodes and 6,000 edges; nearly every node reaches every other."""
    edges = stream("speed", "reachability", 0).randint(0, 900, (6_000, 2))
    return Facts.of({"node": 900}, edge=("node node", edges))


WORKLOADS = {
    "composition": Workload("two(X,R,S,Z) :- fact(X,R,Y), fact(Y,S,Z).", composition, 3, 15),
    "transitive closure": Workload(
        "path(X,Y) :- edge(X,Y).\npath(X,Z) :- path(X,Y), edge(Y,Z).", reachability, 5, 20
    ),
}

GROWTH = (2_000, 32_000)  # entities: 0.8 and 12.8 million derivations


def measure(workload: Workload, repeat: int) -> Timing:
    """Both sides in turn, ``repeat`` times, in this process."""
    program, facts = parse(workload.rules), workload.facts()
    ours_s, grounding_s, arrays_s, sizes = [], [], [], set()
    for _ in range(repeat):
        begin = time.perf_counter()
        closure = close(program, facts)
        ours_s.append(time.perf_counter() - begin)
        sizes.add((len(closure.predicate), len(closure.head)))
        del closure
        ground_s, read_s, size = _clingo(program, facts)
        grounding_s.append(ground_s)
        arrays_s.append(ground_s + read_s)
        sizes.add(size)
    assert len(sizes) == 1, f"the two sides disagree: {sizes}"
    ((n_facts, n_derivations),) = sizes
    return Timing(n_facts, n_derivations, ours_s, grounding_s, arrays_s)


def _clingo(program: Program, facts: Facts) -> tuple[float, float, tuple[int, int]]:
    """Seconds to ground, seconds to read, (facts, derivations)."""
    control, instances = load(program, facts)
    arity = {p: rows.shape[1] for p, rows in facts.rows.items()} | dict(program.arity)
    begin = time.perf_counter()
    control.ground([("base", [])])
    grounded = time.perf_counter()
    rows = read(control, arity | {i.name: i.variables for i in instances})
    done = time.perf_counter()
    size = (sum(len(rows[p]) for p in arity), sum(len(rows[i.name]) for i in instances))
    return grounded - begin, done - grounded, size


@dataclasses.dataclass(frozen=True)
class Grown:
    """One closure of composition in a process of its own."""

    entities: int
    derivations: int
    wall_s: float
    cpu_s: float  # of all threads
    bytes_each: float  # of a derivation, at the peak, beyond what was there before


def grown(entities: int) -> Grown:
    """Closes composition over so many entities, in this process."""
    program, facts = parse(WORKLOADS["composition"].rules), composition(entities)
    close(program, composition(20))  # what is loaded once is no part of it
    before = peak_bytes()
    wall, cpu = time.perf_counter(), time.process_time()
    number = len(close(program, facts).head)
    took = time.perf_counter() - wall, time.process_time() - cpu
    return Grown(entities, number, *took, (peak_bytes() - before) / number)


def growth(repeat: int, sizes: Sequence[int] = GROWTH) -> list[Grown]:
    """All sizes in turn, ``repeat`` times."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        return [*pool.map(grown, [*sizes] * repeat)]


def growth_table(found: Sequence[Grown]) -> Table:
    """A line per size; medians, and ratios to the first size."""
    out = Table("derivations", "a second", "ratio", "a second of CPU", "ratio", "bytes each")
    out.title = "Closure and every derivation: growth"
    out.caption = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    first: tuple[float, float] | None = None
    for entities in dict.fromkeys(one.entities for one in found):
        mine = [one for one in found if one.entities == entities]
        wall, cpu = (
            statistics.median(one.derivations / getattr(one, unit) for one in mine)
            for unit in ("wall_s", "cpu_s")
        )
        first = first or (wall, cpu)
        speeds = f"{wall:,.0f}", f"{wall / first[0]:.2f}", f"{cpu:,.0f}", f"{cpu / first[1]:.2f}"
        each = statistics.median(one.bytes_each for one in mine)
        out.add_row(f"{mine[0].derivations:,}", *speeds, f"{each:.0f}")
    return out


def table(timings: dict[str, Timing]) -> Table:
    """One line per workload; medians over the repetitions, ratios of medians."""
    out = Table("workload", "facts", "derivations", "zebroid", "clingo grounding", "+ arrays")
    out.title = "Closure and every derivation: median seconds, and how many times ours clingo takes"
    # on a busy machine the engine loses more than clingo, which runs on one thread only
    out.caption = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    for name, t in timings.items():
        goals = WORKLOADS[name].grounding_goal, WORKLOADS[name].arrays_goal
        cells = [
            f"{statistics.median(s):.2f} s\n{t.ratio(s):.1f}x (goal {goal:g}x)"
            for s, goal in zip((t.grounding_s, t.arrays_s), goals)
        ]
        ours = f"{statistics.median(t.ours_s):.2f} s"
        out.add_row(name, f"{t.facts:,}", f"{t.derivations:,}", ours, *cells)
    return out


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--repeat", type=int, default=3, help="repetitions of each side")
    parser.add_argument("--only", choices=WORKLOADS, help="one workload")
    parser.add_argument("--json", type=Path, help="write all seconds here")
    parser.add_argument("--growth", action="store_true", help="ours alone, of two sizes")
    queries = parser.parse_args(words)
    if queries.growth:
        found = growth(queries.repeat)
        Console().print(growth_table(found))
        if queries.json:
            keep(queries.json, [dataclasses.asdict(one) for one in found])
        return
    chosen = {n: w for n, w in WORKLOADS.items() if queries.only in (None, n)}
    timings = {name: measure(workload, queries.repeat) for name, workload in chosen.items()}
    Console().print(table(timings))
    if queries.json:
        keep(queries.json, {n: dataclasses.asdict(t) for n, t in timings.items()})


if __name__ == "__main__":
    main()
