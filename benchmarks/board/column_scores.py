"""What a row has in each column of a suite: unclipped, paired by world, and 0 where it failed.

A column's normalised score is (score - floor) / (1 - floor), a mean over worlds. What is
marked counts 0, or less where it is less: nobody gains by a cell that failed, or was not trained.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from ...errors import InvalidReceipt
from ...eval.floors.floor_table import REUSE
from ...eval.scoring.normalised import Normalised
from ...eval.scoring.profile import ABOVE_TWIN, EXCHANGE, GAP
from ...eval.stats.rank_intervals import Mean
from ..config.panel_names import named
from ..config.run_config import Cell
from ..config.suite import Suite
from ..panels.panel import labels
from ..ranking.column import Column
from ..receipts.receipt_records import PanelRecord, RowRecord
from ..receipts.score_records import ScoreRecord
from .entered import Entered

World = tuple[int, int]  # seeds of world and exposure
UNTRAINED, FAILED, MISSING = "untrained", "failed", "missing"
NO_CONTROL, NO_SCORE = "no control", "no score"
MEANING = {
    UNTRAINED: "recall below 0.95: counts 0",
    FAILED: "a training failed: counts 0",
    MISSING: "a training is missing: counts 0, and the entry is not ranked",
    NO_CONTROL: "an axiom score without its control is not printed: counts 0",
    NO_SCORE: "the receipt has no score there: counts 0",
}


@dataclasses.dataclass(frozen=True)
class Trained:
    """One configuration in a column: a row of a receipt, with the cells behind it."""

    row: RowRecord | None  # None: all of it failed
    panel: PanelRecord | None
    cells: tuple[Cell, ...]
    failed: frozenset[str]  # digests of those that have no answers

    @property
    def outside(self) -> bool:
        """Whether its model is from outside."""
        return self.cells[0].outside is not None

    @property
    def seeds(self) -> set[tuple[int, ...]]:
        """Of its trainings; of a model from outside those of its corpora alone."""
        return needed_of(self, {cell.seeds.trained for cell in self.cells})


@dataclasses.dataclass(frozen=True)
class ColumnScore:
    """A row in a column."""

    column: Column
    normalised: Normalised | None  # None: there is none
    accuracy: float | None
    worlds: Mapping[World, float]  # normalised, unclipped, of each world that has a score
    counted: Mapping[World, float]  # what the mean over columns takes, of every world of the suite
    mark: str  # of MEANING; empty: nothing is wrong
    strategy: str = ""  # behind the floor
    control: str = ""  # of axiom: what its control says
    trained: Trained | None = None  # what stands behind it; None: a reference, or nothing

    @property
    def lacking(self) -> bool:
        """Whether some training of it is missing."""
        return self.mark == MISSING

    @property
    def value(self) -> float:
        """As it is printed: 0 where the paired interval includes 0, and at most 0 with a mark."""
        value = 0.0 if self.normalised is None else self.normalised.value
        return min(value, 0.0) if self.mark else value

    @property
    def mean(self) -> float | None:
        """What of it counts, over all worlds of the suite; None: nothing does."""
        return sum(self.counted.values()) / len(self.counted) if self.counted else None


def places(suite: Suite) -> list[frozenset[tuple[int, ...]]]:
    """Of each column the seeds of every training that a model needs there. Raises InvalidReceipt
    where columns have different worlds: there is then no mean over columns in each world."""
    found = [
        frozenset(c.seeds.trained for c in suite.cells if column.holds(c))
        for column in suite.columns
    ]
    if len({frozenset(s[:2] for s in seeds) for seeds in found}) > 1:
        raise InvalidReceipt(
            f"suite {suite.id}: its columns have different worlds; give all the same seeds"
        )
    return found


def needed_of(trained: Trained | None, seeds: Iterable[Sequence[int]]) -> set[tuple[int, ...]]:
    """Those of the suite's seeds by which the trainings of a configuration are counted."""
    outside = trained is not None and trained.outside
    return {tuple(s[:2]) if outside else tuple(s) for s in seeds}


def configurations(entered: Entered, column: Column) -> Iterator[Trained]:
    """Every configuration of a receipt that answered the questions of a column."""
    panels = {panel.name: panel for panel in entered.receipt.panels}
    failed = frozenset(r.digest for r in entered.receipt.cells if r.failed)
    for name, group in named([*entered.cells.values()]):
        if not column.holds(dataclasses.replace(group[0], mode=column.mode)):
            continue
        label, panel = labels(group), panels.get(name)
        mine: dict[str, list[Cell]] = {}
        for cell in filter(column.holds, group):
            mine.setdefault(cell.configuration, []).append(cell)
        for configuration, cells in mine.items():
            rows = panel.rows if panel else ()
            row = (r for r in rows if (r.kind, r.label) == ("model", label[configuration]))
            yield Trained(next(row, None), panel, tuple(cells), failed)


def of_row(column: Column, row: RowRecord, seeds: Mapping[str, World]) -> ColumnScore:
    """The score of a ceiling, or of a strategy without the rule. ``seeds``: of each corpus."""
    found = row.rungs.get(column.instrument)
    worlds = {} if found is None else _normalised(found, seeds)
    if found is None or not worlds:
        return ColumnScore(column, None, None, {}, {}, NO_SCORE)
    return ColumnScore(
        column,
        _interval(worlds, found),
        found.accuracy.mean,
        worlds,
        worlds,
        "",
        found.floor.strategy,
    )


def of_trained(
    column: Column,
    trained: Trained | None,
    seeds: Mapping[str, World],
    needed: Iterable[Sequence[int]],
) -> ColumnScore:
    """The score of a model. ``seeds``: of each corpus; ``needed``: of the suite's trainings."""
    wanted = needed_of(trained, needed)
    every = {(s[0], s[1]) for s in wanted}
    have = trained.seeds if trained else set()
    row = trained.row if trained else None
    found = row.rungs.get(column.instrument) if row else None
    control, mark = "", ""
    if have != wanted:
        mark = MISSING
    elif trained and any(c.digest in trained.failed for c in trained.cells):
        mark = FAILED
    elif row and row.untrained:
        mark = UNTRAINED
    elif found is None:
        mark = NO_SCORE
    if found is not None and column.rung == "axiom" and row and trained and trained.panel:
        control = axiom_control(trained.panel, row.label, column.instrument)
        if not control and not column.ranked and found.lift is not None:
            ends = f"[{found.lift.low:.2f}, {found.lift.high:.2f}]"
            control = f"swap lift {found.lift.value:.2f} {ends}, no twin"
        mark = mark or ("" if control else NO_CONTROL)
    worlds = {} if found is None else _normalised(found, seeds)
    known = {w: v for w, v in worlds.items() if w in every}
    if not known and not mark:
        mark = NO_SCORE
    counted = {w: min(known.get(w, 0.0), 0.0) if mark else known.get(w, 0.0) for w in every}
    if mark == NO_CONTROL:
        known, found = {}, None
    return ColumnScore(
        column=column,
        normalised=None if found is None else _interval(known, found),
        accuracy=None if found is None else found.accuracy.mean,
        worlds=known,
        counted=dict(sorted(counted.items())),
        mark=mark,
        strategy="" if found is None else found.floor.strategy,
        control=control,
        trained=trained,
    )


def axiom_control(panel: PanelRecord, label: str, instrument: str) -> str:
    """What a row's control says of an axiom score: how far it is above its twin, or what exchanging
    the rules took away; empty: there is no such control."""
    for profile in panel.profiles:
        if profile["label"] not in (label, label + EXCHANGE):
            continue
        for share in profile["shares"]:
            named = share["measure"] in (ABOVE_TWIN, GAP)
            if named and share["instrument"] == instrument and share["value"] is not None:
                note = f" ({share['note']})" if share["note"] else ""
                ends = f"[{share['low']:.2f}, {share['high']:.2f}]"
                return f"{share['measure']} {share['value']:.2f} {ends}{note}"
    return ""


def _normalised(found: ScoreRecord, seeds: Mapping[str, World]) -> dict[World, float]:
    """World -> (score - floor) / (1 - floor); nothing where a floor leaves no room."""
    if found.normalised is None and max(found.floor.worlds.values(), default=1.0) > REUSE:
        return {}
    return {
        seeds[corpus]: (score - found.floor.worlds[corpus]) / (1 - found.floor.worlds[corpus])
        for corpus, score in sorted(found.worlds.items())
        if corpus in seeds and found.floor.worlds.get(corpus, 1.0) < 1
    }


def _interval(worlds: Mapping[World, float], found: ScoreRecord) -> Normalised | None:
    """As the receipt has it, where it has one: of axiom no narrower than over patterns."""
    if (known := found.normalised) is not None:
        return Normalised(known.mean, known.low, known.high, known.floor, known.over)
    if not worlds:
        return None
    mean = Mean.of(worlds)
    floor = float(np.mean([*found.floor.worlds.values()]))
    low, high = (mean.mean if v is None else v for v in (mean.low, mean.high))
    return Normalised(mean.mean, low, high, floor, "worlds")
