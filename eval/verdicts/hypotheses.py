"""What the two hypotheses foretell for a curve, and where it bends.

H1 (induction): ability is a sigmoid in log compute that ends at some level. H2 (deduction): what
is left to learn goes on shrinking by a power law, after at most one bend, with no level to end at.
Both are fitted to the points before the held-out ones and stand beside what was then observed.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ..scaling.fit import Fit, Fits, ahead, fit, fit_all, needs
from ..scaling.laws import BrokenPowerLaw, Law, Logistic, PowerLaw
from ..stats.curve import Curve, Floats
from ..stats.trend import DECADE, HALF, SIZE, interval

H1: Law = Logistic()
H2: Law = BrokenPowerLaw(1, floor=False)
SMOOTH: tuple[Law, ...] = (PowerLaw(), PowerLaw(floor=True))
BENT: tuple[Law, ...] = (Logistic(), BrokenPowerLaw(1))
AHEAD = 4.0  # decades beyond the last point in which the two are looked for to part
BETTER = 2.0  # by how much the AICc of a bent law must be less
SHARE = 0.8  # of the runs whose bits must bend as well
ENDS = 0.05  # of the range, at each end, where the steepest point is no bend


@dataclasses.dataclass(frozen=True)
class Hypotheses:
    """Predictions at M points: all that were measured, and one a decade beyond the last."""

    flops: Floats  # [M]
    known: int  # points that the predictions of the measured ones were fitted to
    observed: Floats  # [3, M - 1] mean, low, high
    induction: Floats  # [3, M] H1: best fit, low, high
    deduction: Floats  # [3, M] H2
    separation: (
        float | None
    )  # budget from which their 95% intervals do not meet; None: not in sight

    def lines(self, unit: str = "FLOPs") -> list[str]:
        """A line of text a point."""
        out = [f"{unit:<9}  observed             H1 (a level)         H2 (goes on)"]
        for i, spent in enumerate(self.flops):
            seen = _text(self.observed[:, i]) if i < self.observed.shape[1] else "–"
            how = "foretold" if self.known <= i else ""
            h1, h2 = _text(self.induction[:, i]), _text(self.deduction[:, i])
            out.append(f"{spent:<9.1e}  {seen:<19}  {h1:<19}  {h2:<19} {how}".rstrip())
        return out


@dataclasses.dataclass(frozen=True)
class Knee:
    """Where a curve is steepest, and in how many runs the bits bend there too."""

    at: float  # of what is spent
    low: float  # 95% interval, over worlds or runs
    high: float
    bending: int  # runs whose bits bend within half a decade of their accuracy
    runs: int
    unit: str = "FLOPs"

    @property
    def claimed(self) -> bool:
        """Whether this is a transition: one that accuracy alone shows may be its threshold's doing
        (arXiv 2304.15004)."""
        return self.bending >= SHARE * self.runs

    def __str__(self) -> str:
        where = f"steepest at {self.at:.1e} [{self.low:.1e}, {self.high:.1e}] {self.unit}"
        bits = f"bits bend there in {self.bending} of {self.runs} runs"
        return f"{where}, {bits}{'' if self.claimed else ': no transition is claimed'}"


def foretell(curve: Curve, observed: Floats, draws: int = 200) -> Hypotheses | None:
    """Both hypotheses' predictions for a curve of accuracy, of which ``observed`` [3, K] are mean,
    low and high; None where there are too few points."""
    known = curve.points - ahead(curve.points)
    if known < 1 + max(needs(H1), needs(H2)):
        return None
    before = dataclasses.replace(curve, x=curve.x[:, :known], runs=curve.runs[:, :known])
    early, late = (fit(c, (H1, H2), draws=draws, held=0) for c in (before, curve))
    spent, next_ = curve.x[0], curve.x[0, -1] * DECADE
    predicted = []
    for law in (H1, H2):
        then, now = _of(early, law), _of(late, law)
        predicted.append(np.concatenate([then.predict(spent), now.predict([next_])], axis=1))
    further = np.geomspace(spent[-1], spent[-1] * 10**AHEAD, 81)
    _, low1, high1 = _of(late, H1).predict(further)
    _, low2, high2 = _of(late, H2).predict(further)
    parted = (low1 > high2) | (low2 > high1)
    separation = float(further[parted.argmax()]) if parted.any() else None
    induction, deduction = predicted
    return Hypotheses(np.append(spent, next_), known, observed, induction, deduction, separation)


def knee(accuracy: Curve, bits: Curve) -> Knee | None:
    """The bend of a curve of accuracy; None where there is none, or too few points to see it."""
    if np.ptp(accuracy.mean) < SIZE or accuracy.points < 1 + max(map(needs, BENT)):
        return None
    whole = _bend(fit(accuracy, (*SMOOTH, *BENT), draws=0, held=0))
    if whole is None:
        return None
    places, bending = [], 0
    fits = [fit_all(_each(c), (*SMOOTH, *BENT), draws=0, held=0) for c in (accuracy, bits)]
    for seen, weighed in zip(*fits):
        place, bent = _bend(seen), _bend(weighed)
        places.append(whole if place is None else place)
        bending += bent is not None and abs(bent - places[-1]) <= np.log10(HALF)
    low, high = interval(accuracy, np.array(places))
    low, high = min(low, whole), max(high, whole)
    return Knee(10**whole, 10**low, 10**high, bending, len(places), accuracy.axes[0])


def _each(curve: Curve) -> list[Curve]:
    """Every run as a curve of its own."""
    one = curve.world[:1] * 0
    return [dataclasses.replace(curve, runs=run[None], world=one) for run in curve.runs]


def _bend(fits: Fits) -> float | None:
    """log10 of the budget at which the best bent law is steepest; None where none is needed."""
    bent = min((f for law in BENT if (f := fits.of(law.name))), key=lambda f: f.aicc)
    smooth = min((f for law in SMOOTH if (f := fits.of(law.name))), key=lambda f: f.aicc)
    if bent.aicc > smooth.aicc - BETTER:
        return None
    spent = np.log10(fits.curve.x[0])
    u = np.linspace(spent[0], spent[-1], 401)
    y = bent.predict(10**u)[0]
    steep = np.gradient(y if fits.curve.kind == "accuracy" else -np.log1p(y))
    at = int(steep.argmax())
    return float(u[at]) if ENDS < at / 400 < 1 - ENDS and steep[at] > 0 else None


def _of(fits: Fits, law: Law) -> Fit:
    found = fits.of(law.name)
    assert found is not None  # the points were counted
    return found


def _text(triple: Floats) -> str:
    return f"{triple[0]:.2f} [{triple[1]:.2f}, {triple[2]:.2f}]"
