"""Tables of docs/plateau.md: what follows from what is stated, and what a sweep's receipt says.

Between two marks in a page stands one table, and the first mark names it:

    <!-- plateau symbolic network-v1/base network-v1/sparse -->
    <!-- end of plateau -->

``python -m zebroid.benchmarks.plateau docs/plateau.md`` writes what stands between. ``symbolic``
takes worlds, and trains nothing; all others take the folder of a receipt of ``zebroid scale``, and
say so where there is none yet.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .. import registry
from ..eval.percolation import sweep
from ..eval.score import HEADLINE
from . import scaling_tables
from .arms import read
from .blocks import Make, command, measured, not_yet
from .receipt import Interval, Receipt, verdict_of
from .scaling import GRID, Scaling, scaling
from .scaling_tables import Told, markdown

KIND = "plateau"
SEEDS = range(5)
Lines = Iterator[str]


class Receipts:
    """The receipts that a page names; each is read, and its sweep told, once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._kept: dict[Path, Scaling] = {}

    def swept(self, make: Callable[[Scaling], Told], name: str) -> Iterable[str]:
        """One table of what a sweep says."""
        return measured(self.root, name, lambda folder: markdown(make(self._swept(folder))))

    def _swept(self, folder: Path) -> Scaling:
        if folder not in self._kept:
            self._kept[folder] = scaling(read(folder))
        return self._kept[folder]

    def verdicts(self, name: str) -> Iterable[str]:
        """The verdict over compute on every rung of every model, and how far it reaches."""
        return measured(self.root, name, lambda folder: markdown(verdicts(folder)))

    def figure(self, argument: str) -> Lines:
        """A figure beside a receipt: its folder, and the figure's name."""
        name, _, drawn = argument.partition(" ")
        path = Path(name) / "figures" / f"{drawn}.svg"
        if (self.root / path).exists():
            yield f"![{drawn.replace('-', ' ')}]({path.as_posix()})"
        else:
            yield not_yet(name)


def verdicts(folder: Path) -> Told:
    """The same, of the receipt in this folder."""
    receipt = Receipt.read(folder / "receipt.json")
    told = [v for p in receipt.panels for found in p.verdicts.values() for v in found]
    rungs = [r for r in HEADLINE if any(v["rung"] == r for v in told)]
    rows = []
    for panel in receipt.panels:
        for label, found in panel.verdicts.items():
            mine = {v["rung"]: f"{verdict_of(v)} ({v['ceiling']})" for v in found}
            row = next(r for r in panel.rows if (r.kind, r.label) == ("model", label))
            reach = _height(row.reach["height"] if row.reach else None)
            rows.append((f"{panel.name}: {row.name}", *(mine.get(r, "–") for r in rungs), reach))
    note = (
        f"{receipt.suite.id}@{receipt.suite.digest[:8]}, zebroid {receipt.versions['zebroid']}, "
        f"commit {receipt.commit[:8] or 'none'}. In brackets: the least ceiling that would explain "
        "the level."
    )
    header = ("", *rungs, "greatest height")
    return Told("verdicts", "Over compute", header, tuple(rows), note)


def _height(found: Interval | None) -> str:
    """The greatest height reached; a single run has no interval."""
    if found is None or found.mean is None:
        return "–"
    if found.low is None or found.high is None:
        return f"{found.mean:.1f}"
    return f"{found.mean:.1f} [{found.low:.1f}, {found.high:.1f}]"


def symbolic(argument: str) -> Lines:
    """What follows, and what hangs together, in some worlds at every coverage."""
    found = []
    for name in argument.split():
        world, size = registry.sized(name)
        found.append(sweep(world, size, GRID, SEEDS))
    yield from markdown(scaling_tables.symbolic(found))


def tables(root: Path) -> dict[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``."""
    receipts = Receipts(root)
    swept = {
        "axes": scaling_tables.axes,
        "levels": scaling_tables.levels,
        "joint": scaling_tables.joint_laws,
        "exhausted": scaling_tables.exhausted,
        "added": scaling_tables.added,
        "percolation": scaling_tables.percolation,
    }
    return {
        "symbolic": symbolic,
        "verdicts": receipts.verdicts,
        "figure": receipts.figure,
        **{name: functools.partial(receipts.swept, make) for name, make in swept.items()},
    }


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, tables)


if __name__ == "__main__":
    raise SystemExit(main())
