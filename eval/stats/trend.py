"""What a curve did over its last decade of compute: its change, its level, and what follows.

Everything is paired by run: a run that is better throughout tells nothing of a change. The unit of
the intervals is the world from three worlds on, else the run, as everywhere (``intervals``).
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from .curve import Curve, Floats
from .intervals import WORLDS, student

FLAT = 0.03  # accuracy a decade: a plateau's measured change is no larger, a rise's is
SIZE = 0.1  # the change over a decade that a plateau must rule out
SURELY = 0.01  # chance to miss FLAT where it is ruled out: at 0.05 one slow rise in 30 was "flat"
DECADE, HALF = 10.0, 10.0**0.5  # factors of compute
GOES_ON = 0.2  # share of a decade's change that its last half must hold, or it has come to an end
POINTS = 3  # that a decade must hold: two cannot show what is between
NO_CHANGE = f"no change of {SIZE} a decade or more (95%)"  # what a plateau is called
NONE_AT_ALL = f"flat, no change of {FLAT} a decade or more ({1 - SURELY:.0%})"


@dataclasses.dataclass(frozen=True)
class Change:
    """How much a curve changed along its straight line through a window, with the 95% interval."""

    decades: float  # width of the window
    points: int
    mean: float
    low: float
    high: float
    rate: Floats = dataclasses.field(repr=False)  # [R] slope of each run, a decade

    @property
    def half(self) -> float:
        return (self.high - self.low) / 2

    @property
    def largest(self) -> float:
        """The steepest slope of the interval, a decade: every steeper one is excluded."""
        return max(self.low, self.high, key=abs) / self.decades

    def __str__(self) -> str:
        over = "decade" if self.decades > 0.9 else "half decade"
        between = f"[{self.low:+.2f}, {self.high:+.2f}]" if self.half < np.inf else "(one run)"
        return f"{self.mean:+.2f} {between} over the last {over}"


@dataclasses.dataclass(frozen=True)
class Slope:
    """What is known of the slope of a plateau."""

    largest: float  # a decade: the steepest one that is not excluded (95%)
    flat: bool  # whether a change of FLAT is ruled out too

    def __str__(self) -> str:
        what = NONE_AT_ALL if self.flat else NO_CHANGE
        return f"{what}; the largest slope not excluded is {self.amount}"

    @property
    def amount(self) -> str:
        """The largest slope as text."""
        return f"{round(self.largest, 3) + 0.0:+.3f}"


@dataclasses.dataclass(frozen=True)
class Decision:
    """What one curve shows by itself; whether it is a floor is for others to say."""

    kind: str  # "plateau", "rising", "fell" or "undecided"
    why: str
    settled: int  # the first point from which the curve is as level as its noise lets one see
    runs: int | None = None  # how many would decide, where no more of the axis would
    budget: float | None = None  # of the axis (FLOPs, statements) that would decide
    slope: Slope | None = None  # of a plateau


def window(curve: Curve, factor: float) -> int | None:
    """The point at or just below 1/``factor`` of the last budget; None where there is none."""
    spent = curve.x[0]
    first = int(np.searchsorted(spent, spent[-1] / factor * (1 + 1e-9), side="right")) - 1
    return None if first < 0 or first == len(spent) - 1 else first


def change(curve: Curve, factor: float) -> Change | None:
    """The change over the last ``factor`` of compute; None where the curve is shorter."""
    first = window(curve, factor)
    if first is None:
        return None
    u = np.log10(curve.x[0, first:])
    rate = (curve.runs[:, first:] @ (u - u.mean())) / ((u - u.mean()) ** 2).sum()
    width = float(np.log10(factor))
    low, high = interval(curve, rate * width)
    return Change(width, len(u), float(curve.shares @ rate) * width, low, high, rate)


def decide(accuracy: Curve, bits: Curve | None = None) -> Decision:
    """Plateau, rising, fell or undecided, from one curve of accuracy and, if weighed, its bits.

    *Plateau*: over the last decade the change is at most FLAT, a change of SIZE is ruled out, and
    no point departs from the others by surely more than FLAT. It is worded so, with the largest
    slope that is not excluded, and is *flat* only where FLAT is ruled out too: a slow rise without
    end passes for a plateau, and must not pass for none. *Rising*: the change over the last
    decade (half, where there is no more) is above FLAT a decade and surely not 0, a fifth of it at
    least falls into the last half decade, no point on the way lies beyond the last by more than
    FLAT and surely, and the bits fall. *Fell*: the same downwards, whatever the bits do.
    """
    settled, what = settles(accuracy), named(accuracy)
    since, last = float(accuracy.x[0, settled]), float(accuracy.x[0, -1])
    enough = DECADE * since <= last * (1 + 1e-9)  # for a plateau at this level
    budget = DECADE * (last if enough else since)
    long, short = change(accuracy, DECADE), change(accuracy, HALF)
    if long is not None and long.points >= POINTS and _level(accuracy, long):
        low, high = interval(accuracy, long.rate, SURELY)
        slope = Slope(long.largest, max(-low, high) < FLAT)
        why = f"{slope}; {long} of {what}"
        if long.low > 0 or long.high < 0:
            why += f", a slow {'rise' if long.low > 0 else 'fall'} surely"
        return Decision("plateau", why, settled, slope=slope)
    main = long if long is not None and long.points >= POINTS else short
    if main is None or short is None:
        why = f"less than half a decade of {what} is seen"
        return Decision("undecided", why, settled, budget=budget)
    for sign, kind in ((1, "rising"), (-1, "fell")):
        sure = min(sign * main.low, sign * main.high) > 0
        goes_on = sign * short.mean > max(FLAT * short.decades, sign * main.mean * GOES_ON)
        if sure and goes_on and sign * main.mean > FLAT * main.decades:
            but = ""
            if _turned(accuracy, main.points, sign):
                but = "it has turned back"
            elif kind == "rising" and not _bits_fall(bits, main.decades):
                but = "the bits do not show it"
            if but:
                why = f"{main} of {what}, but {but}"
                return Decision("undecided", why, settled, budget=budget)
            return Decision(kind, f"{main} of {what}", settled)
    why = f"{main} of {what}"
    hidden = main.low <= 0 <= main.high and SIZE - FLAT < main.half < np.inf
    if main is long and hidden and enough:
        runs = int(np.ceil(len(accuracy.runs) * (main.half / (SIZE - FLAT)) ** 2))
        return Decision("undecided", why, settled, runs)
    return Decision("undecided", why, settled, budget=budget)


def named(curve: Curve) -> str:
    """What is spent along the first axis, in words."""
    return "compute" if curve.axes[0] == "FLOPs" else curve.axes[0]


def settles(curve: Curve) -> int:
    """The first point from which all means lie within FLAT of one another, noise allowed for."""
    reverse = curve.mean[::-1]
    spread = np.maximum.accumulate(reverse) - np.minimum.accumulate(reverse)
    # the range of several noisy means: about three standard errors
    room = FLAT + (3 * float(np.median(curve.se)) if len(curve.runs) > 1 else 0.0)
    return len(reverse) - int(np.searchsorted(spread, room + 1e-9, side="right"))


def level(curve: Curve, first: int) -> Floats:
    """[R] the level of each run from point ``first`` on."""
    return curve.runs[:, first:].mean(1)


def _level(curve: Curve, over: Change) -> bool:
    if abs(over.mean) > FLAT + 1e-9 or max(-over.low, over.high) >= SIZE:
        return False
    runs = curve.runs[:, -over.points :]
    apart = runs - runs.mean(1, keepdims=True)
    ends = np.array([interval(curve, a, 0.05 / over.points) for a in apart.T])
    return bool(((ends[:, 0] <= FLAT + 1e-9) & (ends[:, 1] >= -FLAT - 1e-9)).all())


def _turned(curve: Curve, points: int, sign: int) -> bool:
    """Whether the curve was further up (or down: -1) at one of its last points than now, by more
    than FLAT and surely.

    A straight line doesn't see it: of 0, 1 and 0.75 it rises. Any of the points will do, for what
    is seen in error leaves a verdict open and gives none.
    """
    runs = sign * curve.runs[:, -points:]
    gaps = (runs[:, :-1] - runs[:, -1:]).T
    return any(curve.shares @ gap > FLAT and interval(curve, gap)[0] > 0 for gap in gaps)


def _bits_fall(bits: Curve | None, decades: float) -> bool:
    found = None if bits is None else change(bits, 10.0**decades)
    return found is not None and found.mean < 0


def interval(curve: Curve, values: Floats, miss: float = 0.05) -> tuple[float, float]:
    """(low, high) of the mean of a number [R] a run; of one run, all numbers are possible."""
    units: NDArray[np.float64] = values
    if curve.worlds >= WORLDS:
        units = np.bincount(curve.world, values) / np.bincount(curve.world)
    if len(units) < 2:
        return -np.inf, np.inf
    low, high = student(units[:, None], 1 - miss)
    return float(low[0]), float(high[0])
