"""Written proofs, scored apart from the answers behind them.

A valid proof holds line by line and its answer follows, so that answer is right. A right answer may
still stand behind a proof that does not hold: it was not earned by what was written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...worlds.encoding.proof_checker import INVALID, LEANING
from ..question_sets.predictions import Predictions
from ..stats.intervals import Band, portions, shares


@dataclasses.dataclass(frozen=True)
class ProofScore:
    """The proofs that were written for one group of questions, at the last checkpoint."""

    n: int  # different questions
    valid: Band  # share of the questions with a valid proof
    leaning: Band  # of which lean on a demonstrated conclusion: also a share of the questions
    earned: Band | None  # share of the right answers with a valid proof; None: none is right


def proofs(
    cells: Sequence[Predictions], right: Sequence[NDArray[np.bool_]], groups: Sequence[str]
) -> dict[str, ProofScore]:
    """Group -> its proofs, where the cells wrote any; ``right`` bool [S, K, Q] of each cell."""
    written = [(c.proofs, c, r[:, -1]) for c, r in zip(cells, right) if c.proofs is not None]
    out = {}
    for name in groups:
        having = [(p, c, r) for p, c, r in written if name in c.question_set.groups]
        if not having:
            continue
        worlds = [c.question_set.corpus.digest for _, c, _ in having]
        found = [p[:, c.question_set.groups[name]] for p, c, _ in having]
        valid = [f != INVALID for f in found]
        fine = [r[:, c.question_set.groups[name]] for _, c, r in having]
        out[name] = ProofScore(
            n=sum({w: v.shape[1] for w, v in zip(worlds, valid)}.values()),
            valid=shares([v[:, None] for v in valid], worlds),
            leaning=shares([f[:, None] == LEANING for f in found], worlds),
            earned=portions(valid, fine, worlds),
        )
    return out
