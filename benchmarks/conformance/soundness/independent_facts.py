"""How many facts the questions of an instrument rest upon independently of one another, and how
many different answers they have."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ....worlds.corpus.corpus import Corpus
from ....worlds.datalog.row_keys import group, pack

Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True)
class Spread:
    """What the headline questions of one rung and cue are spread over."""

    questions: int
    answers: int  # different ones
    facts: int  # base facts, each of which is the rarest of some question's proof


def spread(corpus: Corpus, rung: str, questions: Ints) -> Spread:
    """Of ``questions`` int64 [n], theorems of one ``rung``.

    Each question is counted for one base fact of its first lowest proof: the one on which the
    fewest of these questions rest. On the rung of constituents only facts never used in that role
    count, for they are what is new. As many different facts as are counted so often vary freely:
    a thousand questions that rest on three held facts are three.
    """
    _, _, at = corpus.entries(questions)
    answers = len(np.unique(corpus.values[at]))
    first = corpus.offsets[questions]
    row, fact = _base_facts(corpus, corpus.fact[first], rung == "constituent")
    if not len(row):
        return Spread(len(questions), answers, 0)
    count = np.bincount(fact, minlength=len(corpus.closure.predicate))
    order = np.lexsort((fact, count[fact], row))
    rarest = order[np.flatnonzero(np.diff(row[order], prepend=-1))]
    return Spread(len(questions), answers, len(np.unique(fact[rarest])))


def _base_facts(corpus: Corpus, facts: Ints, unused: bool) -> tuple[Ints, Ints]:
    """(row, base fact) pairs, each once: on what the first lowest proof of each of ``facts`` [n]
    rests, or what of it stands there in a role in which it was never ``used``."""
    gold, c = corpus.split.gold, corpus.closure
    row, fact = np.arange(len(facts)), facts.astype(np.int64)
    rows, bases = [row[:0]], [fact[:0]]
    seen_row, seen = row, fact
    while len(row):
        best = gold.best[fact]
        inner = (best >= 0) & ~c.is_base[fact]
        if not unused:
            rows.append(row[~inner])
            bases.append(fact[~inner])
        row, best = row[inner], best[inner]
        premises, used = gold.open[best], corpus.read.used[best]
        there = premises >= 0
        if unused:
            new = there & ~used & c.is_base[np.where(there, premises, 0)]
            rows.append(np.broadcast_to(row[:, None], new.shape)[new])
            bases.append(premises[new].astype(np.int64))
        row = np.broadcast_to(row[:, None], there.shape)[there]
        fact = premises[there].astype(np.int64)
        row, fact = _new(row, fact, seen_row, seen)
        seen_row, seen = np.concatenate([seen_row, row]), np.concatenate([seen, fact])
    pairs = np.concatenate(rows), np.concatenate(bases)
    first = group(pack(list(pairs)))[1]
    return pairs[0][first], pairs[1][first]


def _new(row: Ints, fact: Ints, seen_row: Ints, seen: Ints) -> tuple[Ints, Ints]:
    """The different pairs that were not seen before."""
    if not len(row):
        return row, fact
    both = [np.concatenate([seen_row, row]), np.concatenate([seen, fact])]
    first = group(pack(both))[1]
    first = first[first >= len(seen)] - len(seen)
    return row[first], fact[first]
