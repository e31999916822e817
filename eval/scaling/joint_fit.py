"""Joint laws through a grid of sizes, corpora and budgets: which one holds, and what it says.

N parameters, D statements read (repeats included), U different ones. A law is named only where it
foretells the points held out and misses the others by no more than their noise; else there is none.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..stats.curve import Curve
from .fit import ADEQUATE, DRAWS, Fits, fit
from .joint_laws import Bounded, Chinchilla, DataConstrained
from .laws import Law
from .percolation import Triple

JOINT: tuple[Law, ...] = (Chinchilla(axes=3), DataConstrained(), Bounded())
LAWS: Mapping[tuple[str, ...], tuple[Law, ...]] = {  # by what varies
    ("N", "D", "U"): JOINT,
    ("N", "D"): (Chinchilla(),),
    ("D", "U"): (Bounded(size=False),),
}


@dataclasses.dataclass(frozen=True)
class Joint:
    """The joint laws through one rung's points."""

    rung: str
    fits: Fits

    @property
    def law(self) -> str:
        """The law that the points are surely of, or "undecided"."""
        return self.fits.attributed

    @property
    def adequate(self) -> bool:
        """Whether the best law misses the points by no more than their noise."""
        return self.fits.best.misfit <= ADEQUATE

    @property
    def constants(self) -> dict[str, Triple]:
        """Of the best law, as its source writes them, with 95% intervals."""
        best = self.fits.best
        centre = best.law.centre(self.fits.curve.x)
        with np.errstate(over="ignore"):
            drawn = [best.law.constants(p, centre) for p in best.draws.T]
        found = {}
        for name, value in best.constants.items():
            every = [d[name] for d in drawn] or [value]
            low, high = np.quantile(every, (0.025, 0.975))
            found[name] = (value, min(float(low), value), max(float(high), value))
        return found

    def __str__(self) -> str:
        best = self.fits.best
        held = f"it misses what was held out by {best.missed:.3f}"
        if not self.adequate:
            far = f"{best.misfit**0.5:.1f} standard errors"
            return f"no law holds: the best, {best.law.name}, misses the points by {far}; {held}"
        sure = self.law != "undecided"
        weight = "" if sure else f" (weight {best.weight:.2f}, not sure)"
        return f"{best.law.name}{weight}; {held}"


def joint(rung: str, curve: Curve, draws: int = DRAWS) -> Joint:
    """The laws over the axes of ``curve``. Raises UserError where there are too few points."""
    return Joint(rung, fit(curve, LAWS[curve.axes], draws=draws))
