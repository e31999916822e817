"""Probe, lens and patches by layer: a small multiple for each position of the prompt."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...eval.figures.score_figures import STYLE
from .probe_result import ProbeResult

DRAWN = {"read": "-", "control": ":", "mediated": "--", "copied": "-."}  # measure -> its line
ABOUT = (
    "By layer, 0 the embedding: the share of questions whose bridge a probe reads (solid), the "
    "same of shuffled labels (dotted), whose answer a patch turns to what another bridge entails "
    "(dashed), and to the other prompt's own answer (dash-dotted)."
)


def probe_figure(result: ProbeResult) -> Figure:
    """Curves over layers, shaded with their 95% intervals where there are three worlds."""
    with matplotlib.rc_context(STYLE):
        positions = result.positions
        figure = Figure(figsize=(1.9 * len(positions) + 0.6, 2.6), layout="constrained")
        for place, axes in enumerate(
            figure.subplots(1, len(positions), sharey=True, squeeze=False)[0]
        ):
            for name, style in DRAWN.items():
                mean, low, high = (band[:, place] for band in result.band(name))
                x = np.arange(len(mean))
                axes.plot(x, mean, style, color="black", linewidth=1.1, label=name)
                if not np.isnan(low).any():
                    axes.fill_between(x, low, high, color="0.8", linewidth=0)
            axes.set_title(positions[place], fontsize=8)
            axes.set_ylim(-0.03, 1.03)
            axes.set_xlabel("layer")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.get_axes()[0].set_ylabel("share of questions")
        figure.get_axes()[-1].legend(fontsize=7, frameon=False)
    return figure
