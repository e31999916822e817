"""Written proofs: the lines of the one proof of a conclusion that is ever written, many at once.

It is the fact's first lowest counting derivation, down to base facts. A line is written of each
fact in it, after those that it rests on, and once. F facts, n conclusions, m lines.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Array, Bools
from ..datalog.row_keys import distinct, group, ragged, stable_order
from .derivations import Proofs

Ids = NDArray[np.int64]


def written_proofs(proofs: Proofs, silent: Bools, facts: NDArray[np.integer]) -> tuple[Ids, Ids]:
    """(row [m], fact [m]): the lines of the proof of each of ``facts`` [n], in order.

    ``silent`` [F]: facts that have no line. A base fact has no proof, and so no lines.
    """
    start, length = (np.zeros(len(silent), np.int64) for _ in range(2))
    written = np.zeros(0, np.int64)  # the lines of one fact after the other
    end = 0
    for level in by_height(proofs, proofs.closure.premises, facts):
        row, line = _premises(proofs, silent, level)
        if length[line].any():  # before a premise stand the lines of its own proof
            part, place = ragged(length[line] + 1)
            own = place == length[line][part]
            row, below = row[part], np.where(own, 0, start[line][part] + place)
            line = np.where(own, line[part], written[below])
            first = np.sort(group(row * len(silent) + line)[1])  # then it has stood before
            row, line = row[first], line[first]
        if end + len(line) > len(written):
            written = np.append(written, np.zeros(end + 2 * len(line), np.int64))
        written[end : end + len(line)] = line
        length[level] = np.bincount(row, minlength=len(level))
        start[level] = end + np.cumsum(length[level]) - length[level]
        end += len(line)
    row, place = ragged(length[facts])
    return row, written[start[facts][row] + place]


def proof_lists(proofs: Proofs, silent: Bools, facts: NDArray[np.integer]) -> list[list[int]]:
    """[n] the lines of the proof of each of ``facts`` [n] by itself; of -1, no fact, none."""
    out: list[list[int]] = [[] for _ in facts]
    there = np.flatnonzero(facts >= 0)
    row, line = written_proofs(proofs, silent, facts[there])
    for number, fact in zip(there[row].tolist(), line.tolist()):
        out[number].append(fact)
    return out


def written_facts(proofs: Proofs, demonstrated: Bools) -> Bools:
    """[F] conclusions that are a line in the one proof written of a ``demonstrated`` [F] one.

    That proof is the first of the lowest; it goes down to base facts, which are stated.
    """
    out = np.zeros(len(demonstrated), bool)
    for level in by_height(proofs, proofs.closure.premises, np.flatnonzero(demonstrated)):
        out[level] = True
    return out & ~demonstrated


def by_height(proofs: Proofs, premises: Array, facts: NDArray[np.integer]) -> Iterator[Ids]:
    """Those of ``facts``, and of what their lowest proofs rest on by ``premises`` [D, k], that are
    derived, each once: of equal height together, the lowest first."""
    c, best = proofs.closure, proofs.best
    todo = np.append(~c.is_base & (best >= 0), False)  # the last answers for the padding -1
    first = np.zeros(len(todo), bool)
    first[facts] = True
    new = np.flatnonzero(first & todo)
    found = [new]
    while len(new):
        todo[new] = False
        by = best[new]
        below = premises[by[proofs.top[by] > 1]].ravel()  # one step rests on base facts alone
        new = distinct(below[todo[below]])
        found.append(new)
    every = np.concatenate(found)
    height = c.height[every]
    if len(every) and height.min() < height.max():
        order = stable_order(height)
        every, height = every[order], height[order]
    yield from np.split(every, np.flatnonzero(np.diff(height)) + 1)


def _premises(proofs: Proofs, silent: Bools, facts: Ids) -> tuple[Ids, Ids]:
    """(row, premise), in order: those of each fact's [n] proof that have a line, each once."""
    premises = proofs.closure.premises[proofs.best[facts]]
    there = (premises >= 0) & ~silent[premises]
    for i, column in enumerate(premises.T):
        for before in premises.T[:i]:
            there[:, i] &= column != before
    place = np.flatnonzero(there)
    return place // max(there.shape[1], 1), premises.ravel()[place].astype(np.int64)
