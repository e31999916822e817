"""Exact rivals: wrong values that no count ranks above or below the right one."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid import registry
from zebroid.eval.floors.ceilings import deducer
from zebroid.eval.floors.chance_pools import Commonest, Exclusion
from zebroid.eval.floors.measured import rivals
from zebroid.eval.floors.reading import Reading
from zebroid.eval.floors.strategy import Questions, guesses
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.swap_lift import Answered, beside_rivals
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import Corpus


@pytest.fixture(scope="module")
def pictures() -> QuestionSet:
    corpus = build_corpus(*registry.sized("percept-v2/tiny"))
    called = corpus.prompt[:, 0] == [cue for cue, _ in corpus.cues].index("called")
    return QuestionSet(corpus, np.flatnonzero(corpus.certificate.headline & called))


def answered(one: QuestionSet, *answer: np.ndarray) -> Answered:
    return Answered(one.corpus, one.questions, np.stack(answer).astype(np.int32), rivals(one))


@pytest.mark.parametrize("strategy", [Commonest(), Exclusion()], ids=lambda s: s.name)
def test_what_counts_gives_a_rival_and_the_right_answer_equal_chances(
    pictures: QuestionSet, strategy: Commonest | Exclusion
) -> None:
    reading, questions = (
        Reading.of(pictures.corpus),
        Questions.of(pictures.corpus, pictures.questions),
    )
    ((_, batch),) = questions.batches
    names = {name for name, _ in strategy.settings(reading, batch)}
    table = rivals(pictures)
    row, rival = table.nonzero()
    right = deducer(pictures.corpus, pictures.questions).answer[row]
    assert len(row) > 100 and (rival != right).all()
    some = 0
    for name, found in guesses(strategy, reading, questions, names).items():
        of_right, of_rival = (np.asarray(found[row, a]).ravel() for a in (right, rival))
        assert np.array_equal(of_right, of_rival), name
        some += int((of_right > 0).sum())
    assert some > 100


def test_no_wrong_value_that_counts_rank_alike_is_left_out(pictures: QuestionSet) -> None:
    """The slow way: by what stands beside each part, and what is the answer beside it."""
    corpus, reading = pictures.corpus, Reading.of(pictures.corpus)
    questions = Questions.of(corpus, pictures.questions)
    found = rivals(pictures).toarray()
    for at, batch in questions.batches:
        votes = [ballot.dense() for _, ballot in Commonest().settings(reading, batch)]
        marks = next(iter(Exclusion().settings(reading, batch)))[1].classes
        assert marks is not None
        constants, right = questions.constants(batch), questions.right(at, batch)
        for i in range(len(at)):
            one = int(right[i].argmax())
            alike = {
                int(constants[v])
                for v in range(right.shape[1])
                if not right[i, v]
                and all(vote[i, v] == vote[i, one] for vote in votes)
                and marks.number[i, v] == marks.number[i, one]
            }
            assert alike == set(np.flatnonzero(found[at[i]]).tolist())


def test_the_deducer_is_surely_above_its_rivals(pictures: QuestionSet) -> None:
    right = deducer(pictures.corpus, pictures.questions).answer
    found = beside_rivals([answered(pictures, right)], [None])
    assert found is not None and (found.right, found.rival) == (1, 0)
    assert found.low > 0.9 and found.over == "questions" and found.share >= 0.5


def test_who_draws_among_the_right_answer_and_its_rivals_is_not_above_them(
    pictures: QuestionSet,
) -> None:
    right, rng = deducer(pictures.corpus, pictures.questions).answer, np.random.RandomState(0)
    table = rivals(pictures).toarray()
    table[np.arange(len(right)), right] = True
    drawn = np.stack([[rng.choice(np.flatnonzero(row)) for row in table] for _ in range(20)])
    found = beside_rivals([answered(pictures, *drawn)], [None])
    assert found is not None and found.low < 0 < found.high
    assert abs(found.right - found.rival) < 0.01 and found.rival > 0


def test_answers_that_cannot_be_read_are_neither(pictures: QuestionSet) -> None:
    unread = np.full(len(pictures.questions), -1)
    found = beside_rivals([answered(pictures, unread)], [None])
    assert found is not None and (found.right, found.rival) == (0, 0)


def test_nothing_stands_where_fewer_than_half_have_a_rival(composition: Corpus) -> None:
    one = QuestionSet(composition, composition.of_rung("constituent"))
    right = deducer(composition, one.questions).answer
    assert beside_rivals([answered(one, right)], [None]) is None
