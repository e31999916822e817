"""Floors that come with a suite are those that are measured, to the last digit."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.benchmarks.verification import frozen_floors
from zebroid.benchmarks.verification.frozen_floors import frozen, given, key_of, path_of
from zebroid.errors import InvalidSuite, UserError
from zebroid.eval.floors.measured import measured

SUITE = """
[suite]
id = "small"
title = "Small"
cost_minutes = 1
expected = "nothing"

[[cells]]
world = "composition-v1/tiny"
mode = ["direct", "chain"]
model = "decoder-xs"
plan = "short"
questions = 40

[plans.short]
steps = 10
"""


@pytest.fixture
def builtin(tmp_path, monkeypatch):
    """The path of a suite that is as good as built in."""
    path = tmp_path / "small.toml"
    path.write_text(SUITE)
    monkeypatch.setattr(registry, "suites", lambda: ("small",))
    monkeypatch.setattr(registry, "suite", lambda name: path)
    return path


def test_frozen_floors_are_those_that_are_measured(builtin, capsys, monkeypatch):
    assert frozen_floors.main(["small"]) == 0
    line = capsys.readouterr().out.partition("  #")[0]
    builtin.write_text(SUITE.replace('expected = "nothing"', f'expected = "nothing"\n{line}'))
    suite = load_suite("small")
    known = frozen(suite)
    assert len(known) == 1  # both cells are queried the same
    corpora, cell = Corpora(), suite.cells[0]
    mine, theirs = corpora.question_set(cell), Corpora().question_set(cell)
    here = measured(mine)
    monkeypatch.setattr("zebroid.eval.floors.measured._measure", None)  # nothing is measured
    assert given(theirs, known)
    there = measured(theirs)
    assert here is not there and len(here.blinded) == len(there.blinded) > 0
    for name, (rung, cue) in mine.instruments.items():
        where = mine.headline[name]
        if where.any():
            one, other = here.on(rung, str(cue), where), there.on(rung, str(cue), where)
            for a, b in zip(one.floors, other.floors, strict=True):
                assert np.array_equal(a.hits, b.hits) and np.array_equal(a.at, b.at)
                assert dataclasses.replace(a, hits=b.hits, at=b.at) == b
            guessed, again = here.guesses(name, where), there.guesses(name, where)
            if guessed is not None:
                assert again is not None
                assert np.array_equal(guessed.toarray(), again.toarray())
    half = np.arange(len(mine.questions)) % 2 == 0
    assert np.array_equal(here.only(half).uniform, there.only(half).uniform)


def test_floors_of_other_questions_are_not_given(builtin):
    suite = load_suite("small")
    fewer = Corpora().question_set(dataclasses.replace(suite.cells[0], questions=30))
    assert not given(fewer, {("0" * 64, key_of(fewer)[1]): cast(Any, "floors")})
    assert not fewer.memo


def test_a_file_that_the_suite_does_not_name_is_not_read(builtin):
    suite = load_suite("small")
    assert frozen(suite) == {}  # it names none
    named = dataclasses.replace(suite, floors="0" * 64)
    with pytest.raises(UserError, match="is missing, which small names"):
        frozen(named)
    path_of(suite).write_bytes(b"PAR1")
    with pytest.raises(UserError, match="freeze its floors anew, or verify with --full"):
        frozen(named)
    builtin.write_text(SUITE.replace('id = "small"', 'id = "small"\nfloors = "short"'))
    with pytest.raises(InvalidSuite, match="floors"):
        load_suite("small")


@pytest.mark.parametrize("name", registry.suites())
def test_the_floors_that_a_built_in_suite_names_are_there(name):
    suite = load_suite(name)
    assert bool(suite.floors) == path_of(suite).is_file()
    assert bool(frozen(suite)) == bool(suite.floors)
