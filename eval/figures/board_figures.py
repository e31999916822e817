"""Figures of a leaderboard: scores against FLOPs, and how an entry's answers grew with training."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence

import matplotlib
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..stats.labels import drawn
from ..stats.rank_intervals import Mean
from .score_figures import COLOURS, MARKERS, STYLE, style

WIDE = 3  # panels in a row
ALIKE, STEP = 1.05, 1.08  # a ratio of FLOPs that is none to the eye, and how far such points stand


@dataclasses.dataclass(frozen=True)
class Point:
    """A row of a board."""

    label: str
    flops: float
    score: Mean
    ranked: bool


def against_flops(points: Sequence[Point], title: str) -> Figure:
    """Scores against FLOPs on a log axis, with 95% intervals; filled points are ranked.

    Points without FLOPs have no place there and are left out; those of equal FLOPs stand side by
    side.
    """
    placed = [point for point in points if point.flops > 0]
    places = _apart([point.flops for point in placed])
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7.0, 3.8 + 0.16 * len(placed)), layout="constrained")
        axes = figure.subplots()
        for i, point in enumerate(placed):
            mean, low, high = point.score.mean, point.score.low, point.score.high
            around = None if low is None or high is None else [[mean - low], [high - mean]]
            axes.errorbar(
                [places[i]],
                [mean],
                around,
                color=COLOURS[i % len(COLOURS)],
                marker=MARKERS[i % len(MARKERS)],
                markerfacecolor=COLOURS[i % len(COLOURS)] if point.ranked else "white",
                linestyle="none",
                elinewidth=0.9,
                capsize=2,
                label=drawn(point.label),
            )
        axes.axhline(0, color="black", linestyle=":", linewidth=0.9)
        axes.axhline(1, color="0.6", linewidth=0.7)
        axes.set_xscale("log")
        axes.set_xlabel("FLOPs of all trainings of an entry; equal ones side by side")
        axes.set_ylabel("score: 0 the floor, 1 all right")
        axes.set_title(drawn(title), fontsize=10)
        if placed:
            figure.legend(loc="outside lower center", frameon=False, ncols=2, fontsize=8)
    return figure


def _apart(flops: Sequence[float]) -> list[float]:
    """Places on a log axis: what differs by less than ALIKE is set side by side, in its order."""
    out = []
    for i, value in enumerate(flops):
        alike = [
            j for j, other in enumerate(flops) if max(value, other) < ALIKE * min(value, other)
        ]
        out.append(value * STEP ** (alike.index(i) - (len(alike) - 1) / 2))
    return out


@dataclasses.dataclass(frozen=True)
class Line:
    """Accuracy of one instrument over K checkpoints, a mean over runs."""

    flops: NDArray
    accuracy: NDArray
    floor: float | None


def training_curves(panels: Mapping[str, Mapping[str, Line]], title: str) -> Figure:
    """A panel for each heading, and in it a line for each instrument; its floor dotted."""
    rows = math.ceil(len(panels) / WIDE)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(3.4 * min(WIDE, len(panels)), 2.9 * rows), layout="constrained")
        grid = figure.subplots(rows, min(WIDE, len(panels)), squeeze=False).ravel()
        for axes in grid[len(panels) :]:
            axes.set_visible(False)
        for axes, (heading, lines) in zip(grid, panels.items()):
            for i, (name, line) in enumerate(lines.items()):
                look = style(i)
                axes.plot(line.flops, line.accuracy, label=drawn(name), **look)
                if line.floor is not None:
                    axes.axhline(line.floor, color=look["color"], linestyle=":", linewidth=0.7)
            axes.set_xscale("log")
            axes.set_ylim(-0.04, 1.04)
            axes.set_title(drawn(heading), fontsize=8)
            axes.tick_params(labelsize=7)
            axes.legend(fontsize=6, frameon=False, loc="best")
        figure.supxlabel("FLOPs of a training", fontsize=8)
        figure.supylabel("exact answers", fontsize=8)
        figure.suptitle(drawn(title), fontsize=10)
    return figure
