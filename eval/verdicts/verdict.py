"""The verdict on a curve: plateau, rising, fell or undecided, against which ceiling, and why.

Definitions, on the raw accuracy of one row:
- At least RUNS runs on WORLDS corpora and FEW questions stand behind any verdict.
- *plateau at L ± e*, *rising*, *fell*: what ``trend.decide`` sees over the last decade of what is
  spent: compute, or the axis of a sweep. A plateau is worded as what it is, no change of 0.1 a
  decade or more, with the largest slope that is not excluded. At the floor it also needs a positive
  control (``positive_control``) and a model that has learned its corpus. Without these a broken
  set-up would look like a law.
- *undecided*: all else, with what would decide: ten times the budget at which the present level was
  first reached, half a decade behind the rise of a control, or more runs where the noise hides it.
The laws' weights, the two hypotheses' predictions and where the bits bend are evidence, printed
beside it; none of them makes a verdict, for no law foretells a bend that no point has passed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from ...errors import UserError
from ..scaling.fit import VOTES, fit
from ..stats.curve import Curve
from ..stats.trend import (
    DECADE,
    FLAT,
    Decision,
    Slope,
    decide,
    level,
    named,
    window,
)
from .hypotheses import Hypotheses, Knee, foretell, knee
from .positive_control import Control, first_that_shows
from .standing import Against, band_of, half, level_of, over_floor, spread

RUNS, WORLDS = 5, 3  # behind any verdict: initialisations, and worlds that they saw
FEW = 30  # questions below which neither a level nor its floor means much
DRAWS = 200  # resampled fits behind each printed interval


@dataclasses.dataclass(frozen=True)
class Weighed:
    """One law through the curve: how often it is the best, and its error on the held-out points."""

    law: str
    weight: float  # share of other draws of the worlds and runs on which it is the best
    missed: float  # accuracy, root mean square


@dataclasses.dataclass(frozen=True)
class Verdict:
    rung: str
    kind: str  # "plateau", "rising", "fell" or "undecided"
    ceiling: str  # the least reference that would explain the level: "reuser", .. or "between .."
    evidence: str
    budget: float | None = None  # that would decide; None: decided, or nothing spent would decide
    level: float = float("nan")  # over the last decade, or at the last point
    error: float = float("nan")  # the wider side of its 95% interval
    laws: tuple[Weighed, ...] = ()  # heaviest first; none: too few points, or no law meets them
    knee: Knee | None = None
    hypotheses: Hypotheses | None = None
    unit: str = "FLOPs"  # of the budget
    slope: Slope | None = None  # of a plateau

    def __str__(self) -> str:
        at = f"{self.level:.2f} ± {self.error:.2f}"
        if self.kind == "plateau" and self.slope is not None:
            flat = "flat " if self.slope.flat else ""
            return f"{flat}plateau at {at}, slope at most {self.slope.amount} a decade (95%)"
        if self.kind != "undecided":
            return f"{self.kind} {'at' if self.kind == 'plateau' else 'to'} {at}"
        would = (
            ""
            if self.budget is None
            else f", would be decided by about {about(self.budget)} {self.unit}"
        )
        return f"undecided at {at}{would}"

    def lines(self) -> list[str]:
        """All evidence as lines of text: laws, knee, and the hypotheses beside the points."""
        out = [f"{self.rung}: {self} ({self.ceiling})", f"  {self.evidence}"]
        laws = [f"{w.law} {w.weight:.2f} (missed by {w.missed:.3f})" for w in self.laws]
        if laws:
            out.append(f"  weights of the laws, error on held-out points: {', '.join(laws)}")
        if self.knee is not None:
            out.append(f"  {self.knee}")
        if self.hypotheses is not None:
            out += [f"  {line}" for line in self.hypotheses.lines(self.unit)]
            separation = self.hypotheses.separation
            when = f"from {separation:.1e} {self.unit}" if separation else "not within four decades"
            out.append(f"  the two hypotheses' intervals part {when}")
        return out


def judged(
    against: Against,
    curve: Curve,
    bits: Curve | None,
    controls: Sequence[Control] = (),
    *,
    weigh: bool = True,
) -> Verdict:
    """The verdict on one curve of accuracy, over compute or any other one axis.

    ``controls``: others on the same corpora that leave their own floors.
    """
    unit, last = curve.axes[0], band_of(against, curve, curve.runs[:, -1:])[:, 0]
    place, caption = level_of(against, last), spread(last)
    base = Verdict(
        against.rung, "undecided", place, "", None, float(last[0]), half(last), unit=unit
    )
    if against.questions < FEW:
        why = f"only {against.questions} questions, at {caption}: more of them would decide"
        return dataclasses.replace(base, evidence=why)
    found = decide(curve, bits)
    few = too_few(curve)
    if few:
        since, spent = float(curve.x[0, found.settled]), float(curve.x[0, -1])
        enough = DECADE * since <= spent * (1 + 1e-9)  # of what is spent, but not of runs
        budget = None if enough else found.budget
        return dataclasses.replace(
            base, evidence=f"{found.why}, at {caption}; {few}", budget=budget
        )
    if found.kind == "plateau":
        verdict = _floor_or_plateau(base, against, curve, found, controls)
    else:
        verdict = _no_plateau(base, curve, found, caption)
    notes = list(against.notes)
    if against.recall is not None:
        notes.append(f"untrained: recall is {against.recall:.2f}")
    if notes:
        verdict = dataclasses.replace(verdict, evidence="; ".join([verdict.evidence, *notes]))
    return _weighed(verdict, against, curve, bits) if weigh else verdict


def _no_plateau(base: Verdict, curve: Curve, found: Decision, at: str) -> Verdict:
    """``base`` where the curve is rising, fell or undecided, and stands at ``at`` in the end."""
    if found.kind == "undecided":
        since, spent = float(curve.x[0, found.settled]), float(curve.x[0, -1])
        span = f"level since {amount_text(since)} of {amount_text(spent)} {base.unit}"
        why = f"{found.why}, at {at}, {span}"
        if curve.points < 3:
            why += f", {curve.points} {'checkpoint' if base.unit == 'FLOPs' else 'level'}"
            why += "s" * (curve.points > 1)
        if found.runs is not None:
            why = f"{why}; too noisy: about {found.runs} runs would decide, not {named(curve)}"
        return dataclasses.replace(base, evidence=why, budget=found.budget)
    return dataclasses.replace(base, kind=found.kind, evidence=f"{found.why}, to {at}")


def too_few(curve: Curve) -> str:
    """Why so few runs or worlds stand behind no verdict; empty where they are enough."""
    runs, worlds = len(curve.runs), curve.worlds
    if runs >= RUNS and worlds >= WORLDS:
        return ""
    have = f"{runs} run{'s' * (runs > 1)} on {worlds} corp{'ora' if worlds > 1 else 'us'}"
    return f"{have}; at least {RUNS} runs on {WORLDS} corpora stand behind a verdict"


def amount_text(amount: float) -> str:
    """An amount of compute, statements or parameters, as text."""
    return f"{amount:.1e}" if amount >= 1e6 else f"{amount:,.4g}"


def about(amount: float) -> str:
    """The same, as roughly as one can foretell it."""
    return f"{amount:.0e}" if amount >= 1e6 else f"{float(f'{amount:.2g}'):,g}"


def _weighed(base: Verdict, against: Against, curve: Curve, bits: Curve | None) -> Verdict:
    """``base`` with the laws through the curve, and what follows from them, as evidence."""
    try:
        fits = fit(curve, draws=VOTES)
    except UserError:  # too few points for any law
        return base
    laws = tuple(Weighed(f.law.name, f.weight, f.missed) for f in fits.fits)
    if fits.astray:  # the best of bad ones says nothing
        base = dataclasses.replace(base, evidence=f"{base.evidence}; no law meets the points")
    return dataclasses.replace(
        base,
        laws=() if fits.astray else laws,
        knee=None if bits is None else knee(curve, bits),
        hypotheses=foretell(curve, band_of(against, curve, curve.runs), DRAWS),
    )


def _floor_or_plateau(
    base: Verdict,
    against: Against,
    curve: Curve,
    found: Decision,
    controls: Sequence[Control],
) -> Verdict:
    first = window(curve, DECADE)
    assert first is not None  # a plateau is one over a decade
    levels, floor = level(curve, first)[:, None], against.floor
    at = band_of(against, curve, levels)[:, 0]
    above, surely, _ = over_floor(against, curve, levels)[:, 0]
    plateau = dataclasses.replace(
        base,
        kind="plateau",
        ceiling=level_of(against, at),
        evidence=f"{found.why}, at {spread(at)}",
        level=float(at[0]),
        error=half(at),
        slope=found.slope,
    )
    if surely > 0 and above > FLAT:
        return plateau
    where = "at" if above <= FLAT else "not distinguishable from"
    evidence = f"{where} the floor ({floor:.2f}): {plateau.evidence}"
    spent, unit = float(curve.x[0, -1]), base.unit
    shows = first_that_shows(controls, spent)
    if shows is not None and against.recall is None:
        control = f"{shows.label} is above its floor from {amount_text(shows.since)} {unit} on"
        return dataclasses.replace(plateau, evidence=f"{evidence}; {control}")
    budget = None
    if against.recall is not None:
        why = "a floor of a model that has not learned its corpus is none of the rung"
    elif controls:
        late = min(controls, key=lambda c: c.since)
        budget = max(late.enough, spent)
        why = (
            f"but the only positive control, {late.label}, is above its floor from "
            f"{amount_text(late.since)} {unit} on, so not for half a decade by {amount_text(spent)}"
        )
    else:
        budget = spent
        why = (
            f"but no positive control is above its floor there for half a decade by "
            f"{amount_text(spent)} {unit}; one that is would decide"
        )
    return dataclasses.replace(
        plateau,
        kind="undecided",
        evidence=f"{evidence}, {why}",
        budget=budget,
        slope=None,
    )
