"""Fitting all laws with 1,000 resampled fits each on 100 curves: the goal is a minute on two cores.

    python -m zebroid.benchmarks.speed.laws_speed [--curves 100] [--draws 1000] [--jobs 2]

The curves are simulated, as noisy as trained models are. A curve is 16 budgets over three decades;
a surface 3 sizes x 4 corpora x 3 budgets; both of five runs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from rich.console import Console
from rich.table import Table

from ...eval.scaling.fit import fit_all
from ...eval.scaling.joint_laws import SURFACES
from ...eval.scaling.laws import CURVES, Law
from ...eval.stats.curve import Curve
from ...seeding import stream

GOAL = 60.0  # seconds
TOGETHER = 10  # curves in one call
RUNS, QUESTIONS = 5, 300
LEVEL, JITTER = 0.03, 0.02  # deviations of a run throughout, and at each point


def curve(number: int, axes: int) -> Curve:
    """A simulated curve of accuracy over one, two (N, D) or three axes (N, D, U)."""
    rng = stream("speed", "laws", number)
    budgets = np.geomspace(1e9, 1e12, 16)
    x = budgets[None]
    done = rng.uniform(0.5, 3) * (np.log(budgets) - np.log(1e9) - rng.uniform(2, 5))
    if axes > 1:
        grid = np.meshgrid([1e4, 4e4, 1.6e5], [1e3, 2e3, 4e3, 8e3], np.geomspace(1e5, 1e7, 3))
        size, unique, read = (a.ravel() for a in grid)
        x = np.stack([size, read, unique] if axes == 3 else [size, read])
        done = 1 + np.log(read / 1e6) + 0.5 * np.log(size / 4e4)
        done = done + (0.7 * np.log(unique / 3e3) if axes == 3 else 0)
    level = 0.05 + 0.9 / (1 + np.exp(-done))
    noise = rng.normal(0, LEVEL, (RUNS, 1)) + rng.normal(0, JITTER, (RUNS, len(level)))
    right = rng.binomial(QUESTIONS, np.clip(level + noise, 0, 1))
    return Curve.of(x, right / QUESTIONS, axes=("N", "D", "U")[:axes], questions=QUESTIONS)


def fitted(task: tuple[int, range, int]) -> float:
    """CPU seconds for one law on some curves: (number of the law, of the curves, draws)."""
    law = (*CURVES, *SURFACES)[task[0]]
    made, start = [curve(n, law.axes) for n in task[1]], time.process_time()
    fit_all(made, [law], draws=task[2])
    return time.process_time() - start


def measure(curves: int, draws: int, jobs: int) -> tuple[dict[Law, float], float]:
    """(CPU seconds per law, seconds that passed in all)."""
    laws = (*CURVES, *SURFACES)
    parts = [range(n, min(n + TOGETHER, curves)) for n in range(0, curves, TOGETHER)]
    tasks = [(i, part, draws) for i in reversed(range(len(laws))) for part in parts]
    start = time.perf_counter()
    # spawned: a process that has JAX at work must not be forked
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        spent = list(pool.map(fitted, tasks))
    passed = time.perf_counter() - start
    return {
        law: sum(s for s, (j, _, _) in zip(spent, tasks) if j == i) for i, law in enumerate(laws)
    }, passed


def main(words: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--curves", type=int, default=100)
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, default=2)
    chosen = parser.parse_args(words)
    if min(chosen.curves, chosen.draws, chosen.jobs) < 1:
        parser.exit(2, "expected at least one curve, draw and job\n")
    seconds, passed = measure(chosen.curves, chosen.draws, chosen.jobs)
    table = Table(title=f"{chosen.curves} curves, {chosen.draws:,} resampled fits of each law")
    for column in ("law", "CPU seconds", "ms a curve"):
        table.add_column(column, justify="left" if column == "law" else "right")
    for law, spent in seconds.items():
        table.add_row(law.name, f"{spent:.1f}", f"{1e3 * spent / chosen.curves:.0f}")
    console = Console()
    console.print(table)
    console.print(
        f"all laws: {passed:.1f} s with {chosen.jobs} processes, {sum(seconds.values()):.1f} s of "
        f"CPU (goal {GOAL:.0f} s for 100 curves with 1,000); load average {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
