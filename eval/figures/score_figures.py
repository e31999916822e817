"""Figures: the ladder of all rows, and curves over compute. Readable in greyscale.

Each function takes score rows and returns a Matplotlib figure; ``svg`` and ``png`` render it. No
global state of Matplotlib is touched.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ..scoring.columns import columns, head
from ..scoring.level import Level
from ..scoring.rung_score import RungScore
from ..stats.labels import counted, drawn

# lines differ in dash and marker, so they stay apart without colour; colours are Okabe & Ito's
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # one more than colours: a point tells by both
COLOURS = ("#0072B2", "#D55E00", "#000000", "#009E73", "#CC79A7", "#7F6000")
LINE = 12  # letters that a line and its gaps take in a legend
STYLE: dict[Any, Any] = {"font.size": 9, "svg.fonttype": "none", "svg.hashsalt": "zebroid"}


class Row(Protocol):
    """What is drawn of a row of scores, of a run or of a receipt."""

    @property
    def label(self) -> str: ...
    @property
    def flops(self) -> NDArray[np.float64]: ...  # [K]
    @property
    def rungs(self) -> Mapping[str, RungScore]: ...
    @property
    def load(self) -> float | None: ...  # None: not a trained model
    @property
    def runs(self) -> int: ...  # that it should be the mean of
    @property
    def failed(self) -> int: ...  # of these, those that gave nothing


LADDER_LEGEND = (
    "accuracy (share of exact matches). Circles: trained models with 95% intervals, open where "
    "there is one run and the interval is over questions; grey: it has not learned its corpus. "
    "Diamonds: symbolic references, crosses at the floor where none of their answers is right. "
    "Dotted: the floor, what is had without the rule, and by which strategy; thin: spreading. "
    "↓: below uniform guessing (suppressed)."
)
FLOOR: dict[str, Any] = {"color": "black", "linestyle": ":", "linewidth": 0.9}
SPREADING: dict[str, Any] = {"color": "0.6", "linestyle": "-", "linewidth": 0.5}
NAME = 24  # letters of a strategy's name on a line


def ladder(groups: Mapping[str, Sequence[Row]], title: str) -> Figure:
    """Instruments as columns, rows as lines: accuracy with its 95% interval, the floor dotted.

    ``groups``: heading -> rows ("ceilings", "models"), from top to bottom.
    """
    rows = [(heading, row) for heading, members in groups.items() for row in members]
    rungs = _rungs([row for _, row in rows])
    places, y = [], 0.3
    for i, (heading, _) in enumerate(rows):
        y += 1.0 if i and heading != rows[i - 1][0] else 0.0
        places.append(y)
        y += 1
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(2.6 + 1.45 * len(rungs), 1.5 + 0.3 * y), layout="constrained")
        panels = figure.subplots(1, len(rungs), sharey=True, squeeze=False)[0]
        for axes, rung in zip(panels, rungs):
            _ladder_panel(axes, rung, [row for _, row in rows], places)
            axes.set_xlim(-0.04, 1.04)
        panels[0].set_yticks(places, [drawn(counted(row)) for _, row in rows])
        panels[0].set_ylim(y - 0.4, -0.7)
        for heading in (h for h in groups if groups[h]):
            first = next(p for p, (h, _) in zip(places, rows) if h == heading)
            for axes in panels:
                axes.axhline(first - 1.0, color="0.75", linewidth=0.6)
            panels[0].text(
                -0.02, first - 0.62, drawn(heading), fontsize=7, color="0.35", va="center"
            )
        figure.suptitle(drawn(title), fontsize=10)
        figure.supxlabel(textwrap.fill(LADDER_LEGEND, letters(figure)), fontsize=7.5)
    return figure


def _ladder_panel(axes: Axes, rung: str, rows: Sequence[Row], places: Sequence[float]) -> None:
    scores = [row.rungs.get(rung) for row in rows]
    largest = max((s for s in scores if s is not None), key=lambda s: s.n)
    for row, score, y in zip(rows, scores, places):
        if score is None:
            axes.text(0.5, y, "no questions", ha="center", va="center", color="0.5", fontsize=6)
            continue
        note = "" if score.n == largest.n else f" (n = {score.n:,})"
        _ladder_mark(axes, score, y, row.load is not None, note)
    text = "raw"
    if largest.rung != "recall":
        text = floor_words(largest.floor)
        axes.axvline(largest.floor.value, **FLOOR)
        if largest.floor.spreading is not None:
            axes.axvline(largest.floor.spreading, **SPREADING)
    axes.set_title(f"{head(rung)}\nn = {largest.n:,}\n{text}", fontsize=8)
    axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
    axes.tick_params(axis="y", length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.set_facecolor("0.97")


def floor_words(floor: Level) -> str:
    """``floor .23, profile copy``, broken into lines that fit a panel."""
    what = f"floor {floor.value:.2f}, {floor.strategy}"
    return textwrap.fill(what + (": reuse by likeness" if floor.reuse else ""), NAME)


def _ladder_mark(axes: Axes, score: RungScore, y: float, trained: bool, note: str) -> None:
    mean, low, high = score.accuracy.at()
    if not trained and mean == 0:  # what derives nothing answers NONE: drawn at the floor
        axes.plot([score.floor.value], [y], "x", color="0.45", markersize=4.5)
        return
    ink = "black" if score.trained else "0.6"
    if trained:
        axes.plot([low, high], [y, y], color=ink, linewidth=1.4, solid_capstyle="butt")
    face = "white" if score.accuracy.over == "questions" else ink
    mark, colour = ("o", ink) if trained else ("D", "0.45")
    axes.plot([mean], [y], mark, color=colour, markerfacecolor=face, markersize=4.5)
    side = "left" if mean < 0.3 else "right" if mean > 0.7 else "center"
    axes.text(
        mean + {"left": -0.03, "right": 0.03, "center": 0.0}[side],
        y - 0.42,  # above the mark, where no interval runs
        f"{mean:.2f}" + ("↓" if trained and score.suppressed[-1] else "") + note,
        ha=side,
        va="center",
        fontsize=6.5,
        bbox={"facecolor": "0.97", "linewidth": 0, "pad": 0.4},  # the floor's line ends behind it
    )


def curves(rows: Sequence[Row], title: str, ceilings: Mapping[str, Row] | None = None) -> Figure:
    """Accuracy (above) and bits (below) of each rung over training compute, with 95% bands.

    ``ceilings``: name -> row of that reference, drawn at the level it reaches.
    """
    rows = [r for r in rows if r.flops[-1] > 0]
    if not rows:
        raise ValueError("got no trained row, expected at least one with FLOPs to draw over")
    rungs = _rungs(rows)
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(1.2 + 2.2 * len(rungs), 5.6), layout="constrained")
        handles, longest = _legend(rows), max(len(counted(row)) for row in rows)
        columns = max(1, min(1 + len(rungs), letters(figure) // (longest + LINE)))
        lines = math.ceil(len(handles) / columns)
        figure.set_figheight(5.6 + 0.17 * max(0, lines - 6))  # else a long legend leaves no panels
        panels = figure.subplots(2, len(rungs), sharex=True, sharey="row", squeeze=False)
        for (above, below), rung in zip(panels.T, rungs):
            for i, row in enumerate(rows):
                if rung in row.rungs:
                    _curve(above, below, row, row.rungs[rung], i)
            scores = [row.rungs[rung] for row in rows if rung in row.rungs]
            _floor(above, scores[0])
            _ceilings(above, rung, scores[0], ceilings or {})
            words = "" if rung == "recall" else f"\n{floor_words(scores[0].floor)}"
            above.set_title(f"{head(rung)}\nn = {scores[0].n:,}{words}", fontsize=8)
            above.set_xscale("log")
            below.axhline(-np.log2(scores[0].floor.uniform or 1), **FLOOR | {"color": "0.4"})
            below.set_xlabel("FLOPs per run", fontsize=8)
        panels[0, 0].set_ylabel("accuracy (exact match)")
        panels[0, 0].set_ylim(-0.04, 1.12)
        panels[1, 0].set_ylabel("bits of the right answer\n(−log2 probability)")
        panels[1, 0].set_ylim(bottom=0)
        figure.legend(handles=handles, loc="outside lower center", frameon=False, ncols=columns)
        figure.suptitle(drawn(title), fontsize=10)
    return figure


def _curve(above: Axes, below: Axes, row: Row, score: RungScore, i: int) -> None:
    look = style(i)
    started = row.flops > 0  # step 0 has no place on a log axis
    for axes, band in ((above, score.curve), (below, score.bits)):
        if band is None:
            axes.text(0.5, 0.5, "not weighed", transform=axes.transAxes, ha="center", color="0.5")
            continue
        x = row.flops[started]
        if len(x) == 1:  # a band of no width wouldn't be seen
            mean, low, high = band.mean[started], band.low[started], band.high[started]
            axes.errorbar(x, mean, sides(mean, low, high), **look, elinewidth=0.8)
            continue
        axes.plot(x, band.mean[started], **look)
        axes.fill_between(
            x, band.low[started], band.high[started], color=look["color"], alpha=0.15, linewidth=0
        )


def _floor(axes: Axes, score: RungScore) -> None:
    """The floor as a dotted line, and spreading, a test of the world, as a thin one."""
    if score.rung == "recall":
        return
    axes.axhline(score.floor.value, **FLOOR)
    if score.floor.spreading is not None:
        axes.axhline(score.floor.spreading, **SPREADING)


def _ceilings(axes: Axes, rung: str, score: RungScore, ceilings: Mapping[str, Row]) -> None:
    """A thin line per level that some ceiling reaches, named by the references that reach it."""
    levels: dict[float, list[str]] = {}
    for name, row in ceilings.items():
        if rung in row.rungs:
            # a reference that derives nothing is drawn at the floor
            level = max(row.rungs[rung].accuracy.at()[0], score.floor.value)
            levels.setdefault(round(level, 3), []).append(name)
    for level, names in levels.items():
        axes.axhline(level, color="0.5", linewidth=0.7)
        axes.text(
            0.02,
            level + 0.015,
            drawn(", ".join(names)),
            transform=axes.get_yaxis_transform(),
            fontsize=6.5,
            color="0.35",
            bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.5},
        )


def _legend(rows: Sequence[Row]) -> list[Line2D]:
    lines = [Line2D([], [], label=drawn(counted(row)), **style(i)) for i, row in enumerate(rows)]
    floor = Line2D([], [], label="floor (above), uniform (below)", **FLOOR)
    return [*lines, floor, Line2D([], [], label="spreading, a test of the world", **SPREADING)]


def style(i: int) -> dict[str, Any]:
    """How the i-th line looks: colour, dash and marker; beyond the colours by other dashes."""
    return {
        "color": COLOURS[i % len(COLOURS)],
        "linestyle": DASHES[(i + i // len(COLOURS)) % len(DASHES)],
        "marker": MARKERS[i % len(MARKERS)],
        "markersize": 3.5,
        "linewidth": 1.3,
    }


def sides(mean: Any, low: Any, high: Any) -> NDArray[np.float64]:
    """[2, n] how far an interval reaches below and above its mean, as error bars want it."""
    return np.maximum([mean - low, high - mean], 0)


def _rungs(rows: Sequence[Row]) -> list[str]:
    present = columns(name for row in rows for name in row.rungs)
    if not present:
        raise ValueError("got rows without a headline rung, expected at least one to draw")
    return present


def letters(figure: Figure) -> int:
    """How many letters of 7.5 points fit on a line below a figure."""
    return int(figure.get_figwidth() / 0.062)


def svg(figure: Figure) -> str:
    """The figure as an SVG document, equal for equal figures."""
    buffer = io.StringIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as a PNG image."""
    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()
