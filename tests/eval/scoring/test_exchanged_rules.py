"""Exchanged rules: who reads sentences follows them, and who does not is moved by none."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.eval.floors.ceilings import inductor
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import Answers, QuestionSet
from zebroid.eval.scoring.exchanged_rules import exchanged_answers, exchanged_rules
from zebroid.eval.scoring.pattern_intervals import pattern_interval, patterns_of
from zebroid.eval.scoring.score import score
from zebroid.worlds.catalog.axioms import Axioms
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import SENTENCE, Corpus
from zebroid.worlds.exposure import Exposure

Pair = tuple[QuestionSet, QuestionSet]
EXPOSURE = Exposure(held=0.05, demonstrated=0.9, given={"exemplified": 0.3, "stated": 0.7})


def _corpus(twin: str | None, seed: int = 0) -> Corpus:
    return build_corpus(Axioms(), "tiny", dataclasses.replace(EXPOSURE, twin=twin), (seed, seed))


def _pair(seed: int = 0) -> Pair:
    true, exchanged = (_corpus(t, seed) for t in (None, "exchanged rules"))
    questions = np.concatenate([true.of_rung(r)[:400] for r in ("instance", "axiom")])
    return QuestionSet(true, np.sort(questions)), QuestionSet(exchanged, np.sort(questions))


@pytest.fixture(scope="module")
def pair() -> Pair:
    return _pair()


def _reader(question_set: QuestionSet) -> Predictions:
    """Composes by the sentences as they stand among the examples, word by word."""
    corpus = question_set.corpus
    c, examples = corpus.closure, corpus.examples
    tail = {(x, r): y for x, r, y in c.rows("rel").tolist()}
    parts = {w: (r1, r2) for r1, r2, w in c.rows("comp").tolist()}
    for i in np.flatnonzero(examples.kind == SENTENCE):
        cue = examples.prompt[i]
        if corpus.cues[cue[0]] == ("comp", 2):
            parts[int(examples.answer[i])] = (int(cue[1]), int(cue[2]))
    answer = []
    for _, person, word in corpus.prompt[question_set.questions].tolist():
        first, second = parts[word]
        answer.append(tail[tail[person, first], second])
    return Predictions.of(question_set, Answers("reader", np.array(answer, np.int32)))


def _deaf(question_set: QuestionSet) -> Predictions:
    """Knows what examples show, and of other words the first answer of the true corpus."""
    answer = inductor(question_set.corpus, question_set.questions).answer
    return Predictions.of(question_set, Answers("deaf", answer))


def test_who_reads_the_sentences_as_written_has_a_gap_of_one_and_obeys(pair: Pair) -> None:
    found = exchanged_rules([_reader(pair[0])], [_reader(pair[1])])["axiom"]
    assert found.gap.mean == found.obeyed.mean == 1
    assert found.unbidden.mean == 0
    assert found.gap.patterns > 5 and found.gap.questions > 50


@pytest.mark.parametrize("answers", [_deaf, None])
def test_who_reads_no_sentence_has_no_gap_and_obeys_no_more_than_unbidden(
    pair: Pair, answers: Callable[[QuestionSet], Predictions] | None
) -> None:
    """One that answers NONE, and one that answers by the true rules whatever is stated."""
    if answers is None:
        cells = [_reader(pair[0]), dataclasses.replace(_reader(pair[0]), question_set=pair[1])]
    else:
        cells = [answers(q) for q in pair]
    found = exchanged_rules([cells[0]], [cells[1]])["axiom"]
    assert found.gap.mean == 0 and found.gap.low <= 0 <= found.gap.high
    assert found.obeyed.mean == found.unbidden.mean == 0


def test_what_the_exchanged_sentence_says_is_found_by_closing_the_world(pair: Pair) -> None:
    for question_set in pair:
        row, answer = exchanged_answers(question_set.corpus, question_set.questions)
        assert np.array_equal(np.sort(row), np.arange(len(question_set.questions)))
        assert np.array_equal(answer[np.argsort(row)], _reader(question_set).answer[0, 0])


def test_only_questions_whose_answer_differs_are_scored(pair: Pair) -> None:
    found = exchanged_rules([_reader(pair[0])], [_reader(pair[1])])["axiom"]
    own, other = (_reader(q).answer[0, 0] for q in pair)
    mine = pair[0].headline["axiom"]
    assert found.gap.questions == int((own != other)[mine].sum()) < mine.sum()


def test_runs_and_worlds_are_pooled_and_patterns_of_two_worlds_are_different(pair: Pair) -> None:
    more = _pair(1)
    one = exchanged_rules([_reader(pair[0])], [_reader(pair[1])])["axiom"]
    both = exchanged_rules(
        [_reader(q[0]) for q in (pair, more)], [_reader(q[1]) for q in (pair, more)]
    )["axiom"]
    assert both.gap.patterns > one.gap.patterns and both.gap.mean == 1
    half = [_reader(pair[1]), _deaf(pair[1])]
    assert exchanged_rules([_reader(pair[0])], half)["axiom"].obeyed.mean == 0.5


def test_corpora_that_are_no_pair_are_refused(pair: Pair) -> None:
    one, other = _reader(pair[0]), _reader(pair[1])
    with pytest.raises(UserError, match="only with true rules, expected both"):
        exchanged_rules([one], [])
    with pytest.raises(UserError, match="got twins exchanged rules and None"):
        exchanged_rules([other], [one])
    fewer = other.only(np.arange(len(pair[1].questions)) % 2 == 0)
    with pytest.raises(UserError, match="got other questions about axioms-v1"):
        exchanged_rules([one], [fewer])


def test_a_question_rests_on_the_rule_that_was_only_stated(pair: Pair) -> None:
    corpus = pair[0].corpus
    where = np.flatnonzero(pair[0].headline["axiom"])
    names = corpus.closure.base.constants
    for unit, q in zip(patterns_of(pair[0], where), pair[0].questions[where]):
        assert unit[0] == corpus.digest and len(unit) == 2
        assert unit[1].startswith("comp ") and unit[1].split()[-1] == names[corpus.prompt[q, 2]]


def test_the_intervals_of_an_axiom_score_are_over_patterns(pair: Pair) -> None:
    cell = _reader(pair[0])
    whole = score([cell], "reader").rungs["axiom"]
    mean, low, high = whole.accuracy.at()
    assert (mean, high, whole.accuracy.over) == (1, 1, "patterns") and 0.6 < low < 1
    # half of the patterns right, each wholly or not at all
    where = np.flatnonzero(pair[0].headline["axiom"])
    units = patterns_of(pair[0], where)
    kept = sorted({*units})[::2]
    answer = cell.answer.copy()
    answer[0, 0, [w for w, u in zip(where, units) if u not in kept]] = -1
    half = score([dataclasses.replace(cell, answer=answer)], "half").rungs["axiom"]
    mean, low, high = half.accuracy.at()
    sure = 3 * 2 * np.sqrt(mean * (1 - mean) / half.n)
    assert low < mean < high and high - low > sure
    assert half.normalised is not None and half.lift is not None
    for found in (half.normalised, half.lift):
        assert found.over == "patterns" and found.high - found.low > sure


def test_an_interval_over_patterns_covers_where_one_over_questions_does_not() -> None:
    """Patterns of one level each: 20 questions of a pattern are one observation."""
    rng = np.random.RandomState(0)
    units = [("c", str(i)) for i in range(30) for _ in range(20)]
    hits = []
    for _ in range(300):
        level = rng.rand(30)
        right = (rng.rand(600) < level.repeat(20)).astype(float)
        found = pattern_interval(right, units)
        hits.append(found.low <= 0.5 <= found.high)
    assert np.mean(hits) > 0.92


def test_one_pattern_says_nothing_about_others() -> None:
    found = pattern_interval(np.ones(50), [("c", "one")] * 50)
    assert (found.low, found.high, found.patterns) == (0.0, 1.0, 1)
