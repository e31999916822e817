"""Where the accuracy of a row stands: with its interval, and among the references."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from ..stats.curve import Curve, Floats
from ..stats.intervals import over_runs, wilson
from ..stats.trend import FLAT


@dataclasses.dataclass(frozen=True)
class Against:
    """What the accuracy on one rung is judged by."""

    rung: str
    questions: int  # different ones, over all worlds
    floor: float  # what can be had there without the rule, a mean over worlds
    heights: Mapping[str, float]  # reference -> its accuracy there
    floors: tuple[float, ...] = ()  # of each world of the curve; none: they are not known apart
    recall: float | None = None  # of a model that has not learned its corpus; None: it has
    notes: tuple[str, ...] = ()  # what else the evidence must say


def level_of(against: Against, at: Sequence[float] | Floats) -> str:
    """The least ceiling that would explain the level, or the two between which it lies."""
    _, low, high = at
    below = ""
    for name, raw in against.heights.items():
        # a reference that derives nothing still guesses: it reaches from 0 up to the floor
        height = max(raw, against.floor)
        if low <= height + FLAT and high >= min(raw, height) - FLAT:
            return name
        if high < height - FLAT:
            return f"between {below} and {name}" if below else f"below {name}"
        below = name
    return f"above {below}" if below else "unknown"


def band_of(against: Against, curve: Curve, runs: Floats) -> Floats:
    """[3, K] mean, low, high of numbers [R, K] of the curve's runs."""
    names = [str(w) for w in curve.world]
    questions = wilson(curve.shares @ runs, against.questions)
    band = over_runs(runs, names, questions, (0.0, 1.0))
    return np.stack([band.mean, band.low, band.high])


def over_floor(against: Against, curve: Curve, runs: Floats) -> Floats:
    """[3, K] mean, low, high of how far numbers [R, K] of the curve's runs lie above the floor;
    paired by world, where the floor of each is known."""
    floors = np.array(against.floors)[curve.world] if against.floors else against.floor
    floors = np.broadcast_to(floors, len(runs))
    low, high = wilson(curve.shares @ runs, against.questions)
    mean = float(curve.shares @ floors)
    names = [str(w) for w in curve.world]
    band = over_runs(runs - floors[:, None], names, (low - mean, high - mean), (-1.0, 1.0))
    return np.stack([band.mean, band.low, band.high])


def half(at: Sequence[float] | Floats) -> float:
    return float(max(at[2] - at[0], at[0] - at[1]))


def spread(at: Sequence[float] | Floats) -> str:
    return f"{at[0]:.2f} [{at[1]:.2f}, {at[2]:.2f}]"


def reuse_text(floor: float) -> str:
    """What must stand beside a verdict on questions whose floor is that of reuse by likeness."""
    return f"reuse by likeness: the floor is {floor:.2f}, so no evidence of a rule"
