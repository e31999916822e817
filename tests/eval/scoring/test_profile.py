"""The profile: reuse, systematicity, deduction, and what stating the rules adds."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.profile import profile, stating


def test_a_perfect_model_has_a_perfect_profile(zebra_questions: QuestionSet, row) -> None:
    rungs = ("instance", "constituent", "schema", "depth", "axiom")
    perfect = row(zebra_questions, dict.fromkeys(rungs, 1.0))
    found = profile(perfect, shuffled=row(zebra_questions, {"instance": 1.0}))
    assert (found.reuse.value, found.systematicity.value) == (1.0, 1.0)
    chance = zebra_questions.chance("axiom").value
    assert found.deduction.value == pytest.approx(1 / (1 - chance))  # from 1 down to raw 0


def test_systematicity_is_the_mean_of_the_rungs_present(
    composition_questions: QuestionSet, row
) -> None:
    both = row(composition_questions, {"constituent": 0.5, "schema": 0.9})
    found = profile(both).systematicity
    parts = [both.rungs[r].normalised.mean[-1] for r in ("constituent", "schema")]
    assert found.value == pytest.approx(np.mean(parts))
    assert found.basis == "constituent, schema"
    assert found.low < found.value < found.high


def test_axiom_alone_is_no_deduction_without_its_twin(zebra_questions: QuestionSet, row) -> None:
    found = profile(row(zebra_questions, {"axiom": 1.0})).deduction
    assert np.isnan(found.value)
    assert "shuffled" in found.absent and "shuffled" in str(found)


def test_what_the_twin_scores_too_is_no_deduction(zebra_questions: QuestionSet, row) -> None:
    same = row(zebra_questions, {"axiom": 0.8})
    found = profile(same, shuffled=same).deduction
    assert found.value == 0 and found.low < 0 < found.high


def test_a_world_without_axioms_says_why_there_is_no_deduction(
    composition_questions: QuestionSet, row
) -> None:
    one = row(composition_questions, {"instance": 0.9})
    assert profile(one, shuffled=one).deduction.absent == one.absent["axiom"]


def test_stating_is_reported_as_a_difference_with_its_interval(
    zebra_questions: QuestionSet, row
) -> None:
    more = profile(row(zebra_questions, {"instance": 0.9, "constituent": 0.9}))
    less = profile(row(zebra_questions, {"instance": 0.9, "constituent": 0.1}))
    gain = stating(more, less)
    assert gain.reuse.value == 0 and gain.reuse.low < 0 < gain.reuse.high
    assert gain.systematicity.value > 0.2
    assert gain.deduction.absent == more.deduction.absent
