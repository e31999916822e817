"""A score beside its floor: nothing at it, none where it is reuse, all only with a valid proof."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.floor_table import FAMILIES
from zebroid.eval.floors.measured import floors, measured
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.floor_rows import ROWS, floor_rows
from zebroid.eval.scoring.score import score

KNOWN = {"recall": 1.0}


def test_nothing_right_is_suppressed_where_the_corpus_was_learned(
    composition_questions: QuestionSet, row
) -> None:
    levels = {"constituent": [0.0, 1.0], "schema": [1.0, 0.0]}
    made = row(composition_questions, KNOWN | levels)
    assert made.rungs["constituent"].suppressed.tolist() == [True, False]
    assert made.rungs["schema"].suppressed.tolist() == [False, True]
    assert not made.untrained
    unlearned = row(composition_questions, {"recall": 0.9} | levels)
    assert unlearned.untrained
    assert not unlearned.rungs["schema"].suppressed.any()


def test_a_model_at_its_floor_has_a_normalised_score_of_nothing(
    composition_questions: QuestionSet, row
) -> None:
    floor = row(composition_questions, KNOWN).rungs["constituent"].floor
    assert floor.family in FAMILIES and 0 < floor.uniform < floor.value < 0.9
    assert floor.value == max(filter(None, (floor.chance, floor.association, floor.blinded)))
    at = row(composition_questions, KNOWN | {"constituent": floor.value}).rungs["constituent"]
    assert at.normalised is not None and at.normalised.value == 0
    above = row(composition_questions, KNOWN | {"constituent": 1.0}, shifts=(0.0,))
    found = above.rungs["constituent"].normalised
    assert found is not None and found.value == pytest.approx(1)
    assert found.floor == floor.value
    below = row(composition_questions, KNOWN).rungs["constituent"].normalised
    assert below is not None and below.value < 0


def test_reuse_by_likeness_has_no_normalised_score(composition_questions: QuestionSet, row) -> None:
    found = row(composition_questions, KNOWN | {"schema": 1.0}).rungs["schema"]
    assert found.floor.reuse and found.floor.strategy == "profile copy"
    assert found.normalised is None


def test_recall_is_reported_raw(composition_questions: QuestionSet, row) -> None:
    found = row(composition_questions, {"recall": 0.5}).rungs["recall"]
    assert (found.floor.value, found.floor.strategy) == (0, "raw")
    assert found.normalised is not None
    assert found.normalised.mean == pytest.approx(found.accuracy.mean[-1])
    assert found.lift is None and found.agreement is None


def test_floors_are_those_of_the_floors_command(zebra_questions: QuestionSet, row) -> None:
    made = row(zebra_questions, KNOWN)
    by_name = {
        f"{i.rung} {i.cue}": i for i in floors(zebra_questions.corpus, zebra_questions.questions)
    }
    assert by_name and {*made.rungs} == {"recall", *by_name}
    for name, instrument in by_name.items():
        found = made.rungs[name].floor
        assert found.value == instrument.floor.score
        assert (found.strategy, found.family) == (
            instrument.floor.strategy,
            instrument.floor.family,
        )
        spreading = instrument.best("spreading")
        assert spreading is not None and found.spreading == spreading.score
    for label, families in ROWS.items():
        one = next(r for r in floor_rows([zebra_questions]) if r.label == label)
        for name, score_there in one.rungs.items():
            best = by_name[name].floor if label == "floor" else by_name[name].best(*families)
            assert best is not None and score_there.accuracy.mean[-1] == best.score
        assert {*one.rungs} | {*one.absent} == {"recall", *zebra_questions.instruments}


def test_floors_of_a_part_are_those_of_its_questions(zebra_questions: QuestionSet) -> None:
    keep = np.arange(len(zebra_questions.questions)) % 3 > 0
    part = zebra_questions.only(keep)
    alone = QuestionSet(zebra_questions.corpus, zebra_questions.questions[keep])
    one, other = measured(part), measured(alone)
    assert np.array_equal(one.place, other.place)
    for a, b in zip(one.scored, other.scored):
        assert a.settings == b.settings and a.value == pytest.approx(b.value)


def test_lift_and_agreement_stand_beside_what_needs_more_than_reuse(
    composition_questions: QuestionSet, row
) -> None:
    made = row(composition_questions, KNOWN | {"instance": 1.0, "constituent": 1.0}, shifts=(0.0,))
    assert made.rungs["instance"].lift is None and made.rungs["instance"].agreement is None
    found = made.rungs["constituent"]
    assert found.lift is not None and found.lift.value > 0.8
    assert found.agreement is not None
    assert found.agreement.where_wrong == 1 and found.agreement.shared_errors is None
    nothing = made.rungs["schema"]
    assert nothing.lift is not None and nothing.lift.value == 0


def test_in_chain_a_right_answer_counts_with_a_valid_proof_alone(
    composition_questions: QuestionSet, model
) -> None:
    levels = KNOWN | {"constituent": [0.5, 0.9], "instance": [0.5, 0.9]}
    cell = model(composition_questions, levels, mode="chain", shifts=(0.0,))
    valid = np.zeros((1, len(composition_questions.questions)), bool)
    valid[:, ::2] = True
    row = score([dataclasses.replace(cell, proofs=valid)], "chain")
    found, where = row.rungs["constituent"], composition_questions.groups["constituent"]
    right = cell.right()[0, -1] & where
    assert found.answers is not None and found.curve is found.answers
    assert found.answers.mean == pytest.approx(cell.right()[0][:, where].mean(1))
    assert np.isnan(found.accuracy.mean[0])
    assert found.accuracy.mean[1] == pytest.approx((right & valid[0]).sum() / where.sum())
    assert found.normalised is not None
    plain = score([cell], "chain").rungs["constituent"].normalised
    assert plain is not None and found.normalised.mean < plain.mean
    assert row.rungs["recall"].answers is None  # what is stated needs no proof
