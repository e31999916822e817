"""The sentence per world says what the intervals allow, and no more."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.eval.floors.tracer import tracer
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import score, traced_apart
from zebroid.eval.verdicts.summary import interval, sentence


def test_modes_whose_intervals_lie_apart_are_distinguished(
    composition_questions: QuestionSet, row
) -> None:
    question_set = composition_questions
    direct = row(question_set, {"instance": 0.94, "constituent": 0.0})
    chain = row(question_set, {"instance": 1.0, "constituent": 0.97}, "chain", mode="chain")
    text = sentence("composition-v1/tiny", [direct, chain])
    assert text.startswith("composition-v1/tiny: direct reuses but does not recombine: ")
    assert "constituent 0.00 [0.00, 0.06] (suppressed" in text
    assert "at instance 0.93" in text
    assert "writing the proof first lifts constituent to 0.97" in text
    assert text.endswith("95% intervals over 3 runs.")


def test_models_of_one_mode_are_named(composition_questions: QuestionSet, row) -> None:
    levels = {"first": 0.5, "second": 0.9, "third": 0.1, "fourth": 0.5}
    rows = [
        row(composition_questions, {"instance": 0.9, "constituent": level}, f"direct {name}")
        for name, level in levels.items()
    ]
    text = sentence("composition-v1/tiny", rows)
    assert text.startswith("composition-v1/tiny: direct first reuses and ")
    assert "; higher: direct second 0.9" in text
    assert "; not distinguishable: direct fourth 0.5" in text
    assert "; lower: direct third 0.1" in text
    assert "answering at once" not in text


def test_the_tracer_is_named_where_it_solves_what_the_chain_solves(
    composition_questions: QuestionSet, row
) -> None:
    question_set = composition_questions
    found = tracer(question_set.corpus, question_set.questions)
    traced = score([Predictions.of(question_set, found)], "tracer")
    rows = [
        row(question_set, {"instance": 0.9}),
        row(question_set, {"constituent": 0.9}, "chain", mode="chain"),
    ]
    assert "each step a recall (the tracer solves all of it)" in sentence(
        "composition-v1/tiny", rows, traced
    )


def test_what_the_tracer_does_not_solve_is_never_compared_with_all_questions(
    zebra_questions: QuestionSet, row, model
) -> None:
    chain = model(zebra_questions, {"instance": 1.0, "constituent": 0.9}, mode="chain")
    whole, rest = traced_apart([chain], "chain", tracer)
    assert rest is not None
    direct = row(zebra_questions, {"instance": 0.9})
    text = sentence("composition-v1/tiny", [direct, whole, rest])
    assert "not traced" not in text
    assert f"and {interval(rest.rungs['constituent'])} on what the tracer does not solve" in text


def test_a_rung_of_a_handful_of_questions_is_left_open(zebra_questions: QuestionSet, row) -> None:
    depth = zebra_questions.groups["depth"]
    few = zebra_questions.only(~depth | (np.cumsum(depth) <= 20))
    text = sentence("composition-v1/tiny", [row(few, {"instance": 0.9, "depth": 1.0})])
    assert "open: " in text and "depth" in text.split("open: ")[1]


def test_overlapping_intervals_are_not_distinguished(
    composition_questions: QuestionSet, row
) -> None:
    levels = {"instance": 0.9, "constituent": 0.5}
    close = {"instance": 0.9, "constituent": 0.53}
    text = sentence(
        "composition-v1/tiny",
        [
            row(composition_questions, levels),
            row(composition_questions, close, "filler", mode="filler"),
        ],
    )
    assert "not distinguishable from direct" in text
    assert "lifts" not in text


def test_one_run_is_reported_to_say_nothing_of_other_seeds(
    composition_questions: QuestionSet, row
) -> None:
    text = sentence(
        "composition-v1/tiny", [row(composition_questions, {"instance": 0.9}, shifts=(0.0,))]
    )
    assert "over questions and say nothing of other seeds" in text


def test_without_reuse_the_rest_decides_nothing(composition_questions: QuestionSet, row) -> None:
    text = sentence("composition-v1/tiny", [row(composition_questions, {"recall": 1.0})])
    assert "does not show that it reuses, so constituent decides nothing yet" in text


def test_an_interval_across_chance_is_left_open(composition_questions: QuestionSet, row) -> None:
    levels = {"instance": 0.9, "constituent": 0.4}
    text = sentence(
        "composition-v1/tiny", [row(composition_questions, levels, shifts=(-0.2, 0.0, 0.2))]
    )
    assert "may or may not recombine" in text


def test_a_world_with_recall_only_has_nothing_to_tell(
    composition_questions: QuestionSet, row
) -> None:
    question_set = QuestionSet(
        composition_questions.corpus, composition_questions.corpus.of_rung("recall")
    )
    assert "nothing to tell" in sentence(
        "composition-v1/tiny", [row(question_set, {"recall": 1.0})]
    )


def test_no_row_is_an_error() -> None:
    with pytest.raises(ValueError, match="got no rows"):
        sentence("composition-v1/tiny", [])
