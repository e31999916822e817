"""Question sets: what a headline counts, and values that can be right."""

from __future__ import annotations

import numpy as np
from zebroid.eval.floors.ceilings import deducer
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.question_sets.right_answers import possible, right_answers
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import Corpus


class Schemas(Composition):
    """Asked for schema alone: all else stands apart."""

    instruments = (("schema", "two"),)


def test_cues_are_never_pooled(zebra_questions: QuestionSet) -> None:
    corpus, groups = zebra_questions.corpus, zebra_questions.groups
    cue = corpus.prompt[zebra_questions.questions, 0]
    for name, (rung, number) in zebra_questions.instruments.items():
        where = groups.get(name, np.zeros(len(cue), bool))
        assert (cue[where] == number).all() and zebra_questions.rung_of(name) == rung
    assert len({*cue[groups["recall"]]}) > 1  # recall is one raw group


def test_questions_of_no_instrument_stand_apart(matched) -> None:
    corpus = matched(build_corpus(Schemas(), "tiny"))
    question_set = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    assert [*question_set.headline] == ["recall", "schema"]
    apart = question_set.groups["constituent (no instrument)"]
    assert apart.sum() == len(corpus.of_rung("constituent")) > 0
    assert question_set.left_out["constituent (no instrument)"] == apart.sum()
    assert "constituent out-out" not in question_set.groups
    assert question_set.rung_of("constituent (no instrument)") == ""


def test_a_part_is_taken_from_what_was_measured_of_the_whole(
    composition_questions: QuestionSet,
) -> None:
    keep = composition_questions.groups["schema"]
    part = composition_questions.only(keep)
    assert part.whole is not None and part.whole[0] is composition_questions
    assert part.groups.keys() == {"schema"}
    assert part.missing("instance").startswith("none of the 75 questions")


def test_right_answers_of_an_empty_set_are_none(zebra: Corpus) -> None:
    nothing = zebra.of_rung("nontheorem")[:5]
    row, answer = right_answers(zebra, nothing)
    assert row.tolist() == [0, 1, 2, 3, 4] and (answer == zebra.none).all()


def test_what_is_right_is_possible(zebra_questions: QuestionSet) -> None:
    corpus = zebra_questions.corpus
    table, answer = possible(corpus), deducer(corpus, zebra_questions.questions).answer
    cue = corpus.prompt[zebra_questions.questions, 0]
    answered = answer != corpus.none
    assert table[cue[answered], answer[answered]].all()
    assert not table[:, corpus.none].any() and not table.all(1).any()
