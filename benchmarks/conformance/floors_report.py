"""The floors of a world as tables, before anything is trained: what can be had without the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ...eval.floors.floor_table import REUSE, Floor, Instrument, floors
from ...worlds.corpus.build import build_corpus
from ...worlds.encoding.encode import sample_questions
from ...worlds.exposure import Exposure
from ...worlds.world import World
from ..report.terminal import plain

PER_RUNG = 200  # questions of a rung, as many as a suite asks by default
COLUMNS = {
    "uniform": "uniform",
    "commonest": "commonest",
    "exclusion": "exclusion",
    "stated, not demonstrated": "stated only",
    "profile copy": "profile",
    "likeness": "likeness",
}
DECISIVE = 0.5  # pivotal share below which an instrument says nothing about an ingredient
EXCESS = 0.1  # spreading above the floor by which names of predicates do not matter
READING = (
    "Each score is what a strategy that applies no rule gets; a model's score is evidence only "
    "above the best of chance, association and blinded deducers. Settings are chosen on one half "
    "of the questions and scored on the other."
)


def measure(
    world: World, size: str, exposure: Exposure | None, seed: int, watch: Callable[[str], None]
) -> list[Instrument]:
    """The instruments of one corpus, ``seed`` for world and exposure; by default the size's own.

    Raises UserError for an unknown size.
    """
    watch(f"building {world.id}/{size}")
    corpus = build_corpus(world, size, exposure, (seed, seed))
    return [*floors(corpus, sample_questions(corpus, PER_RUNG, seed), watch)]


def record(world: str, size: str, seed: int, found: Sequence[Instrument]) -> dict[str, Any]:
    """JSON-ready: every strategy on every instrument."""
    return {
        "world": world,
        "size": size,
        "seed": seed,
        "instruments": [
            {
                "rung": i.rung,
                "cue": i.cue,
                "questions": i.n,
                "floor": _record(i.floor),
                "reuse by likeness": i.reuse,
                "strategies": [_record(f) for f in i.floors],
            }
            for i in found
        ],
    }


def _record(floor: Floor) -> dict[str, Any]:
    out: dict[str, Any] = {
        "strategy": floor.strategy,
        "family": floor.family,
        "blind to": floor.blind,
        "setting": floor.setting,
        "score": round(floor.score, 4),
        "questions": floor.n,
    }
    return out if floor.pivotal is None else {**out, "pivotal": round(floor.pivotal, 4)}


def show(console: Console, title: str, found: Sequence[Instrument]) -> None:
    """The scores of all instruments, what each floor is, and the pivotal shares."""
    if not found:
        console.print(f"{title}: no instrument has 30 headline questions above recall")
        return
    console.print(_scores(title, found))
    for i in found:
        console.print(f"{i.rung} {i.cue}: {_floor(i)}")
    console.print()
    if any(f.pivotal is not None for i in found for f in i.floors):
        console.print(_shares(found))
    console.print(READING)


def _scores(title: str, found: Sequence[Instrument]) -> Table:
    out = _table(title)
    for name in ("rung", "cue"):
        out.add_column(name)
    for name in ("n", *COLUMNS.values(), "blinded", "spreading"):
        out.add_column(name, justify="right")
    for i in found:
        by_name = {f.strategy: f for f in i.floors}
        cells = [f"{by_name[name].score:.2f}" for name in COLUMNS]
        for family in ("blinded", "spreading"):
            best = i.best(family)
            cells.append(f"{best.score:.2f}" if best else "–")
        out.add_row(plain(i.rung), plain(i.cue), f"{i.n:,}", *cells)
    return out


def _floor(i: Instrument) -> str:
    """The floor in words, with what it means for the instrument."""
    floor, spread = i.floor, i.best("spreading")
    text = f"floor {floor.score:.2f}, {floor.strategy} ({floor.setting})"
    if floor.pivotal is not None:
        text += f", on {floor.n} pivotal questions"
    if i.reuse:
        text += f"; above {REUSE}: reuse by likeness, no normalised score"
    if spread and spread.score > floor.score + EXCESS:
        text += f"; spreading gets {spread.score:.2f}: the names of predicates do not matter here"
    return text


def _shares(found: Sequence[Instrument]) -> Table:
    """Ingredient x instrument: the pivotal share, and what the deducer blind to it gets."""
    out = _table(
        f"Pivotal share of each ingredient (below {DECISIVE}: says nothing about it); score"
    )
    out.add_column("without")
    for i in found:
        out.add_column(f"{i.rung}\n{i.cue}", justify="right")
    names = dict.fromkeys(f.blind for i in found for f in i.floors if f.pivotal is not None)
    for name in sorted(names):
        mine = [next((f for f in i.floors if f.blind == name), None) for i in found]
        out.add_row(plain(name), *(_share(f) for f in mine))
    return out


def _share(floor: Floor | None) -> str:
    if floor is None or floor.pivotal is None:
        return ""
    return f"{floor.pivotal:.2f}; " + (f"{floor.score:.2f}" if floor.setting else "–")


def _table(title: str) -> Table:
    return Table(
        title=plain(title, "table.title"),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        show_edge=False,
    )
