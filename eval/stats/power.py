"""What a paired comparison could have found: power, and how many worlds it would need."""

from __future__ import annotations

import numpy as np
from scipy import stats

ENOUGH = 0.8  # power from which "no such effect was found" says something
MOST = 10_000  # worlds beyond which no number is named


def power(effect: float, spread: float, worlds: int, level: float = 0.05) -> float:
    """The chance that ``worlds`` paired differences, of mean ``effect`` and standard deviation
    ``spread``, are surely not 0 by a two-sided t test at ``level``: noncentral t, exact where
    differences scatter normally. Without spread every effect is found."""
    if worlds < 2:
        return 0.0
    if spread <= 0:
        return 1.0 if effect else level
    freedom = worlds - 1
    most = stats.t.ppf(1 - level / 2, freedom)
    shift = abs(effect) * np.sqrt(worlds) / spread
    found = stats.nct.sf(most, freedom, shift)
    if not np.isfinite(found):  # where the series does not converge: far from 0
        found = stats.norm.sf(most - shift)
    # the far side's does not, where it is next to nothing
    found += np.nan_to_num(stats.nct.cdf(-most, freedom, shift))
    return float(np.clip(found, 0, 1))


def worlds_needed(effect: float, spread: float, level: float = 0.05) -> int | None:
    """The least number of worlds with power ENOUGH; None beyond MOST, or without an effect."""
    if not effect or power(effect, spread, MOST, level) < ENOUGH:
        return None
    low, high = 1, MOST
    while high - low > 1:
        middle = (low + high) // 2
        if power(effect, spread, middle, level) < ENOUGH:
            low = middle
        else:
            high = middle
    return high


def worlds_to_bound(room: float, spread: float, level: float = 0.05) -> int | None:
    """The least number of worlds whose interval reaches no farther than ``room`` from its mean;
    None beyond MOST, or without room."""
    numbers = np.arange(2, MOST + 1)
    half = stats.t.ppf(1 - level / 2, numbers - 1) * spread / np.sqrt(numbers)
    fits = np.flatnonzero(half <= room)
    return int(numbers[fits[0]]) if room > 0 and len(fits) else None
