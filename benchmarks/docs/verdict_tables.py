"""How often simulated truths are recognised, and what it takes: docs/internals/verdict-errors.md.

Between two marks in a page stands one table, and the first mark names it:

    <!-- recovery verdicts -->
    <!-- end of recovery -->

``python -m zebroid.benchmarks.docs.verdict_tables PAGE [--repeats N]`` writes what stands between;
with 1,000
repeats of a verdict and 200 of a law it takes about ten minutes of one core.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...eval.stats.labels import of_runs
from ...eval.verdicts import simulation
from ...eval.verdicts.simulation import UNDECIDED, VERDICTS, Design
from ..receipts.curves import read
from .doc_blocks import Make, fill
from .markdown_table import markdown_table

KIND = "recovery"
DESIGNS = (
    Design(worlds=5, seeds=1),
    Design(worlds=3, seeds=5),
    Design(worlds=5, seeds=3),
    Design(worlds=10, seeds=1),
)
KINDS = ("plateau", "rising", "fell", UNDECIDED)
SEEDS, QUESTIONS, DIFFERENCES = (1, 2, 3, 5, 10), (100, 300, 1_000, 3_000), (0.05, 0.1)
LATE = 3  # last checkpoints of a curve, at which the noise of runs is measured
OPEN = (0.1, 0.97)  # accuracies between which runs can differ

Lines = Iterator[str]


def verdicts(_: Path, repeats: int) -> Lines:
    """Truth x verdict, for each design."""
    for design in DESIGNS:
        yield f"**{design}**, {design.per_decade} checkpoints a decade, {repeats:,} curves a line"
        yield ""
        yield from _confusion(simulation.verdicts(design, repeats), KINDS)
        yield ""


def laws(_: Path, repeats: int) -> Lines:
    """True law x named law, for two designs, and the joint laws."""
    several = max(1, repeats // 5)
    for design in DESIGNS[:2]:
        found = simulation.laws(design, several)
        yield f"**{design}**, {len(design.x)} checkpoints, {several:,} curves a line"
        yield ""
        yield from _confusion(found, (*found, UNDECIDED))
        yield ""
    found = simulation.surfaces(max(1, several // 2))
    yield f"**Joint laws**, 5 runs of 42 points, {max(1, several // 2):,} surfaces a line"
    yield ""
    yield from _confusion(found, (*found, UNDECIDED))


def worlds(_: Path, repeats: int) -> Lines:
    """Worlds by which two models' difference is seen, over seeds and questions."""
    for difference in DIFFERENCES:
        yield f"**A difference of {difference}**"
        yield ""
        rows = [
            [str(n) for n in (s, *(simulation.worlds_needed(s, q, difference) for q in QUESTIONS))]
            for s in SEEDS
        ]
        header = ["seeds a world", *(f"{q:,} questions" for q in QUESTIONS)]
        yield from markdown_table(header, rows)
        yield ""


def noise(folder: Path, _: int) -> Lines:
    """How far apart the runs of a receipt are, beside what is simulated."""
    throughout, jitter, curves = spread(folder)
    configurations = read(folder)
    missing = of_runs(
        sum(configuration.failed for configuration in configurations),
        sum(configuration.runs for configuration in configurations),
    )
    each = simulation.JITTER, np.sqrt(0.25 / 300)
    yield from markdown_table(
        ["deviation of a run's accuracy", "measured", "simulated, at 0.5 of 300 questions"],
        [
            ["throughout", f"{throughout:.3f}", f"{simulation.LEVEL:.3f}"],
            ["at one checkpoint", f"{jitter:.3f}", f"{np.hypot(*each):.3f}"],
        ],
    )
    yield ""
    text = f"Root mean squares over {curves} curves of runs at their last {LATE} checkpoints"
    yield f"{text}; {missing}." if missing else f"{text}."


def spread(folder: Path) -> tuple[float, float, int]:
    """(deviation of a run throughout, at one checkpoint, curves) among the runs of a receipt."""
    found = []
    for curve in (
        configuration.accuracy[rung]
        for configuration in read(folder)
        for rung in configuration.rungs
    ):
        y = curve.runs[:, -LATE:]
        if len(y) < 3 or y.shape[1] < LATE or not OPEN[0] <= y.mean() <= OPEN[1]:
            continue
        apart = y - y.mean(0)
        own = apart - apart.mean(1, keepdims=True)
        each = (own**2).sum() / (len(y) - 1) / (LATE - 1)
        found.append((max(0.0, (apart.mean(1) ** 2).sum() / (len(y) - 1) - each / LATE), each))
    if not found:
        raise UserError(f"{folder} has no rung with three runs between {OPEN[0]} and {OPEN[1]}")
    throughout, jitter = np.sqrt(np.mean(found, axis=0))
    return float(throughout), float(jitter), len(found)


TABLES: Mapping[str, Callable[[Path, int], Lines]] = {
    "noise": noise,
    "verdicts": verdicts,
    "laws": laws,
    "worlds": worlds,
}


def tables(root: Path, repeats: int) -> dict[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``."""
    return {name: lambda of, make=make: make(root / of, repeats) for name, make in TABLES.items()}


def _confusion(found: Mapping[str, Counter[str]], columns: tuple[str, ...]) -> Lines:
    """Shares of each truth in per cent; the right verdict is bold."""
    rows = []
    for name, counts in found.items():
        right = VERDICTS[name][0] if name in VERDICTS else name
        shares = {c: 100 * counts[c] / sum(counts.values()) for c in columns}
        text = [f"**{s:.1f}**" if c == right else f"{s:.1f}" for c, s in shares.items()]
        rows.append([name, *text])
    yield from markdown_table(["truth", *columns], rows)


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("page", type=Path)
    parser.add_argument("--repeats", type=int, default=1_000)
    chosen = parser.parse_args(words)
    if chosen.repeats < 1:
        print(f"--repeats {chosen.repeats}: expected at least 1", file=sys.stderr)
        return 2
    return fill(chosen.page, KIND, tables(chosen.page.resolve().parent, chosen.repeats))


if __name__ == "__main__":
    raise SystemExit(main())
