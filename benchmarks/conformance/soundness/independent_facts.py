"""How many facts the questions of an instrument rest upon independently of one another, and how
many different answers they have."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ....worlds.corpus.corpus import Corpus
from ....worlds.datalog.row_keys import group, pack
from ....worlds.novelty.written_proofs import written_proofs

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
    below, line = written_proofs(gold, gold.axiom, facts)
    row, fact = np.append(np.arange(len(facts)), below), np.append(facts, line)
    derived = ~c.is_base[fact]  # the steps of each proof, and what it proves
    row, best = row[derived], gold.best[fact[derived]]
    premises = gold.open[best]
    there = (premises >= 0) & c.is_base[premises]
    if unused:
        there &= ~corpus.read.used[best]
    row = np.broadcast_to(row[:, None], there.shape)[there]
    fact = premises[there].astype(np.int64)
    first = group(pack([row, fact]))[1]
    return row[first], fact[first]
