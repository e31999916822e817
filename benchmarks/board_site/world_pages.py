"""Pages of worlds: rules, what can be had without them, and questions with their proofs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

from ...errors import UserError
from ...eval.scoring.columns import columns
from ...printable import printable
from ..board.entered import display_name
from ..board.sheet import Sheet, of_texts
from ..board.world_tables import ModelRow, model_slug
from ..panels.panel import slug
from ..receipts.receipt_records import PanelRecord
from ..report.table import ABSENT
from .question_examples import Answered, Example

FLOORS = ("floor", "strategy", "chance", "association", "blinded", "spreading", "uniform")
CEILINGS = ("reuser", "inductor", "deducer")


@dataclasses.dataclass(frozen=True)
class Section:
    """A size and exposure of a world."""

    title: str
    floors: Sheet
    examples: Sequence[Example]
    entries: Sequence[tuple[str, str]]  # (page, name) of each entry that answered there


@dataclasses.dataclass(frozen=True)
class Page:
    """All that stands on the page of a world."""

    slug: str
    title: str
    about: str  # in a line; empty: the world is not of this version
    rules: Sequence[tuple[str, str]]
    sections: Sequence[Section]


def pages(found: Iterable[Answered]) -> Iterator[Page]:
    """A page for each world on the board, in the order of names."""
    worlds: dict[str, list[Answered]] = {}
    for one in found:
        worlds.setdefault(one.row.cell.named_world, []).append(one)
    for name, mine in sorted(worlds.items()):
        parts: dict[tuple[str, str], list[Answered]] = {}
        for one in mine:
            place = one.row.panel.name, str(one.row.cell.exposure.record())
            parts.setdefault(place, []).append(one)
        yield Page(
            slug=slug(name),
            title=name,
            about=_about(mine[0].row.cell.world),
            rules=next((one.rules for one in mine if one.rules), ()),
            sections=[_section(part) for part in parts.values()],
        )


def _about(name: str) -> str:
    """What a built-in world is about; nothing else is loaded."""
    from ..receipts import untrusted

    try:
        world = untrusted.world(name)
    except UserError:
        return ""
    return printable((type(world).__doc__ or "").partition("\n")[0])


def _section(found: Sequence[Answered]) -> Section:
    rows, entries = [one.row for one in found], dict[str, str]()
    for row in rows:
        name = display_name(row.cell)
        entries[f"{model_slug(name, row.entered)}.html"] = f"{name}, {row.cell.mode}"
    panel = rows[0].panel
    questions = next((one.examples for one in found if one.examples), ())
    return Section(panel.name, _floors(panel, rows), questions, [*entries.items()])


def _floors(panel: PanelRecord, rows: Sequence[ModelRow]) -> Sheet:
    """Of each instrument: the best without the rule, of what kind, and what the ceilings get."""
    ceilings = {r.label: r for r in panel.rows if r.kind == "ceiling"}
    lines = []
    for name in columns(n for r in rows for n in r.row.rungs):
        found = next(r.row.rungs[name] for r in rows if name in r.row.rungs)
        if found.rung == "recall":
            continue
        floor = found.floor
        numbers = (floor.chance, floor.association, floor.blinded, floor.spreading, floor.uniform)
        texts = [f"{floor.value:.2f}", floor.strategy, *map(_two, numbers)]
        for label in CEILINGS:
            score = ceilings[label].rungs.get(name) if label in ceilings else None
            texts.append(_two(score.accuracy.mean if score else None))
        lines.append(of_texts((name, *texts)))
    header = ("instrument", *FLOORS, *CEILINGS)
    return Sheet(slug(f"floors-{panel.name}"), "Floors and ceilings", header, tuple(lines))


def _two(value: float | None) -> str:
    return ABSENT if value is None else f"{value:.2f}"
