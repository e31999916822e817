"""What stands in proofs: all that is below some facts, and all facts that rest on something."""

from __future__ import annotations

import numpy as np

from ..datalog.facts import Array, Bools
from .derivations import Proofs


def below(proofs: Proofs, facts: Bools) -> Bools:
    """[F] what stands in some counting derivation of ``facts`` [F], or of what they rest on."""
    c = proofs.closure
    out = np.zeros(len(c.predicate), bool)
    done = np.zeros(len(c.head), bool)
    wanted = facts.copy()
    while (new := proofs.counts & wanted[c.head] & ~done).any():
        done |= new
        premises = c.premises[new]
        out[premises[premises >= 0]] = True
        wanted |= out
    return out


def tainted(proofs: Proofs, bad: Bools) -> Bools:
    """[F] whether some counting derivation of the fact, or of what it rests on, is ``bad`` [D]."""
    c = proofs.closure
    derivations = np.flatnonzero(proofs.counts)
    dirty, out = bad[derivations], np.zeros(len(c.predicate) + 1, bool)
    known = -1
    while known < (known := _spread(out, c.head[derivations[dirty]])):
        for premise in c.premises.T:
            dirty |= out[premise[derivations]]
    return out[:-1]


def _spread(out: Bools, facts: Array) -> int:
    """Mark ``facts``; how many are marked now."""
    out[facts] = True
    return int(np.count_nonzero(out))
