"""The verdict per rung: plateau, rising, fell or undecided, against which ceiling, and why.

Definitions (DESIGN section 2), on the raw accuracy of one row:
- *plateau*: over the last decade of compute the mean stays within 0.03. At the floor (a ceiling of
  0 there) it also needs a positive control: another row on the same corpora that is above chance on
  that rung by the same budget. Without one, a broken set-up would look like a law.
- *rising* / *fell*: over the last half decade the change is more than 0.03 and its interval leaves
  out 0; a rise also needs fewer bits, or it is only a threshold being crossed.
- *undecided*: all else, with the budget that would decide: ten times the compute at which the
  present level was first reached. Fewer than 30 questions decide nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from .intervals import change
from .score import Row, RungScore

FLAT = 0.03  # accuracy: a plateau stays within it over a decade
DECADE, HALF = 10.0, 10.0**0.5  # factors of compute
POINTS = 3  # checkpoints that the last decade must hold: two cannot show that it is flat between
FEW = 30  # questions below which neither a level nor its chance means much
CEILINGS = ("reuser", "inductor", "deducer")


@dataclasses.dataclass(frozen=True)
class Verdict:
    rung: str
    kind: str  # "plateau", "rising", "fell" or "undecided"
    ceiling: str  # the least reference that would explain the level: "reuser", .. or "between .."
    evidence: str
    budget: float | None = None  # FLOPs per run that would decide; None: decided, or not by compute


def judge(row: Row, ceilings: Mapping[str, Row], others: Sequence[Row] = ()) -> tuple[Verdict, ...]:
    """One verdict per headline rung but recall. ``ceilings``: name -> row of that reference;
    ``others``: rows that may serve as positive control."""
    return tuple(
        _judge(row, score, _level(score, ceilings), others)
        for name, score in row.rungs.items()
        if name != "recall"
    )


def _judge(row: Row, score: RungScore, ceiling: str, others: Sequence[Row]) -> Verdict:
    if score.n < FEW:
        why = f"only {score.n} questions, at {_told(score)}: more of them would decide, not compute"
        return Verdict(score.name, "undecided", ceiling, why)
    mean, flops = score.accuracy.mean, row.flops
    flat_from = _flat_from(mean)
    decide = DECADE * max(float(flops[flat_from]), float(flops[0]))
    first = int(np.searchsorted(flops, flops[-1] / DECADE * (1 + 1e-9), side="right")) - 1
    if first >= 0 and len(flops) - first >= POINTS and flat_from <= first:
        spread = float(np.ptp(mean[first:]))
        evidence = f"within {spread:.3f} over the last decade of compute, at {_told(score)}"
        return _floor_or_plateau(row, score, ceiling, evidence, others)
    half = int(np.searchsorted(flops, flops[-1] / HALF * (1 + 1e-9), side="right")) - 1
    if half >= 0 and half < len(flops) - 1:
        step, low, high = change(score.accuracy, half)
        moved = f"{step:+.2f} [{low:+.2f}, {high:+.2f}] over the last half decade of compute"
        if step > FLAT and low > 0:
            if score.bits is not None and score.bits.mean[-1] < score.bits.mean[half]:
                return Verdict(score.name, "rising", ceiling, f"{moved}, to {_told(score)}")
            return Verdict(
                score.name, "undecided", ceiling, f"{moved}, but the bits do not show it", decide
            )
        if step < -FLAT and high < 0:
            return Verdict(score.name, "fell", ceiling, f"{moved}, to {_told(score)}")
    why = f"at {_told(score)}, level since {flops[flat_from]:.1e} of {flops[-1]:.1e} FLOPs"
    if len(flops) < POINTS:
        why += f", {len(flops)} checkpoint{'s' * (len(flops) > 1)}"
    return Verdict(score.name, "undecided", ceiling, why, decide)


def _floor_or_plateau(
    row: Row, score: RungScore, ceiling: str, evidence: str, others: Sequence[Row]
) -> Verdict:
    mean, low, _ = score.accuracy.at()
    if low > score.chance.value and mean > score.chance.value + FLAT:
        return Verdict(score.name, "plateau", ceiling, evidence)
    at_floor = mean <= score.chance.value + FLAT
    evidence = f"{'at' if at_floor else 'not told apart from'} the floor: {evidence}"
    budget, found = float(row.flops[-1]), None
    for other in others:
        rose = _rises_at(other, score.name) if other.digests == row.digests else None
        if other is row or rose is None:
            continue
        if rose <= budget:
            control = f"{other.label} rises there by {rose:.1e} FLOPs"
            return Verdict(score.name, "plateau", ceiling, f"{evidence}; {control}")
        found = min(found or rose, rose)
    why = f"{evidence}, and no positive control rises there by {budget:.1e} FLOPs"
    return Verdict(score.name, "undecided", ceiling, why, found or budget)


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


def _flat_from(mean: np.ndarray) -> int:
    """The first checkpoint from which all means lie within FLAT of one another."""
    reverse = mean[::-1]
    spread = np.maximum.accumulate(reverse) - np.minimum.accumulate(reverse)
    return len(mean) - int(np.searchsorted(spread, FLAT + 1e-9, side="right"))


def _level(score: RungScore, ceilings: Mapping[str, Row]) -> str:
    """The least ceiling that would explain the level, or the two between which it lies."""
    heights = {
        name: ceilings[name].rungs[score.name].accuracy.at()[0]
        for name in CEILINGS
        if name in ceilings and score.name in ceilings[name].rungs
    }
    _, low, high = score.accuracy.at()
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


def _told(score: RungScore) -> str:
    mean, low, high = score.accuracy.at()
    return f"{mean:.2f} [{low:.2f}, {high:.2f}]"
