"""Written proofs: validity is counted apart from the answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import score
from zebroid.worlds.encoding.proof_checker import LEANING, VALID

Made = Callable[..., Predictions]


@pytest.fixture
def chain(composition_questions: QuestionSet, model: Made) -> Made:
    """chain(share of right answers with a valid proof, share of right answers) -> predictions."""

    def made(earned: float, instance: float = 0.5, runs: int = 1, kind: int = VALID) -> Predictions:
        cell = model(
            composition_questions,
            {"recall": 1.0, "instance": instance},
            shifts=[0.0] * runs,
            mode="chain",
        )
        right = cell.right()[:, -1] & composition_questions.groups["instance"]
        proofs = right & (right.cumsum(1) <= earned * right.sum(1, keepdims=True))
        return dataclasses.replace(cell, proofs=np.int8(kind) * proofs)

    return made


def test_a_right_answer_behind_an_invalid_proof_is_counted_apart(chain: Made) -> None:
    row = score([chain(0.5)], "chain")
    found, n = row.proofs["instance"], row.rungs["instance"].n
    right = row.rungs["instance"].curve.mean[-1]
    assert found.n == n
    assert found.earned is not None
    assert found.valid.mean[0] == pytest.approx(right / 2, abs=1 / n)
    assert found.earned.mean[0] == pytest.approx(0.5, abs=2 / n)
    assert found.earned.low[0] < found.earned.mean[0] < found.earned.high[0]
    assert right == score([chain(0.0)], "chain").rungs["instance"].curve.mean[-1]
    assert row.rungs["instance"].accuracy.mean[-1] == found.valid.mean[0]


def test_a_proof_that_leans_on_a_demonstrated_conclusion_is_valid_and_counted_apart(
    chain: Made,
) -> None:
    whole, leaning = (score([chain(0.5, kind=k)], "chain") for k in (VALID, LEANING))
    for rung in whole.rungs:
        assert whole.proofs[rung].valid.at() == leaning.proofs[rung].valid.at()
        assert whole.rungs[rung].accuracy.at() == leaning.rungs[rung].accuracy.at()
        assert whole.proofs[rung].leaning.mean[0] == 0
        assert leaning.proofs[rung].leaning.mean[0] == leaning.proofs[rung].valid.mean[0]


def test_intervals_of_earned_answers_are_over_the_right_ones_alone(chain: Made) -> None:
    few, many = (score([chain(1.0, share)], "x").proofs["instance"] for share in (0.1, 0.9))
    assert few.earned is not None and many.earned is not None
    assert few.earned.mean[0] == many.earned.mean[0] == 1
    assert few.earned.low[0] < many.earned.low[0]
    assert few.valid.mean[0] < many.valid.mean[0]


def test_where_nothing_is_right_nothing_can_be_earned(chain: Made) -> None:
    found = score([chain(1.0, 0.0)], "chain").proofs["instance"]
    assert found.earned is None
    assert found.valid.mean[0] == 0


def test_a_run_without_right_answers_has_no_share_of_them(chain: Made) -> None:
    found = score([chain(1.0, 0.8), chain(1.0, 0.0)], "chain").proofs["instance"]
    assert found.earned is not None
    assert found.earned.mean[0] == 1 and len(found.earned.runs) == 1
    assert found.valid.mean[0] == pytest.approx(0.4, abs=0.01) and len(found.valid.runs) == 2
    assert found.valid.over == "runs"


def test_every_headline_rung_with_questions_has_its_proofs(chain: Made) -> None:
    row = score([chain(0.5)], "chain")
    assert list(row.proofs) == list(row.rungs)


def test_a_row_that_writes_no_proofs_has_none(
    composition_questions: QuestionSet, model: Made
) -> None:
    assert score([model(composition_questions, {"instance": 0.5})], "direct").proofs == {}


def test_proofs_stay_with_their_questions(chain: Made) -> None:
    cell = chain(0.5, runs=2)
    keep = np.arange(len(cell.question_set.questions)) % 2 == 0
    part = cell.only(keep)
    assert part.proofs is not None and cell.proofs is not None
    assert np.array_equal(part.proofs, cell.proofs[:, keep])
    with pytest.raises(UserError, match=r"got proofs of shape .* expected"):
        dataclasses.replace(cell, proofs=cell.proofs[:, keep])
