"""The head of the board, from its CSV: who leads, and what stands beside them.

    <!-- board head docs/board core-v1 -->
    <!-- end of board -->

The first mark names the folder of ``leaderboard.csv``, relative to the page's, and the suite.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...errors import UserError
from ...eval.stats.rank_intervals import Mean, Standing
from ..docs.writing import doc_blocks
from ..docs.writing.markdown_table import markdown_table
from ..report.table import ABSENT, short
from .column_scores import MISSING
from .flat_files import SCORE
from .suite_sheets import number, ranks

KIND, FILE = "board", "leaderboard.csv"
FIRST = 8  # rows; the others stand on the board alone
REFERENCES = ("deducer", "inductor", "floor")  # the best without the rule is 0
Row = Mapping[str, str]


def head(suite: str, rows: Sequence[Row]) -> Iterator[str]:
    """A row an entry that has all columns, the ranked first, as the board has them; then
    references. Raises UserError for a suite that the board does not have."""
    mine = [row for row in rows if row["board"] == suite]
    if not mine:
        raise UserError(f"the board has no suite {suite!r}; it has {_names(rows)}")
    partial = {row["row"] for row in mine if row["mark"] == MISSING}
    entries = [row for row in mine if row["column"] == SCORE and row["row"] not in partial]
    table = [_line(row) for row in entries[:FIRST]]
    for name in REFERENCES:
        found = [float(r["counted"]) for r in _ranked(mine) if r["row"] == name]
        if found:
            table.append([ABSENT, f"*{name}*", short(sum(found) / len(found)), "", ""])
    yield from markdown_table(["rank", "model", "score", "trust", "FLOPs"], table, right=(2, 4))
    if len(entries) > FIRST:
        yield ""
        yield f"{len(entries) - FIRST} more stand on the board."


def _ranked(rows: Sequence[Row]) -> Iterator[Row]:
    return (row for row in rows if row["list"] == "reference" and row["ranked"] == "true")


def _line(row: Row) -> list[str]:
    bounds = (float(row[name]) if row[name] else None for name in ("low", "high"))
    mean, rank = Mean(float(row["normalised"]), *bounds), ABSENT
    if row["rank_first"]:
        places = (int(row[name]) for name in ("rank_first", "rank_last", "group"))
        rank = ranks(Standing(row["row"], mean, *places))
    spent = f"{float(row['flops']):.1e}" if row["flops"] else ABSENT
    return [rank, row["row"], number(mean), row["trust"], spent]


def _names(rows: Sequence[Row]) -> str:
    return ", ".join(sorted({row["board"] for row in rows if row["board"]})) or "none"


def _head(root: Path, argument: str) -> Iterator[str]:
    folder, words = doc_blocks.split_argument(argument)
    with (root / folder / FILE).open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    yield from head(" ".join(words), rows)


def main(words: list[str] | None = None) -> int:
    """Fills the page named; 0, or 2 after one line on what is wrong."""
    return doc_blocks.command(words, __doc__ or "", KIND, doc_blocks.rooted({"head": _head}))


if __name__ == "__main__":
    raise SystemExit(main())
