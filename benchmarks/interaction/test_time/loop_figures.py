"""Figure and table of what loops at test time are worth, from the table that their suite wrote.

    <!-- loops scores data/beyond/loops-v1 -->
    <!-- end of loops -->

The first mark names what is made, and the folder of the table, relative to the page's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ....eval.stats.paired import of_gaps
from ...docs.writing import page_files
from ...docs.writing.doc_blocks import command, rooted
from ...docs.writing.markdown_table import markdown_table
from ...docs.writing.small_multiples import Cell, grid
from .. import beyond_tables
from ..voting import verdict

KIND = "loops"
LOOPS = f"""
    SELECT world, rung, regexp_replace(model, 'query_loops=[0-9]+,?', '') AS trained, number, seed,
        "right" / questions, flops, questions, floor, NOT contains(model, 'query_loops')
    FROM read_parquet($path) WHERE way = 'loops' AND questions >= {beyond_tables.LEAST} ORDER BY ALL
"""


@dataclasses.dataclass(frozen=True)
class Scored:
    """One model, as it was trained, on one rung: R runs of each number of loops."""

    scores: dict[int, dict[str, float]]  # loops at test time -> seeds -> share right
    flops: dict[int, float]  # of one answer
    trained: int  # loops that it is queried with where none are named
    floor: float  # 0: the rung has none
    verdict: str  # over the FLOPs of an answer

    @classmethod
    def of(cls, rows: beyond_tables.Rows) -> Scored:
        by = {number: some for (number,), some in beyond_tables.grouped(rows, 3).items()}
        scores = {number: {row[4]: row[5] for row in some} for number, some in by.items()}
        flops = {number: float(np.mean([row[6] for row in some])) for number, some in by.items()}
        seeds = sorted(set.intersection(*({*each} for each in scores.values())))
        runs = np.array([[each[seed] for each in scores.values()] for seed in seeds])
        questions, floor = (float(np.mean([row[k] for row in rows])) for k in (7, 8))
        found = verdict(np.array([*flops.values()]), runs, int(questions)).kind
        return cls(scores, flops, min(row[3] for row in rows if row[9]), floor, found)

    @property
    def curve(self) -> Cell:
        points = {self.flops[n]: [*each.values()] for n, each in self.scores.items()}
        drawn = beyond_tables.curve(points, self.verdict)
        return dataclasses.replace(drawn, floor=self.floor or None)


def _scores(root: Path, folder: str) -> Iterator[str]:
    """Scores over loops at test time of each model as it was trained; and of every further model
    over the first one, paired over runs."""
    rows = sorted(
        (*row[:2], row[2].replace("[]", "").replace(",]", "]"), *row[3:])
        for row in beyond_tables.read_rows(root / folder / "test_time.parquet", LOOPS)
    )
    numbers, cells, table = sorted({row[3] for row in rows}), dict[Any, Cell](), list[list[str]]()
    for (world, rung), group in beyond_tables.grouped(rows, 0, 1).items():
        found = {
            model: Scored.of(some) for (model,), some in beyond_tables.grouped(group, 2).items()
        }
        first = next(iter(found))
        for model, one in found.items():
            cells[f"{world} {rung}", model] = one.curve
            each = [beyond_tables.as_text([*one.scores[n].values()]) for n in numbers]
            more = _gain(one.scores[numbers[-1]], one.scores[one.trained])
            floor = f"{one.floor:.2f}" if one.floor else "–"
            table.append([f"`{world}`", rung, f"`{model}`", *each, more, floor, one.verdict])
        for model in [*found][1:]:
            each = [_gain(found[model].scores[n], found[first].scores[n]) for n in numbers]
            table.append([f"`{world}`", rung, f"`{model}` over `{first}`", *each, "", "", ""])
    labels, models = ([*dict.fromkeys(key[k] for key in cells)] for k in (0, 1))
    drawn = grid(labels, models, cells, "From left to right: FLOPs of one answer, logarithmic.")
    name = Path(folder).name + "-loops"
    yield from page_files.figure(root, name, drawn, "accuracy over loops at test time")
    header = ["world", "rung", "model", *(f"{n} loops" for n in numbers), "most over trained"]
    yield from markdown_table([*header, "floor", "verdict"], table, right=range(3, len(header) + 1))


def _gain(more: dict[str, float], less: dict[str, float]) -> str:
    """The mean difference of runs of the same seeds, with its interval."""
    values = np.array([more[seed] - less[seed] for seed in sorted({*more} & {*less})])
    if len(values) < 2:
        return f"{values.mean():+.2f}"
    found = of_gaps(values)
    return f"{found.mean:+.2f} ± {(found.high - found.low) / 2:.2f}"


MAKES: dict[str, Callable[[Path, str], Iterable[str]]] = {"scores": _scores}


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return command(words, __doc__ or "", KIND, rooted(MAKES))


if __name__ == "__main__":
    raise SystemExit(main())
