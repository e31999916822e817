"""When a floor may be called a plateau: another row must have left its own floor long enough ago.

Where nothing rises, nothing says whether the model or the set-up is at its end. A *positive
control* is another row on the same corpora, by the same budget. It counts from the budget on at
which it is surely above its own floor for good, and shows something once it has been so for half a
decade of the axis: of a control that rises at the last two of twelve checkpoints one learns only
that rises come late there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from ..stats.curve import Floats
from ..stats.trend import FLAT, HALF

CLOSE = 1 + 1e-9  # budgets of one grid, but for rounding


@dataclasses.dataclass(frozen=True)
class Control:
    """A row that rises on the same rung."""

    label: str
    since: float  # of the axis (FLOPs, statements): surely above its own floor from here on
    until: float  # where it ends

    @property
    def enough(self) -> float:
        """The least budget at which it has been above its floor for half a decade."""
        return self.since * HALF

    def shows(self, budget: float) -> bool:
        """Whether it has been above its floor for half a decade by ``budget``."""
        return self.enough <= min(budget, self.until) * CLOSE


def control(label: str, spent: Floats, above: Floats) -> Control | None:
    """The control that a row is: ``spent`` [K], and ``above`` [K], the lower end of the interval of
    how far it lies above its own floor. None where that is not surely so in the end."""
    surely = above > FLAT
    if not surely[-1]:
        return None
    below = np.flatnonzero(~surely)
    since = float(spent[below[-1] + 1 if len(below) else 0])
    return Control(label, since, float(spent[-1]))


def first_that_shows(controls: Sequence[Control], budget: float) -> Control | None:
    """Of those that show something by ``budget`` the one that rose first; None: none does."""
    return min((c for c in controls if c.shows(budget)), key=lambda c: c.since, default=None)
