"""Exhausted for loss, not for conclusions: how long stated and unstated answers go on improving.

At a fixed corpus, what is stated is learned within a few readings; what follows from it may go on
being learned far beyond (grokking: Wang et al. 2024, arXiv 2405.15071; repeated data lose their
worth after a few epochs: Muennighoff et al. 2023, arXiv 2305.16264). A curve has *settled* at the
reading from which it keeps at least SHARE of its whole change. R runs, K points.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from ..stats.curve import Curve, Floats
from ..stats.trend import SIZE, interval
from .percolation import Triple

SHARE = 0.9  # of the change between the first and the last point
BITS = 1.0  # least change of bits that counts as one


@dataclasses.dataclass(frozen=True)
class Settled:
    """By how many readings of its corpus one rung is learned, as far as it is."""

    rung: str
    kind: str  # "accuracy" or "bits"
    change: float  # from the first point to the last
    epochs: Triple  # mean, low, high


@dataclasses.dataclass(frozen=True)
class Contrast:
    """A rung beside the stated facts of the same corpus, paired by run."""

    stated: Settled
    unstated: Settled
    ratio: Triple  # of the readings
    then: Triple  # share of the unstated rung's change that is made when the stated has settled

    @property
    def goes_on(self) -> bool:
        """Whether the unstated surely settles later."""
        return self.ratio[1] > 1

    def __str__(self) -> str:
        a, b = self.stated, self.unstated
        relation = "goes on after" if self.goes_on else "is not surely later than"
        return (
            f"{a.kind}: {a.rung} settles after {spread(a.epochs)} epochs, {b.rung} after "
            f"{spread(b.epochs)}, {spread(self.ratio)} times as many: it {relation} {a.rung}"
        )


def contrast(rung: str, stated: Curve, unstated: Curve) -> Contrast | None:
    """Both over epochs, of the same runs; None where one of them hardly changes."""
    a, b = settles_at(stated), settles_at(unstated)
    if a is None or b is None:
        return None
    then = np.array([_made(run, stated.x[0], at) for run, at in zip(unstated.runs, a)])
    return Contrast(
        Settled("recall", stated.kind, _change(stated), _triple(stated, a, np.exp)),
        Settled(rung, unstated.kind, _change(unstated), _triple(unstated, b, np.exp)),
        _triple(stated, b - a, np.exp),
        _triple(stated, then, lambda share: share),
    )


def settles_at(curve: Curve) -> Floats | None:
    """[R] log of the epochs from which each run keeps SHARE of its change; None: too little."""
    if abs(_change(curve)) < (SIZE if curve.kind == "accuracy" else BITS):
        return None
    u = np.log(curve.x[0])
    found = np.full(len(curve.runs), u[0])
    for i, run in enumerate(curve.runs):
        if run[-1] == run[0]:
            continue
        made = (run - run[0]) / (run[-1] - run[0])
        k = int(np.flatnonzero(made < SHARE)[-1])  # the first has made nothing, the last all
        found[i] = np.interp(SHARE, made[k : k + 2], u[k : k + 2])
    return found


def spread(triple: Triple) -> str:
    """A number with its interval."""
    mean, low, high = triple
    between = f"[{low:.1f}, {high:.1f}]" if np.isfinite(high) else "(one run)"
    return f"{mean:.1f} {between}"


def _change(curve: Curve) -> float:
    return float(curve.mean[-1] - curve.mean[0])


def _made(run: Floats, x: Floats, at: float) -> float:
    """Share of a run's change that is made at log x ``at``."""
    whole = run[-1] - run[0]
    return float((np.interp(at, np.log(x), run) - run[0]) / whole) if whole else 1.0


def _triple(curve: Curve, values: Floats, back: Callable[[float], float]) -> Triple:
    """(mean, low, high) over worlds or runs, each taken ``back`` from its logarithm."""
    low, high = interval(curve, values)
    with np.errstate(over="ignore"):
        return back(float(curve.shares @ values)), back(low), back(high)
