"""Figures and tables of what tools are worth, from the tables that their suites wrote.

    <!-- tools rungs data/beyond/tools-v1 -->
    <!-- end of tools -->

The first mark names what is made, and the folder of the table, relative to the page's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np

from ...docs.writing import page_files
from ...docs.writing.doc_blocks import command, rooted
from ...docs.writing.markdown_table import markdown_table
from ...docs.writing.small_multiples import grid
from .. import beyond_tables

KIND = "tools"
LIES = """
    SELECT world, rung, lies, branch, seed, sum("right") / sum(questions), sum(questions),
        sum(calls) / sum(questions), any_value(floor), any_value(flops)
    FROM read_parquet($path) GROUP BY ALL ORDER BY ALL
"""
NEEDED = """
    SELECT world, branch, needed, seed, sum("right") / sum(questions), sum(questions)
    FROM read_parquet($path) WHERE lies = 0 AND needed > 0 AND rung NOT IN ('unknowable')
    GROUP BY ALL ORDER BY ALL
"""
LOOKS = """
    SELECT world, branch, allowed, seed, sum("right") / sum(questions), sum(questions),
        sum(looks) / sum(questions), sum(calls) / sum(questions), any_value(floor),
        any_value(flops),
        sum(if(needed_looks BETWEEN 0 AND allowed, questions, 0)) / sum(questions), lies
    FROM read_parquet($path) WHERE rung = 'unknowable'
    GROUP BY ALL ORDER BY world, branch, lies, allowed, seed
"""
SEEING, DEDUCER = "sensor", "deducer that looks"


def _rungs(root: Path, folder: str) -> Iterator[str]:
    """Score of each rung by who answers the calls, and over the rate of lies."""
    rows = beyond_tables.read_rows(root / folder / "tools.parquet", LIES)
    rows = [row for row in rows if row[6] >= beyond_tables.LEAST]
    table = list[list[str]]()
    for (world, rung, branch, lies), mine in beyond_tables.grouped(rows, 0, 1, 3, 2).items():
        who = f"{branch}, lies {lies:g}" if lies else branch
        calls = f"{np.mean([row[7] for row in mine]):.1f}"
        floor = f"{np.mean([row[8] for row in mine]):.2f}" if mine[0][8] else "–"
        spent = f"{np.mean([row[9] for row in mine]):.1e}"
        score = beyond_tables.as_text([row[5] for row in mine])
        table.append([f"`{world}`", rung, who, score, floor, calls, spent, str(len(mine))])
    header = ["world", "rung", "who answers calls", "score", "floor", "calls", "FLOPs", "runs"]
    yield from markdown_table(header, sorted(table, key=lambda r: (r[0], r[1])), right=range(3, 8))


def _needed(root: Path, folder: str) -> Iterator[str]:
    """Score over the number of calls that a right answer needs."""
    rows = beyond_tables.read_rows(root / folder / "tools.parquet", NEEDED)
    rows = [(*row[:2], _bin(row[2]), *row[3:]) for row in rows]
    table, cells = list[list[str]](), {}
    worlds, branches = ([*dict.fromkeys(str(row[k]) for row in rows)] for k in (0, 1))
    for (world, branch), mine in beyond_tables.grouped(rows, 0, 1).items():
        points: dict[float, list[float]] = {}
        for calls, some in sorted(beyond_tables.grouped(mine, 2).items()):
            runs, queried = list[float](), 0
            for seed in beyond_tables.grouped(some, 3).values():
                weight = np.array([row[5] for row in seed], float)
                runs.append(float(np.average([row[4] for row in seed], weights=weight)))
                queried += int(weight.sum())
            if queried < beyond_tables.LEAST:
                continue
            points[float(calls[0])] = runs
            span = f"{calls[0]}–{2 * calls[0] - 1}" if calls[0] > 1 else "1"
            score = beyond_tables.as_text(runs)
            table.append([f"`{world}`", branch, span, score, str(queried), str(len(runs))])
        cells[branch, world] = beyond_tables.curve(points)
    name = Path(folder).name + "-calls"
    drawn = grid(branches, worlds, cells, "From left to right: calls needed, logarithmic.")
    yield from page_files.figure(root, name, drawn, "accuracy over calls needed")
    header = ["world", "who answers calls", "calls needed", "score", "questions", "runs"]
    yield from markdown_table(header, table, right=range(2, 6))


def _looks(root: Path, folder: str) -> Iterator[str]:
    """Score on what is unknowable over the looks that an answer may make."""
    rows = beyond_tables.read_rows(root / folder / "tools.parquet", LOOKS)
    rows = [row for row in rows if row[5] >= beyond_tables.LEAST]
    table, cells = list[list[str]](), {}
    worlds = [*dict.fromkeys(str(row[0]) for row in rows)]
    short = {world: world.partition("[")[0] for world in worlds}  # changed parameters are long
    head = short if len({*short.values()}) == len(worlds) else dict(zip(worlds, worlds))
    for (world, branch, lies, allowed), mine in beyond_tables.grouped(rows, 0, 1, 11, 2).items():
        looks, calls, floor, flops = (np.mean([row[k] for row in mine]) for k in (6, 7, 8, 9))
        seen = branch == SEEING
        may, made = (str(allowed), f"{looks:.2f}") if seen else ("–", "–")
        reach = beyond_tables.as_text([row[10] for row in mine]) if seen else "–"
        score = beyond_tables.as_text([row[4] for row in mine])
        spent = [f"{floor:.2f}", f"{calls:.1f}", f"{flops:.1e}", str(len(mine))]
        who = f"{branch}, lies {lies:g}" if lies else branch
        table.append([f"`{world}`", who, may, made, score, reach if not lies else "–", *spent])
    honest = [row for row in rows if row[1] == SEEING and not row[11]]
    for (world,), mine in beyond_tables.grouped(honest, 0).items():
        for who, column in (("decoder", 4), (DEDUCER, 10)):
            points: dict[float, list[float]] = {}
            for row in mine:
                points.setdefault(row[2] + 1.0, []).append(float(row[column]))
            drawn = beyond_tables.curve(points)
            floor = float(np.mean([row[8] for row in mine])) if who == "decoder" else None
            cells[who, head[world]] = dataclasses.replace(drawn, floor=floor)
    name = Path(folder).name + "-looks"
    below = f"From left to right: looks allowed, 0 to {max(row[2] for row in rows)}, logarithmic."
    figure = grid(["decoder", DEDUCER], [*head.values()], cells, below)
    yield from page_files.figure(root, name, figure, "share of what is unknowable over looks")
    header = ["world", "who answers calls", "looks allowed", "looks made", "score", DEDUCER]
    header += ["floor", "calls", "FLOPs", "runs"]
    yield from markdown_table(header, table, right=range(2, 10))


def _bin(calls: int) -> int:
    """The power of two from which this many calls are not yet doubled."""
    return 1 << (int(calls).bit_length() - 1)


MAKES: dict[str, Callable[[Path, str], Iterable[str]]] = {
    "rungs": _rungs,
    "calls": _needed,
    "looks": _looks,
}


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, rooted(MAKES))


if __name__ == "__main__":
    raise SystemExit(main())
