"""Interpolators: what likeness can answer, and that it cannot do what a rule does."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import deducer
from zebroid.eval.floors.interpolators import interpolators, lookup, marginals, refusals
from zebroid.eval.question_sets.question_set import Answers, Exam

pytestmark = pytest.mark.smoke

NOVEL = ("instance", "constituent", "schema", "depth", "axiom")


@pytest.fixture(scope="module", params=["composition_exam", "zebra_exam"])
def exam(request: pytest.FixtureRequest) -> Exam:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def found(exam: Exam) -> dict[str, Answers]:
    return {a.name: a for a in interpolators(exam.corpus, exam.questions)}


def test_lookup_is_one_on_recall_and_zero_above(exam: Exam) -> None:
    right = exam.right(lookup(exam.corpus, exam.questions).answer)
    assert right[exam.groups["recall"]].all()
    for rung in NOVEL:
        if rung in exam.groups:
            assert not right[exam.groups[rung]].any()


@pytest.mark.parametrize("name", ["analogies", "kernel ridge", "mlp"])
def test_what_was_stated_is_interpolated_rightly(exam: Exam, found, name: str) -> None:
    assert exam.right(found[name].answer)[exam.groups["recall"]].mean() > 0.9


def test_interpolators_stay_at_chance_on_rungs_declared_not_interpolable(exam: Exam, found) -> None:
    assert refusals(exam, list(found.values())) == {}


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


def test_no_interpolator_sees_gold(exam: Exam, found) -> None:
    """Answers and labels scrambled, all their answers stay the same."""
    corpus = exam.corpus
    blind = dataclasses.replace(corpus, values=np.roll(corpus.values, 1))
    blind.__dict__["digest"] = corpus.digest  # the same streams
    for untold in interpolators(blind, exam.questions):
        assert np.array_equal(found[untold.name].answer, untold.answer), untold.name


def test_answers_come_with_ids_that_exist(exam: Exam, found) -> None:
    for one in found.values():
        assert one.answer.dtype == np.int32
        assert one.answer.shape == exam.questions.shape
        assert ((one.answer >= 0) & (one.answer <= exam.corpus.none)).all()
        if one.bits is not None:
            assert np.isfinite(one.bits).all() and (one.bits >= 0).all()


def test_bits_are_few_where_the_answer_is_known(exam: Exam, found) -> None:
    bits, right = found["mlp"].bits, exam.right(found["mlp"].answer)
    assert bits[right].mean() < bits[~right].mean()
