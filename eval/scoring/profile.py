"""The profile of a model: how much it reuses, recombines and deduces, each with its interval.

All numbers are normalised (0 = chance, 1 = perfect) at the last checkpoint. *Reuse* is instance,
*systematicity* the mean over constituent, schema and depth, *deduction* axiom above the same rung
of the twin whose rule sentences were shuffled: only that difference shows that they were read.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ..stats.intervals import Band, difference
from .score import Row, RungScore

SYSTEMATIC = ("constituent", "schema", "depth")
NAMES = ("reuse", "systematicity", "deduction")
GAIN = ", gain from stating"  # ends the label of what stating the rules adds


@dataclasses.dataclass(frozen=True)
class Share:
    """One number of a profile with its 95% interval, or why there is none."""

    value: float
    low: float
    high: float
    basis: str  # the rungs or rows it comes from
    absent: str = ""  # why there is no number

    def __str__(self) -> str:
        if self.absent:
            return f"absent: {self.absent}"
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclasses.dataclass(frozen=True)
class Profile:
    label: str
    reuse: Share
    systematicity: Share
    deduction: Share


def profile(row: Row, shuffled: Row | None = None) -> Profile:
    """The profile of ``row``; ``shuffled`` is the same model on the twin with shuffled rules."""
    present = [row.rungs[r] for r in SYSTEMATIC if r in row.rungs]
    return Profile(
        row.label,
        _rung(row, "instance"),
        _mean(present) if present else _none("no question of constituent, schema or depth"),
        _deduction(row, shuffled),
    )


def stating(both: Profile, exemplified: Profile) -> Profile:
    """What stating the rules adds: the profile with rules given both ways minus examples only."""
    parts = {}
    for name in NAMES:
        more, less = getattr(both, name), getattr(exemplified, name)
        missing = more.absent or less.absent
        parts[name] = _none(missing) if missing else _minus(more, less)
    return Profile(both.label + GAIN, **parts)


def _rung(row: Row, rung: str) -> Share:
    if rung not in row.rungs:
        return _none(row.absent.get(rung, f"no question of {rung}"))
    return _share(row.rungs[rung].normalised, rung)


def _mean(scores: list[RungScore]) -> Share:
    """The mean over rungs at the last checkpoint."""
    bands = [s.normalised for s in scores]
    basis = ", ".join(s.name for s in scores)
    value = float(np.mean([b.mean[-1] for b in bands]))
    # the rungs of one run rise and fall together: half-widths add like fully correlated errors
    down = float(np.mean([b.mean[-1] - b.low[-1] for b in bands]))
    up = float(np.mean([b.high[-1] - b.mean[-1] for b in bands]))
    return Share(value, value - down, value + up, basis)


def _deduction(row: Row, shuffled: Row | None) -> Share:
    if "axiom" not in row.rungs:
        return _none(row.absent.get("axiom", "no question of axiom"))
    if shuffled is None or "axiom" not in shuffled.rungs:
        return _none("no twin with shuffled rules to compare with")
    axiom, twin = row.rungs["axiom"].normalised, shuffled.rungs["axiom"].normalised
    return Share(*difference(axiom, twin), basis="axiom above its shuffled twin")


def _share(band: Band, basis: str) -> Share:
    return Share(*band.at(), basis=basis)


def _minus(more: Share, less: Share) -> Share:
    value = more.value - less.value
    down = float(np.hypot(more.value - more.low, less.high - less.value))
    up = float(np.hypot(more.high - more.value, less.value - less.low))
    return Share(value, value - down, value + up, more.basis)


def _none(why: str) -> Share:
    return Share(float("nan"), float("nan"), float("nan"), "", why)
