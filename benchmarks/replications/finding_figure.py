"""What was measured of a finding: every quantity that it compares, in every world."""

from __future__ import annotations

from collections.abc import Iterable

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from ...eval.figures.score_figures import STYLE
from ...eval.stats.intervals import WORLDS, student
from ...eval.verdicts.replication import Claim, Null
from .finding import READINGS, Computed, Finding
from .finding_result import FindingResult

ABOUT = (
    "In each figure a circle is a world, a bar the mean of all with its 95% interval. Dashed lines "
    "are numbers that a claim or null names; below a thin line stands what nulls alone compare."
)


def sides(pairs: Iterable[Claim | Null]) -> list[str | float]:
    """What claims or nulls compare, each once, in their order."""
    return [*dict.fromkeys(side for pair in pairs for side in (pair.more, pair.less))]


def finding_figure(finding: Finding, result: FindingResult) -> Figure:
    """Quantities from top to bottom, those of claims first."""
    claimed = [name for name in sides(finding.claims) if isinstance(name, str)]
    every = sides((*finding.claims, *finding.nulls))
    names = [*dict.fromkeys([*claimed, *(name for name in every if isinstance(name, str))])]
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.2, 0.8 + 0.3 * len(names)), layout="constrained")
        axes = figure.subplots()
        for y, name in enumerate(names):
            values = np.array([*result.measured[name].values.values()])
            where = y + np.linspace(-0.16, 0.16, len(values))
            axes.plot(values, where, "o", color="0.55", markerfacecolor="none", markersize=4)
            axes.plot([values.mean()] * 2, [y - 0.32, y + 0.32], color="black", linewidth=1.6)
            if len(values) >= WORLDS:
                ends = [float(end[0]) for end in student(values[:, None])]
                axes.plot(ends, [y, y], color="black", linewidth=1)
        for number in every:
            if not isinstance(number, str):
                axes.axvline(number, color="0.5", linestyle="--", linewidth=0.8)
        if 0 < len(claimed) < len(names):
            axes.axhline(len(claimed) - 0.5, color="0.7", linewidth=0.6)
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_xlabel(_unit(finding))
    return figure


def _unit(finding: Finding) -> str:
    """What the numbers of its quantities are."""
    how = finding.measured
    if isinstance(how, Computed):
        return how.unit
    return "; ".join(dict.fromkeys(READINGS[one.reading] for one in how.quantities.values()))
