"""The sentence per world says what the intervals allow, and no more."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.tracer import tracer
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import score, traced_apart
from zebroid.eval.verdicts.summary import above, interval, sentence
from zebroid.worlds.corpus.corpus import Corpus
from zebroid.worlds.novelty.rungs import RUNGS

KNOWN = {"recall": 1.0}  # a model that has learned its corpus


@pytest.fixture(scope="module")
def composition_questions(composition: Corpus) -> QuestionSet:
    """Sixty headline questions of each instrument, where there are so many."""
    rng, headline = np.random.RandomState(0), composition.certificate.headline
    drawn = [rng.permutation(q[headline[q]])[:60] for q in map(composition.of_rung, RUNGS)]
    return QuestionSet(composition, np.sort(np.concatenate(drawn)))


def test_modes_that_differ_are_named_with_their_paired_difference(
    composition_questions: QuestionSet, row
) -> None:
    question_set = composition_questions
    direct = row(question_set, KNOWN | {"instance": 0.94, "constituent": 0.0})
    chain = row(question_set, KNOWN | {"instance": 1.0, "constituent": 0.97}, "chain", mode="chain")
    text = sentence("composition-v1/tiny", [direct, chain])
    assert text.startswith("composition-v1/tiny: direct reuses but does not recombine: ")
    assert "constituent 0.00 [0.00, 0.06] (suppressed" in text
    assert "at instance 0.9" in text
    assert "writing the proof first lifts constituent to 0.97" in text and "(+0.9" in text
    assert text.endswith("95% intervals over 3 runs. Differences have 95% intervals of their own.")


def test_models_of_one_mode_are_named_and_corrected_for_their_number(
    composition_questions: QuestionSet, row
) -> None:
    levels = {"first": 0.75, "second": 0.99, "third": 0.1, "fourth": 0.75}
    rows = [
        row(
            composition_questions, KNOWN | {"instance": 0.9, "constituent": level}, f"direct {name}"
        )
        for name, level in levels.items()
    ]
    text = sentence("composition-v1/tiny", rows)
    assert text.startswith("composition-v1/tiny: direct first reuses and ")
    assert "; higher: direct second 0.9" in text
    assert "; not distinguishable: direct fourth 0.7" in text
    assert "; lower: direct third 0.1" in text
    assert "answering at once" not in text
    assert text.endswith("of their own and hold after Holm's correction for 3.")


def test_recombining_is_claimed_only_above_the_floor(
    composition_questions: QuestionSet, row
) -> None:
    """Surely above chance is not enough where a deducer that is blind to a premise gets as far."""
    levels = {"recall": 1.1, "instance": 0.9, "constituent": 0.42}
    mine = row(composition_questions, levels, shifts=(-0.01, 0.0, 0.01))
    score = mine.rungs["constituent"]
    assert score.floor.chance < score.accuracy.low[-1] < score.floor.value
    text = sentence("composition-v1/tiny", [mine])
    assert " can recombine" not in text and "begins to recombine" not in text
    assert f"(floor {score.floor.value:.2f}, by {score.floor.strategy})" in text
    able = sentence(
        "x", [row(composition_questions, KNOWN | {"instance": 1.0, "constituent": 1.0})]
    )
    assert "reuses and can recombine" in able and "normalised 1.00" in able


def test_what_likeness_gives_is_never_called_recombination(
    composition_questions: QuestionSet, row
) -> None:
    mine = row(composition_questions, KNOWN | {"instance": 1.0, "constituent": 0.0, "schema": 1.0})
    assert mine.rungs["schema"].floor.reuse and above(mine.rungs["schema"]) is None
    text = sentence("composition-v1/tiny", [mine])
    assert "reuse by likeness: schema 1.00" in text and "above the floor: schema" not in text
    only = dataclasses.replace(mine, rungs={"schema": mine.rungs["schema"]})
    assert "nothing to tell: no rung above instance has headline questions beyond" in sentence(
        "x", [only]
    )


def test_models_that_have_not_learned_their_corpus_are_compared_with_nothing(
    composition_questions: QuestionSet, row
) -> None:
    learned = row(composition_questions, KNOWN | {"instance": 0.9, "constituent": 0.9}, "first")
    unlearned = row(composition_questions, {"recall": 0.3}, "second")
    for rows in ([learned, unlearned], [unlearned, learned]):
        text = sentence("x", rows)
        assert text.startswith("x: direct reuses and can recombine") or "first reuses" in text
        assert "untrained, and compared with nothing: second (recall 0.30" in text
        assert "; train longer (plan.steps of a suite)" in text
        assert "lower" not in text and "suppressed" not in text
    assert sentence("x", [unlearned]).startswith("x: nothing to tell: untrained")


def test_the_tracer_is_named_where_it_solves_what_the_chain_solves(
    composition_questions: QuestionSet, row
) -> None:
    question_set = composition_questions
    found = tracer(question_set.corpus, question_set.questions)
    traced = score([Predictions.of(question_set, found)], "tracer")
    rows = [
        row(question_set, KNOWN | {"instance": 0.9}),
        row(question_set, KNOWN | {"constituent": 0.9}, "chain", mode="chain"),
    ]
    assert "each step a recall (the tracer solves all of it)" in sentence(
        "composition-v1/tiny", rows, traced
    )


def test_what_the_tracer_does_not_solve_is_never_compared_with_all_questions(
    zebra_questions: QuestionSet, row, model
) -> None:
    main = "axiom has"
    chain = model(zebra_questions, KNOWN | {main: 0.9}, mode="chain")
    whole, rest = traced_apart([chain], "chain", tracer)
    assert rest is not None and main in rest.rungs
    direct = row(zebra_questions, KNOWN)
    alone = {name: direct.rungs[name] for name in ("recall", main)}
    direct = dataclasses.replace(direct, rungs=alone)
    text = sentence("zebra-v2/tiny", [direct, whole, rest])
    assert "not traced" not in text
    assert f"and {interval(rest.rungs[main])} on what the tracer does not solve" in text


def test_a_difference_within_the_noise_is_not_distinguished(
    composition_questions: QuestionSet, row
) -> None:
    levels = KNOWN | {"instance": 0.9, "constituent": 0.5}
    close = KNOWN | {"instance": 0.9, "constituent": 0.53}
    text = sentence(
        "composition-v1/tiny",
        [
            row(composition_questions, levels),
            row(composition_questions, close, "filler", mode="filler"),
        ],
    )
    assert "not distinguishable from direct (+0.0" in text
    assert "lifts" not in text


def test_one_run_is_reported_to_say_nothing_of_other_seeds(
    composition_questions: QuestionSet, row
) -> None:
    mine = row(composition_questions, KNOWN | {"instance": 0.9}, shifts=(0.0,))
    text = sentence("composition-v1/tiny", [mine])
    assert "over questions and say nothing of other seeds" in text


def test_without_reuse_the_rest_decides_nothing(composition_questions: QuestionSet, row) -> None:
    text = sentence("composition-v1/tiny", [row(composition_questions, KNOWN)])
    assert "does not show that it reuses, so constituent decides nothing yet" in text


def test_an_interval_across_the_floor_is_left_open(composition_questions: QuestionSet, row) -> None:
    levels = {"recall": 1.2, "instance": 0.9, "constituent": 0.5}
    mine = row(composition_questions, levels, shifts=(-0.2, 0.0, 0.2))
    assert "may or may not recombine" in sentence("composition-v1/tiny", [mine])


def test_a_world_with_recall_only_has_nothing_to_tell(
    composition_questions: QuestionSet, row
) -> None:
    question_set = QuestionSet(
        composition_questions.corpus, composition_questions.corpus.of_rung("recall")
    )
    assert "nothing to tell" in sentence("composition-v1/tiny", [row(question_set, KNOWN)])


def test_no_row_is_an_error() -> None:
    with pytest.raises(ValueError, match="got no rows"):
        sentence("composition-v1/tiny", [])
