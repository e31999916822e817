"""The tracer: imitation of shown proofs solves what is a sequence of recalls, and no more."""

from __future__ import annotations

import dataclasses

import numpy as np
from zebroid.eval.floors.tracer import tracer
from zebroid.eval.question_sets.question_set import Exam


def _solved(exam: Exam) -> dict[str, float]:
    right = exam.right(tracer(exam.corpus, exam.questions).answer)
    return {name: float(right[where].mean()) for name, where in exam.groups.items()}


def test_two_hops_are_two_recalls_for_the_tracer(composition_exam: Exam) -> None:
    solved = _solved(composition_exam)
    assert solved["recall"] == solved["instance"] == solved["constituent"] == 1.0
    assert solved["schema"] == 1.0


def test_a_proof_longer_than_any_shown_is_not_traced(zebra_exam: Exam) -> None:
    assert _solved(zebra_exam)["depth"] == 0.0


def test_a_rule_never_exemplified_is_hardly_ever_traced(zebra_exam: Exam) -> None:
    solved = _solved(zebra_exam)
    assert solved["axiom"] < 0.3 < solved["instance"]


def test_without_a_shown_proof_only_recall_is_left(composition_exam: Exam) -> None:
    corpus = composition_exam.corpus
    silent = dataclasses.replace(corpus, shown=np.zeros_like(corpus.shown))
    exam = Exam(silent, composition_exam.questions)
    answer = tracer(silent, exam.questions).answer
    assert exam.right(answer)[exam.groups["recall"]].all()
    assert (answer[exam.groups["instance"]] == silent.none).all()


def test_a_line_that_was_not_stated_breaks_the_imitation(composition_exam: Exam) -> None:
    corpus = composition_exam.corpus
    shown = np.flatnonzero(corpus.examples.kind == 1)
    gone = dataclasses.replace(
        corpus, stated=np.zeros_like(corpus.stated), read=_nothing_read(corpus.read)
    )
    assert len(shown)
    exam = Exam(gone, composition_exam.questions)
    answer = tracer(gone, exam.questions).answer
    assert (answer[exam.groups["constituent"]] == gone.none).all()


def _nothing_read(read):
    return dataclasses.replace(read, derivations=np.zeros_like(read.derivations))
