"""The figure of a forecast: every branch in a panel of its own, with its band; a row for each rung.

Bands that lie over one another cannot be read in greyscale, so each panel repeats one branch, the
first, as a hatched band behind its own.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..forecasting.forecast import BRANCHES, Branch, Forecast
from ..stats.labels import drawn
from .score_figures import STYLE, letters


def branches(found: Sequence[Forecast], title: str) -> Figure:
    """Accuracy over years: rungs as rows, branches as columns. At least one forecast."""
    if not found:
        raise ValueError("got no forecast, expected at least one to draw")
    columns = len(found[0].branches)
    with matplotlib.rc_context(STYLE):
        size = (1.2 + 2.1 * columns, 1.9 + 1.9 * len(found))
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(len(found), columns, sharex=True, sharey=True, squeeze=False)
        for row, forecast in zip(panels, found):
            for axes, branch in zip(row, forecast.branches):
                _branch(axes, forecast, branch)
            row[0].set_ylabel(f"{forecast.rung}\naccuracy (exact match)")
        for axes, branch in zip(panels[0], found[0].branches):
            caption = textwrap.fill(BRANCHES[branch.name], 30)
            axes.set_title(f"{branch.name.upper()}\n{caption}", fontsize=7.5)
        for axes in panels[-1]:
            axes.set_xlabel("year", fontsize=8)
        figure.suptitle(drawn(title), fontsize=10)
        figure.supxlabel(drawn(textwrap.fill(_legend(found), letters(figure))), fontsize=7.5)
    return figure


def _legend(found: Sequence[Forecast]) -> str:
    """How to read the figure, and what it rests on: a note once for all rungs that share it."""
    of: dict[str, list[str]] = {}
    for forecast in found:
        for note in (forecast.verdict, *forecast.notes):
            of.setdefault(note, []).append(forecast.rung)
    notes = " ".join(f"{', '.join(rungs)}: {note}." for note, rungs in of.items())
    return f"Lines: medians; grey: 95% intervals; hatched: those of the first branch. {notes}"


def _branch(axes: Axes, forecast: Forecast, branch: Branch) -> None:
    first, years = forecast.branches[0], forecast.years
    if branch is not first:
        axes.fill_between(
            years,
            first.ability[1],
            first.ability[2],
            facecolor="none",
            edgecolor="0.75",
            hatch="////",
            linewidth=0,
        )
    axes.fill_between(years, branch.ability[1], branch.ability[2], color="0.25", alpha=0.3, lw=0)
    axes.plot(years, branch.ability[0], color="black", linewidth=1.5)
    axes.set_xlim(years[0], years[-1])
    axes.set_ylim(-0.03, 1.03)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.tick_params(labelsize=7)
    at = None if branch is first else forecast.parting(first.name, branch.name)
    if at is not None:
        axes.axvline(years[at], color="black", linestyle=":", linewidth=1)
        axes.text(
            years[at], 0.02, f" apart from {years[at]:.0f}", fontsize=7, va="bottom", ha="left"
        )
    elif branch is not first:
        axes.text(0.97, 0.03, "not separable", transform=axes.transAxes, fontsize=7, ha="right")
