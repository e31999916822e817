"""Does a model's ability jump where the stated part of the world links up?

Beside the deducer's curve over coverage (the share of all true conclusions that follow from what is
stated) stands the model's: the share of them that it answers though they are not stated. Both are
taken on the same worlds at the same coverages, so that where each grows fastest is compared in
pairs, and no finer than the gaps between the coverages that were tried.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ..stats.curve import Floats
from ..stats.intervals import student
from ..stats.trend import SIZE
from .percolation import Sweep, Triple, over_seeds, steepest

NEAR = 1.5  # factor of coverage within which a jump is at the threshold
FEWEST = 3  # worlds behind an answer
Ints = NDArray[np.int64]
AT, APART, UNDECIDED, NONE = "at the threshold", "apart from it", "undecided", "no threshold"


@dataclasses.dataclass(frozen=True)
class Linked:
    """One model's curve over coverage, laid over the percolation of its worlds."""

    label: str
    coverages: Floats  # [C]
    share: Floats  # [3, C] mean, low, high of all true conclusions: unstated, and answered
    most: Floats  # [C] mean share of those that are unstated and follow from what is stated
    jump: Triple | None  # coverage around which it grows fastest; None: by less than SIZE in all
    threshold: Triple | None  # the same of what follows, on these coverages; None: not recursive
    ratio: Triple | None  # of the two, paired by world
    answer: str
    why: str
    runs: int = 0  # that it should be the mean of
    failed: int = 0  # of these, those that gave nothing


def linked(label: str, sweep: Sweep, share: Floats, most: Floats) -> Linked:
    """``share`` [S, C]: of all true conclusions those that are unstated and that each world's model
    answers, at the coverages of ``sweep`` and for its S worlds; ``most``: if it answered all."""
    made = dataclasses.replace
    base = Linked(
        label,
        sweep.coverages,
        _band(share),
        most.mean(0),
        None,
        sweep.threshold,
        None,
        UNDECIDED,
        "",
    )
    if base.threshold is None:
        why = "no rule is recursive: what follows grows smoothly, as p^2 for two premises"
        return made(base, answer=NONE, why=why)
    if len(share) < FEWEST or len(sweep.coverages) < FEWEST:
        had = f"{len(share)} worlds at {len(sweep.coverages)} coverages"
        return made(base, why=f"{had}; at least {FEWEST} of each stand behind an answer")
    rise = float((share.max(1) - share.min(1)).mean())
    if rise < SIZE:
        return made(base, why=f"it answers at most {rise:.2f} of all conclusions: there is no jump")
    middles, mine = steepest(sweep.coverages, share)
    _, whole = steepest(sweep.coverages, sweep.derivable)
    jump, ratio = over_seeds(middles, mine), _ratio(sweep.coverages, middles, mine, whole)
    answer, why = _answer(ratio)
    return made(base, jump=jump, ratio=ratio, answer=answer, why=why)


def _ratio(coverages: Floats, middles: Floats, mine: Ints, whole: Ints) -> Triple:
    """How many times the deducer's coverage the model's is; no finer than half the gap it is in."""
    log = np.log(middles[mine] / middles[whole])
    low, high = student(log[:, None])
    gap = float(np.log(coverages[1:] / coverages[:-1])[mine].mean()) / 2
    centre = float(log.mean())
    ends = min(float(low[0]), centre - gap), max(float(high[0]), centre + gap)
    return float(np.exp(centre)), float(np.exp(ends[0])), float(np.exp(ends[1]))


def _answer(ratio: Triple) -> tuple[str, str]:
    mean, low, high = ratio
    measured = (
        f"it grows fastest at {mean:.2f} [{low:.2f}, {high:.2f}] times the deducer's coverage"
    )
    if low >= 1 / NEAR and high <= NEAR:
        return AT, f"{measured}, within a factor of {NEAR}"
    if low > 1 or high < 1:
        return APART, measured
    return UNDECIDED, f"{measured}: neither surely within a factor of {NEAR} nor surely apart"


def shifted(one: Linked, other: Linked) -> tuple[str, str]:
    """(answer, why): does the jump move between two worlds as their thresholds do?

    "as predicted", "not as predicted" or "undecided".
    """
    if not (one.jump and other.jump and one.threshold and other.threshold):
        return UNDECIDED, "a jump or a threshold is missing in one of the two worlds"
    foreseen = other.threshold[0] / one.threshold[0]
    seen = other.jump[0] / one.jump[0]
    low, high = other.jump[1] / one.jump[2], other.jump[2] / max(one.jump[1], 1e-9)
    measured = (
        f"the deducer's threshold moves by a factor of {foreseen:.2f}, "
        f"the model's jump by {seen:.2f} [{low:.2f}, {high:.2f}]"
    )
    if low <= foreseen <= high and (low > 1 or high < 1):
        return "as predicted", measured
    if not low <= foreseen <= high:
        return "not as predicted", measured
    return UNDECIDED, f"{measured}: no move at all is not ruled out"


def _band(shares: Floats) -> Floats:
    """[3, C] mean and 95% interval over worlds; of one world, the mean alone."""
    mean = shares.mean(0)
    low, high = student(shares) if len(shares) > 1 else (mean, mean)
    return np.clip(np.stack([mean, low, high]), 0, 1)
