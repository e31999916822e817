"""Which instruments can tell a good learner from a bad one: the tables of docs/instruments.md.

    <!-- instruments status RECEIPT ... -->
    <!-- end of instruments -->

A row for each instrument of every world at size small, and for each mode and exposure in which
models have been measured on it. Floors at size small are those of
``docs/results/data/floors-small.csv``, all others those of the receipt; models are those of the
receipts named, folders of ``docs/receipts``. ``python -m zebroid.benchmarks.docs
docs/instruments.md`` fills the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import floors_tables
from .instrument_status import LIVE, LOW, STATUSES, Instrument, instruments
from .writing.doc_blocks import Make, command
from .writing.markdown_table import markdown_table

KIND = "instruments"


def _tables(docs: Path, receipts: Sequence[str]) -> Iterator[str]:
    found = instruments(docs, receipts)
    live = [one for one in found if one.status == LIVE]
    counts = Counter(one.status for one in found)
    others = ", ".join(f"{counts[status]} {status}" for status in STATUSES[1:])
    low = sum(one.floor <= LOW for one in live)
    yield (
        f"{len(live)} live instruments in {len({one.world for one in live})} worlds, {low} of them "
        f"with a floor of at most {LOW}; {others}."
    )
    exposures = list(dict.fromkeys(_exposure(one) for one in found if _exposure(one)))
    heads = ["world", "instrument", "floor", "had by", "spreading", "least pivotal"]
    heads += ["best model", "surely not above the floor"]
    for status in STATUSES:
        rows = [_cells(one, exposures) for one in found if one.status == status]
        if rows:
            yield from ("", f"### {status.capitalize()}", "")
            yield from markdown_table(heads, rows, right=(2, 4, 5))
    for number, exposure in enumerate(exposures, 1):
        yield from ("", f"({number}) {exposure}")


def _exposure(one: Instrument) -> str:
    """How it differs from the world's own."""
    return one.panel.partition(" (")[2].removesuffix(")")


def _cells(one: Instrument, exposures: Sequence[str]) -> list[str]:
    world = f"`{one.panel.partition(' (')[0].removesuffix('/small')}`"
    exposure = _exposure(one)
    best = f"{one.best}; {one.best.budget}" if one.best else ""
    return [
        f"{world} ({exposures.index(exposure) + 1})" if exposure else world,
        f"{one.rung} {one.cue}",
        f"{one.floor:.2f}",
        one.strategy,
        "–" if one.spreading is None else f"{one.spreading:.2f}",
        "–" if one.pivotal is None else f"{one.pivotal:.2f}",
        best or (f"{one.mode}: none" if one.mode else "not measured"),
        str(one.beside) if one.beside else "–",
    ]


def _before(docs: Path) -> Iterator[str]:
    """Version 1's worlds that were replaced: their floors beside those of what replaced them."""
    folder = docs / "results" / "data"
    now: dict[str, list[floors_tables.Row]] = {}
    for row in floors_tables.read(folder / "floors-small.csv"):
        now.setdefault(_name(row), []).append(row)
    there = {row["world"] for rows in now.values() for row in rows}
    old: dict[str, list[floors_tables.Row]] = {}
    for row in floors_tables.read(folder / "floors-version-1.csv"):
        if row["world"] not in there:
            old.setdefault(_name(row), []).append(row)
    rows = []
    for name, before in old.items():
        after = now.get(name, [])
        ids = {row["world"] for row in (*before, *after)}
        rows.append([" -> ".join(f"`{id}`" for id in sorted(ids)), _floors(before), _floors(after)])
    yield from markdown_table(["world", "before", "after"], rows)
    yield ""
    yield "Data: [before](results/data/floors-version-1.csv), on twenty seeds."


def _name(row: floors_tables.Row) -> str:
    return row["world"].rpartition("-v")[0]


def _floors(rows: Sequence[floors_tables.Row]) -> str:
    return ", ".join(f"{row['rung']} {row['cue']} {float(row['floor']):.2f}" for row in rows)


def tables(root: Path) -> dict[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``, that of the documentation."""
    return {"status": lambda names: _tables(root, names.split()), "before": lambda _: _before(root)}


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, tables)


if __name__ == "__main__":
    raise SystemExit(main())
