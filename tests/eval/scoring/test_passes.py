"""pass@k of rows: from what was sampled, as scores count answers, with an interval."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.eval.floors.ceilings import deducer
from zebroid.eval.question_sets.predictions import Hits, Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import score
from zebroid.eval.stats.pass_at_k import pass_at


def predicted(question_set: QuestionSet, hits: Hits | None, runs: int = 2) -> Predictions:
    """Runs that are right throughout, with these samples."""
    answer = deducer(question_set.corpus, question_set.questions).answer
    answer = np.broadcast_to(answer, (runs, 1, len(answer)))
    return Predictions(
        question_set, answer, None, np.ones(1, np.int64), np.ones(1), parameters=9, hits=hits
    )


@pytest.fixture
def drawn(composition_questions: QuestionSet) -> Hits:
    rng = np.random.RandomState(0)
    right = rng.randint(0, 9, size=(2, len(composition_questions.questions))).astype(np.int32)
    return Hits(8, right, right // 2)


def test_pass_at_k_is_the_mean_over_questions_and_runs(composition_questions, drawn):
    hits = dataclasses.replace(drawn, proven=None)
    row = score([predicted(composition_questions, hits)], "sampled")
    assert [*row.passes] == [*row.rungs] and len(row.passes) > 2
    for name, found in row.passes.items():
        mine = hits.right[:, composition_questions.groups[name]]
        assert (found.n, found.samples, found.answers) == (mine.shape[1], 8, None)
        assert [*found.at] == [1, 2, 4, 8]
        for k, band in found.at.items():
            assert band.at()[0] == pytest.approx(pass_at(mine, 8, k).mean())
            assert band.low[0] < band.mean[0] < band.high[0]
        assert found.at[1].mean[0] == pytest.approx(mine.mean() / 8)
        assert found.at[8].mean[0] == pytest.approx((mine > 0).mean())


def test_a_chain_counts_samples_with_a_valid_proof_but_on_recall(composition_questions, drawn):
    row = score([predicted(composition_questions, drawn)], "chain")
    for name, found in row.passes.items():
        where, counted = composition_questions.groups[name], drawn.proven
        if name == "recall":
            assert found.answers is None
            counted = drawn.right
        else:
            share = pass_at(drawn.right[:, where], 8, 8).mean()
            assert found.answers is not None
            assert found.answers[8].at()[0] == pytest.approx(share)
        assert found.at[8].at()[0] == pytest.approx(pass_at(counted[:, where], 8, 8).mean())


def test_what_is_never_drawn_differs_from_what_is_not_the_likeliest(composition_questions):
    Q = len(composition_questions.questions)
    never, seldom = np.zeros((2, Q), np.int32), np.ones((2, Q), np.int32)
    for right, most in ((never, 0.0), (seldom, 1.0)):
        row = score([predicted(composition_questions, Hits(64, right))], "sampled")
        for found in row.passes.values():
            assert found.at[1].at()[0] < 0.02 and found.at[64].at()[0] == most


def test_rows_without_samples_have_no_pass_at_k(composition_questions):
    assert not score([predicted(composition_questions, None)], "greedy").passes


def test_some_of_the_questions_keep_their_samples(composition_questions, drawn):
    keep = composition_questions.groups["instance"]
    part = predicted(composition_questions, drawn).only(keep)
    assert part.hits is not None and part.hits.proven is not None
    np.testing.assert_array_equal(part.hits.right, drawn.right[:, keep])
    np.testing.assert_array_equal(part.hits.proven, drawn.proven[:, keep])


def test_hits_of_another_shape_or_number_are_refused(composition_questions, drawn):
    with pytest.raises(UserError, match="got hits of shape"):
        predicted(composition_questions, drawn, runs=3)
    with pytest.raises(UserError, match=r"got 0 to 8 right samples, expected 0 to 7"):
        Hits(7, drawn.right)


def test_predictions_about_no_question_are_refused_in_one_line(composition_questions):
    none = QuestionSet(composition_questions.corpus, np.zeros(0, np.int64))
    whole = predicted(composition_questions, None)
    for make in (
        lambda: predicted(none, None),
        lambda: whole.only(np.zeros(len(composition_questions.questions), bool)),
    ):
        with pytest.raises(UserError, match="got a question set without questions") as error:
            make()
        assert "\n" not in str(error.value)
