"""What reference solvers and interpolators find on a world: its rungs are what they say."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ....eval.floors.ceilings import references
from ....eval.floors.interpolators import interpolators, lookup
from ....eval.question_sets.chance import interpolable
from ....eval.question_sets.question_set import QuestionSet
from ....seeding import stream
from ....worlds.encoding.verbalize import question_in_english
from ....worlds.novelty.rungs import CONTROLS, RUNGS
from ..framework import Moot, Refused
from .world_fixture import Subject

LADDER = tuple(r for r in RUNGS if r != "mixed")  # mixed is never pure
WITHIN = {  # reference -> the rungs on which it is always right; on the others it never is
    "lookup": LADDER[:1],
    "reuser": LADDER[:2],
    "inductor": LADDER[:5],
    "deducer": LADDER,
}
POOLED = 6  # at most so many world seeds are pooled where one has too few questions
PER_RUNG = 4_000  # questions of a rung and a world that interpolators answer


def ceilings(subject: Subject) -> str:
    """Reuser, inductor, deducer and lookup: always right up to their rung, never above it."""
    corpus = subject.corpus()
    question_set = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    found = [*references(corpus, question_set.questions), lookup(corpus, question_set.questions)]
    for solver in found:
        right = question_set.right(solver.answer)
        for rung in (*LADDER, *CONTROLS):
            if rung not in question_set.groups:
                continue
            # where nothing follows, NONE is right, and to answer it is all that a reference can do
            able = rung in WITHIN[solver.name] or rung in CONTROLS
            _unlike(
                question_set, f"{solver.name} on {rung}", right != able, question_set.groups[rung]
            )
        if solver.name == "deducer":
            _unlike(question_set, "deducer", ~right, np.ones(len(right), bool))
    return f"{len(question_set.questions):,} questions, by {', '.join(a.name for a in found)}"


def _unlike(
    question_set: QuestionSet, who: str, odd: NDArray[np.bool_], where: NDArray[np.bool_]
) -> None:
    """Refuse a reference that is not what it is defined to be."""
    wrong = np.flatnonzero(odd & where)
    if len(wrong):
        question = question_in_english(question_set.corpus, int(question_set.questions[wrong[0]]))
        raise Refused(
            f"{who}: {len(wrong)} of {where.sum()} answers are not as defined, first to "
            f"{question!r}",
            "a rung is labelled wrongly: this is an error in rungs.py, proofs.py or questions.py",
        )


def not_interpolable(subject: Subject) -> str:
    """On the rungs that the world declares so, no interpolator is better than chance."""
    world = subject.world
    if not world.not_interpolable:
        raise Moot("the world declares no rung so")
    pool = _Pool(subject)
    pool.add()
    while pool.seeds < pool.wanted():
        pool.add()
    parts = []
    for rung in pool.rungs():
        tests = len(pool.hits[rung]) * len(pool.hits)
        chance, share = pool.chance(rung), {n: pool.right(rung, n) for n in pool.hits[rung]}
        for name, right in share.items():
            why = interpolable(right, chance, tests)
            if why:
                raise Refused(
                    f"{name} answers {rung} by likeness: {why}",
                    "spread the answers (permutations leave no commonest one), make no two "
                    "relations alike, or leave the rung out of `not_interpolable`",
                )
        best = max(share, key=lambda name: float(share[name].mean()))
        parts.append(
            f"{rung}: chance {chance:.3f}, best {share[best].mean():.3f} ({best}) on "
            f"{len(share[best]):,} questions (world seeds: {pool.seeds})"
        )
    return "; ".join(parts)


class _Pool:
    """Answers of all interpolators to the questions of some rungs, over world seeds."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.seeds = subject, 0
        # rung -> interpolator -> bool [n] of each world; rung -> (chance, n) of each world
        self.hits: dict[str, dict[str, list[NDArray[np.bool_]]]] = {}
        self.chances: dict[str, list[tuple[float, int]]] = {}

    def add(self) -> None:
        """The next world."""
        subject, rungs = self.subject, self.subject.world.not_interpolable
        corpus = subject.corpus(seeds=(self.seeds, 0))
        rng = stream(subject.world.id, "interpolable", self.seeds)
        queries = [np.sort(rng.permutation(corpus.of_rung(r))[:PER_RUNG]) for r in rungs]
        question_set = QuestionSet(corpus, np.concatenate(queries))
        self.seeds += 1
        for answers in interpolators(corpus, question_set.questions):
            right = question_set.right(answers.answer)
            for rung in question_set.groups.keys() & {*rungs}:
                known = self.hits.setdefault(rung, {}).setdefault(answers.name, [])
                known.append(right[question_set.groups[rung]])
        for rung in question_set.groups.keys() & {*rungs}:
            found = question_set.chance(rung).value, int(question_set.groups[rung].sum())
            self.chances.setdefault(rung, []).append(found)

    def rungs(self) -> list[str]:
        return [r for r in self.subject.world.not_interpolable if r in self.hits]

    def chance(self, rung: str) -> float:
        value, n = np.array(self.chances[rung]).T
        return float(np.average(value, weights=n))

    def right(self, rung: str, name: str) -> NDArray[np.bool_]:
        return np.concatenate(self.hits[rung][name])

    def wanted(self) -> int:
        """How many worlds have the questions for ``interpolable``'s bound, on all rungs."""
        if self.subject.size == "tiny":
            return 1
        most = 1
        for rung in self.rungs():
            c, per_world = self.chance(rung), self.chances[rung][0][1]
            worlds = math.ceil(max(1_000, 40_000 * c * (1 - c)) / per_world)
            most = max(most, worlds if worlds <= POOLED else 1)
        return most
