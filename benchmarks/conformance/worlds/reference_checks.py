"""What reference solvers find on a world: its rungs are what they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ....eval.floors.ceilings import lookup, references
from ....eval.question_sets.question_set import QuestionSet
from ....worlds.encoding.verbalize import question_in_english
from ....worlds.novelty.rungs import CONTROLS, RUNGS
from ..framework import Refused
from .world_fixture import Subject

LADDER = tuple(r for r in RUNGS if r != "mixed")  # mixed is never pure
WITHIN = {  # reference -> the rungs on which it is always right; on the others it never is
    "lookup": LADDER[:1],
    "reuser": LADDER[:2],
    "inductor": LADDER[:5],
    "deducer": LADDER,
}


def ceilings(subject: Subject) -> str:
    """Reuser, inductor, deducer and lookup: always right up to their rung, never above it."""
    corpus = subject.corpus()
    question_set = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    found = [*references(corpus, question_set.questions), lookup(corpus, question_set.questions)]
    for solver in found:
        right = question_set.right(solver.answer)
        for rung in (*LADDER, *CONTROLS):
            where = np.zeros(len(right), bool)
            where[corpus.of_rung(rung, pure=rung not in CONTROLS)] = True
            # where nothing follows, NONE is right, and to answer it is all that a reference can do
            able = rung in WITHIN[solver.name] or rung in CONTROLS
            _unlike(question_set, f"{solver.name} on {rung}", right != able, where)
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
