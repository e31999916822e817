"""Facts and rules in context: what a question can be answered by, for models that are prompted."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...seeding import stream
from ...worlds.datalog.facts import Bools
from ...worlds.novelty.written_proofs import proof_lists, written_proofs
from .english_forms import FACTS, INSTRUCTION, INTRODUCTION, EnglishForms

Ids = NDArray[np.int64]


class Contexts:
    """The contexts of questions about one corpus.

    A context has the stated facts that a proof of each right answer rests on, and others, which
    share a name with the question or with these, up to FACTS or as many as these: which of them
    matter is not to be seen. All rules stand in it, and the facts in a random order.
    """

    def __init__(self, english: EnglishForms) -> None:
        self.english, self.corpus = english, english.corpus
        c, corpus = self.corpus.closure, self.corpus
        stated = corpus.stated.copy()
        sentences = corpus.examples.fact[corpus.examples.fact >= 0]
        stated[sentences[c.is_base[sentences]]] = True
        self.stated = np.flatnonzero(stated)
        self._of: dict[int, list[int]] = {}
        for fact, row in zip(self.stated.tolist(), c.arguments[self.stated].tolist()):
            for a in {*row} - {-1}:
                self._of.setdefault(a, []).append(fact)
        self.rules = " ".join(english.rules())

    def prompt(self, question: int) -> str:
        """Facts and rules, the instruction, and the question."""
        row = self.corpus.prompt[question]
        return self.put(row, self.facts(question), INSTRUCTION, self.english.query(row))

    def put(self, row: Ids, facts: Sequence[int], instruction: str, query: str) -> str:
        """The same of any prompt; of an episode its own theory stands in place of ``facts``."""
        english = self.english
        if self.corpus.world.episodes:
            sentences = english.theory(int(row[1]))
        else:
            sentences = [english.fact(f) for f in facts]
        lines = [INTRODUCTION, *sentences, *filter(None, [self.rules]), "", instruction]
        return "\n".join([*lines, query])

    def facts(self, question: int) -> list[int]:
        """The facts in the context of a question; none in a world of episodes."""
        return self.around(self.corpus.prompt[question], self.leaves(question), question)

    def around(self, row: Ids, needed: Sequence[int], key: int | str) -> list[int]:
        """``needed`` among as many others, or more, in a random order drawn by ``key``."""
        corpus, c = self.corpus, self.corpus.closure
        if corpus.world.episodes:
            return []
        rng = stream(corpus.world.id, corpus.size, "contexts", *corpus.seeds, key)
        most = max(FACTS, 2 * len(needed))
        found = dict.fromkeys(needed)
        names = [a for a in row[1:].tolist() if a >= 0]
        names += [a for f in needed for a in c.arguments[f].tolist() if a >= 0]
        for name in dict.fromkeys(names):
            near = self._of.get(name, [])
            for fact in rng.permutation(near)[:most].tolist():
                if len(found) >= most:
                    break
                found[int(fact)] = None
        short = most - len(found)
        if short > 0 and len(self.stated):
            for fact in rng.permutation(self.stated)[: 2 * most].tolist():
                if len(found) < most:
                    found[int(fact)] = None
        return [int(f) for f in rng.permutation([*found])]

    def leaves(self, question: int) -> list[int]:
        """The base facts of the written proof of every right answer, and the answers stated."""
        first, end = self.corpus.offsets[question : question + 2]
        facts = self.corpus.fact[first:end]
        return self._base([*facts[facts >= 0], *itertools.chain(*self.proofs[first:end])])

    def under(self, facts: Sequence[int] | Ids) -> list[int]:
        """The base facts of the written proofs of these facts, and those that are base facts."""
        whole, gold = np.asarray(facts, np.int64), self.corpus.split.gold
        return self._base([*whole, *written_proofs(gold, self._none, whole)[1]])

    def _base(self, facts: Sequence[int]) -> list[int]:
        """Those of them that are base facts, each once, ascending."""
        found = np.unique(np.asarray(facts, np.int64))
        return found[self.corpus.closure.is_base[found]].tolist()

    @property
    def _none(self) -> Bools:
        """[F] of a proof of which no line is left out."""
        return np.zeros_like(self.corpus.writing.silent)

    @functools.cached_property
    def proofs(self) -> list[list[int]]:
        """[A] facts in the proof of each right answer, to whichever question; none is silent."""
        return proof_lists(self.corpus.split.gold, self._none, self.corpus.fact)
