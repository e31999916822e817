"""Coverage against percolation: does ability jump where what is stated links up?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from ...eval.scaling.percolation import Sweep, sweep
from ...eval.scaling.percolation_jump import Linked, linked, shifted
from ...eval.stats.labels import with_failed
from ...printable import printable
from ..receipts.untrusted import known
from .axes import Line, parts

GRID = (0.02, 0.05, 0.075, *np.arange(4, 15) / 40, 0.4, 0.45, 0.5, 0.6, 0.8, 1.0)
Tell = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Percolated:
    """One world's percolation, and the models laid over it."""

    sweep: Sweep
    models: tuple[Linked, ...]


def percolated(coverage: Sequence[Line], left: Tell) -> Iterator[Percolated]:
    worlds: dict[tuple[str, str], list[Line]] = {}
    for line in coverage:
        cell = line.configurations[0].cell
        worlds.setdefault((cell.world, str(parts(cell)["size"])), []).append(line)
    for (world, size), mine in worlds.items():
        seeds = sorted({s[:2] for line in mine for s in line.seeds})
        tried = {
            configuration.cell.exposure.coverage
            for line in mine
            for configuration in line.configurations
        }
        every = np.unique(np.round([*GRID, *tried], 4))
        made = known(world)
        if made is None:
            left(f"{printable(world)}: no percolation, for it is not built in, and was not loaded")
            continue
        found = sweep(made, size, every.tolist(), seeds)
        yield Percolated(found, tuple(_linked(line, found, seeds) for line in mine))


def _linked(line: Line, whole: Sweep, seeds: Sequence[tuple[int, int]]) -> Linked:
    """The share of all true conclusions that is unstated and answered, per world and coverage."""
    mine = sorted({s[:2] for s in line.seeds})
    rows = [seeds.index(s) for s in mine]
    share, most = np.zeros((2, len(mine), len(line.configurations)))
    for c, configuration in enumerate(line.configurations):
        for i, world in enumerate(mine):
            runs = [
                r for r, s in enumerate(configuration.seeds) if s[:2] == world and s in line.seeds
            ]
            for rung, curve in configuration.accuracy.items():
                there = (
                    configuration.amounts.conclusions[rung][runs] / len(runs) / whole.total[rows[i]]
                )
                share[i, c] += curve.runs[runs, -1] @ there
                most[i, c] += there.sum()
    some = whole.at(
        [configuration.cell.exposure.coverage for configuration in line.configurations]
    ).only(rows)
    failed, several = line.dropped
    found = linked(line.configurations[-1].label, some, share, most)
    return dataclasses.replace(found, failed=failed, runs=several)


def shifts(found: Sequence[Percolated]) -> Iterator[tuple[str, str, str]]:
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            for a in one.models:
                for b in (m for m in other.models if m.label == a.label):
                    name = with_failed(a.label, a.failed + b.failed, a.runs + b.runs)
                    yield f"{name}, {one.sweep.world} to {other.sweep.world}", *shifted(a, b)
