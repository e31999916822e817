"""Pages of entries: one model of one receipt, with its ladder, curves, questions and citation."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from ...errors import UserError
from ...eval.figures import board_figures, score_figures
from ...eval.scoring.columns import columns
from ...printable import printable
from ..board import suite_sheets
from ..board.board import Board
from ..board.column_scores import axiom_control
from ..board.entered import NAME, Entered, display_name
from ..board.entries import Entry, cost_of
from ..board.sheet import Sheet, of_texts
from ..board.standings import Standings
from ..board.world_tables import ModelRow, model_slug
from ..citations.citation import citation_text
from ..citations.errata import affecting
from ..panels.panel import slug
from ..receipts.curves import Configuration, configurations_of
from ..receipts.score_records import Interval, NormalisedRecord, ScoreRecord
from ..report.table import ABSENT
from .question_examples import Answered, Example

LADDER = (
    "instrument",
    "exact answers",
    "interval over",
    "floor, by which strategy",
    "above the floor",
    "swap lift",
    "ceilings at 1",
    "control",
)


@dataclasses.dataclass(frozen=True)
class Group:
    """A row of the receipt, with its ladder and a question of each instrument."""

    title: str
    world: str  # the slug of its world's page
    sheet: Sheet
    examples: Sequence[Example]


@dataclasses.dataclass(frozen=True)
class Page:
    """All that stands on the page of an entry."""

    slug: str
    title: str
    entered: Entered
    facts: Sequence[tuple[str, str]]
    standing: Sheet | None
    groups: Sequence[Group]
    curves: str  # SVG; empty: there are none
    citation: str
    archive: str  # name of the file that holds the receipt
    notes: Sequence[str]


def pages(board: Board, found: Mapping[str, Sequence[Answered]]) -> Iterator[Page]:
    """The page of every entry, receipt by receipt. ``found``: of each receipt, by its digest."""
    standing: dict[tuple[str, str], tuple[Standings, Entry]] = {}
    for one in board.standings:
        for entry in one.entries:
            standing[entry.entered.digest, entry.model] = one, entry
    for entered in board.collected.entered:
        models: dict[str, list[Answered]] = {}
        for answered in found[entered.digest]:
            models.setdefault(display_name(answered.row.cell), []).append(answered)
        notes = [*dict.fromkeys(one.note for one in found[entered.digest] if one.note)]
        curves = _curves(entered, notes) if models else ()
        cited = citation_text(entered.receipt, entered.trust, affecting(entered.receipt))
        for model, mine in models.items():
            place = standing.get((entered.digest, model))
            yield _page(entered, model, mine, curves, place, cited, notes)


def archive(entered: Entered) -> str:
    """The name of the file that holds a receipt with its tables."""
    return f"receipt-{entered.digest[:16]}.zip"


def _page(
    entered: Entered,
    model: str,
    found: Sequence[Answered],
    curves: Sequence[Configuration],
    standing: tuple[Standings, Entry] | None,
    citation: str,
    notes: Sequence[str],
) -> Page:
    rows = [one.row for one in found]
    names = {(row.panel.name, row.row.label) for row in rows}
    mine = [c for c in curves if (c.panel.name, c.label) in names]
    return Page(
        slug=model_slug(model, entered),
        title=model,
        entered=entered,
        facts=[*_facts(entered, rows)],
        standing=suite_sheets.single(*standing) if standing else None,
        groups=[_group(one) for one in found],
        curves=_drawn(mine, model),
        citation=citation,
        archive=archive(entered),
        notes=notes,
    )


def _facts(entered: Entered, rows: Sequence[ModelRow]) -> Iterator[tuple[str, str]]:
    cells = [
        c for c in entered.receipt.cells if entered.cells[c.digest].model == rows[0].cell.model
    ]
    cost = cost_of(entered, {c.digest for c in cells})
    yield "suite", f"{entered.receipt.suite.id}@{entered.receipt.suite.digest[:8]}"
    yield "trust", str(entered.trust)
    yield "status", entered.status
    yield "entrant", entered.entrant or "not named"
    yield "trainings", f"{len(cells)}, of which {sum(bool(c.failed) for c in cells)} failed"
    yield "parameters", f"{cost.parameters:,}"
    yield "FLOPs", f"{cost.flops:.2e} in all"
    yield "seconds", f"{cost.seconds:,.0f} in all"
    yield "device", "; ".join(cost.devices) or "not known"
    yield "plans", ", ".join(dict.fromkeys(row.cell.plan for row in rows))
    yield "receipt", entered.digest


def _group(found: Answered) -> Group:
    row = found.row
    title = f"{row.panel.name}, {row.cell.mode} ({row.cell.plan})"
    return Group(title, slug(row.cell.named_world), _ladder(row), found.examples)


def _ladder(row: ModelRow) -> Sheet:
    """Instruments from bottom to top, each beside its floor and the ceilings that reach it."""
    lines = []
    for name in columns(row.row.rungs):
        found = row.row.rungs[name]
        if found.rung == "axiom" and not row.control(name):
            texts = ["no control, so no score", *[""] * (len(LADDER) - 2)]
        else:
            texts = _rung(row, name, found)
        lines.append(of_texts((name, *texts)))
    return Sheet("ladder", "Ladder", LADDER, tuple(lines))


def _rung(row: ModelRow, name: str, found: ScoreRecord) -> list[str]:
    reach = [
        r.label
        for r in row.panel.rows
        if r.kind == "ceiling" and name in r.rungs and (r.rungs[name].accuracy.mean or 0) > 0.99
    ]
    recall = found.rung == "recall"
    return [
        _ends(found.accuracy) + (", untrained" if row.row.untrained else ""),
        f"{'' if recall else found.accuracy.over}",
        ABSENT if recall else f"{found.floor.value:.2f}, {found.floor.strategy}",
        ABSENT if recall else _ends(found.normalised),
        ABSENT if found.lift is None else f"{found.lift.value:.2f}",
        ", ".join(reach) or "none",
        row.control(name) or ABSENT,
    ]


def _ends(found: Interval | NormalisedRecord | None) -> str:
    """``0.43 [0.40, 0.46]``."""
    if found is None or found.mean is None:
        return ABSENT
    if found.low is None or found.high is None:
        return f"{found.mean:.2f}"
    return f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _curves(entered: Entered, notes: list[str]) -> Sequence[Configuration]:
    """The curves of a receipt; none, and a note, where they cannot be read."""
    try:
        return configurations_of(entered.receipt, entered.folder / NAME)
    except UserError as error:
        notes.append(printable(f"no curves: {error}"))
        return ()


def _drawn(mine: Sequence[Configuration], title: str) -> str:
    """Curves of all instruments but an axiom without its control, which is printed nowhere."""
    panels: dict[str, Mapping[str, board_figures.Line]] = {}
    for one in mine:
        row = one.row
        lines = {}
        for name in one.accuracy:
            found = row.rungs.get(name) if row else None
            if row is None or found is None or len(one.flops) < 2:
                continue
            if found.rung == "axiom" and not axiom_control(one.panel, row.label, name):
                continue
            floor = None if found.rung == "recall" else found.floor.value
            lines[name] = board_figures.Line(one.flops, one.accuracy[name].mean, floor)
        if lines:
            panels[one.name] = lines
    if not panels:
        return ""
    figure = board_figures.training_curves(panels, f"{title}: exact answers while it was trained")
    return score_figures.svg(figure)
