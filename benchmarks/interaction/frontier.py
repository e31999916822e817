"""Frontier: what a deducer knows, what it lacks, and what one more base fact would let it conclude.

Everything is computed on the derivations of the whole world: whoever reads them knows what it has
not been given. F facts, D derivations of the world's closure.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.row_keys import begins
from ...worlds.novelty.questions import Questions, find_prompts
from .conclusions import answered_in, given

Ints = NDArray[np.int64]


class Frontier:
    """A deducer's knowledge, which ``add`` extends; ``gain`` says what it would come to.

    It starts from gold: all that follows from what the corpus states. Rules that were not given
    stay unused. ``wanted`` [F] are the answers to questions that nothing stated answers.
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus, self.truth = corpus, corpus.split.truth
        c = self.truth
        self.known = given(corpus)
        single = np.sort(c.premises, axis=1)
        single[:, 1:][single[:, 1:] == single[:, :-1]] = -1  # each premise once
        lacking = (single >= 0) & ~np.append(self.known, True)[single]
        self.missing = lacking.sum(1).astype(np.int64)
        ready = (self.missing == 0) & ~self.known[c.head]
        # it would have fired in gold: it is of a rule that was not given
        self.allowed = ~np.isin(c.rule, np.unique(c.rule[ready]))
        which, place = np.nonzero(single >= 0)
        fact = single[which, place]
        order = np.argsort(fact, kind="stable")
        self.uses, self.first = which[order], begins(fact[order], len(c.predicate))
        self.targets = unknowable(corpus)
        self.wanted = np.zeros(len(c.predicate), bool)
        self.wanted[self.targets.fact] = True

    def add(self, facts: Iterable[int]) -> list[int]:
        """Learns base facts; all facts that are known from now on, these included."""
        new = [f for f in dict.fromkeys(map(int, facts)) if not self.known[f]]
        self.known[new] = True
        for f in new:  # grows while it is read
            for d in self.uses[self.first[f] : self.first[f + 1]].tolist():
                self.missing[d] -= 1
                head = int(self.truth.head[d])
                if not self.missing[d] and self.allowed[d] and not self.known[head]:
                    self.known[head] = True
                    new.append(head)
        return new

    def gain(self, facts: Iterable[int]) -> tuple[int, float]:
        """(wanted facts that would follow; nearness to others: 2^-lacking over derivations of
        wanted facts that stay open). Changes nothing."""
        new = self.add(facts)
        near = 0.0
        touched = set[int]()
        for f in new:
            touched.update(self.uses[self.first[f] : self.first[f + 1]].tolist())
        for d in touched:
            head = int(self.truth.head[d])
            if self.allowed[d] and self.wanted[head] and not self.known[head]:
                near += 0.5 ** int(self.missing[d])
        won = sum(bool(self.wanted[f]) for f in new)
        self.forget(new)
        return won, near

    def forget(self, facts: Iterable[int]) -> None:
        """Undoes ``add``, of all that it gave."""
        for f in facts:
            self.known[f] = False
            self.missing[self.uses[self.first[f] : self.first[f + 1]]] += 1

    def answerable(self) -> NDArray[np.bool_]:
        """[m] which of the unknowable questions have a known answer."""
        t = self.targets
        if not len(t.prompt):
            return np.zeros(0, bool)
        return np.logical_or.reduceat(self.known[t.fact], t.offsets[:-1])


def unknowable(corpus: Corpus) -> Questions:
    """Questions that the world answers by conclusions, and nothing stated answers; answers and
    facts are those of the world."""
    return _unanswered(corpus, base=False)


def candidates(corpus: Corpus) -> Questions:
    """What may be queried: every prompt that the world answers by a base fact, rules as data apart,
    and nothing stated answers. The learner knows that there is an answer."""
    return _unanswered(corpus, base=True)


def _unanswered(corpus: Corpus, base: bool) -> Questions:
    """Of prompts of the world that gold does not answer those with a base fact, or with none."""
    found, sampled = answered_in(corpus, corpus.split.truth)
    known = answered_in(corpus, corpus.closure)[0].prompt
    return found.only((find_prompts(known, found.prompt) < 0) & (sampled == base))
