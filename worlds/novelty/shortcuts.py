"""Shortcuts: an entity of the prompt and the answer stand together in a statement of no proof.

Such a statement lets a learner guess by association; published two-hop scores shrink several
times over when these questions are set apart (SOCRATES, arXiv 2411.16679).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..datalog.closure import Closure
from ..datalog.facts import Array, Bools
from ..datalog.row_keys import Keys, among, distinct, look_up, perhaps, ragged, stable_order
from .derivations import Proofs


def shortcuts(
    proofs: Proofs,
    entity: Bools,
    prompt: Array,
    answer: Array,
    fact: NDArray[np.int64],
    question: NDArray[np.int64],
    stated: Bools,
) -> Bools:
    """[Q] of prompts int32 [Q, 1 + w], given each answer, its fact and its question ([A] each).

    ``entity`` [C + 1]: which constants are entities. ``stated`` [F]: facts that stand in the
    corpus. Recalled answers have no shortcut.
    """
    c = proofs.closure
    out = np.zeros(len(prompt), bool)
    open_ = np.flatnonzero(~stated[fact])
    if not len(open_):
        return out
    rows, pairs = [open_[:0]], [open_[:0]]
    for column in prompt.T[1:]:
        given = column[question[open_]]
        rows.append(np.flatnonzero(entity[given]))
        mine = given[rows[-1]].astype(np.int64) * len(c.base.constants)
        pairs.append(mine + answer[open_[rows[-1]]])
    row, pair = np.concatenate(rows), np.concatenate(pairs)
    together, statement = _together(proofs, entity, pair, np.flatnonzero(stated))
    near = perhaps(pair, together)
    row, pair = row[near], pair[near]
    # each (answer, statement in which entity and answer meet), unless a proof holds the statement
    first = np.searchsorted(together, pair)
    which, place = ragged(np.searchsorted(together, pair, side="right") - first)
    met = statement[first[which] + place]
    suspects, number = np.unique(row[which], return_inverse=True)
    inside = _in_proofs(proofs, fact[open_[suspects]], number, met)
    out[question[open_[row[which][~inside]]]] = True
    return out


def entities(
    closure: Closure, schema: Mapping[int, tuple[str, ...]], sorts: tuple[str, ...]
) -> Bools:
    """[C + 1] constants of these sorts; of none: of all over which no schema variable ranges.

    The last element answers for the padding -1.
    """
    out = np.zeros(len(closure.base.constants) + 1, bool)
    for block in (closure.base.sorts[s] for s in sorts or closure.base.sorts):
        out[block.start : block.stop] = True
    for rule, variables in schema.items() if not sorts else ():
        mine = np.flatnonzero(closure.rule == rule)[:1]
        for variable in variables:
            premise, place = closure.program.rules[rule].binding(variable)
            for value in closure.arguments[closure.premises[mine, premise], place]:
                block = next(s for s in closure.base.sorts.values() if value in s)
                out[block.start : block.stop] = False
    return out


def _together(
    proofs: Proofs,
    entity: Bools,
    pairs: NDArray[np.int64],
    statements: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(pair, statement), ordered by pair: where constants meet that may be one of ``pairs``."""
    c = proofs.closure
    size = len(c.base.constants)
    columns = [column[statements].astype(np.int64) for column in c.arguments.T]
    second = np.zeros(size + 1, bool)
    second[pairs % size] = True
    keys, where = [pairs[:0]], [statements[:0]]
    for i, one in enumerate(columns):
        met = entity[one]
        if not met.any():
            continue
        for j, other in enumerate(columns):
            if i != j:
                both = np.flatnonzero(met & second[other])
                keys.append(one[both] * size + other[both])
                where.append(statements[both])
    key, statement = np.concatenate(keys), np.concatenate(where)
    near = perhaps(key, pairs)
    key, statement = key[near], statement[near]
    order = stable_order(key)
    return key[order], statement[order]


def _in_proofs(
    proofs: Proofs, facts: NDArray[np.int64], which: NDArray[np.int64], met: NDArray[np.int64]
) -> Bools:
    """[n] whether statement ``met`` stands in some proof of ``facts[which]``.

    Walks down all counting derivations of all facts together, as pairs (start fact, fact met), but
    only where a set of marks tells that something wanted may stand below.
    """
    c = proofs.closure
    size = len(c.predicate)
    mark = np.uint64(1) << (met * 40_503 >> 7 & 63).astype(np.uint64)  # any hash would do
    below = _marks(proofs, met, mark)
    found = np.zeros(len(met), bool)
    open_ = np.flatnonzero(below[facts[which]] & mark)
    wanted = np.zeros(len(facts), np.uint64)
    np.bitwise_or.at(wanted, which[open_], mark[open_])
    open_ = open_[np.argsort(which[open_] * size + met[open_])]
    key = which[open_] * size + met[open_]
    start = np.flatnonzero(wanted)
    frontier, seen = start * size + facts[start], Keys()
    while len(frontier):
        found[open_] |= among(key, frontier)
        seen.add(frontier)
        start, at = np.divmod(frontier, size)
        more, place = ragged(c.first[at + 1] - c.first[at])
        derivation = c.first[at[more]] + place
        counted = proofs.counts[derivation]
        premises, start = c.premises[derivation[counted]], start[more[counted]]
        lead = (premises >= 0) & (below[premises] & wanted[start, None] > 0)
        pairs = distinct((start[:, None] * size + premises)[lead])
        frontier = pairs[~seen.holds(pairs)]
    return found


def _marks(proofs: Proofs, met: NDArray[np.int64], mark: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """[F] the marks of all the facts ``met`` [n] that stand in some proof of a fact, or are it."""
    c = proofs.closure
    out = np.zeros(len(c.predicate) + 1, np.uint64)  # the last answers for the padding -1
    np.bitwise_or.at(out, met, mark)
    counted = np.flatnonzero(proofs.counts)
    order = counted[stable_order(proofs.top[counted])]
    # by height, so that one sweep carries most marks all the way up
    batches = np.split(order, np.flatnonzero(np.diff(proofs.top[order])) + 1)
    while True:
        before = out.copy()
        for batch in batches:
            marks = np.zeros(len(batch), np.uint64)
            for column in c.premises.T:
                marks |= look_up(out, column[batch])
            head = c.head[batch]  # ordered
            starts = np.flatnonzero(np.diff(head, prepend=-1))
            out[head[starts]] |= np.bitwise_or.reduceat(marks, starts)
        if (out == before).all():
            return out[:-1]
