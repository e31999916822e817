"""Which of many questions are queried: spread over cells, apart by reason, alike in frequency.

q questions, by their numbers in a corpus of Q.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..corpus.frequency import half_octaves
from ..datalog.facts import Array
from ..novelty.questions import Certificate
from ..novelty.rungs import LADDER, RUNGS, SPLIT, WRITTEN


def set_apart(certificate: Certificate, mine: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Those of the questions ``mine`` that are in no headline and no control, by the reason."""
    near, pure, matched = (getattr(certificate, f)[mine] for f in ("near", "pure", "matched"))
    for rung in (SPLIT, *map(LADDER.index, (*RUNGS, WRITTEN))):
        here = certificate.rung[mine] == rung
        if rung in (SPLIT, LADDER.index(WRITTEN)):
            yield mine[here]
            continue
        for out in (near, ~pure & ~near, pure & ~near & ~matched):
            yield mine[here & out]


def spread(mine: NDArray[np.int64], unseen: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The same questions, the i-th of every cell before the (i + 1)-th of any."""
    turn = np.zeros(len(mine), np.int64)
    for cell in np.unique(unseen[mine]):
        here = unseen[mine] == cell
        turn[here] = np.arange(here.sum())
    return mine[np.argsort(turn, kind="stable")]


def alike(
    instance: NDArray[np.int64], constituent: NDArray[np.int64], frequency: Array
) -> dict[str, NDArray[np.int64]]:
    """Equally many questions of both rungs in every half octave of ``frequency``, the first."""
    many = [half_octaves(frequency[mine]) for mine in (instance, constituent)]
    out: dict[str, NDArray[np.int64]] = {}
    for rung, mine, half, other in zip(
        ("instance", "constituent"), (instance, constituent), many, many[::-1]
    ):
        kept = np.zeros(len(mine), bool)
        for number in np.intersect1d(half, other):
            both = min((half == number).sum(), (other == number).sum())
            kept[np.flatnonzero(half == number)[:both]] = True
        out[rung] = mine[kept]
    return out
