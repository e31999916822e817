"""Models of many receipts on the same questions of a world: unranked tables, one a world.

Rows of one table had the same world, size and exposure; how many corpora each has is printed, and
where that is one its interval says so. They are ordered by the first instrument that needs more
than reuse, as it stands above its floor. A model that has not learned its corpus counts as 0 there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence

from ... import canonical
from ...eval.scoring.columns import columns
from ...eval.stats.labels import of_runs
from ..config.panel_names import grouped, named, names_of
from ..config.run_config import Cell
from ..panels.panel import labels, slug
from ..receipts.receipt_records import PanelRecord, RowRecord
from ..report.score_cells import above, floors, scored
from ..report.table import ABSENT
from .column_scores import NO_CONTROL, axiom_control
from .entered import Entered, display_name
from .sheet import Item, Line, Sheet, of_texts

Key = tuple[str, str, str]
ONE = "¹"  # behind a score of one corpus


@dataclasses.dataclass(frozen=True)
class ModelRow:
    """One model row of one receipt."""

    number: int  # of its receipt on the board
    entered: Entered
    cell: Cell  # any of its cells
    corpora: frozenset[str]
    panel: PanelRecord
    row: RowRecord
    runs: int  # that the row should be the mean of
    failed: int  # of these, those that gave nothing

    @property
    def name(self) -> str:
        """``decoder-s, chain (short), 1 of 3 failed``: rows that differ in plan differ in name."""
        alone = ", answers alone" if self.cell.outside and self.cell.mode == "chain" else ""
        name = f"{self.cell.model}, {self.cell.mode}{alone} ({self.cell.plan})"
        return f"{name}, {lost}" if (lost := of_runs(self.failed, self.runs)) else name

    def control(self, instrument: str) -> str:
        """What the control of an axiom score says; empty: there is none, or it needs none."""
        if self.row.rungs[instrument].rung != "axiom":
            return ""
        return axiom_control(self.panel, self.row.label, instrument)


@dataclasses.dataclass(frozen=True)
class WorldTable:
    """All rows of one world, size and exposure."""

    name: str
    cell: Cell  # any of its cells
    rows: tuple[ModelRow, ...]  # in order
    instruments: tuple[str, ...]
    first: str  # the instrument that orders them
    gone: tuple[str, ...]  # models without an answer, a line each


def world_tables(receipts: Sequence[Entered], apart: Collection[str] = ()) -> list[WorldTable]:
    """The tables of all worlds of these receipts, but for those whose digest is in ``apart``."""
    rows: dict[Key, list[ModelRow]] = {}
    gone: dict[Key, list[str]] = {}
    for number, entered in enumerate(receipts, start=1):
        if entered.digest in apart:
            continue
        for row in rows_of(number, entered):
            rows.setdefault(_key(row.cell), []).append(row)
        for cell, lost in _missing(number, entered):
            gone.setdefault(_key(cell), []).append(lost)
    out = []
    for name, (key, mine) in zip(names_of([r[0].cell for r in rows.values()]), rows.items()):
        found = columns(n for r in mine for n in r.row.rungs)
        first = ordering([r.row for r in mine], found)
        ordered = sorted(mine, key=lambda r: (-value(r.row, first), r.name, r.number))
        lost = tuple(gone.get(key, ()))
        out.append(WorldTable(name, mine[0].cell, tuple(ordered), tuple(found), first, lost))
    return sorted(out, key=lambda table: table.name)


def sheet(table: WorldTable) -> Sheet:
    """A world's table, with its floors as the first row."""
    names = table.instruments
    rows = [r.row for r in table.rows]
    floor = of_texts(["floor", "", "", "", *floors(rows, names)], "reference")
    notes = [f"Without an answer: {'; '.join(table.gone)}."] if table.gone else []
    if any(len(r.corpora) == 1 for r in table.rows):
        notes.append(f"{ONE} one corpus: its ± is over questions and says nothing of other worlds.")
    first = 4 + names.index(table.first)
    return Sheet(
        id=slug(table.name),
        title=table.name,
        header=("model, mode (plan)", "receipt", "trust", "corpora", *names),
        lines=(floor, *(_line(r, names) for r in table.rows)),
        notes=tuple(notes),
        strong=first,
    )


def ordering(rows: Sequence[RowRecord], names: Sequence[str]) -> str:
    """The instrument that orders a table: the first beyond reuse whose floor leaves room."""
    for name in names:
        scores = [row.rungs[name] for row in rows if name in row.rungs]
        beyond = all(s.rung not in ("recall", "instance") for s in scores)
        if beyond and all(s.normalised is not None for s in scores):
            return name
    return names[-1]


def value(row: RowRecord, name: str) -> float:
    """Its score there above the floor; 0 of a model that has not learned its corpus, -1 of none."""
    score = row.rungs.get(name)
    if score is None:
        return -1.0
    if row.untrained:
        return 0.0
    return score.accuracy.mean or 0.0 if score.normalised is None else score.normalised.value


def _line(one: ModelRow, names: Sequence[str]) -> Line:
    items = [
        Item(one.name, link=f"entries/{page_of(one)}"),
        Item(str(one.number), by=float(one.number)),
        Item(one.entered.trust.kind),
        Item(str(len(one.corpora)), by=float(len(one.corpora))),
    ]
    return Line((*items, *(_item(one, name) for name in names)))


def _item(one: ModelRow, name: str) -> Item:
    """As in a run's own table: 0.92 ± 0.03 is .92±.03; then what is above the floor. An axiom
    score is printed with its control, or not at all."""
    found = one.row.rungs.get(name)
    if found is None:
        return Item(ABSENT, by=-2.0)
    control = one.control(name)
    if found.rung == "axiom" and not control:
        return Item(NO_CONTROL, by=-1.0)
    text = scored(one.row, name).replace("0.", ".").replace(" ± ", "±")
    text += ONE if len(one.corpora) == 1 else ""
    text += "" if found.rung == "recall" else f" → {above(one.row, name)}"
    text += f"; {control}" if control else ""
    return Item(text, by=value(one.row, name))


def page_of(one: ModelRow) -> str:
    """The page of an entry: one model of one receipt."""
    return f"{model_slug(display_name(one.cell), one.entered)}.html"


def model_slug(model: str, entered: Entered) -> str:
    """Names the page of a model of a receipt."""
    return f"{slug(model)}-{entered.digest[:8]}"


def rows_of(number: int, entered: Entered) -> Iterator[ModelRow]:
    """The model rows of a receipt, which has this number on the board."""
    receipt = entered.receipt
    panels = {panel.name: panel for panel in receipt.panels}
    for name, group in named([*entered.cells.values()]):
        label = labels(group)
        for row in panels[name].rows if name in panels else ():
            mine = [c for c in group if label[c.configuration] == row.label]
            if row.kind == "model" and mine and row.rungs:
                digests = {cell.digest for cell in mine}
                fine = [r for r in receipt.cells if r.digest in digests and not r.failed]
                read, lost = frozenset(r.corpus for r in fine), len(mine) - len(fine)
                yield ModelRow(number, entered, mine[0], read, panels[name], row, len(mine), lost)


def _key(cell: Cell) -> Key:
    """Equal for cells whose models stand in one table."""
    return cell.named_world, cell.size, canonical.text(cell.exposure.record())


def _missing(number: int, entered: Entered) -> Iterator[tuple[Cell, str]]:
    """(any of its cells, a line) of each model of which every training failed."""
    failed = {record.digest for record in entered.receipt.cells if record.failed}
    for group in grouped(entered.cells.values(), lambda cell: cell.configuration):
        if {cell.digest for cell in group} <= failed:
            cell = group[0]
            name = f"{cell.model}, {cell.mode} ({cell.plan})"
            yield cell, f"{name}, {of_runs(len(group), len(group))}, receipt {number}"
