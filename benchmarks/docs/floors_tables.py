"""The floors of all worlds: measured seed by seed, kept as data, drawn as a figure and a table.

    <!-- floors data/floors-small.csv -->
    <!-- end of floors -->

``python -m zebroid.benchmarks.docs.floors_tables --seeds 20`` measures every built-in world at size
small, and writes the data that such a block of docs/results/floors.md shows; no training. It is
resumable: each world and seed is a file of its own in ``--kept``, and is not measured again while
definitions stay. ``python -m zebroid.benchmarks.docs PAGE`` fills the page.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ... import registry
from ...errors import UserError
from ...worlds.definitions import DEFINITIONS
from ...worlds.novelty.rungs import RUNGS
from ..conformance.floor_means import DECISIVE, Mean, Means, means
from ..conformance.floor_records import Record, measure
from ..report.plain_console import PlainConsole, working
from ..runner import atomic_write
from .readme_blocks import builtin
from .writing import page_files
from .writing.doc_blocks import Make, command, not_yet
from .writing.markdown_table import markdown_table
from .writing.small_multiples import Dot, dots

KIND = "floors"
FAMILIES = ("chance", "association", "blinded", "spreading", "floor")
COUNTS = ("headline", "near", "written", "several")
HEADER = (
    *("world", "rung", "cue", "seeds", *COUNTS),
    *(f"{family}{end}" for family in FAMILIES for end in ("", " half")),
    *("blinded by", "floor by", "least pivotal", "says nothing about"),
)
Row = Mapping[str, str]


def kept(folder: Path, world: str, size: str, seed: int, watch: Callable[[str], None]) -> Record:
    """The record of one world and seed, from its file in ``folder`` or measured and put there."""
    path = folder / f"{world}-{size}-{seed}.json"
    if path.exists():
        try:
            found = json.loads(path.read_text("utf-8"))
        except ValueError:
            raise UserError(f"{path} is no JSON; remove it, and it is measured again") from None
        if found.get("definitions") == DEFINITIONS:
            return found
    found = measure(registry.make(world), size, None, seed, watch)
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write.file(path) as draft:
        draft.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return found


def rows_of(world: str, found: Sequence[Means]) -> Iterator[tuple[object, ...]]:
    """A row of data for each instrument of a world."""
    for m in found:
        levels = [cell for family in FAMILIES for cell in _mean(m.best.get(family))]
        shares = [i.pivotal.mean for i in m.without.values()]
        yield (
            *(world, m.rung, m.cue, m.seeds),
            *(f"{m.counts[name].mean:.0f}" for name in COUNTS),
            *levels,
            m.named.get("blinded", "").removeprefix("without "),
            m.named["floor"],
            f"{min(shares):.2f}" if shares else "",
            "; ".join(m.idle),
        )


def _mean(found: Mean | None) -> tuple[str, str]:
    if found is None:
        return "", ""
    return f"{found.mean:.4f}", "" if found.half is None else f"{found.half:.4f}"


def write(path: Path, rows: Sequence[tuple[object, ...]]) -> None:
    """The data file of a page, whole or not at all."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write.file(path) as draft:
        draft.write_text(text.getvalue(), "utf-8")


def read(path: Path) -> list[Row]:
    """Raises UserError for a file that is none of these."""
    with path.open(encoding="utf-8", newline="") as file:
        found: list[Row] = [*csv.DictReader(file)]
    if not found or tuple(found[0]) != HEADER:
        raise UserError(f"{path} has no floors; measure them (benchmarks/docs/floors_tables.py)")
    return found


def presented(root: Path, name: str) -> Iterator[str]:
    """The figure and the table of a data file beside the page."""
    path = root / name
    if not path.exists():
        yield not_yet(name)
        return
    rows = read(path)
    cues = {world: {r["cue"] for r in rows if r["world"] == world} for world in _worlds(rows)}
    named = [_label(row, len(cues[row["world"]]) > 1) for row in rows]
    labels = list(dict.fromkeys(named))
    rungs = [rung for rung in RUNGS if any(row["rung"] == rung for row in rows)]
    cells = {(label, row["rung"]): _dots(row) for label, row in zip(named, rows)}
    below = (
        "Filled: the floor, the best of chance, association and blinded deducers, with its 95% "
        "interval over worlds. Open: spreading, a test of the world. 1 is all right: a score is "
        "evidence only to the right of the filled dot, and the names of relations matter only "
        "where the open one is not far to its right."
    )
    drawn = dots(labels, rungs, cells, {}, below)
    yield from page_files.figure(root, path.stem, drawn, "the floor of every world on every rung")
    heads = ["world", "instrument", "n", "near", "written", "several rungs", *FAMILIES]
    heads += ["floor by", "least pivotal"]
    numbers = range(2, 2 + 4 + len(FAMILIES))
    yield from markdown_table(heads, map(_cells, rows), right=numbers)
    yield ""
    yield f"Data: [CSV]({name}), {len(rows):,} rows."


def _worlds(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row["world"] for row in rows))


def _label(row: Row, several: bool) -> str:
    """The world, and the cue where it has several."""
    world = row["world"].rpartition("-v")[0]
    return f"{world} {row['cue']}" if several else world


def _dots(row: Row) -> list[Dot]:
    found = []
    for family in ("floor", "spreading"):
        if row[family]:
            mean, half = float(row[family]), float(row[f"{family} half"] or "nan")
            found.append(Dot(mean, max(0.0, mean - half), min(1.0, mean + half)))
    return found


def _cells(row: Row) -> list[str]:
    least = row["least pivotal"]
    if least and float(least) < DECISIVE:
        least = f"{least}: says nothing about {row['says nothing about']}"
    return [
        f"`{row['world']}`",
        f"{row['rung']} {row['cue']}",
        *(f"{int(row[name]):,}" for name in COUNTS),
        *(_level(row, family) for family in FAMILIES),
        row["floor by"],
        least,
    ]


def _level(row: Row, family: str) -> str:
    if not row[family]:
        return "–"
    half = row[f"{family} half"]
    text = f"{float(row[family]):.2f}" + (f" ± {float(half):.2f}" if half else "")
    return f"**{text}**" if family == "floor" else text


def tables(root: Path) -> dict[str, Make]:
    """Name -> what makes it, of a page in the folder ``root``: any data file of floors."""
    names = [path.relative_to(root).as_posix() for path in (root / "data").glob("floors-*.csv")]
    names = names or ["data/floors-small.csv"]
    return {name: lambda _, name=name: presented(root, name) for name in names}


def fill(words: list[str] | None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, tables)


def main(words: list[str] | None = None) -> int:
    """Measures, and writes the data; 0, or 2 after one line on what is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("world", nargs="*", help="ids; without any all built-in worlds")
    parser.add_argument("--size", default="small")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--kept", type=Path, default=Path("runs") / "floors")
    parser.add_argument("--out", type=Path, help="the data file; by default that of the page")
    chosen = parser.parse_args(words)
    out = chosen.out or registry.ROOT / "docs" / "results" / "data" / f"floors-{chosen.size}.csv"
    try:
        if chosen.seeds < 1:
            raise UserError(f"--seeds {chosen.seeds}: expected at least 1")
        rows: list[tuple[object, ...]] = []
        with working(PlainConsole(stderr=True), "loading") as tell:
            for world in chosen.world or builtin():
                found = []
                for seed in range(chosen.seeds):
                    tell(f"{world}: seed {seed + 1} of {chosen.seeds}")
                    found.append(kept(chosen.kept, world, chosen.size, seed, lambda what: None))
                rows += rows_of(world, means(found))
        write(out, rows)
    except (UserError, OSError) as error:
        print(
            error if isinstance(error, UserError) else atomic_write.reason(error), file=sys.stderr
        )
        return 2
    print(f"{out}: {len(rows)} instruments of {chosen.seeds} seeds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
