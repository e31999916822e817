"""Interpolators may answer ahead, beside a training, and answer as they would have afterwards."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.benchmarks import run
from zebroid.benchmarks.suite import load


def test_interpolators_that_answer_ahead_answer_the_same_and_once(suite, monkeypatch):
    cell, asked = load(suite()).cells[0], []
    real = run.interpolators
    monkeypatch.setattr(run, "interpolators", lambda *exam: asked.append(exam) or real(*exam))
    later = run.Corpora().interpolators(cell)
    assert len(asked) == 1
    ahead = run.Corpora(ahead=True)
    ahead.exam(cell)
    for found in (ahead.interpolators(cell), ahead.interpolators(cell)):
        assert [one.name for one in found] == [one.name for one in later]
        for one, other in zip(found, later):
            assert np.array_equal(one.answer, other.answer)
    assert len(asked) == 2


def test_an_interpolator_that_fails_ahead_fails_where_it_is_asked_for(suite, monkeypatch):
    def fails(*exam):
        raise MemoryError("no room")

    monkeypatch.setattr(run, "interpolators", fails)
    cell, corpora = load(suite()).cells[0], run.Corpora(ahead=True)
    corpora.exam(cell)
    with pytest.raises(MemoryError, match="no room"):
        corpora.interpolators(cell)
