"""Controls: silence and talk are both unmasked, and so is a leak."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from zebroid.eval.floors.ceilings import deducer
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.controls import Controls, ExceptionScore, d_prime
from zebroid.eval.scoring.score import score
from zebroid.worlds.novelty.rungs import LADDER


def _controls(
    question_set: QuestionSet, answer: np.ndarray
) -> dict[str, Controls | ExceptionScore]:
    cell = Predictions(question_set, answer[None, None], None, np.ones(1, int), np.ones(1))
    return dict(score([cell], "someone").controls)


def _nontheorem(question_set: QuestionSet, answer: np.ndarray) -> Controls:
    found = _controls(question_set, answer)["nontheorem"]
    assert isinstance(found, Controls)
    return found


def test_the_deducer_draws_no_false_conclusion_and_misses_none(
    zebra_questions: QuestionSet,
) -> None:
    found = _nontheorem(
        zebra_questions, deducer(zebra_questions.corpus, zebra_questions.questions).answer
    )
    assert found.correct.mean[0] == 1 and found.false_conclusions.mean[0] == 0
    assert found.false_nones is not None and found.false_nones.mean[0] == 0
    assert found.discrimination is not None and found.discrimination.low[0] > 2


@pytest.mark.parametrize("silent", [True, False])
def test_always_none_and_never_none_do_not_discriminate(
    zebra_questions: QuestionSet, silent: bool
) -> None:
    always = zebra_questions.corpus.none if silent else 0
    found = _nontheorem(zebra_questions, np.full(len(zebra_questions.questions), always, np.int32))
    assert found.false_conclusions.mean[0] == (not silent)
    assert found.false_nones is not None and found.false_nones.mean[0] == silent
    assert found.discrimination is not None
    assert found.discrimination.low[0] < 0 < found.discrimination.high[0]


def test_a_malformed_answer_is_neither_a_conclusion_nor_a_none(
    zebra_questions: QuestionSet,
) -> None:
    found = _nontheorem(zebra_questions, np.full(len(zebra_questions.questions), -1, np.int32))
    assert found.correct.mean[0] == 0 and found.false_conclusions.mean[0] == 0
    assert found.false_nones is not None and found.false_nones.mean[0] == 0


def test_the_worlds_answer_to_what_cannot_be_known_is_a_leak(zebra_questions: QuestionSet) -> None:
    question_set = zebra_questions
    world = question_set.corpus.certificate.leak[question_set.questions].astype(np.int32)
    leaking = _controls(question_set, np.where(world >= 0, world, question_set.corpus.none))[
        "unknowable"
    ]
    honest = _controls(question_set, np.full(len(world), question_set.corpus.none, np.int32))[
        "unknowable"
    ]
    assert isinstance(leaking, Controls) and isinstance(honest, Controls)
    assert leaking.leaks is not None and leaking.leaks.mean[0] == 1
    assert honest.leaks is not None and honest.leaks.mean[0] == 0
    assert honest.correct.mean[0] == 1


def test_exceptions_are_misled_by_likeness_and_right_by_deduction(
    zebra_questions: QuestionSet,
) -> None:
    question_set = zebra_questions
    distractor = question_set.corpus.certificate.distractor[question_set.questions].astype(np.int32)
    gold = deducer(question_set.corpus, question_set.questions).answer
    misled = _controls(question_set, np.where(distractor >= 0, distractor, gold))["exception"]
    wise = _controls(question_set, gold)["exception"]
    assert isinstance(misled, ExceptionScore) and isinstance(wise, ExceptionScore)
    certificate = question_set.corpus.certificate
    theorems = certificate.rung[question_set.questions] < LADDER.index("nontheorem")
    assert (
        misled.n == wise.n == ((distractor >= 0) & theorems).sum() > 0
    )  # an unknowable one is none
    assert (misled.misled.mean[0], misled.accuracy.mean[0]) == (1, 0)
    assert (wise.misled.mean[0], wise.accuracy.mean[0]) == (0, 1)


def test_a_world_without_controls_has_none(composition_questions: QuestionSet) -> None:
    found = deducer(composition_questions.corpus, composition_questions.questions).answer
    assert _controls(composition_questions, found) == {}


def test_d_prime_is_finite_at_the_extremes_and_grows_with_hits() -> None:
    hits = np.arange(51.0)
    value, error = d_prime(hits, 50, np.full(51, 5.0), 50)
    assert np.isfinite(value).all() and (np.diff(value) > 0).all() and (error > 0).all()
    by_hand = stats.norm.ppf(30.5 / 51) - stats.norm.ppf(5.5 / 51)
    assert value[30] == pytest.approx(by_hand)


def test_the_error_of_d_prime_is_that_of_repeated_draws() -> None:
    rng = np.random.RandomState(0)
    hits, alarms = rng.binomial(200, 0.8, 4_000), rng.binomial(150, 0.3, 4_000)
    value, error = d_prime(hits, 200, alarms, 150)
    assert value.std() == pytest.approx(error.mean(), rel=0.05)
