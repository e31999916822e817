"""The ladder as a heat map: every model of a receipt a row, every rung a column, the number in it.

Grey says the same as the number, and nothing more: dark is right, white is wrong.
"""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ..scoring.columns import columns, head, mark
from ..scoring.rung_score import RungScore
from ..stats.intervals import wider_side
from ..stats.labels import drawn
from .score_figures import STYLE, letters

LEGEND = (
    "Accuracy (share of exact matches) at the last checkpoint, ± the wider side of its 95% "
    "interval; grey says the same as the number. °: not surely above the floor; ↓: surely below "
    "uniform guessing; ≈: reuse by likeness; in brackets: it has not learned its corpus; "
    "crossed out: too few questions, or none. Recall is what was stated."
)


@dataclasses.dataclass(frozen=True)
class Strip:
    """One row of the map."""

    heading: str  # the panel; rows of one panel follow one another
    label: str
    scores: dict[str, RungScore]


def heat(strips: Sequence[Strip], title: str) -> Figure:
    """Rows x rungs, from top to bottom as given. Raises ValueError where there is no row."""
    rungs = columns(name for strip in strips for name in strip.scores)
    if not rungs:
        raise ValueError("got no row with a rung, expected at least one to draw")
    headings = [
        s.heading for i, s in enumerate(strips) if i == 0 or s.heading != _before(strips, i)
    ]
    height = len(strips) + 1.1 * len(headings)
    cells = max(0.9 * len(rungs), 0.075 * max(map(len, headings)))  # headings begin where they do
    wide = cells + 0.085 * max(len(s.label) for s in strips) + 0.6
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(wide, 1.5 + 0.34 * height), layout="constrained")
        axes = figure.subplots()
        y, places = 0.0, []
        for i, strip in enumerate(strips):
            if i == 0 or strip.heading != _before(strips, i):
                axes.text(
                    0, y + 0.62, drawn(strip.heading), fontsize=8, fontweight="bold", va="center"
                )
                y += 1.1
            places.append(y + 0.5)
            for x, rung in enumerate(rungs):
                _cell(axes, x, y, strip.scores.get(rung))
            y += 1
        axes.set_xlim(-0.02, len(rungs) + 0.02)
        axes.set_ylim(y, 0)
        axes.set_yticks(places, [drawn(s.label) for s in strips])
        axes.set_xticks([x + 0.5 for x in range(len(rungs))], [head(r) for r in rungs])
        axes.xaxis.tick_top()
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
        figure.suptitle(drawn(title), fontsize=10)
        figure.supxlabel(textwrap.fill(LEGEND, letters(figure)), fontsize=7.5)
    return figure


def _before(strips: Sequence[Strip], i: int) -> str:
    return strips[i - 1].heading


def _cell(axes: Axes, x: int, y: float, score: RungScore | None) -> None:
    if score is None:
        axes.add_patch(Rectangle((x, y), 1, 1, facecolor="white", edgecolor="0.6", linewidth=0.5))
        axes.plot([x, x + 1], [y, y + 1], color="0.75", linewidth=0.6)
        return
    mean, low, high = score.accuracy.at()
    grey = 1 - 0.8 * mean
    box = {"facecolor": str(grey), "edgecolor": "0.6", "linewidth": 0.5}
    axes.add_patch(Rectangle((x, y), 1, 1, **box))
    text = f"{mean:.2f} ± {wider_side(mean, low, high):.2f}{mark(score)}"
    text = text if score.trained else f"({text})"
    ink = "white" if grey < 0.45 else "black"
    axes.text(x + 0.5, y + 0.5, text, ha="center", va="center", fontsize=7, color=ink)
