"""judge(row, ceilings) -> a verdict per rung, over the compute of one row of a table.

The verdict itself is made in ``verdict``, from curves alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...errors import UserError
from ..scoring.score import Row, RungScore
from ..stats.curve import Curve
from .positive_control import Control, control
from .standing import Against, half, level_of, spread
from .verdict import Verdict, judged

CEILINGS = ("reuser", "inductor", "deducer")


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
    band = score.bits if kind == "bits" else score.accuracy
    spent = row.flops > 0  # what is known before training is no point of a law
    if band is None or not spent.any():
        return None
    per_world = score.n // (int(band.world.max()) + 1)
    world = band.world.tolist()
    return Curve.of(
        row.flops[spent],
        band.runs[:, spent],
        "bits" if kind == "bits" else "accuracy",
        world=world,
        questions=per_world,
    )


def _judge(
    row: Row,
    score: RungScore,
    ceilings: Mapping[str, Row],
    others: Sequence[Row],
    weigh: bool,
) -> Verdict:
    heights = {
        name: ceilings[name].rungs[score.name].accuracy.at()[0]
        for name in CEILINGS
        if name in ceilings and score.name in ceilings[name].rungs
    }
    against = Against(score.name, score.n, score.chance.value, heights)
    try:
        curve, bits = curve_of(row, score), curve_of(row, score, "bits")
    except UserError as error:
        return Verdict(score.name, "undecided", "unknown", str(error))
    if curve is None:
        last = score.accuracy.at()
        why = f"at {spread(last)}, and nothing was trained"
        where = level_of(against, last)
        return Verdict(score.name, "undecided", where, why, None, last[0], half(last))
    same = (o for o in others if o is not row and o.digests == row.digests)
    rising = [found for o in same if (found := _control(o, score.name))]
    return judged(against, curve, bits, rising, weigh=weigh)


def _control(row: Row, rung: str) -> Control | None:
    """``row`` as a positive control on ``rung``; None where it is none."""
    if rung not in row.rungs or not row.flops[-1]:
        return None
    score = row.rungs[rung]
    return control(row.label, row.flops, score.accuracy.low, score.chance.value)
