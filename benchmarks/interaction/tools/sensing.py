"""What a corpus leaves undescribed: what there is to see, how many looks an answer needs, and what
is had without any. Q questions."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray

from ....eval.floors.floor_table import Instrument, floor_of, strategies
from ....eval.floors.reading import Reading
from ....eval.floors.strategy import Questions, run
from ....eval.question_sets.question_set import QuestionSet
from ....worlds.novelty.derivations import Proofs
from ....worlds.novelty.questions import find_prompts
from ....worlds.novelty.rungs import LADDER
from ..conclusions import Posed, given
from ..frontier import unknowable

UNKNOWABLE = "unknowable"  # conclusions that rest on what is stated nowhere
FAMILIES = ("chance", "association")


class Unknowable:
    """Of a question set the conclusions that rest on what is stated nowhere, n of them."""

    def __init__(self, of: QuestionSet) -> None:
        self.of, self.posed = of, Posed(of, 0.0)
        rung = self.posed.rung == LADDER.index(UNKNOWABLE)
        self.where: NDArray[np.bool_] = self.posed.conclusion & rung  # [Q]
        self.targets = unknowable(of.corpus)
        self.place = find_prompts(self.targets.prompt, self.posed.prompt)  # [Q] among the targets

    def facts(self, question: int) -> list[int]:
        """The facts of the world that answer a question; none where it is no unknowable one."""
        at = int(self.place[question])
        offsets = self.targets.offsets
        return self.targets.fact[offsets[at] : offsets[at + 1]].tolist() if at >= 0 else []

    @functools.cached_property
    def looks(self) -> NDArray[np.int64]:
        """[Q] looks that the shortest way to a right answer needs, by the first lowest proof of
        each; 0 where nothing is unknowable, -1 where no look helps."""
        out = np.zeros(len(self.where), np.int64)
        for q in np.flatnonzero(self.where).tolist():
            found = [len(s) for f in self.facts(q) if (s := self._seen(f)) is not None]
            out[q] = min(found, default=-1)
        return out

    @functools.cached_property
    def floor(self) -> float:
        """Expected score of the best strategy that reads training rows and applies no rule, of
        those of chance and association, settings chosen on one half and scored on the other."""
        if not self.where.any():
            return 0.0
        corpus, t = self.of.corpus, self.targets
        # the same corpus, which has now no other questions than these, answered as the world does
        posed = np.flatnonzero(self.where)
        at = self.place[posed]
        length = np.diff(t.offsets)[at]
        values = [t.values[t.offsets[i] : t.offsets[i + 1]] for i in at.tolist()]
        facts = np.full(int(length.sum()), -1, np.int64)
        answered = dataclasses.replace(
            corpus,
            prompt=self.posed.prompt[posed],
            values=np.concatenate(values),
            fact=facts,
            offsets=np.append(0, np.cumsum(length)),
        )
        some, every = Questions.of(answered, np.arange(len(posed))), np.ones(len(posed), bool)
        found = [run(s, Reading.of(corpus), some) for s in strategies() if s.family in FAMILIES]
        scored = Instrument(
            UNKNOWABLE, "", len(posed), (*(floor_of(s, every, every) for s in found),)
        )
        return scored.scores(*FAMILIES) or 0.0

    @functools.cached_property
    def _proofs(self) -> Proofs:
        world, truth = self.of.corpus.world, self.of.corpus.split.truth
        return Proofs(truth, world.axioms, world.schema_of_rules, world.familiar)

    @functools.cached_property
    def _given(self) -> NDArray[np.bool_]:
        return given(self.of.corpus)

    def _seen(self, fact: int) -> frozenset[int] | None:
        """The base facts that must be looked at to obtain a fact; None: some cannot be seen."""
        truth, best = self.of.corpus.split.truth, int(self._proofs.best[fact])
        if self._given[fact]:
            return frozenset()
        if truth.is_base[fact]:
            observable = self.of.corpus.exposure.undescribed
            return (
                frozenset([fact]) if truth.predicates[truth.predicate[fact]] in observable else None
            )
        found = (
            [self._seen(p) for p in truth.premises[best].tolist() if p >= 0] if best >= 0 else []
        )
        if best < 0 or any(one is None for one in found):
            return None
        return frozenset().union(*(one for one in found if one is not None))


def unknowable_of(of: QuestionSet) -> Unknowable:
    """Its unknowable conclusions, found once."""
    return of.once("unknowable", lambda: Unknowable(of))
