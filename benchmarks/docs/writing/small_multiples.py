"""Small multiples: one cell for each model and rung, small enough for a phone.

``grid`` draws a curve in every cell and the verdict on it; ``dots`` draws a score with its
interval. Both read in greyscale and stand on a light ground of their own.
"""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ....eval.figures.score_figures import STYLE
from ....eval.scoring.columns import head
from ....eval.stats.curve import Floats

GLYPHS = {"rising": "▲", "plateau": "■", "fell": "▼", "undecided": "?"}
WIDTH = 4.5  # inches, which a phone shows at nearly full size
LETTERS = 84  # of the smallest size in a line of that width
MOST = 40  # rows beyond which a figure says less than its data
JUDGED = "▲ rising, ■ plateau, ▼ fell, ? undecided; beside it the level at the end."
LINE, DOTTED = "Line: accuracy from 0 to 1, with its 95% interval.", "Dotted: the floor."
SMALL: dict[Any, Any] = STYLE | {"font.size": 8}
HEAD, LEAST = 8, 7  # points


@dataclasses.dataclass(frozen=True)
class Cell:
    """A curve of K points over what is spent, and the verdict on it."""

    x: Floats  # [K] above 0; the scale is logarithmic
    mean: Floats  # [K]
    low: Floats  # [K]
    high: Floats  # [K]
    floor: float | None
    verdict: str = ""  # a key of GLYPHS, or empty
    level: bool = True  # whether the level at the end is written


@dataclasses.dataclass(frozen=True)
class Dot:
    """A score with its interval."""

    mean: float
    low: float
    high: float


def grid(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], Cell],
    below: str,
) -> Figure:
    """Rows x columns of curves. ``below``: what runs from left to right, and how to read it."""
    with matplotlib.rc_context(SMALL):
        figure = Figure(figsize=(WIDTH, 0.8 + 0.42 * len(rows)), layout="constrained")
        every = figure.subplots(len(rows), len(columns), sharey=True, squeeze=False)
        for i, (row, axes) in enumerate(zip(rows, every)):
            for column, one in zip(columns, axes):
                _bare(one)
                if i == 0:
                    one.set_title(head(column), fontsize=HEAD if len(columns) < 5 else LEAST)
                found = cells.get((row, column))
                if found is None:
                    one.set_facecolor("none")
                    continue
                _curve(one, found)
            label = _wrapped(row, 18)
            axes[0].set_ylabel(label, rotation=0, ha="right", va="center", fontsize=LEAST)
        judged = [JUDGED] if any(cell.verdict for cell in cells.values()) else []
        dotted = [DOTTED] if any(cell.floor is not None for cell in cells.values()) else []
        key = " ".join([below, *judged, LINE, *dotted])
        figure.supxlabel(textwrap.fill(key, LETTERS), fontsize=LEAST)
    return figure


def _wrapped(label: str, width: int) -> str:
    """A label in lines; one may end before the changed fields of a model, loops-8[loops=12]."""
    return textwrap.fill(label.replace("[", " ["), width).replace(" [", "[")


def _bare(axes: Axes) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_ylim(-0.06, 1.06)
    axes.set_facecolor("0.965")
    for side in axes.spines.values():
        side.set_visible(False)


def _curve(axes: Axes, cell: Cell) -> None:
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([])
    axes.fill_between(cell.x, cell.low, cell.high, color="0.8", linewidth=0)
    axes.plot(cell.x, cell.mean, color="black", linewidth=1.1)
    if len(cell.x) < 8:
        axes.plot(cell.x, cell.mean, "o", color="black", markersize=2)
    if cell.floor is not None:
        axes.axhline(cell.floor, color="0.35", linestyle=":", linewidth=0.8)
    if not cell.level:
        return
    glyph = GLYPHS.get(cell.verdict, "")
    low = cell.mean[: max(1, len(cell.mean) // 2)].mean() < 0.5
    axes.text(
        0.03,
        0.93 if low else 0.07,
        f"{glyph} {cell.mean[-1]:.2f}".strip(),
        transform=axes.transAxes,
        ha="left",
        va="top" if low else "bottom",
        fontsize=LEAST,
    )


def dots(
    rows: Sequence[str],
    columns: Sequence[str],
    cells: Mapping[tuple[str, str], Sequence[Dot]],
    floors: Mapping[str, float],
    below: str,
) -> Figure:
    """Rows x columns of scores: the first of a cell filled, a second one open."""
    labels = [_wrapped(row, 26) if "[" in row else row for row in rows]
    lines = sum(max(1.0, 0.65 * (1 + label.count("\n"))) for label in labels)
    with matplotlib.rc_context(SMALL):
        figure = Figure(figsize=(WIDTH, 0.95 + 0.24 * lines), layout="constrained")
        figure.get_layout_engine().set(wspace=0.05)  # type: ignore[union-attr]
        every = figure.subplots(1, len(columns), sharey=True, squeeze=False)[0]
        for column, axes in zip(columns, every):
            for y, row in enumerate(rows):
                for number, dot in enumerate(cells.get((row, column), ())):
                    _dot(axes, dot, y + 0.32 * number - 0.1, "white" if number else "black")
            if column in floors:
                axes.axvline(floors[column], color="0.35", linestyle=":", linewidth=0.8)
            axes.set_xlim(-0.06, 1.06)
            axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
            axes.set_title(head(column), fontsize=HEAD if len(columns) < 4 else LEAST)
            axes.set_facecolor("0.965")
            axes.tick_params(length=0)
            for side in axes.spines.values():
                side.set_visible(False)
        every[0].set_yticks(range(len(rows)), labels)
        every[0].set_ylim(len(rows) - 0.4, -0.6)
        figure.supxlabel(textwrap.fill(below, LETTERS), fontsize=LEAST)
    return figure


def _dot(axes: Axes, dot: Dot, y: float, face: str) -> None:
    if np.isfinite(dot.high - dot.low):
        axes.plot([dot.low, dot.high], [y, y], color="black", linewidth=1, solid_capstyle="butt")
    axes.plot([dot.mean], [y], "o", color="black", markerfacecolor=face, markersize=3)


def forest(rows: Sequence[str], values: Sequence[Dot], at: float, below: str) -> Figure:
    """One interval a row; ``at``: where there is no difference."""
    with matplotlib.rc_context(SMALL):
        figure = Figure(figsize=(WIDTH, 0.8 + 0.2 * len(rows)), layout="constrained")
        axes = figure.subplots()
        axes.axvline(at, color="0.35", linestyle=":", linewidth=0.8)
        for y, dot in enumerate(values):
            _dot(axes, dot, y, "black")
        axes.set_yticks(range(len(rows)), rows)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.set_facecolor("0.965")
        figure.supxlabel(textwrap.fill(below, LETTERS), fontsize=LEAST)
    return figure


def distinct(names: Sequence[Sequence[str]]) -> list[str]:
    """Labels of rows by their words alone that not all rows share."""
    shared = set.intersection(*map(set, names)) if len(names) > 1 else set()
    labels = [", ".join(dict.fromkeys(w for w in words if w not in shared)) for words in names]
    return [label or ", ".join(words) for label, words in zip(labels, names)]
