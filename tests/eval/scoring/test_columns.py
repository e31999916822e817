"""Columns in the order of the ladder, and what a score is marked with."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.scoring.columns import AT_FLOOR, LIKENESS, SUPPRESSED, columns, head, mark
from zebroid.eval.scoring.normalised import Normalised


def test_columns_stand_by_rung_then_by_cue_each_once() -> None:
    names = ["axiom kin/2", "instance kin/3", "recall", "instance kin/2", "recall", "depth kin/3"]
    assert columns(names) == [
        "recall",
        "instance kin/2",
        "instance kin/3",
        "depth kin/3",
        "axiom kin/2",
    ]
    assert head("instance kin/2") == "instance\nkin/2" and head("recall") == "recall"


def test_what_is_no_rung_has_no_column() -> None:
    with pytest.raises(ValueError, match="not in"):
        columns(["instance", "elsewhere"])


@pytest.fixture
def found(row, composition_questions):
    return row(composition_questions, {"instance": 0.5, "recall": 0.5}).rungs


def test_a_score_is_marked_by_what_would_explain_it(found) -> None:
    score = found["instance"]
    room = dataclasses.replace(score.floor, value=0.4)

    def above(low: float) -> str:
        n = Normalised(0.2, low, 0.4, 0.4, "worlds")
        return mark(dataclasses.replace(score, floor=room, normalised=n))

    assert above(0.1) == "" and above(0.0) == AT_FLOOR and above(-0.1) == AT_FLOOR
    high = dataclasses.replace(score.floor, value=0.91)
    assert mark(dataclasses.replace(score, floor=high, normalised=None)) == LIKENESS
    nothing = dataclasses.replace(score.accuracy, high=np.zeros_like(score.accuracy.high))
    below = dataclasses.replace(score, accuracy=nothing, trained=True)
    assert mark(below) == SUPPRESSED
    assert mark(dataclasses.replace(below, trained=False)) != SUPPRESSED


def test_recall_is_raw_and_never_at_a_floor(found) -> None:
    assert mark(found["recall"]) == ""
