"""judge(row, ceilings) -> a verdict per instrument, over the compute of one row of a table.

The verdict itself is made in ``verdict``, from curves alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...errors import UserError
from ..scoring.score import Row, RungScore
from ..stats.curve import Curve
from .positive_control import Control, control
from .standing import Against, half, level_of, over_floor, reuse_text, spread
from .verdict import Verdict, judged

CEILINGS = ("reuser", "inductor", "deducer")


def judge(
    row: Row, ceilings: Mapping[str, Row], others: Sequence[Row] = (), *, weigh: bool = True
) -> tuple[Verdict, ...]:
    """One verdict per instrument. ``ceilings``: name -> row of that reference; ``others``: rows
    that may serve as positive control; without ``weigh`` no law is fitted, which changes no
    verdict."""
    return tuple(
        _judge(row, score, ceilings, others, weigh)
        for score in row.rungs.values()
        if score.rung != "recall"
    )


def curve_of(row: Row, score: RungScore, kind: str = "accuracy") -> Curve | None:
    """The curve of one instrument over compute, of answers whatever their proof; None where nothing
    was trained, or no bits weighed.

    Raises UserError for values that are no numbers.
    """
    band = score.bits if kind == "bits" else score.curve
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
        name: ceilings[name].rungs[score.name].curve.at()[0]
        for name in CEILINGS
        if name in ceilings and score.name in ceilings[name].rungs
    }
    against = _against(row, score, heights)
    try:
        curve, bits = curve_of(row, score), curve_of(row, score, "bits")
    except UserError as error:
        return Verdict(score.name, "undecided", "unknown", str(error))
    if curve is None:
        last = score.curve.at()
        why = f"at {spread(last)}, and nothing was trained"
        where = level_of(against, last)
        return Verdict(score.name, "undecided", where, why, None, last[0], half(last))
    same = (o for o in others if o is not row and o.digests == row.digests and not o.untrained)
    rising = [found for o in same if (found := _control(o, score.name))]
    return judged(against, curve, bits, rising, weigh=weigh)


def _against(row: Row, score: RungScore, heights: Mapping[str, float]) -> Against:
    """What ``score`` is judged by. No model can be surely above the floor of what is reuse by
    likeness: there uniform guessing says whether anything was learned."""
    floor, floors = score.floor.value, tuple(score.floor.worlds.values())
    notes = []
    if score.floor.reuse:
        notes.append(reuse_text(floor))
        floor, floors = score.floor.uniform, ()
    if score.answers is not None:
        notes.append("of answers whatever their proof")
    recall = float(row.rungs["recall"].curve.mean[-1]) if row.untrained else None
    return Against(score.name, score.n, floor, heights, floors, recall, tuple(notes))


def _control(row: Row, name: str) -> Control | None:
    """``row`` as a positive control on an instrument; None where it is none."""
    if name not in row.rungs or not row.flops[-1]:
        return None
    score = row.rungs[name]
    curve = curve_of(row, score)
    if curve is None:
        return None
    above = over_floor(_against(row, score, {}), curve, curve.runs)[1]
    return control(row.label, curve.x[0], above)
