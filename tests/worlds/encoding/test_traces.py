"""Traces: a fact is looked up, or its premises are and it is deduced; results bear no loss."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from zebroid import registry
from zebroid.errors import UserError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import MODES, TRAINED, encode, sample_questions
from zebroid.worlds.encoding.traces import (
    DEDUCE,
    LOOK_UP,
    MARKS,
    Traces,
    Words,
    line_of,
    lines_of,
    needed,
    read_call,
)

HOPS = "composition-v1/tiny[entities=10,relations=5]"


@functools.cache
def made(name=HOPS):
    world, size = registry.sized(name)
    corpus = build_corpus(world, size, world.default_exposure(size))
    return corpus, sample_questions(corpus, 40, 0)


@functools.cache
def encoded():
    corpus, questions = made()
    return encode(corpus, "tools", questions)


def test_a_stated_fact_is_one_look_up_and_a_conclusion_its_premises_and_a_deduction():
    corpus, _ = made()
    traces = Traces(corpus)
    stated = int(np.flatnonzero(corpus.stated)[0])
    (call,) = traces.of(stated)
    assert call.name == LOOK_UP and line_of(corpus, call.prompt, call.result) == traces.line(stated)
    conclusion = int(np.flatnonzero(corpus.demonstrated)[0])
    calls = traces.of(conclusion)
    assert calls[0].name == LOOK_UP and calls[0].result == corpus.none  # it is not stated
    assert [c.name for c in calls[1:]] == [LOOK_UP] * (len(calls) - 2) + [DEDUCE]
    assert lines_of(corpus, calls)[-1] == traces.line(conclusion)


def test_a_premise_is_obtained_once():
    corpus, _ = made()
    traces = Traces(corpus)
    for fact in np.flatnonzero(corpus.demonstrated)[:50].tolist():
        lines = lines_of(corpus, traces.of(fact))
        assert len(lines) == len({*lines})


def test_results_bear_no_loss_and_all_else_behind_the_prompt_does():
    corpus, tokens = made()[0], encoded()
    words = Words(corpus)
    R = len(corpus.rows.prompt)
    result = np.zeros(tokens.train.shape, bool)
    result[:, 1:] = tokens.train[:, :-1] == words.result
    assert result.any() and not tokens.loss[result].any()
    written = tokens.train[:R, tokens.prompt :] != tokens.end
    assert (tokens.loss[:R, tokens.prompt :] == (written & ~result[:R, tokens.prompt :])).all()
    assert not tokens.loss[:, : tokens.prompt].any()


def test_every_call_of_every_row_reads_back_as_it_was_written():
    corpus, tokens = made()[0], encoded()
    words, traces = Words(corpus), Traces(corpus)
    for row, calls in zip(tokens.train, traces.rows()):
        ends = np.flatnonzero(row == words.result)
        read = [read_call(words, corpus, row[: at + 1]) for at in ends]
        assert read == [(c.name, c.prompt) for c in calls]
        assert [int(row[at + 1]) for at in ends] == [int(words.value[c.result]) for c in calls]


def test_what_is_no_call_is_read_as_none():
    corpus, _ = made()
    words = Words(corpus)
    mark, cue = words.mark[LOOK_UP], int(words.lexicon.cue[0])
    constant = int(words.value[0])
    (fine,) = Traces(corpus).of(int(np.flatnonzero(corpus.stated)[0]))
    whole = np.array(words.call(fine)[:-1])
    assert read_call(words, corpus, whole) == (fine.name, fine.prompt)
    for broken in (
        [words.result],
        [mark, words.result],
        [mark, cue, words.result],
        [mark, constant, constant, words.result],
        [mark, cue, *[constant] * 9, words.result],
        [mark, cue, mark, words.result],
        [cue, constant, constant, words.result],
        [*whole, constant, words.result],  # a result that nobody called for
    ):
        assert read_call(words, corpus, np.array(broken)) is None


def test_the_vocabulary_of_other_modes_stays_and_the_marks_stand_behind_it():
    corpus, questions = made()
    tokens, chain = encoded(), encode(corpus, "chain", questions)
    assert tokens.vocabulary == (*chain.vocabulary, *MARKS)
    assert (tokens.query == chain.query).all() and (tokens.members == chain.members).all()
    assert len(tokens.answer_ids) == len(tokens.vocabulary)
    assert (tokens.answer_ids[-len(MARKS) :] == -1).all()
    assert (*MODES, "tools") == TRAINED


def test_there_is_room_for_the_trace_that_any_question_needs():
    corpus, questions = made()
    tokens, words = encoded(), Words(corpus)
    for calls in needed(Traces(corpus), questions):
        assert calls is not None
        assert sum(len(words.call(call)) for call in calls) + 2 <= tokens.max_new


def test_a_stated_rule_as_data_is_looked_up():
    corpus, questions = made("algebra-v2/tiny[algebras=5,laws=3]")
    queried = {
        corpus.cues[call.prompt[0]][0]
        for calls in needed(Traces(corpus), questions)
        for call in calls or ()
        if call.name == LOOK_UP and call.fact >= 0
    }
    assert "law" in queried


def test_a_name_of_several_words_is_written_in_full_in_every_call_and_reads_back():
    corpus, questions = made("percept-v2/tiny[links=1,views=1]")
    tokens, words = encode(corpus, "tools", questions), Words(corpus)
    pictures, seen = corpus.closure.base.sorts["picture"], 0
    for row, calls in zip(tokens.train, Traces(corpus).rows()):
        ends = np.flatnonzero(row == words.result)
        read = [read_call(words, corpus, row[: at + 1]) for at in ends]
        assert read == [(c.name, c.prompt) for c in calls]
        seen += sum(c.prompt[1] in pictures for c in calls)
    assert seen > 30
    nine = words.lexicon.spelling[pictures[0]]
    assert len(nine) == 9 and words.constants(tuple(nine), 1) == [pictures[0]]
    for wrong in (nine[:-1], [*nine, nine[0]], []):
        assert words.constants(tuple(wrong), 1) is None


def test_worlds_in_which_a_look_up_has_no_one_answer_or_a_prompt_a_theory_are_refused():
    for name, why in (
        ("network-v2/tiny", "stated facts answer"),
        ("prover-v2/tiny", "episodes"),
        ("commands-v2/tiny", "answers of several words"),
    ):
        corpus, questions = made(name)
        with pytest.raises(UserError, match=why):
            encode(corpus, "tools", questions)
