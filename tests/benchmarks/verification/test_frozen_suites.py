"""Suites that rank are frozen: their corpora, their questions and the floors of both."""

from __future__ import annotations

import pytest
from zebroid import registry
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.benchmarks.verification.frozen_floors import frozen, key_of

RANKING = [name for name in registry.suites() if load_suite(name).columns]


def test_some_suite_ranks():
    assert "core-v1" in RANKING


@pytest.mark.slow
@pytest.mark.parametrize("name", RANKING)
def test_corpora_and_questions_are_those_whose_floors_were_frozen(name):
    """By digest: a corpus that moved, or other questions about it, would have no floors."""
    suite = load_suite(name)
    known, corpora = frozen(suite), Corpora()
    assert len(known) == len({cell.question_set for cell in suite.cells})
    first = {cell.panel: cell for cell in reversed(suite.cells)}
    assert {column.panel for column in suite.columns} <= {*first}
    for cell in first.values():
        assert key_of(corpora.question_set(cell)) in known, str(cell)
