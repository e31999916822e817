"""Eight trainings: side by side in one program, one after the other, or in two pinned processes.

    python -m zebroid.benchmarks.speed.batched_speed [--model decoder-s] [--members 8] [--steps 200]

Each way has processes of its own, so that peak memory is its own too. The first training compiles,
one of other seeds and rates in the same process doesn't, and one in a process after it reads what
is kept on disk. Beside these, what saving a state costs: until training may go on, and until it is
written.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import multiprocessing
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ... import registry
from ...memory import peak_bytes
from ...worlds.corpus.build import build_corpus
from ...worlds.encoding.encode import encode, sample_questions
from ..runner import provenance
from . import keep


@dataclasses.dataclass(frozen=True)
class Work:
    """What is trained."""

    model: str
    world: str
    members: int
    batch: int
    steps: int


@dataclasses.dataclass(frozen=True)
class Measured:
    """Of one process."""

    first_s: float  # a training of one step, compilation included
    again_s: float  # the same with other seeds and rates, in the same process
    examples_s: float
    peak_mb: float


def measure(task: tuple[Work, int, Path, Sequence[int]]) -> Measured:
    """Trains the members, so many side by side, on these cores, with this cache."""
    work, vmap_size, cache, cores = task
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    from ...models.training.batched import Replica, train_batched
    from ...models.training.plan import Plan
    from ...models.training.train import enable_cache

    enable_cache(cache)
    world, size = registry.sized(work.world)
    corpus = build_corpus(world, size)
    tokens = encode(corpus, "direct", sample_questions(corpus, 100, 0))
    plan = Plan(batch=work.batch, steps=1, evaluations=1)
    spec = registry.model(work.model)

    def seconds(steps: int, rate: float) -> float:
        recipe = dataclasses.replace(plan, steps=steps, learning_rate=rate)
        members = [Replica(tokens, recipe, n, n) for n in range(work.members)]
        begin = time.perf_counter()
        train_batched(spec, members if steps > 1 else members[:vmap_size], vmap_size=vmap_size)
        return time.perf_counter() - begin

    first_s, again_s = seconds(1, 1e-3), seconds(1, 2e-3)
    # setting out and answering the questions cost time too, and no step
    rest_s = seconds(work.steps + 1, 1e-3) - again_s * work.members / vmap_size
    examples = work.members * work.steps * work.batch
    return Measured(first_s, again_s, examples / rest_s, peak_bytes() / 1e6)


def saving(model: str, folder: Path) -> tuple[float, float, float]:
    """(MB of a state with AdamW's moments, ms until training may go on, ms until written)."""
    import jax

    from ...models.training.checkpoint import Saver
    from ..conformance.models.model_fixture import Subject

    params = Subject(registry.model(model), vocabulary=1_000).params
    held = jax.block_until_ready([jax.tree.map(jax.numpy.copy, params) for _ in range(3)])
    size = sum(leaf.nbytes for leaf in jax.tree.leaves(held)) / 1e6
    waits, whole = [], []
    for step in range(4):  # the first makes the folder, and imports what it needs
        with Saver(folder) as saver:
            saver.restore(held)
            begin = time.perf_counter()
            saver.save(step, held)
            waits.append(time.perf_counter() - begin)
        whole.append(time.perf_counter() - begin)
    return size, 1e3 * sorted(waits[1:])[1], 1e3 * sorted(whole[1:])[1]


def compare(work: Work) -> dict[str, list[Measured]]:
    """Way -> what each of its processes measured; each way from an empty cache."""
    cores = provenance.cores()
    halves = [cores[: len(cores) // 2 or 1], cores[len(cores) // 2 :]]
    bf16 = dataclasses.replace(work, members=work.members // 2)
    found = {}
    with tempfile.TemporaryDirectory() as top:
        for way, tasks in {
            "one after the other": [(work, 1, cores)],
            "the same, kept on disk": [(work, 1, cores)],
            "side by side": [(work, work.members, cores)],
            "in two processes": [(bf16, 1, own) for own in halves],
        }.items():
            cache = Path(top) / ("in turn" if "other" in way or "same" in way else way)
            # spawned: a process that has JAX at work must not be forked
            spawned = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(len(tasks), spawned, max_tasks_per_child=1) as pool:
                found[way] = [*pool.map(measure, [(w, a, cache, c) for w, a, c in tasks])]
    return found


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", default="decoder-s")
    parser.add_argument("--world", default="composition-v1/small")
    parser.add_argument("--members", type=int, default=8)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--saved", nargs="*", default=["decoder-s", "decoder-l"])
    parser.add_argument("--json", type=Path, help="write all figures here")
    queries = parser.parse_args(words)
    if min(queries.members // 2, queries.batch, queries.steps) < 1:
        parser.exit(2, "expected at least two members, one example a batch and one step\n")
    work = Work(queries.model, queries.world, queries.members, queries.batch, queries.steps)
    found = compare(work)
    console = Console()
    console.print(table(work, found))
    saved = {}
    for model in queries.saved:
        with tempfile.TemporaryDirectory() as folder:
            saved[model] = saving(model, Path(folder) / "states")
        size, wait, whole = saved[model]
        console.print(
            f"saving {model}, {size:.1f} MB: {wait:.0f} ms until training goes on, {whole:.0f} ms "
            "until it is written"
        )
    if queries.json:
        rows = {way: [*map(dataclasses.asdict, parts)] for way, parts in found.items()}
        keep(queries.json, {"ways": rows, "saved": saved})


def table(work: Work, found: dict[str, list[Measured]]) -> Table:
    """One line per way; of two processes examples/s and memory are summed."""
    out = Table("way", "first", "again", "examples/s", "ratio", "peak memory")
    out.title = f"{work.members} trainings of {work.model} on {work.world}, batch {work.batch}"
    out.caption = f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    speed = {way: sum(part.examples_s for part in parts) for way, parts in found.items()}
    base = speed["one after the other"]
    for way, parts in found.items():
        most = functools.partial(max, parts)
        first = most(key=lambda part: part.first_s).first_s
        again = most(key=lambda part: part.again_s).again_s
        memory = sum(part.peak_mb for part in parts)
        cells: list[Any] = [f"{first:.1f} s", f"{again:.2f} s", f"{speed[way]:,.0f}"]
        out.add_row(way, *cells, f"{speed[way] / base:.2f}x", f"{memory:,.0f} MB")
    return out


if __name__ == "__main__":
    main()
