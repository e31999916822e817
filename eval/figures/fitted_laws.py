"""Curves with the laws fitted through them: a row for each model, a column for each rung.

Drawn is the mean of all laws by their weights, with the 95% band of their resampled fits: solid
within the points, dashed for a decade beyond. Named are the laws that bear it. Where there are too
few points for any law, or the best one misses them, there is no line, and it says so.
"""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Mapping
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..scaling.fit import Fits
from ..stats.curve import Floats
from ..stats.labels import drawn
from ..stats.trend import DECADE
from .score_figures import STYLE, letters, sides

SHORT = {
    "power law with floor": "power + floor",
    "broken power law, 1 break": "broken, 1 bend",
    "broken power law, 2 breaks": "broken, 2 bends",
}
LEGEND = (
    "Points: mean accuracy over runs, with 95% intervals. Line and band: the laws through them, "
    "each by its weight, and their 95% interval; dashed: extrapolated by a decade. Weights of the "
    "laws are printed; “sure” is a weight of 0.95 and points missed by no more than their noise. "
    "Thin lines: ceilings. Dotted: the floor."
)


@dataclasses.dataclass(frozen=True)
class Fitted:
    """One rung of one model."""

    x: Floats  # [K] FLOPs
    accuracy: Floats  # [3, K] mean, low, high
    floor: float
    ceilings: Mapping[str, float]  # name -> the accuracy it reaches
    fits: Fits | str  # or why there are none


def fitted(rows: Mapping[str, Mapping[str, Fitted]], title: str, unit: str = "FLOPs") -> Figure:
    """``rows``: label of a model -> rung -> its curve. Raises ValueError where there is none."""
    rungs = list(dict.fromkeys(rung for row in rows.values() for rung in row))
    if not rungs:
        raise ValueError("got no curve, expected at least one to draw")
    with matplotlib.rc_context(STYLE):
        size = (1.3 + 2.3 * len(rungs), 1.5 + 1.9 * len(rows))
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(len(rows), len(rungs), sharex=True, sharey=True, squeeze=False)
        for line, (label, row) in zip(panels, rows.items()):
            for axes, rung in zip(line, rungs):
                if rung in row:
                    _curve(axes, row[rung])
                else:
                    axes.text(0.5, 0.5, "no questions", transform=axes.transAxes, ha="center")
            line[0].set_ylabel(drawn(f"{label}\naccuracy"), fontsize=8.5)
        for axes, rung in zip(panels[0], rungs):
            axes.set_title(rung, fontsize=9)
            axes.set_ylim(-0.04, 1.22)
            axes.set_yticks([0, 0.5, 1])
        for axes in panels[-1]:
            axes.set_xlabel(f"{unit} per run" if unit == "FLOPs" else unit, fontsize=8)
        figure.suptitle(drawn(f"{title}: laws of accuracy over compute"), fontsize=10)
        figure.supxlabel(textwrap.fill(LEGEND, letters(figure)), fontsize=7.5)
    return figure


def _curve(axes: Axes, found: Fitted) -> None:
    axes.set_xscale("log")
    axes.axhline(found.floor, color="black", linestyle=":", linewidth=0.9)
    for level in sorted({round(v, 2) for v in found.ceilings.values() if v > found.floor}):
        axes.axhline(level, color="0.6", linewidth=0.6)
    look: dict[str, Any] = {"color": "black", "markersize": 3, "linewidth": 0.9, "zorder": 3}
    axes.errorbar(found.x, found.accuracy[0], sides(*found.accuracy), fmt="o", **look)
    if isinstance(found.fits, str):
        caption = drawn(textwrap.fill(found.fits, 30))
    else:
        caption = named(found.fits)
        if not found.fits.astray:
            _band(axes, found)
    axes.text(
        0.03,
        0.975,
        caption,
        transform=axes.transAxes,
        fontsize=6.3,
        va="top",
        bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 0.8},
        zorder=4,
    )


def named(fits: Fits) -> str:
    """The law, if it is sure; else those that bear the weight."""
    if fits.attributed != "undecided":
        return f"sure: {fits.attributed}"
    if fits.astray:
        return f"no law: the best, {fits.best.law.name},\nmisses the points"
    heavy = [f for f in fits.fits if f.weight >= 0.1][:3]
    laws = [f"{SHORT.get(f.law.name, f.law.name)} {f.weight:.2f}" for f in heavy]
    return "\n".join(["law undecided:", *laws])


def _band(axes: Axes, found: Fitted) -> None:
    assert not isinstance(found.fits, str)
    within = np.geomspace(found.x[0], found.x[-1], 60)
    beyond = np.geomspace(found.x[-1], found.x[-1] * DECADE, 25)
    for x, style, grey in ((within, "-", "0.55"), (beyond, (0, (3, 2)), "0.8")):
        mean, low, high = found.fits.predict(x)
        axes.fill_between(x, low, high, color=grey, alpha=0.5, linewidth=0)
        axes.plot(x, mean, color="0.2", linestyle=style, linewidth=1.2)
