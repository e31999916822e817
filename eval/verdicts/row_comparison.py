"""compared(rows, base, name) -> which rows are surely better or worse than another, paired."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..scoring.rung_score import RungScore
from ..scoring.score import Row
from ..stats.intervals import LEVEL
from ..stats.paired import Difference, holm, independent, paired


@dataclasses.dataclass(frozen=True)
class Compared:
    """A row beside the one that it is compared with."""

    row: Row
    gap: Difference  # paired
    apart: int  # 1 or -1: surely higher or lower, all comparisons considered; else 0
    among: int  # how many are made


def compared(rows: Sequence[Row], base: Row, name: str) -> list[Compared]:
    """Each of ``rows`` beside ``base`` on an instrument, paired by world where they share enough of
    them, with Holm's correction for their number."""
    gaps = [_gap(row.rungs[name], base.rungs[name]) for row in rows]
    sure = [p < 1 - LEVEL for p in holm([gap.p for gap in gaps])]
    signs = [int(gap.mean > 0) - int(gap.mean < 0) for gap in gaps]
    return [Compared(r, g, s * ok, len(rows)) for r, g, s, ok in zip(rows, gaps, signs, sure)]


def _gap(mine: RungScore, other: RungScore) -> Difference:
    found = paired(_by_world(mine), _by_world(other))
    return independent(mine.accuracy, other.accuracy) if found is None else found


def _by_world(score: RungScore) -> dict[str, NDArray[np.float64]]:
    """Digest of a corpus -> what each run on it scored in the end."""
    last, world = score.accuracy.runs[:, -1], score.accuracy.world
    return {digest: last[world == i] for i, digest in enumerate(score.floor.worlds)}
