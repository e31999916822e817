"""Conclusions far from all that is demonstrated: what makes questions of depth rare no longer."""

from __future__ import annotations

import numpy as np

from ..datalog.facts import Bools
from ..exposure import Exposure
from ..novelty.derivations import Proofs
from ..novelty.proof_contents import below, tainted
from .rule_presentation import Draw


def far_conclusions(gold: Proofs, exposure: Exposure, conclusion: Bools, draw: Draw) -> Bools:
    """[F] the share ``far`` of the conclusions above ``demonstrated_height``."""
    high = np.flatnonzero(conclusion & (gold.closure.height > exposure.demonstrated_height))
    out = np.zeros(len(conclusion), bool)
    if number := round(exposure.far * len(high)):
        out[draw("far").permutation(high)[:number]] = True
    return out


def near(proofs: Proofs, far: Bools) -> Bools:
    """[F] conclusions in counting derivations of ``far`` [F] ones, and what rests on any of both.

    Were one of them demonstrated, or written in the proof of one that is, fewer steps would lead
    to a far conclusion.
    """
    c = proofs.closure
    if not far.any():
        return far
    inside = (below(proofs, far) | far) & ~c.is_base
    return inside | tainted(proofs, np.any(np.append(inside, False)[c.premises], axis=1))
