"""entries(suite, receipts) -> who stands on the board of a suite, and who can't.

An entry is one model of one receipt, in all columns of the suite. It is never made of several
receipts, and never the best of anything: every training that the suite names counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Sequence
from typing import Literal

from ... import canonical
from ...models import spec_records
from ..config.run_config import Cell
from ..config.suite import Suite
from .column_scores import (
    ColumnScore,
    World,
    configurations,
    needed_of,
    of_trained,
    places,
)
from .entered import Entered, display_name

Budget = Literal["fixed", "free"]
SCRATCH = "from scratch"
TRUST = ("retrained", "verified", "declared")  # the best first


@dataclasses.dataclass(frozen=True)
class Cost:
    """What an entry took, all its trainings together."""

    parameters: int  # the most of one of its models; 0: not declared
    flops: float  # 0: not declared
    seconds: float
    devices: tuple[str, ...]
    trials: int | None  # by which its plan was chosen, as declared; None: it is not

    @property
    def parameter_class(self) -> str:
        return decade(self.parameters)

    @property
    def flop_class(self) -> str:
        return decade(self.flops)


@dataclasses.dataclass(frozen=True)
class Entry:
    """A model on the board of a suite."""

    label: str  # unique on the board
    entered: Entered
    model: str
    plans: tuple[str, ...]
    budget: Budget
    kind: str  # from scratch; or of a model from outside, as declared
    scores: tuple[ColumnScore, ...]  # in the order of the suite's columns
    cost: Cost
    digest: str  # equal for entries of equal cells, whatever they are called
    ours: bool  # whether the architecture comes with zebroid
    baseline: bool  # whether it is a learner that composes nothing by construction

    @property
    def outside(self) -> bool:
        """Whether its model is from outside, so that nobody can train it again."""
        return any(s.trained is not None and s.trained.outside for s in self.scores)

    def counts(self, mode: str = "") -> list[ColumnScore]:
        """What the score is the mean of: every ranked column, or every one of a mode."""
        return [s for s in self.scores if s.column.ranked and mode in ("", s.column.mode)]

    def complete(self, mode: str = "") -> bool:
        """Whether every training of these columns is there, failed ones too."""
        return not any(score.lacking for score in self.counts(mode))

    def worlds(self, mode: str = "") -> dict[World, float]:
        """World -> the mean over these columns, none left out."""
        mine = self.counts(mode)
        every = mine[0].counted if mine else ()
        return {w: sum(s.counted[w] for s in mine) / len(mine) for w in every}


def decade(value: float) -> str:
    """A class of sizes.

    >>> decade(113_152), decade(7.2e12), decade(0)
    ('1e5 to 1e6', '1e12 to 1e13', 'not declared')
    """
    if value <= 0:
        return "not declared"
    power = int(f"{value:e}".partition("e")[2])
    return f"1e{power} to 1e{power + 1}"


@dataclasses.dataclass(frozen=True)
class LeftOut:
    """A model of a receipt that is no entry, though it answered questions of the suite."""

    receipt: str  # its digest
    line: str  # why


def entries(
    suite: Suite, receipts: Iterable[Entered], partial: bool = False
) -> tuple[list[Entry], list[LeftOut]]:
    """(the entries of a suite, what is none), in the order of the receipts.

    Of several with equal cells one stands: of the better trust class, then the one with less.
    Another suite's receipt is no entry, unless it has all that some mode needs, or ``partial``:
    that some column needs.
    """
    needed = places(suite)
    found: list[Entry] = []
    out: list[LeftOut] = []
    for entered in receipts:
        for model in dict.fromkeys(_name(cell) for cell in entered.cells.values()):
            made = _entry(suite, needed, entered, model)
            if isinstance(made, Entry):
                named = entered.receipt.suite.id.partition("+")[0] == suite.id
                modes = {s.column.mode for s in made.counts()}
                column = partial and not all(s.lacking for s in made.scores)
                if named or column or any(map(made.complete, modes)):
                    found.append(made)
            elif made:
                line = f"{entered.folder.name}: {model[0]}: {made}"
                out.append(LeftOut(entered.digest, line))
    kept: dict[str, Entry] = {}
    for entry in sorted(found, key=_precedence):
        if (first := kept.setdefault(entry.digest, entry)) is not entry:
            others = first.entered.folder.name
            line = f"{entry.entered.folder.name}: {entry.model}: the cells of {others}"
            out.append(LeftOut(entry.entered.digest, line))
    return labelled([e for e in found if kept[e.digest] is e]), out


def _precedence(entry: Entry) -> tuple[int, float, str]:
    trust = TRUST.index(entry.entered.trust.kind)
    return trust, sum(entry.worlds().values()), entry.entered.digest


def _name(cell: Cell) -> tuple[str, str]:
    return cell.model, canonical.text(cell.spec)


def _entry(
    suite: Suite,
    needed: Sequence[frozenset[tuple[int, ...]]],
    entered: Entered,
    model: tuple[str, str],
) -> Entry | str:
    """The entry of a model, or why it is none; empty: it answered nothing of this suite."""
    seeds = entered.seeds
    scores, mine = list[ColumnScore](), dict[str, Cell]()
    for column, wanted in zip(suite.columns, needed):
        trained = [t for t in configurations(entered, column) if _name(t.cells[0]) == model]
        if len(trained) > 1:
            return f"{len(trained)} plans in one column; enter each by a receipt of its own"
        one = trained[0] if trained else None
        if one and (odd := one.seeds - needed_of(one, wanted)):
            return f"seeds {min(odd)} of {column.name} are none of the suite's; run it as it is"
        mine |= {c.digest: c for c in one.cells} if one else {}
        scores.append(of_trained(column, one, seeds, wanted))
    if not mine:
        return ""
    first = next(iter(mine.values()))
    return Entry(
        label="",
        entered=entered,
        model=display_name(first),
        plans=tuple(dict.fromkeys(c.plan for c in mine.values())),
        budget=_budget(suite, mine.values()),
        kind=_kind(entered, first),
        scores=tuple(scores),
        cost=cost_of(entered, mine),
        digest=canonical.digest(sorted(mine)),
        ours=spec_records.rebuilt(first.spec) is not None,
        baseline=first.spec.get("type") == "mlp",
    )


def _budget(suite: Suite, cells: Iterable[Cell]) -> Budget:
    """Fixed where every training is by a plan that the suite gives it."""
    known: dict[tuple[object, ...], set[str]] = {}
    for cell in suite.cells:
        place = cell.panel, cell.mode, cell.seeds.trained
        known.setdefault(place, set()).add(canonical.text(cell.recipe.record()))
    fixed = all(
        canonical.text(c.recipe.record()) in known.get((c.panel, c.mode, c.seeds.trained), ())
        for c in cells
    )
    return "fixed" if fixed else "free"


def _kind(entered: Entered, cell: Cell) -> str:
    if cell.outside is None:
        return SCRATCH
    return entered.entry.kind if entered.entry else "outside"


def cost_of(entered: Entered, mine: Container[str]) -> Cost:
    """What the cells of a receipt with these digests took."""
    records = [r for r in entered.receipt.cells if r.digest in mine]
    seconds = entered.receipt.times.seconds
    return Cost(
        parameters=max(r.parameters for r in records),
        flops=float(sum(r.flops for r in records)),
        seconds=float(sum(seconds.get(r.digest, 0.0) for r in records)),
        devices=tuple(sorted({r.device for r in records if r.device})),
        trials=entered.entry.trials if entered.entry else None,
    )


def labelled(found: Sequence[Entry]) -> list[Entry]:
    """Entries with labels: rows that differ in plan differ in label."""
    out: dict[int, str] = {}
    for number, entry in enumerate(found):
        alike = [e for e in found if e.model == entry.model]
        label = entry.model
        if entry.budget == "free" or len(alike) > 1:
            label += f" ({', '.join(entry.plans)})"
        if [(e.model, e.plans) for e in alike].count((entry.model, entry.plans)) > 1:
            label += f" {entry.digest[:6]}"
        out[number] = label
    return [dataclasses.replace(entry, label=out[i]) for i, entry in enumerate(found)]
