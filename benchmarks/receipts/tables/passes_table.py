"""``pass_at_k.parquet``: pass@k of recall and of every instrument, beside the greedy score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ....eval.scoring.score import Row
from ....eval.stats.intervals import Band
from ...config.run_config import Cell
from ...panels.panel import Panel
from .cells_table import NAN, by_panel
from .curves_table import GROUPS
from .parquet_table import Column, Columns, Content, Table
from .scores_table import INTERVAL, band, rows_of

DEPTHS = 11  # k that are reported of at most 1,000 samples: 1, 2, 4, .. 512, and all


def passes(panel: Panel) -> Iterator[dict[str, Any]]:
    """A record a row, instrument and k."""
    for kind, row in rows_of(panel):
        for record in _of_row(row):
            yield {"panel": panel.name, "kind": kind, "label": row.label} | record


def _of_row(row: Row) -> Iterator[dict[str, Any]]:
    for name, found in row.passes.items():
        score = row.rungs[name]
        for k, share in found.at.items():
            answers: Band | None = None if found.answers is None else found.answers[k]
            yield {
                "instrument": name,
                "rung": score.rung,
                "questions": found.n,
                "samples": found.samples,
                "k": k,
                **band("", share),
                "over": share.over,
                **band("answers_", answers),
                "greedy": score.accuracy.at()[0],
                "uniform": 1 - (1 - score.floor.uniform) ** k,
            }


def _blocks(content: Content) -> Iterator[Columns]:
    return by_panel(content, passes, COLUMNS)


def _most(cells: Sequence[Cell]) -> int:
    rows = 2 * len({cell.configuration for cell in cells if cell.recipe.samples})
    return GROUPS * rows * DEPTHS


COLUMNS = (
    Column("panel", "VARCHAR", "name", "world and size, and how its exposure differs from others"),
    Column("kind", "VARCHAR", "name", "model, or untraced, as in scores.parquet"),
    Column("label", "VARCHAR", "name", "of the row, unique in its panel and kind"),
    Column("instrument", "VARCHAR", "name", "recall or an instrument"),
    Column("rung", "VARCHAR", "name", "its rung"),
    Column("questions", "INTEGER", "count", "different questions that were scored"),
    Column("samples", "INTEGER", "count", "answers that each run sampled of each question"),
    Column("k", "INTEGER", "count", "samples of which one must be right"),
    Column(
        "mean",
        "DOUBLE",
        "share",
        "pass@k, the chance that one of k samples is right, without bias from all of them; of an "
        "instrument in chain mode right with a valid proof",
    ),
    Column("low", "DOUBLE", "share", f"lower {INTERVAL}"),
    Column("high", "DOUBLE", "share", f"upper {INTERVAL}"),
    Column("over", "VARCHAR", "name", "what its interval is over"),
    Column(
        "answers_mean",
        "DOUBLE",
        "share",
        "of an instrument in chain mode, right with any proof; null: elsewhere",
        NAN,
    ),
    Column("answers_low", "DOUBLE", "share", f"lower {INTERVAL}; null: elsewhere", NAN),
    Column("answers_high", "DOUBLE", "share", f"upper {INTERVAL}; null: elsewhere", NAN),
    Column("greedy", "DOUBLE", "share", "exact answers at the last checkpoint, of scores.parquet"),
    Column("uniform", "DOUBLE", "share", "what k guesses among all values of the sort get"),
)
PASSES = Table(
    "pass_at_k",
    "pass@k of recall or an instrument in a row of a panel",
    COLUMNS,
    "as in the panels of receipt.json, then by instrument and k",
    _blocks,
    _most,
    "panel",
    by_key=False,
)
