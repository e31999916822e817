"""Interpolators: what likeness can answer, and that it cannot do what a rule does."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import deducer
from zebroid.eval.floors.interpolators import interpolators, lookup, marginals, refusals
from zebroid.eval.question_sets.question_set import Answers, QuestionSet

pytestmark = pytest.mark.smoke

NOVEL = ("instance", "constituent", "schema", "depth", "axiom")


@pytest.fixture(scope="module", params=["composition_questions", "zebra_questions"])
def question_set(request: pytest.FixtureRequest) -> QuestionSet:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def found(question_set: QuestionSet) -> dict[str, Answers]:
    return {a.name: a for a in interpolators(question_set.corpus, question_set.questions)}


def test_lookup_is_one_on_recall_and_zero_above(question_set: QuestionSet) -> None:
    right = question_set.right(lookup(question_set.corpus, question_set.questions).answer)
    assert right[question_set.groups["recall"]].all()
    for rung in NOVEL:
        if rung in question_set.groups:
            assert not right[question_set.groups[rung]].any()


@pytest.mark.parametrize("name", ["analogies", "kernel ridge", "mlp"])
def test_what_was_stated_is_interpolated_rightly(
    question_set: QuestionSet, found, name: str
) -> None:
    assert question_set.right(found[name].answer)[question_set.groups["recall"]].mean() > 0.9


def test_interpolators_stay_at_chance_on_rungs_declared_not_interpolable(
    question_set: QuestionSet, found
) -> None:
    assert refusals(question_set, list(found.values())) == {}


def test_an_answerer_above_chance_there_is_refused(composition_questions: QuestionSet) -> None:
    question_set = composition_questions
    cheat = deducer(question_set.corpus, question_set.questions)
    assert list(refusals(question_set, [cheat])) == [("deducer", "constituent")]


def test_a_marginal_scores_what_its_guess_is_expected_to(question_set: QuestionSet) -> None:
    """Drawn once per question, its mean lies within four standard errors of the expectation."""
    for found in marginals(question_set.corpus, question_set.questions):
        expected = question_set.guesses.value[question_set.guesses.methods.index(found.name)]
        guessed = found.answer != question_set.corpus.none
        error = np.sqrt((expected * (1 - expected))[guessed].sum() + 1)
        hits = question_set.right(found.answer)[guessed].sum()
        assert abs(hits - expected[guessed].sum()) < 4 * error, found.name


def test_no_interpolator_sees_gold(question_set: QuestionSet, found) -> None:
    """Answers and labels scrambled, all their answers stay the same."""
    corpus = question_set.corpus
    blind = dataclasses.replace(corpus, values=np.roll(corpus.values, 1))
    blind.__dict__["arrays_digest"] = corpus.arrays_digest  # the same streams
    for blinded in interpolators(blind, question_set.questions):
        assert np.array_equal(found[blinded.name].answer, blinded.answer), blinded.name


def test_answers_come_with_ids_that_exist(question_set: QuestionSet, found) -> None:
    for one in found.values():
        assert one.answer.dtype == np.int32
        assert one.answer.shape == question_set.questions.shape
        assert ((one.answer >= 0) & (one.answer <= question_set.corpus.none)).all()
        if one.bits is not None:
            assert np.isfinite(one.bits).all() and (one.bits >= 0).all()


def test_bits_are_few_where_the_answer_is_known(question_set: QuestionSet, found) -> None:
    bits, right = found["mlp"].bits, question_set.right(found["mlp"].answer)
    assert bits[right].mean() < bits[~right].mean()
