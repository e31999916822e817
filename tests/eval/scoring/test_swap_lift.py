"""Swap lift: nothing for whoever reads a part of the prompt, all for whoever reads the whole."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from zebroid.eval.floors.ceilings import deducer
from zebroid.eval.floors.chance_pools import Commonest
from zebroid.eval.floors.reading import Reading
from zebroid.eval.floors.strategy import Questions, answers
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.swap_lift import Answered, Swaps, agreement, swap_lift
from zebroid.worlds.corpus.corpus import Corpus


@pytest.fixture(scope="module")
def cue(composition: Corpus) -> int:
    return [p for p, _ in composition.cues].index("two")


@pytest.fixture(scope="module")
def constituent(composition: Corpus) -> QuestionSet:
    return QuestionSet(composition, composition.of_rung("constituent"))


def of(question_set: QuestionSet, *answer: np.ndarray) -> Predictions:
    return Predictions(
        question_set, np.stack(answer)[:, None], None, np.zeros(1, np.int64), np.zeros(1)
    )


@pytest.mark.parametrize("part", [(), (1,), (2,), (3,), (1, 2), (1, 3), (2, 3)])
def test_a_random_function_of_a_part_has_exactly_no_lift_there(
    constituent: QuestionSet, cue: int, part: tuple[int, ...]
) -> None:
    corpus = constituent.corpus
    swaps = Swaps.of(corpus, constituent.questions, "constituent", cue)
    prompt = corpus.prompt[constituent.questions]
    key = prompt[:, list(part)] @ np.array([1, 97, 389])[: len(part)] if part else prompt[:, 0]
    draw = np.random.RandomState(3).randint(corpus.none, size=int(key.max()) + 1)
    value, defined = swaps.lift(draw[key].astype(np.int32), part)
    assert abs(value[defined].mean()) < 1e-12
    assert value.any() or len(part) == 2 or not part  # some of it is right, here and there


def test_the_deducer_has_all_the_lift_that_other_answers_leave(
    constituent: QuestionSet, cue: int
) -> None:
    right = deducer(constituent.corpus, constituent.questions).answer
    swaps = Swaps.of(constituent.corpus, constituent.questions, "constituent", cue)
    for part in swaps.parts():
        value, defined = swaps.lift(right, part)
        assert (value[defined] <= 1).all() and value[defined].mean() > 0.8
    found = swap_lift([of(constituent, right)], "constituent", cue)
    assert found is not None and found.value > 0.8 and found.low > 0.7
    assert found.over == "questions" and found.n <= len(constituent.questions)


def test_lift_equals_that_of_a_slow_obviously_right_count(
    constituent: QuestionSet, cue: int
) -> None:
    corpus, rng = constituent.corpus, np.random.RandomState(0)
    some = constituent.questions[::3]
    swaps = Swaps.of(corpus, some, "constituent", cue)
    answer = rng.randint(-1, corpus.none + 1, size=len(some)).astype(np.int32)
    answer[::2] = deducer(corpus, some).answer[::2]
    for part in swaps.parts():
        value, defined = swaps.lift(answer, part)
        for i, q in enumerate(some[:40].tolist()):
            others = [
                o
                for o in constituent.questions.tolist()
                if o != q and all(corpus.prompt[o, c] == corpus.prompt[q, c] for c in part)
            ]
            assert defined[i] == bool(others)
            if others:
                alike = np.mean([answer[i] in corpus.answers(o) for o in others])
                assert value[i] == pytest.approx((answer[i] in corpus.answers(q)) - alike)


def test_a_chance_strategy_has_no_lift(constituent: QuestionSet, cue: int) -> None:
    corpus = constituent.corpus
    questions, reading = Questions.of(corpus, constituent.questions), Reading.of(corpus)
    for setting in ("answer by 2", "answer by 1+3", "beside 3"):
        found = answers(Commonest(), reading, questions, setting)
        lift = swap_lift([of(constituent, found.answer)], "constituent", cue)
        assert lift is not None and lift.value < 0.05, setting


def test_the_interval_is_over_worlds_where_there_are_several(
    composition: Corpus, zebra: Corpus, constituent: QuestionSet, cue: int
) -> None:
    right = deducer(composition, constituent.questions).answer
    wrong = np.full_like(right, -1)
    found = swap_lift([of(constituent, right, wrong)], "constituent", cue)
    assert found is not None and 0.4 < found.value < 0.5  # the mean over two runs
    nothing = QuestionSet(zebra, zebra.of_rung("recall")[:5])
    assert swap_lift([of(nothing, np.zeros(5, np.int32))], "constituent", cue) is None


def test_agreement_parts_a_models_answers_by_those_of_a_strategy(constituent: QuestionSet) -> None:
    corpus, questions = constituent.corpus, constituent.questions[:4]
    right = deducer(corpus, questions).answer
    other = (right + 1) % corpus.none
    mine = np.array([right[0], right[1], other[2], other[3]])
    theirs = np.array([right[0], other[1], other[2], right[3]])
    table = sparse.csr_array((np.ones(4), (np.arange(4), theirs)), shape=(4, corpus.none + 1))
    found = agreement([Answered(corpus, questions, mine[None].astype(np.int32), table)])
    assert found.where_right == 0.5  # questions 0 and 3
    assert found.where_wrong == 0.5  # questions 1 and 2
    assert found.shared_errors == 0.5  # of 2 and 3 the first
    alone = Answered(corpus, questions, right[None], table)
    assert agreement([alone]).shared_errors is None
    both = agreement([alone, Answered(corpus, questions, mine[None].astype(np.int32), table)])
    assert both.where_right == both.where_wrong == 0.75
