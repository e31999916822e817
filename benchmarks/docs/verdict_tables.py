"""How often simulated truths are recognised, and what it takes: docs/internals/verdict-errors.md.

Between two marks in a page stands one table, and the first mark names it:

    <!-- recovery verdicts -->
    <!-- end of recovery -->

``python -m zebroid.benchmarks.docs.verdict_tables PAGE`` writes what stands between, from the data
beside the page, PAGE with the ending .json. ``--simulate N`` first computes what is missing there:
N curves of each case, a fifth as many of each law. With N = 1,000 that takes about ten minutes of
one core; what was cut off goes on where it was.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...eval.scaling.joint_fit import JOINT
from ...eval.scaling.laws import CURVES
from ...eval.stats.labels import of_runs
from ...eval.verdicts import simulation
from ...eval.verdicts.simulation import UNDECIDED, VERDICTS, WORDS, Design
from ..receipts.curves import read
from .writing.doc_blocks import Make, fill
from .writing.markdown_table import markdown_table
from .writing.page_files import Simulated

KIND = "recovery"
DESIGNS = (
    Design(worlds=5, seeds=1),
    Design(worlds=3, seeds=5),
    Design(worlds=5, seeds=3),
    Design(worlds=10, seeds=1),
    # as far apart as runs on axioms-v1, the noisiest world that is trained on
    Design(worlds=5, seeds=1, level=0.065, jitter=0.08),
    Design(worlds=5, seeds=3, level=0.065, jitter=0.08),
)
OF_LAWS = DESIGNS[:2]
JOINTLY = "joint laws"  # stands for the design of the joint laws, which have one of their own
SLOW = tuple(name for name in VERDICTS if name.startswith("rises by 0.0"))
SEEDS, QUESTIONS, DIFFERENCES = (1, 2, 3, 5, 10), (100, 300, 1_000, 3_000), (0.05, 0.1)
LATE = 3  # last checkpoints of a curve, at which the noise of runs is measured
OPEN = (0.1, 0.97)  # accuracies between which runs can differ

Lines = Iterator[str]


def simulate(data: Simulated, repeats: int, watch: Callable[[str], None]) -> None:
    """Adds to ``data`` all that is missing of the tables, and keeps it after every line."""
    several = max(1, repeats // 5)
    half = max(1, several // 2)
    for design in DESIGNS:
        for name in VERDICTS:
            if data.lacks("verdicts", str(design), name, repeats):
                watch(f"{design}: {name}")
                found = Counter(simulation.judgements(name, design, repeats))
                data.keep("verdicts", str(design), name, found)
    for design in OF_LAWS:
        for law in CURVES:
            if data.lacks("laws", str(design), law.name, several):
                watch(f"{design}: {law.name}")
                found = simulation.laws(design, several, [law])[law.name]
                data.keep("laws", str(design), law.name, found)
    for law in JOINT:
        if data.lacks("laws", JOINTLY, law.name, half):
            watch(f"{JOINTLY}: {law.name}")
            data.keep("laws", JOINTLY, law.name, simulation.surfaces(half, true=[law])[law.name])


def verdicts(data: Simulated, _: Path) -> Lines:
    """Case x what its curves are called, for each design."""
    for design in DESIGNS:
        found = data.read("verdicts", str(design), VERDICTS)
        many = min(map(Counter.total, found.values()))
        yield f"**{design}**, {design.per_decade} checkpoints a decade, {many:,} curves a line"
        yield ""
        yield from _confusion(found, WORDS, {name: case.true for name, case in VERDICTS.items()})
        yield ""


def slow(data: Simulated, _: Path) -> Lines:
    """What rises that are slow and go on for ever are called."""
    rows = []
    for name in SLOW:
        cells = []
        for design in DESIGNS:
            counts = data.read("verdicts", str(design), [name])[name]
            share = {word: 100 * counts[word] / counts.total() for word in WORDS}
            plateau = share[simulation.LEVEL_WORD] + share[simulation.FLAT_WORD]
            cells.append(f"{share['rising']:.0f} / {plateau:.0f} / {share['flat']:.1f}")
        rows.append([name, *cells])
    yield from markdown_table(["per cent rising / plateau / flat", *map(str, DESIGNS)], rows)


def laws(data: Simulated, _: Path) -> Lines:
    """True law x named law, for two designs, and the joint laws."""
    names, joint = [law.name for law in CURVES], [law.name for law in JOINT]
    for design in OF_LAWS:
        found = data.read("laws", str(design), names)
        many = min(map(Counter.total, found.values()))
        yield f"**{design}**, {len(design.x)} checkpoints, {many:,} curves a line"
        yield ""
        yield from _confusion(found, (*names, UNDECIDED), {name: (name,) for name in names})
        yield ""
    found = data.read("laws", JOINTLY, joint)
    many = min(map(Counter.total, found.values()))
    yield f"**Joint laws**, 5 runs of 42 points, {many:,} surfaces a line"
    yield ""
    yield from _confusion(found, (*joint, UNDECIDED), {name: (name,) for name in joint})


def worlds(_: Simulated, __: Path) -> Lines:
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


def noise(_: Simulated, folder: Path) -> Lines:
    """How far apart the runs of a receipt are, in each world, beside what is simulated."""
    configurations = read(folder)
    missing = of_runs(
        sum(configuration.failed for configuration in configurations),
        sum(configuration.runs for configuration in configurations),
    )
    measured = spread(folder)
    at_once = np.hypot(simulation.JITTER, np.sqrt(0.25 / 300))
    yield from markdown_table(
        ["deviation of a run's accuracy", "throughout", "at one checkpoint", "curves"],
        [
            ["simulated, at 0.5 of 300 questions", f"{simulation.LEVEL:.3f}", f"{at_once:.3f}", ""],
            *(
                [f"`{world}`", f"{throughout:.3f}", f"{jitter:.3f}", str(curves)]
                for world, (throughout, jitter, curves) in measured.items()
            ),
        ],
    )
    yield ""
    text = f"Root mean squares over curves of runs at their last {LATE} checkpoints"
    yield f"{text}; {missing}." if missing else f"{text}."


def spread(folder: Path) -> dict[str, tuple[float, float, int]]:
    """World -> (deviation of a run throughout, at one checkpoint, curves) among the runs of a
    receipt; UserError where no rung has three runs that say something of it."""
    found: dict[str, list[tuple[float, float]]] = {}
    for configuration in read(folder):
        for rung in configuration.rungs:
            y = configuration.accuracy[rung].runs[:, -LATE:]
            if len(y) < 3 or y.shape[1] < LATE or not OPEN[0] <= y.mean() <= OPEN[1]:
                continue
            apart = y - y.mean(0)
            own = apart - apart.mean(1, keepdims=True)
            each = (own**2).sum() / (len(y) - 1) / (LATE - 1)
            whole = max(0.0, (apart.mean(1) ** 2).sum() / (len(y) - 1) - each / LATE)
            found.setdefault(configuration.cell.world, []).append((whole, each))
    if not found:
        raise UserError(f"{folder} has no rung with three runs between {OPEN[0]} and {OPEN[1]}")
    out = {}
    for world, parts in found.items():
        throughout, jitter = np.sqrt(np.mean(parts, axis=0))
        out[world] = float(throughout), float(jitter), len(parts)
    return out


TABLES: Mapping[str, Callable[[Simulated, Path], Lines]] = {
    "noise": noise,
    "verdicts": verdicts,
    "slow": slow,
    "laws": laws,
    "worlds": worlds,
}


def tables(root: Path, data: Simulated) -> dict[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``."""
    return {name: lambda of, make=make: make(data, root / of) for name, make in TABLES.items()}


def _confusion(
    found: Mapping[str, Counter[str]],
    columns: tuple[str, ...],
    true: Mapping[str, tuple[str, ...]],
) -> Lines:
    """Shares of each truth in per cent; what is true of it is bold."""
    rows = []
    for name, counts in found.items():
        shares = {c: 100 * counts[c] / counts.total() for c in columns}
        text = [f"**{s:.1f}**" if c in true[name] else f"{s:.1f}" for c, s in shares.items()]
        rows.append([name, *text])
    yield from markdown_table(["truth", *columns], rows)


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("page", type=Path)
    parser.add_argument("--simulate", type=int, default=0, metavar="N", help="curves a case")
    chosen = parser.parse_args(words)
    if chosen.simulate < 0:
        print(f"--simulate {chosen.simulate}: expected at least 1", file=sys.stderr)
        return 2
    try:
        data = Simulated.at(chosen.page.with_suffix(".json"))
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    if chosen.simulate:
        simulate(data, chosen.simulate, lambda what: print(what, file=sys.stderr, flush=True))
    return fill(chosen.page, KIND, tables(chosen.page.resolve().parent, data))


if __name__ == "__main__":
    raise SystemExit(main())
