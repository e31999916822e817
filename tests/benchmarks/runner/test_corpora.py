"""Floors may be measured ahead, beside a training, and are what they would be afterwards."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner import corpora
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.eval.floors import measured


def test_floors_measured_ahead_are_the_same_and_measured_once(suite, monkeypatch):
    cell, queries = load_suite(suite()).cells[0], []
    real = measured.strategies
    monkeypatch.setattr(measured, "strategies", lambda: queries.append(1) or real())
    later = Corpora().floors(cell)
    assert len(queries) == 1
    with Corpora(ahead=True) as ahead:
        question_set = ahead.question_set(cell)
        for found in (ahead.floors(cell), ahead.floors(cell), measured.measured(question_set)):
            assert [one.name for one in found.scored] == [one.name for one in later.scored]
            for one, other in zip(found.scored, later.scored):
                assert np.array_equal(one.value, other.value)
    assert len(queries) == 2


def test_a_strategy_that_fails_ahead_fails_where_it_is_needed(suite, monkeypatch):
    def fails(*question_set):
        raise MemoryError("no room")

    monkeypatch.setattr(corpora, "measured", fails)
    cell = load_suite(suite()).cells[0]
    with Corpora(ahead=True) as found:
        found.question_set(cell)
        with pytest.raises(MemoryError, match="no room"):
            found.floors(cell)


def test_who_stops_a_run_waits_for_one_strategy_and_no_more(suite, monkeypatch):
    begun, stopped, answered = threading.Event(), threading.Event(), []

    def slow(question_set, watch):
        begun.set()
        for number in range(100):
            stopped.wait(60)
            watch("a strategy")
            answered.append(number)

    monkeypatch.setattr(corpora, "measured", slow)
    grid = load_suite(suite()).cells
    with Corpora(ahead=True) as found:
        found.question_set(grid[0])
        assert begun.wait(60)
        threading.Timer(0.2, stopped.set).start()
    assert answered == []
    assert not any(thread.name.startswith("floors") for thread in threading.enumerate())
