"""The tracer: imitation of demonstrated proofs solves sequences of recalls, and no more."""

from __future__ import annotations

import dataclasses

import numpy as np
from zebroid.eval.floors.tracer import tracer
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds.catalog.order import Order
from zebroid.worlds.corpus.build import build_corpus


def _solved(question_set: QuestionSet) -> dict[str, float]:
    right = question_set.right(tracer(question_set.corpus, question_set.questions).answer)
    return {name: float(right[where].mean()) for name, where in question_set.groups.items()}


def test_two_hops_are_two_recalls_for_the_tracer(composition_questions: QuestionSet) -> None:
    solved = _solved(composition_questions)
    assert solved["recall"] == solved["instance"] == solved["constituent"] == 1.0
    assert solved["schema"] == 1.0


def test_a_longer_proof_or_a_rule_that_no_proof_shows_is_not_traced() -> None:
    corpus = build_corpus(Order(), "tiny")
    solved = _solved(QuestionSet(corpus, np.arange(len(corpus.prompt))))
    assert solved["depth"] == solved["axiom"] == 0
    assert solved["instance"] == solved["constituent"] == 1


def test_without_a_demonstrated_proof_only_recall_is_left(
    composition_questions: QuestionSet,
) -> None:
    corpus = composition_questions.corpus
    silent = dataclasses.replace(corpus, demonstrated=np.zeros_like(corpus.demonstrated))
    question_set = QuestionSet(silent, composition_questions.questions)
    answer = tracer(silent, question_set.questions).answer
    assert question_set.right(answer)[question_set.groups["recall"]].all()
    assert (answer[question_set.groups["instance"]] == silent.none).all()


def test_a_line_that_was_not_stated_breaks_the_imitation(
    composition_questions: QuestionSet,
) -> None:
    corpus = composition_questions.corpus
    demonstrated = np.flatnonzero(corpus.examples.kind == 1)
    gone = dataclasses.replace(
        corpus, stated=np.zeros_like(corpus.stated), read=_nothing_read(corpus.read)
    )
    assert len(demonstrated)
    question_set = QuestionSet(gone, composition_questions.questions)
    answer = tracer(gone, question_set.questions).answer
    assert (answer[question_set.groups["constituent"]] == gone.none).all()


def _nothing_read(read):
    return dataclasses.replace(read, derivations=np.zeros_like(read.derivations))
