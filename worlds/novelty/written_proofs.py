"""Written proofs: the lines of the one proof of a conclusion that is ever written, many at once.

It is the fact's first lowest counting derivation, down to base facts. A line is written of each
fact in it, after those that it rests on, and once. F facts, n conclusions, m lines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Bools
from ..datalog.row_keys import group
from .derivations import Proofs

Ids = NDArray[np.int64]


def written_proofs(proofs: Proofs, silent: Bools, facts: NDArray[np.integer]) -> tuple[Ids, Ids]:
    """(row [m], fact [m]): the lines of the proof of each of ``facts`` [n], in order.

    ``silent`` [F]: facts that have no line. A base fact has no proof, and so no lines.
    """
    leaf = proofs.closure.is_base | (proofs.best < 0)
    row = np.flatnonzero(~leaf[facts])
    row, line = _premises(proofs, silent, row, np.asarray(facts, np.int64)[row])
    ahead = ~leaf[line]  # derived, and what it rests on does not stand before it yet
    while ahead.any():
        at = np.flatnonzero(ahead)
        which, below = _premises(proofs, silent, np.arange(len(at)), line[at])
        order = np.argsort(np.append(at[which], np.arange(len(line))), kind="stable")
        row = np.append(row[at[which]], row)[order]
        line = np.append(below, line)[order]
        ahead = np.append(~leaf[below], np.zeros(len(ahead), bool))[order]
        # what has stood in its row before is written there
        first = np.sort(group(line * len(facts) + row)[1])
        row, line, ahead = row[first], line[first], ahead[first]
    return row, line


def _premises(proofs: Proofs, silent: Bools, row: Ids, fact: Ids) -> tuple[Ids, Ids]:
    """(row, premise), in order: those of each ``fact``'s [n] proof that have a line, each once."""
    premises = proofs.closure.premises[proofs.best[fact]]
    there = (premises >= 0) & ~silent[premises]
    for i, column in enumerate(premises.T):
        for before in premises.T[:i]:
            there[:, i] &= column != before
    place = np.flatnonzero(there)
    return row[place // max(there.shape[1], 1)], premises.ravel()[place].astype(np.int64)
