"""The floors of a world as tables, before anything is trained: what can be had without the rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from ...eval.floors.floor_table import LEAST, REUSE
from ...eval.scoring.score import few
from ..report.plain_console import plain
from .floor_means import DECISIVE, Mean, Means, means
from .floor_records import Record

COLUMNS = {
    "uniform": "uniform",
    "commonest": "commonest",
    "exclusion": "exclusion",
    "stated, not demonstrated": "stated only",
    "profile copy": "profile copy",
    "likeness": "likeness",
}
FAMILIES = {  # what stands in a short table, and its head there
    "chance": "chance",
    "association": "associ-\nation",
    "blinded": "blinded",
    "spreading": "spread-\ning",
    "floor": "floor",
}
COUNTED = {"near": "near", "written": "written", "several": "several\nrungs"}
BESIDE = 6  # instruments beside one another in the table of pivotal shares
READING = (
    "Each score is what a strategy that applies no rule gets; a model's score is evidence only "
    "above the floor, the best of chance, association and blinded deducers. Settings are chosen on "
    "one half of the questions and scored on the other. near: on another rung if demonstrated and "
    "written conclusions kept their height; written: the answer stands in a proof of the corpus; "
    "several rungs: the right answers stand on different ones. These are in no headline."
)


def record(records: Sequence[Record]) -> dict[str, Any]:
    """JSON-ready: of one seed every strategy on every instrument, of several their means too."""
    first = records[0]
    if len(records) == 1:
        return first
    return {
        "world": first["world"],
        "size": first["size"],
        "seeds": [r["seed"] for r in records],
        "definitions": first["definitions"],
        "instruments": [m.record() for m in means(records)],
        "of each seed": list(records),
    }


def show(console: Console, records: Sequence[Record]) -> None:
    """The scores of all instruments, what each floor is, and the pivotal shares."""
    first, several = records[0], len(records) > 1
    title = f"{first['world']}/{first['size']}, " + (
        f"means over {len(records)} seeds with 95% intervals"
        if several
        else f"seed {first['seed']}"
    )
    found, lacking = means(records), [*without_floor(records)]
    if not found:
        none = f"{title}: no instrument has {LEAST} headline questions above recall"
        console.print("\n".join([none, *lacking]))
        return
    console.print(brief(title, found))
    for m in found:
        console.print(f"{m.name}: {'; '.join(_words(m, len(records)))}")
    for line in lacking:
        console.print(line)
    console.print()
    console.print(_strategies(found))
    console.print()
    for start in range(0, len(found), BESIDE):
        some = found[start : start + BESIDE]
        if any(m.without for m in some):
            console.print(_shares(some))
            console.print()
    console.print(READING)


def brief(title: str, found: Sequence[Means]) -> Table:
    """A line for each instrument: its counts and the best of each family, without the settings."""
    out = _table(title, ["n", *COUNTED.values(), *FAMILIES.values()])
    for m in found:
        cells = [_count(m.counts[name]) for name in COUNTED]
        cells += [_cell(m.best.get(name)) for name in FAMILIES]
        out.add_row(plain(m.rung), plain(m.cue), _count(m.counts["headline"]), *cells)
    return out


def without_floor(records: Sequence[Record]) -> Iterator[str]:
    """The instruments that are scored on no seed, a line for each, with their questions."""
    most: dict[tuple[str, str], list[int]] = {}
    for lacking in (one for r in records for one in r["too few"]):
        most.setdefault((lacking["rung"], lacking["cue"]), []).append(lacking["headline"])
    for (rung, cue), counts in most.items():
        if len(counts) == len(records):
            number = few(max(counts)) if max(counts) else "no question"
            yield f"{rung} {cue}: no floor, {number} where {LEAST} are needed"


def warnings(found: Sequence[Means]) -> Iterator[str]:
    """What instruments cannot show, a line for each that has any."""
    for m in found:
        message = [*_warnings(m)]
        if m.idle:
            idle = ", ".join(f"{name} ({_short(share)})" for name, share in m.idle.items())
            message.append(f"says nothing about {idle}")
        if message:
            yield f"{m.name}: {'; '.join(message)}"


def _warnings(m: Means) -> Iterator[str]:
    if m.reuse:
        yield f"floor above {REUSE}: reuse by likeness, no normalised score"
    if m.nameless:
        spread = m.best["spreading"].mean
        yield f"spreading gets {spread:.2f}: the names of relations do not matter here"


def _strategies(found: Sequence[Means]) -> Table:
    heads = [h.replace(" ", "\n") for h in COLUMNS.values()]
    out = _table("Strategies that leave out no ingredient of a rule", heads)
    for m in found:
        cells = [_cell(m.strategies.get(name)) for name in COLUMNS]
        out.add_row(plain(m.rung), plain(m.cue), *cells)
    return out


def _words(m: Means, seeds: int) -> Iterator[str]:
    """The floor in words, with what it means for the instrument."""
    floor = m.best["floor"]
    half = "" if floor.half is None else f" ± {floor.half:.2f}"
    yield f"floor {floor.mean:.2f}{half}, {m.named['floor']}"
    if m.seeds < seeds:
        yield f"of {m.seeds} of {seeds} seeds: the others have too few questions"
    yield from _warnings(m)


def _shares(found: Sequence[Means]) -> Table:
    """Ingredient x instrument: the pivotal share, and what the deducer blind to it gets."""
    title = f"Pivotal share of each ingredient (below {DECISIVE}: says nothing about it) · score"
    out = Table(title=plain(title, "table.title"), **STYLE)
    out.add_column("without")
    for m in found:
        out.add_column(f"{m.rung}\n{m.cue}", justify="right", no_wrap=True)
    for name in sorted({name for m in found for name in m.without}):
        out.add_row(plain(name), *(_share(m, name) for m in found))
    return out


def _share(m: Means, name: str) -> str:
    found = m.without.get(name)
    if found is None:
        return ""
    return f"{_short(found.pivotal.mean)} · {_short(found.score.mean) if found.score else '–'}"


def _cell(found: Mean | None) -> str:
    """``.42``, and its interval below where there is one."""
    if found is None:
        return "–"
    return _short(found.mean) + ("" if found.half is None else f"\n±{_short(found.half)}")


def _count(found: Mean) -> str:
    return f"{found.mean:,.0f}"


def _short(share: float) -> str:
    text = f"{share:.2f}"
    return text[1:] if text.startswith("0") else text


def _table(title: str, numbers: Sequence[str]) -> Table:
    out = Table(title=plain(title, "table.title"), **STYLE)
    for name in ("rung", "cue"):
        out.add_column(name, no_wrap=True)
    for name in numbers:
        out.add_column(name, justify="right", no_wrap=True)
    return out


STYLE: dict[str, Any] = {
    "title_justify": "left",
    "box": box.SIMPLE_HEAD,
    "padding": (0, 1, 0, 0),
    "show_edge": False,
}
