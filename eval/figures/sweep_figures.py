"""Figures of a sweep: axes, percolation, isoquants of compute and data, readings of a corpus."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Mapping, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy.interpolate import griddata

from ..scaling.joint_fit import Joint
from ..scaling.percolation import Sweep
from ..scaling.percolation_jump import Linked
from ..scaling.saturation import Contrast
from ..stats.curve import Curve, Floats
from ..stats.labels import counted, drawn
from .score_figures import STYLE, letters, sides, style

LEVELS = np.arange(0.1, 1.0, 0.1)  # of accuracy, an isoquant each
GREYS = ("0.0", "0.45", "0.7")


@dataclasses.dataclass(frozen=True)
class Path:
    """One rung of one line of configurations along an axis."""

    x: Floats  # [L]
    accuracy: Floats  # [3, L] mean, low, high
    floor: float
    verdict: str


def along(rows: Mapping[str, Mapping[str, Mapping[str, Path]]], title: str, unit: str) -> Figure:
    """Accuracy at the end of training over an axis: mode -> line -> rung -> its path."""
    rungs = list(dict.fromkeys(r for row in rows.values() for line in row.values() for r in line))
    with matplotlib.rc_context(STYLE):
        size = (1.4 + 2.1 * len(rungs), 1.3 + 1.9 * len(rows))
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(len(rows), len(rungs), sharex=True, sharey=True, squeeze=False)
        names = list(dict.fromkeys(name for row in rows.values() for name in row))
        for line, (mode, row) in zip(panels, rows.items()):
            for axes, rung in zip(line, rungs):
                for name, paths in row.items():
                    if rung in paths:
                        _path(axes, paths[rung], names.index(name), len(names))
                _floors(axes, [paths[rung].floor for paths in row.values() if rung in paths])
                axes.set_xscale("log")
                axes.set_ylim(-0.04, 1.04)
            line[0].set_ylabel(drawn(f"{mode}\naccuracy"), fontsize=8.5)
        for axes, rung in zip(panels[0], rungs):
            axes.set_title(rung, fontsize=9)
        for axes in panels[-1]:
            axes.set_xlabel(unit, fontsize=8)
            _few_ticks(axes, sorted({x for row in rows.values() for x in _xs(row)}))
        handles = [sample(names.index(name), name) for name in names]
        columns = max(1, min(len(names), int(figure.get_figwidth() / 2.2)))
        figure.legend(handles=handles, loc="outside lower center", ncols=columns, frameon=False)
        caption = f"{title}\nbars: 95% intervals; dotted: floors, from the least to the most"
        figure.suptitle(drawn(caption), fontsize=9)
    return figure


def _xs(row: Mapping[str, Mapping[str, Path]]) -> list[float]:
    return [float(x) for line in row.values() for path in line.values() for x in path.x]


def _few_ticks(axes: Axes, values: Sequence[float]) -> None:
    """The levels themselves, where they are not too many; else what Matplotlib finds."""
    kept: list[float] = []
    for value in values:
        if not kept or value > 1.3 * kept[-1]:
            kept.append(value)
    if len(kept) <= 6:
        axes.set_xticks(kept, [_short(v) for v in kept], fontsize=7)
        axes.minorticks_off()


def _short(value: float) -> str:
    for unit, name in ((1e9, ""), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:.3g}{name}" if name else f"{value:.0e}"
    return f"{value:.3g}"


def _path(axes: Axes, path: Path, i: int, several: int) -> None:
    x = path.x * 1.04 ** (i - (several - 1) / 2)  # side by side, or bars hide one another
    axes.errorbar(x, path.accuracy[0], sides(*path.accuracy), **style(i), elinewidth=0.8)


def _floors(axes: Axes, floors: Sequence[float]) -> None:
    """A dotted line, or a band where lines have floors of their own."""
    if floors and max(floors) - min(floors) > 0.01:
        axes.axhspan(min(floors), max(floors), color="0.9", linewidth=0, zorder=0)
    for floor in {min(floors), max(floors)} if floors else ():
        axes.axhline(floor, color="black", linestyle=":", linewidth=0.7)


def sample(i: int, label: str) -> Line2D:
    """The sample of a line in a legend."""
    return Line2D([], [], label=drawn(label), **style(i))


def percolation(sweep: Sweep, models: Sequence[Linked], title: str) -> Figure:
    """Coverage against percolation: what follows, what hangs together, and what models answer."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7.4, 5.2), layout="constrained")
        axes = figure.subplots()
        lines = [("giant component: entities that hang together", sweep.giant, "--", "0.55")]
        lines.append(("deducer: conclusions that follow", sweep.derivable, "-", "0.0"))
        if sweep.smooth is not None:
            lines.append(("were premises independent: p² for two hops", sweep.smooth, ":", "0.0"))
        for label, shares, dash, grey in lines:
            mean = shares.mean(0)
            axes.plot(sweep.coverages, mean, dash, color=grey, linewidth=1.5, label=label)
            ends = shares.min(0), shares.max(0)
            axes.fill_between(sweep.coverages, *ends, color=grey, alpha=0.15, linewidth=0)
        for i, found in enumerate(models):
            label = "_" if i else "of these, unstated"  # "_": once is enough in a legend
            axes.plot(found.coverages, found.most, "_", color="0.0", markersize=14, label=label)
            if found.jump is not None:
                axes.axvline(found.jump[0], color=style(i)["color"], linewidth=0.9, linestyle=":")
            look = style(i) | {
                "linewidth": 1.2,
                "markersize": 5,
                "label": drawn(f"{counted(found)}: answers"),
            }
            axes.errorbar(found.coverages, found.share[0], sides(*found.share), **look)
        if sweep.threshold is not None:
            at, low, high = sweep.threshold
            axes.axvspan(low, high, color="0.8", alpha=0.5, linewidth=0, zorder=0)
            axes.axvline(at, color="0.4", linewidth=0.8)
            axes.text(at, 0.9, f"  threshold {at:.2f}", fontsize=8)
        axes.set_xlabel("coverage: share of the base facts that is stated")
        axes.set_ylabel("share of all (conclusions, entities)")
        axes.set_xlim(0, 1)
        axes.set_ylim(-0.02, 1.05)
        figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
        figure.suptitle(drawn(title), fontsize=10)
        answers = [f"{counted(found)}: {found.answer} ({found.why})." for found in models]
        axes.set_title(drawn(textwrap.fill(" ".join(answers), letters(figure))), fontsize=7.5)
    return figure


def isoquants(
    surfaces: Mapping[str, Mapping[str, tuple[Joint, float, float]]], title: str
) -> Figure:
    """Compute against data: size -> rung -> (joint law, parameters, FLOPs per statement read).

    Solid lines of equal accuracy between the measured points, and dashed ones of the joint law
    where one holds.
    """
    rungs = list(dict.fromkeys(rung for row in surfaces.values() for rung in row))
    with matplotlib.rc_context(STYLE):
        size = (1.2 + 2.5 * len(rungs), 1.9 + 1.9 * len(surfaces))
        figure = Figure(figsize=size, layout="constrained")
        panels = figure.subplots(len(surfaces), len(rungs), squeeze=False, sharey=True)
        laws: dict[str, list[str]] = {}
        for line, (label, row) in zip(panels, surfaces.items()):
            for axes, rung in zip(line, rungs):
                if rung in row:
                    law = _isoquants(axes, *row[rung])
                    laws.setdefault(law, []).append(rung)
            line[0].set_ylabel(drawn(f"{label}\nstatements in the corpus"), fontsize=8)
        for axes, rung in zip(panels[0], rungs):
            axes.set_title(rung, fontsize=9)
        for axes in panels[-1]:
            axes.set_xlabel("FLOPs per run", fontsize=8)
        figure.suptitle(drawn(title), fontsize=10)
        held = "; ".join(f"{law}: {', '.join(dict.fromkeys(of))}" for law, of in laws.items())
        caption = (
            "Points: measured accuracy, dark is right. Solid: equal accuracy, interpolated between "
            "them; upright where only compute helps, lying where only data do. Dashed: by the "
            f"joint law, where one misses the points by no more than their noise ({held})."
        )
        figure.supxlabel(textwrap.fill(caption, letters(figure)), fontsize=7.5)
    return figure


def _isoquants(axes: Axes, joint: Joint, size: float, cost: float) -> str:
    """Draws one panel; the law that holds."""
    curve = joint.fits.curve
    names = list(curve.axes)
    here = curve.x[names.index("N")] == size if "N" in names else np.ones(curve.points, bool)
    spent, unique = cost * curve.x[names.index("D")][here], curve.x[names.index("U")][here]
    mean, levels = curve.mean[here], np.unique(unique)
    grey = 1 - 0.85 * mean
    axes.scatter(spent, unique, c=grey, cmap="gray", vmin=0, vmax=1, s=20, edgecolors="0.5")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_yticks(levels, [_short(v) for v in levels], fontsize=7)
    axes.minorticks_off()
    axes.set_ylim(levels[0] / 1.25, levels[-1] * 1.25)
    axes.set_xlim(spent.min() / 1.2, spent.max() * 1.2)
    x, y = np.meshgrid(
        np.geomspace(spent.min(), spent.max(), 60), np.geomspace(levels[0], levels[-1], 40)
    )
    between = griddata(np.log([spent, unique]).T, mean, (np.log(x), np.log(y)), rescale=True)
    if np.nanmax(between) - np.nanmin(between) > 0.1:
        lines = axes.contour(x, y, between, LEVELS, colors="black", linewidths=0.9)
        axes.clabel(lines, LEVELS[1::3], fmt="%.1f", fontsize=7)
    if not joint.adequate:
        return "none"
    sides = {"N": np.full(x.size, size), "D": x.ravel() / cost, "U": y.ravel()}
    value = joint.fits.best.predict(np.stack([sides[n] for n in names]))[0].reshape(x.shape)
    if np.ptp(value) > 0.1:
        axes.contour(x, y, value, LEVELS, colors="0.4", linewidths=0.9, linestyles="--")
    return joint.fits.best.law.name


def readings(
    rows: Mapping[str, tuple[Mapping[str, Curve], Mapping[str, Curve]]],
    found: Mapping[str, Sequence[Contrast]],
    title: str,
) -> Figure:
    """Stated and unstated answers over epochs of one corpus: model -> (accuracy, bits) by rung.

    The first rung is that of what is stated; upright lines are where each has settled.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(1.2 + 3.1 * len(rows), 5.0), layout="constrained")
        panels = figure.subplots(2, len(rows), sharex=True, sharey="row", squeeze=False)
        names = list(dict.fromkeys(r for pair in rows.values() for r in pair[0]))
        for (above, below), (label, pair) in zip(panels.T, rows.items()):
            for axes, curves in zip((above, below), pair):
                for rung, curve in curves.items():
                    i = names.index(rung)
                    axes.plot(curve.x[0], curve.mean, **style(i))
                    low, high = curve.runs.min(0), curve.runs.max(0)
                    colour = style(i)["color"]
                    axes.fill_between(curve.x[0], low, high, color=colour, alpha=0.15, linewidth=0)
            above.set_title(drawn(label), fontsize=9)
            above.set_xscale("log")
            above.set_ylim(-0.04, 1.04)
            below.set_xlabel("epochs: readings of the whole corpus", fontsize=8)
            for one in found.get(label, ()):
                axes = above if one.stated.kind == "accuracy" else below
                for settled in (one.stated, one.unstated):
                    i = names.index(settled.rung)
                    axes.axvline(settled.epochs[0], color=style(i)["color"], linewidth=0.8, ls=":")
        panels[0, 0].set_ylabel("accuracy (exact match)")
        panels[1, 0].set_ylabel("bits of the right answer")
        panels[1, 0].set_ylim(bottom=0)
        handles = [sample(i, _named(rung)) for i, rung in enumerate(names)]
        figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
        figure.suptitle(
            drawn(f"{title}\ndotted: 9 tenths of the change made; bands: all runs"), fontsize=9
        )
    return figure


def _named(rung: str) -> str:
    return "stated (recall)" if rung == "recall" else f"unstated: {rung}"
