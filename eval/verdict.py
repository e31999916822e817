"""The verdict per rung: plateau, rising, fell or undecided, against which ceiling, and why.

Definitions (DESIGN section 2), on the raw accuracy of one row:
- At least RUNS runs on WORLDS corpora and FEW questions stand behind any verdict.
- *plateau at L ± e*, *rising*, *fell*: what ``trend.decide`` sees over the last decade of compute.
  At the floor (a ceiling of 0 there) a plateau also needs a positive control: another row on the
  same corpora that is above chance on that rung by the same budget. Without one, a broken set-up
  would look like a law.
- *undecided*: all else, with what would decide: ten times the compute at which the present level
  was first reached, or more runs where the noise hides it.
The laws' weights, the two hypotheses' predictions and where the bits bend are evidence, printed
beside it; none of them makes a verdict, for no law foretells a bend that no point has passed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from ..registry import UserError
from .curves import VOTES, fit
from .hypotheses import Hypotheses, Knee, foretell, knee
from .intervals import Band, over_runs, wilson
from .measured import Curve, Floats
from .score import Row, RungScore
from .trend import DECADE, FLAT, Decision, decide, level, window

RUNS, WORLDS = 5, 3  # behind any verdict: initialisations, and worlds that they saw
FEW = 30  # questions below which neither a level nor its chance means much
DRAWS = 200  # resampled fits behind each printed interval
CEILINGS = ("reuser", "inductor", "deducer")

Triple = tuple[float, float, float]  # mean, low, high


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
    budget: float | None = None  # FLOPs per run that would decide; None: decided, or not by compute
    level: float = float("nan")  # over the last decade of compute, or at the last checkpoint
    error: float = float("nan")  # the wider side of its 95% interval
    laws: tuple[Weighed, ...] = ()  # heaviest first; none where there are too few points
    knee: Knee | None = None
    hypotheses: Hypotheses | None = None
    observed: Floats | None = None  # [3, K] mean, low, high, beside the hypotheses

    def __str__(self) -> str:
        at = f"{self.level:.2f} ± {self.error:.2f}"
        if self.kind != "undecided":
            return f"{self.kind} {'at' if self.kind == 'plateau' else 'to'} {at}"
        would = (
            "" if self.budget is None else f", would be decided by about {self.budget:.0e} FLOPs"
        )
        return f"undecided at {at}{would}"

    def lines(self) -> list[str]:
        """All evidence as lines of text: laws, knee, and the hypotheses beside the points."""
        out = [f"{self.rung}: {self} ({self.ceiling})", f"  {self.evidence}"]
        told = [f"{w.law} {w.weight:.2f} (missed by {w.missed:.3f})" for w in self.laws]
        if told:
            out.append(f"  weights of the laws, error on held-out points: {', '.join(told)}")
        if self.knee is not None:
            out.append(f"  {self.knee}")
        if self.hypotheses is not None and self.observed is not None:
            out += [f"  {line}" for line in self.hypotheses.lines(self.observed)]
            apart = self.hypotheses.apart
            when = f"from {apart:.1e} FLOPs" if apart else "not within four decades"
            out.append(f"  the two hypotheses' intervals part {when}")
        return out


def judge(
    row: Row, ceilings: Mapping[str, Row], others: Sequence[Row] = (), *, weigh: bool = True
) -> tuple[Verdict, ...]:
    """One verdict per headline rung but recall. ``ceilings``: name -> row of that reference;
    ``others``: rows that may serve as positive control; without ``weigh`` no law is fitted, which
    changes no verdict."""
    return tuple(
        _judge(row, score, ceilings, others, weigh)
        for name, score in row.rungs.items()
        if name != "recall"
    )


def curve_of(row: Row, score: RungScore, kind: str = "accuracy") -> Curve | None:
    """The curve of one rung over compute; None where nothing was trained, or no bits weighed.

    Raises UserError for values that are no numbers.
    """
    band: Band | None = score.bits if kind == "bits" else score.accuracy
    spent = row.flops > 0  # what is known before training is no point of a law
    if band is None or not spent.any():
        return None
    asked = score.n // (int(band.world.max()) + 1)
    world = band.world.tolist()
    return Curve.of(
        row.flops[spent],
        band.runs[:, spent],
        "bits" if kind == "bits" else "accuracy",
        world=world,
        questions=asked,
    )


def _judge(
    row: Row,
    score: RungScore,
    ceilings: Mapping[str, Row],
    others: Sequence[Row],
    weigh: bool,
) -> Verdict:
    last = score.accuracy.at()
    try:
        curve, bits = curve_of(row, score), curve_of(row, score, "bits")
    except UserError as error:
        return Verdict(score.name, "undecided", "unknown", str(error))
    ceiling, told = _level(score, ceilings, last), _told(last)
    base = Verdict(score.name, "undecided", ceiling, "", None, last[0], _half(last))
    if curve is None:
        return dataclasses.replace(base, evidence=f"at {told}, and nothing was trained")
    if score.n < FEW:
        why = f"only {score.n} questions, at {told}: more of them would decide, not compute"
        return dataclasses.replace(base, evidence=why)
    found = decide(curve, bits)
    since, last_spent = float(curve.x[0, found.settled]), float(curve.x[0, -1])
    few = too_few(curve)
    if few:
        enough = DECADE * since <= last_spent * (1 + 1e-9)  # compute, but not runs
        budget = None if enough else found.budget
        return dataclasses.replace(base, evidence=f"{found.why}, at {told}; {few}", budget=budget)
    if weigh:
        base = _weighed(base, row, score, curve, bits)
    if found.kind == "plateau":
        return _floor_or_plateau(base, row, score, ceilings, curve, found, others)
    if found.kind == "undecided":
        why = f"{found.why}, at {told}, level since {since:.1e} of {last_spent:.1e} FLOPs"
        if curve.points < 3:
            why += f", {curve.points} checkpoint{'s' * (curve.points > 1)}"
        if found.runs is not None:
            why = f"{why}; too noisy: about {found.runs} runs would decide, not compute"
        return dataclasses.replace(base, evidence=why, budget=found.budget)
    return dataclasses.replace(base, kind=found.kind, evidence=f"{found.why}, to {told}")


def too_few(curve: Curve) -> str:
    """Why so few runs or worlds stand behind no verdict; empty where they are enough."""
    runs, worlds = len(curve.runs), curve.worlds
    if runs >= RUNS and worlds >= WORLDS:
        return ""
    have = f"{runs} run{'s' * (runs > 1)} on {worlds} corp{'ora' if worlds > 1 else 'us'}"
    return f"{have}; at least {RUNS} runs on {WORLDS} corpora stand behind a verdict"


def _weighed(
    base: Verdict, row: Row, score: RungScore, curve: Curve, bits: Curve | None
) -> Verdict:
    """``base`` with the laws through the curve, and what follows from them, as evidence."""
    try:
        fits = fit(curve, draws=VOTES)
    except UserError:  # too few points for any law
        return base
    band, spent = score.accuracy, row.flops > 0
    return dataclasses.replace(
        base,
        laws=tuple(Weighed(f.law.name, f.weight, f.missed) for f in fits.fits),
        knee=None if bits is None else knee(curve, bits),
        hypotheses=foretell(curve, DRAWS),
        observed=np.stack([band.mean, band.low, band.high])[:, spent],
    )


def _floor_or_plateau(
    base: Verdict,
    row: Row,
    score: RungScore,
    ceilings: Mapping[str, Row],
    curve: Curve,
    found: Decision,
    others: Sequence[Row],
) -> Verdict:
    first = window(curve, DECADE)
    assert first is not None  # a plateau is one over a decade
    runs = level(curve, first)[:, None]
    questions = wilson(np.array([curve.shares @ runs[:, 0]]), score.n)
    names = [str(w) for w in curve.world]
    at = over_runs(runs, names, questions, (0.0, 1.0)).at()
    chance = score.chance.value
    plateau = dataclasses.replace(
        base,
        kind="plateau",
        ceiling=_level(score, ceilings, at),
        evidence=f"{found.why}, at {_told(at)}",
        level=at[0],
        error=_half(at),
    )
    if at[1] > chance and at[0] > chance + FLAT:
        return plateau
    where = "at" if at[0] <= chance + FLAT else "not told apart from"
    evidence = f"{where} the floor: {plateau.evidence}"
    budget, later = float(row.flops[-1]), None
    for other in others:
        rose = _rises_at(other, score.name) if other.digests == row.digests else None
        if other is row or rose is None:
            continue
        if rose <= budget:
            control = f"{other.label} rises there by {rose:.1e} FLOPs"
            return dataclasses.replace(plateau, evidence=f"{evidence}; {control}")
        later = min(later or rose, rose)
    why = f"{evidence}, and no positive control rises there by {budget:.1e} FLOPs"
    return dataclasses.replace(plateau, kind="undecided", evidence=why, budget=later or budget)


def _rises_at(row: Row, rung: str) -> float | None:
    """FLOPs from which ``row`` is above chance on ``rung``, interval and all, until its end."""
    if rung not in row.rungs or not row.flops[-1]:
        return None
    score = row.rungs[rung]
    above = score.accuracy.low > score.chance.value + FLAT
    if not above[-1]:
        return None
    below = np.flatnonzero(~above)
    return float(row.flops[below[-1] + 1 if len(below) else 0])


def _level(score: RungScore, ceilings: Mapping[str, Row], at: Triple) -> str:
    """The least ceiling that would explain the level, or the two between which it lies."""
    heights = {
        name: ceilings[name].rungs[score.name].accuracy.at()[0]
        for name in CEILINGS
        if name in ceilings and score.name in ceilings[name].rungs
    }
    _, low, high = at
    below = ""
    for name, raw in heights.items():
        # a reference that derives nothing still guesses: its floor reaches from 0 up to chance
        height = max(raw, score.chance.value)
        if low <= height + FLAT and high >= min(raw, height) - FLAT:
            return name
        if high < height - FLAT:
            return f"between {below} and {name}" if below else f"below {name}"
        below = name
    return f"above {below}" if below else "unknown"


def _half(at: Triple) -> float:
    return max(at[2] - at[0], at[0] - at[1])


def _told(at: Triple) -> str:
    return f"{at[0]:.2f} [{at[1]:.2f}, {at[2]:.2f}]"
