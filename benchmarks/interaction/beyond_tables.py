"""Figures and tables of the page on protocols, from the tables that their suites wrote.

    <!-- beyond queries data/beyond/acquisition-v1-symbolic -->
    <!-- end of beyond -->

The first mark names what is made, and the folder of the tables, relative to the page's.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import UserError
from ...eval.stats.intervals import student
from ...eval.stats.paired import of_gaps
from ..docs.writing import page_files
from ..docs.writing.doc_blocks import command, rooted
from ..docs.writing.markdown_table import markdown_table
from ..docs.writing.small_multiples import Cell, grid
from . import round_tables
from .voting import verdict

KIND = "beyond"
LEAST = 30  # questions of a group that is printed
Rows = list[tuple[Any, ...]]
Lines = Iterator[str]

QUERIES = """
    SELECT world, branch, queries, seed, avg(share) FROM read_parquet($path)
    GROUP BY ALL ORDER BY ALL
"""
PRODUCTION = """
    SELECT world, model, branch, rung, round, seed, sum("right") / sum(questions), sum(questions),
        any_value(floor)
    FROM read_parquet($path)
    WHERE (scored OR model = 'symbolic') AND rung NOT IN ('recall', 'written')
    GROUP BY ALL ORDER BY ALL
"""
PASSES = """
    SELECT world, model, branch, rung, round, seed, sum(passed) / sum(questions), sum(questions),
        NULL
    FROM read_parquet($path)
    WHERE scored AND passed IS NOT NULL AND floor IS NOT NULL
    GROUP BY ALL ORDER BY ALL
"""
LEARNED = """
    SELECT world, branch, round, rung, seed, sum("right") / sum(questions), sum(questions),
        any_value(queries), any_value(added_true), any_value(added_false),
        any_value(flops) + any_value(answer_flops)
    FROM read_parquet($path) WHERE model <> 'symbolic'
        AND rung IN ('recall', 'instance', 'constituent', 'unknowable')
    GROUP BY ALL ORDER BY ALL
"""
JOINED = """
    SELECT world, branch, round, rung, distance, seed, holds, fact FROM read_parquet($path)
    WHERE model <> 'symbolic' ORDER BY ALL
"""
PLANTED = """
    SELECT world, branch, round, avg(added_true), min(added_false), max(added_false)
    FROM read_parquet($path) GROUP BY ALL ORDER BY ALL
"""
WAITS = """
    SELECT branch, tau, queries, waited / (waited + thought), predicted
    FROM read_parquet($path) ORDER BY ALL
"""
VOTES = f"""
    SELECT world, branch || ': ' || rung, way, number, seed, flops, "right" / questions, questions,
        floor
    FROM read_parquet($path) WHERE questions >= {LEAST} ORDER BY ALL
"""


def read_rows(path: Path, query: str) -> Rows:
    if not path.is_file():
        raise UserError(f"{path} is not there; run the suite, and copy its tables beside the page")
    return round_tables.read(path, query)


def grouped(rows: Rows, *keys: int) -> dict[tuple[Any, ...], Rows]:
    """Rows by the values of some columns, in their order."""
    out: dict[tuple[Any, ...], Rows] = {}
    for row in rows:
        out.setdefault(tuple(row[k] for k in keys), []).append(row)
    return out


def _band(values: Sequence[float]) -> tuple[float, float, float]:
    """(mean, low, high) of runs, by Student's t; of one alone the mean."""
    array = np.array(values, float)
    if len(array) < 2:
        return float(array.mean()), float(array.mean()), float(array.mean())
    low, high = student(array[:, None])
    return float(array.mean()), max(0.0, float(low[0])), min(1.0, float(high[0]))


def curve(points: dict[float, list[float]], mark: str = "") -> Cell:
    x = np.array(sorted(points), float)
    mean, low, high = np.array([_band(points[at]) for at in sorted(points)]).T
    return Cell(x, mean, low, high, None, mark)


def as_text(values: Sequence[float]) -> str:
    mean, low, high = _band(values)
    return f"{mean:.2f} ± {(high - low) / 2:.2f}"


def _queries(root: Path, folder: str) -> Lines:
    rows = read_rows(root / folder / "queries.parquet", QUERIES)
    cells, table = dict[tuple[str, str], Cell](), list[list[str]]()
    for (world, policy), mine in grouped(rows, 0, 1).items():
        points: dict[float, list[float]] = {}
        for _, _, queries, _, share in mine:
            points.setdefault(queries + 1.0, []).append(share)
        cells[world, policy] = curve(points)
        last = max(points)
        at = [1 + round((last - 1) * part) for part in (0.25, 0.5, 1.0)]
        table.append([f"`{world}`", policy, f"{last - 1:.0f}", *(as_text(points[a]) for a in at)])
    worlds, policies = ([*dict.fromkeys(row[k] for row in rows)] for k in (0, 1))
    name = Path(folder).name + "-queries"
    drawn = grid(worlds, policies, cells, "From left to right: queries, logarithmic.")
    yield from page_files.figure(root, name, drawn, "share answerable over queries")
    header = ["world", "policy", "queries", "after a quarter", "after half", "after all"]
    yield from markdown_table(header, table, right=range(2, 6))
    yield ""
    yield from page_files.data(
        root, name, ["world", "policy", "queries", "seeds", "share answerable"], rows
    )


def _production(root: Path, folder: str) -> Lines:
    rows = [
        row for row in read_rows(root / folder / "rounds.parquet", PRODUCTION) if row[7] >= LEAST
    ]
    learned = [row for row in rows if row[1] != "symbolic" and row[8] is not None]
    rungs = dict.fromkeys(row[3] for row in learned or rows)
    several = len({row[0] for row in learned}) > 1
    cells, names = dict[tuple[str, str], Cell](), dict[str, None]()
    for (world, model, branch, rung), mine in grouped(rows, 0, 1, 2, 3).items():
        if rung not in rungs:
            continue
        name = f"{branch}, {model}"
        if several or model == "symbolic":
            name = f"{branch} in {world.partition('/')[0] if several else world}"
        points: dict[float, list[float]] = {}
        for row in mine:
            points.setdefault(row[4] + 1.0, []).append(row[6])
        floors = [row[8] for row in mine if row[8] is not None and row[4] == mine[-1][4]]
        floor = float(np.mean(floors)) if floors else None
        cells[name, rung] = dataclasses.replace(curve(points), floor=floor)
        names[name] = None
    name = Path(folder).name + "-rounds"
    drawn = grid([*names], [*rungs], cells, "From left to right: rounds, from the first corpus.")
    yield from page_files.figure(root, name, drawn, "share right over rounds")
    header = ["world", "model", "branch", "rung", "round", "seeds", "share right", "questions"]
    header += ["floor"]
    yield from page_files.data(root, name, header, rows)
    if learned:
        yield ""
        yield from _by_rounds(learned)


def _by_rounds(rows: Rows) -> Lines:
    """A line for each branch of a learned model and each rung, a column for each round; of scores
    also how far the last round is above its floor, which reads what joined."""
    turns, table = sorted({row[4] for row in rows}), list[list[str]]()
    floors = bool(rows) and rows[0][8] is not None  # of scores: of all of them
    for (world, branch, rung), mine in grouped(rows, 0, 2, 3).items():
        of = grouped(mine, 4)
        shares = [as_text([row[6] for row in of[t,]]) if (t,) in of else "–" for t in turns]
        over = _over([*of.values()][-1]) if floors else ()
        runs = str(len({row[5] for row in mine}))
        table.append([f"`{world}`", branch, rung, *shares, *over, runs])
    header = ["world", "branch", "rung", *(f"round {turn}" for turn in turns)]
    header += [*(["floor, last", "above it"] if floors else []), "runs"]
    yield from markdown_table(header, table, right=range(3, len(header)))


def _over(rows: Rows) -> tuple[str, str]:
    """(the floor on average, how far scores are above it, paired by run) of one round."""
    score, floor = np.array([(row[6], row[8]) for row in rows], float).T
    apart = of_gaps(score - floor) if len(rows) > 1 else f"{(score - floor)[0]:+.2f}"
    return f"{floor.mean():.2f}", str(apart)


def _passes(root: Path, folder: str) -> Lines:
    """Share of the questions that some sample answers rightly, over rounds."""
    rows = read_rows(root / folder / "rounds.parquet", PASSES)
    yield from _by_rounds([row for row in rows if row[7] >= LEAST])


def _joined(root: Path, folder: str) -> Lines:
    """What each round added: how much of it is true, and how many different answers it gives."""
    rows, table = read_rows(root / folder / "conclusions.parquet", JOINED), list[list[str]]()
    runs = {world: len(grouped(mine, 5)) for (world,), mine in grouped(rows, 0).items()}
    for (world, branch, turn, rung, distance), mine in grouped(rows, 0, 1, 2, 3, 4).items():
        number = runs[world]
        true = sum(row[6] for row in mine)
        values = sum(len({json.loads(r[7])[-1] for r in one}) for one in grouped(mine, 5).values())
        counts = [f"{n / number:.1f}" for n in (true, len(mine) - true, values)]
        table.append([f"`{world}`", branch, str(turn), rung, str(distance), *counts, str(number)])
    header = ["world", "branch", "round", "rung", "distance", "new true ones", "false ones"]
    yield from markdown_table([*header, "different answers", "runs"], table, right=range(4, 9))


def _learned(root: Path, folder: str) -> Lines:
    rows = [row for row in read_rows(root / folder / "rounds.parquet", LEARNED) if row[6] >= LEAST]
    turns, table = sorted({row[2] for row in rows}), list[list[str]]()
    for (world, branch, rung), mine in grouped(rows, 0, 1, 3).items():
        of = grouped(mine, 2)
        shares = [as_text([row[5] for row in of[t,]]) if (t,) in of else "–" for t in turns]
        last = [*of.values()][-1]
        counts = [f"{np.mean([row[k] for row in last]):.0f}" for k in (7, 8, 9)]
        spent = f"{np.mean([row[10] for row in last]):.1e}"
        table.append([f"`{world}`", branch, rung, *shares, *counts, spent, str(len(last))])
    header = ["world", "branch", "rung", *(f"round {turn}" for turn in turns)]
    header += ["queries", "true facts added", "false", "FLOPs", "runs"]
    yield from markdown_table(header, table, right=range(3, len(header)))


def _planted(root: Path, folder: str) -> Lines:
    rows = read_rows(root / folder / "planted.parquet", PLANTED)
    table = [
        [f"`{world}`", branch, str(turn), f"{true:,.0f}", f"{low}–{high}" if low < high else low]
        for world, branch, turn, true, low, high in rows
    ]
    header = ["world", "deducer", "round", "true conclusions", "false ones"]
    yield from markdown_table(header, [[*map(str, row)] for row in table], right=(2, 3, 4))


def _waits(root: Path, folder: str) -> Lines:
    table = [
        [policy, f"{1e3 * tau:.2f}", str(queries), f"{share:.2f}", f"{predicted:.2f}"]
        for policy, tau, queries, share, predicted in read_rows(
            root / folder / "waits.parquet", WAITS
        )
    ]
    header = ["policy", "ms for an answer", "queries", "share waited, measured", "predicted"]
    yield from markdown_table(header, table, right=range(1, 5))


def _votes(root: Path, folder: str) -> Lines:
    rows = read_rows(root / folder / "test_time.parquet", VOTES)
    several = len(grouped(rows, 0)) > 1
    cells, table = dict[tuple[str, str], Cell](), list[list[str]]()
    for (world, rung, way), mine in grouped(rows, 0, 1, 2).items():
        points: dict[int, Rows] = {key[0]: some for key, some in grouped(mine, 3).items()}
        flops = {n: float(np.mean([row[5] for row in some])) for n, some in points.items()}
        scores = {n: [min(1.0, row[6]) for row in some] for n, some in points.items()}
        floor = float(np.mean([row[8] for row in mine])) or None  # 0: there is none
        found, panel = "", f"{world.partition('/')[0]}, {rung}" if several else rung
        if len(points) > 2:
            runs = np.array([scores[n] for n in points]).T
            questions = int(np.mean([row[7] for row in mine]))
            found = verdict(np.array([flops[n] for n in points]), runs, questions).kind
            line = curve({flops[n]: scores[n] for n in points}, found)
            cells[panel, way] = dataclasses.replace(line, floor=floor)
        first, last = min(points), max(points)
        ends = [text for n in (first, last) for text in (f"{flops[n]:.1e}", as_text(scores[n]))]
        text = f"{floor:.2f}" if floor else "–"
        table.append([f"`{world}`", rung, way, text, *ends, found or "–"])
    panels, ways = ([*dict.fromkeys(key[k] for key in cells)] for k in (0, 1))
    name = Path(folder).name + "-votes"
    drawn = grid(panels, ways, cells, "From left to right: FLOPs of one answer, logarithmic.")
    yield from page_files.figure(root, name, drawn, "accuracy over compute at test time")
    header = ["world", "plan: rung", "way", "floor", "FLOPs, least", "score", "FLOPs, most"]
    yield from markdown_table([*header, "score", "verdict"], table, right=range(3, 8))


MAKES: dict[str, Callable[[Path, str], Iterable[str]]] = {
    "queries": _queries,
    "waits": _waits,
    "production": _production,
    "passes": _passes,
    "joined": _joined,
    "planted": _planted,
    "learned": _learned,
    "votes": _votes,
}


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, rooted(MAKES))


if __name__ == "__main__":
    raise SystemExit(main())
