"""Interpolators: what likeness can answer, and that it cannot do what a rule does."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from zebroid.eval.exam import Answers, Exam
from zebroid.eval.interpolators import (
    analogies,
    interpolators,
    kernel_ridge,
    lookup,
    marginals,
    mlp,
    refusals,
)
from zebroid.eval.references import deducer
from zebroid.worlds.corpus import Corpus

Interpolator = Callable[[Corpus, np.ndarray], Answers]
NOVEL = ("instance", "constituent", "schema", "depth", "axiom")


@pytest.fixture(params=["composition_exam", "zebra_exam"])
def exam(request: pytest.FixtureRequest) -> Exam:
    return request.getfixturevalue(request.param)


def test_lookup_is_one_on_recall_and_zero_above(exam: Exam) -> None:
    right = exam.right(lookup(exam.corpus, exam.questions).answer)
    assert right[exam.groups["recall"]].all()
    for rung in NOVEL:
        if rung in exam.groups:
            assert not right[exam.groups[rung]].any()


@pytest.mark.parametrize("interpolator", [analogies, kernel_ridge, mlp])
def test_what_was_stated_is_interpolated_rightly(exam: Exam, interpolator: Interpolator) -> None:
    right = exam.right(interpolator(exam.corpus, exam.questions).answer)
    assert right[exam.groups["recall"]].mean() > 0.9


def test_interpolators_stay_at_chance_on_a_rung_declared_not_interpolable(
    composition_exam: Exam,
) -> None:
    exam = composition_exam
    assert exam.corpus.world.not_interpolable == ("constituent",)
    assert refusals(exam, interpolators(exam.corpus, exam.questions)) == {}


def test_an_answerer_above_chance_there_is_refused(composition_exam: Exam) -> None:
    exam = composition_exam
    cheat = deducer(exam.corpus, exam.questions)
    assert list(refusals(exam, [cheat])) == [("deducer", "constituent")]


def test_a_marginal_scores_what_its_guess_is_expected_to(exam: Exam) -> None:
    """Drawn once per question, its mean lies within four standard errors of the expectation."""
    for found in marginals(exam.corpus, exam.questions):
        expected = exam.guesses.value[exam.guesses.methods.index(found.name)]
        guessed = found.answer != exam.corpus.none
        error = np.sqrt((expected * (1 - expected))[guessed].sum() + 1)
        hits = exam.right(found.answer)[guessed].sum()
        assert abs(hits - expected[guessed].sum()) < 4 * error, found.name


def test_no_interpolator_sees_gold(exam: Exam) -> None:
    """Answers and labels scrambled, all their answers stay the same."""
    corpus = exam.corpus
    blind = dataclasses.replace(corpus, values=np.roll(corpus.values, 1))
    blind.__dict__["digest"] = corpus.digest  # the same streams
    for told, untold in zip(
        interpolators(corpus, exam.questions), interpolators(blind, exam.questions)
    ):
        assert np.array_equal(told.answer, untold.answer), told.name


def test_answers_come_with_ids_that_exist(exam: Exam) -> None:
    for found in interpolators(exam.corpus, exam.questions):
        assert found.answer.dtype == np.int32
        assert found.answer.shape == exam.questions.shape
        assert ((found.answer >= 0) & (found.answer <= exam.corpus.none)).all()
        if found.bits is not None:
            assert np.isfinite(found.bits).all() and (found.bits >= 0).all()


def test_bits_are_few_where_the_answer_is_known(exam: Exam) -> None:
    found = mlp(exam.corpus, exam.questions)
    assert found.bits is not None
    right = exam.right(found.answer)
    assert found.bits[right].mean() < found.bits[~right].mean()
