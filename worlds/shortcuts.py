"""Shortcuts: an entity of the prompt and the answer stand together in a statement of no proof.

Such a statement lets a learner guess by association; published two-hop scores shrink several
times over when these questions are set apart (SOCRATES, arXiv 2411.16679).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .facts import Array
from .keys import group, ragged
from .proofs import Bools, Proofs


def shortcuts(
    proofs: Proofs,
    prompt: Array,
    fact: NDArray[np.int64],
    question: NDArray[np.int64],
    stated: Bools,
) -> Bools:
    """[Q] of prompts int32 [Q, 1 + w], given each answer's fact and question ([A] each).

    Entities are the constants of the prompt whose sort is not that of a schema variable.
    ``stated`` [F]: facts that stand in the corpus. Recalled answers have no shortcut.
    """
    c = proofs.closure
    out = np.zeros(len(prompt), bool)
    open_ = np.flatnonzero(~stated[fact])
    if not len(open_):
        return out
    entity = _entities(proofs)
    answer = _answers(proofs, prompt[question[open_]], fact[open_])
    given = prompt[question[open_], 1:]
    row, column = np.nonzero((given >= 0) & entity[given])
    pair = given[row, column].astype(np.int64) * len(c.base.constants) + answer[row]
    together, statement = _together(proofs, np.unique(pair), np.flatnonzero(stated))
    # each (answer, statement in which entity and answer meet), unless a proof holds the statement
    first = np.searchsorted(together, pair)
    count = np.searchsorted(together, pair, side="right") - first
    which, place = ragged(count)
    met = statement[first[which] + place]
    asked = row[which]
    suspects, number = np.unique(asked, return_inverse=True)
    inside = _in_proofs(proofs, fact[open_[suspects]], number, met)
    out[question[open_[asked[~inside]]]] = True
    return out


def _entities(proofs: Proofs) -> Bools:
    """[C + 1] constants of a sort that no schema variable ranges over; the last is the padding."""
    c = proofs.closure
    entity = np.ones(len(c.base.constants) + 1, bool)
    entity[-1] = False
    for rule, variables in proofs.schema.items():
        mine = np.flatnonzero(c.rule == rule)[:1]
        for variable in variables:
            premise, place = c.program.rules[rule].binding(variable)
            for value in c.arguments[c.premises[mine, premise], place]:
                block = next(s for s in c.base.sorts.values() if value in s)
                entity[block.start : block.stop] = False
    return entity


def _answers(proofs: Proofs, prompts: Array, facts: NDArray[np.int64]) -> Array:
    """[n] the asked argument of each fact: what its prompt does not give."""
    total = np.where(proofs.closure.arguments[facts] >= 0, proofs.closure.arguments[facts], 0)
    given = np.where(prompts[:, 1:] >= 0, prompts[:, 1:], 0)
    return (total.sum(1, dtype=np.int64) - given.sum(1, dtype=np.int64)).astype(np.int32)


def _together(
    proofs: Proofs, pairs: NDArray[np.int64], statements: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(pair, statement), ordered by pair: which ``pairs`` of constants meet in which statements."""
    c = proofs.closure
    rows, size = c.arguments[statements].astype(np.int64), len(c.base.constants)
    keys, where = [], []
    for i in range(rows.shape[1]):
        for j in range(rows.shape[1]):
            both = (rows[:, i] >= 0) & (rows[:, j] >= 0) if i != j else np.zeros(len(rows), bool)
            key = rows[both, i] * size + rows[both, j]
            at = np.minimum(np.searchsorted(pairs, key), len(pairs) - 1)
            hit = pairs[at] == key
            keys.append(key[hit])
            where.append(statements[both][hit])
    key, statement = np.concatenate(keys), np.concatenate(where)
    order = np.argsort(key, kind="stable")
    return key[order], statement[order]


def _in_proofs(
    proofs: Proofs, facts: NDArray[np.int64], which: NDArray[np.int64], met: NDArray[np.int64]
) -> Bools:
    """[n] whether statement ``met`` stands in some proof of ``facts[which]``.

    Walks down all counting derivations of all facts together, as pairs (fact asked, fact met).
    """
    c = proofs.closure
    size = len(c.predicate)
    wanted = which * size + met
    found = np.zeros(len(wanted), bool)
    seen = np.arange(len(facts)) * size + facts
    frontier = seen
    while len(frontier):
        found |= np.isin(wanted, frontier)
        asked, at = np.divmod(frontier, size)
        more, place = ragged(c.first[at + 1] - c.first[at])
        derivation = c.first[at[more]] + place
        counted = proofs.counts[derivation]
        premises = c.premises[derivation[counted]]
        pairs = (asked[more[counted], None] * size + premises)[premises >= 0]
        frontier = np.setdiff1d(pairs[group(pairs)[1]], seen)
        seen = np.union1d(seen, frontier)
    return found
