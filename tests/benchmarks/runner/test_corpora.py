"""Interpolators may answer ahead, beside a training, and answer as they would have afterwards."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner import corpora
from zebroid.benchmarks.runner.corpora import Corpora


def test_interpolators_that_answer_ahead_answer_the_same_and_once(suite, monkeypatch):
    cell, queries = load_suite(suite()).cells[0], []
    real = corpora.in_turn
    monkeypatch.setattr(corpora, "in_turn", lambda *given: queries.append(given) or real(*given))
    later = Corpora().interpolators(cell)
    assert len(queries) == 1
    with Corpora(ahead=True) as ahead:
        ahead.question_set(cell)
        for found in (ahead.interpolators(cell), ahead.interpolators(cell)):
            assert [one.name for one in found] == [one.name for one in later]
            for one, other in zip(found, later):
                assert np.array_equal(one.answer, other.answer)
    assert len(queries) == 2


def test_an_interpolator_that_fails_ahead_fails_where_it_is_needed(suite, monkeypatch):
    def fails(*question_set):
        raise MemoryError("no room")

    monkeypatch.setattr(corpora, "in_turn", fails)
    cell = load_suite(suite()).cells[0]
    with Corpora(ahead=True) as found:
        found.question_set(cell)
        with pytest.raises(MemoryError, match="no room"):
            found.interpolators(cell)


def test_who_stops_a_run_waits_for_one_interpolator_and_no_more(suite, monkeypatch):
    begun, stopped, answered = threading.Event(), threading.Event(), []

    def slow(*question_set):
        begun.set()
        for number in range(100):
            stopped.wait(60)
            answered.append(number)
            yield None

    monkeypatch.setattr(corpora, "in_turn", slow)
    grid = load_suite(suite()).cells
    with Corpora(ahead=True) as found:
        found.question_set(grid[0])
        assert begun.wait(60)
        threading.Timer(0.2, stopped.set).start()
    assert answered == [0]
    assert not any(thread.name.startswith("interpolators") for thread in threading.enumerate())
