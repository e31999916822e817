"""What made a training: found when it begins, and kept for one that is killed and goes on."""

from __future__ import annotations

import dataclasses

import pytest
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner import provenance
from zebroid.benchmarks.runner.result_store import Store


@pytest.fixture
def at(monkeypatch):
    """at(commit, dirty) puts the repository there, as a process that starts then finds it."""

    def move(commit, dirty=False, loaded=True):
        monkeypatch.setattr(provenance, "_head", lambda: (commit, dirty))
        if loaded:
            provenance._began.cache_clear()

    yield move
    provenance._began.cache_clear()


def test_the_code_that_runs_is_of_the_commit_at_which_it_was_loaded(at):
    at("a" * 40)
    assert provenance.commit() == ("a" * 40, False)
    at("b" * 40, loaded=False)
    assert provenance.commit() == ("a" * 40, True)
    at("b" * 40)
    assert provenance.commit() == ("b" * 40, False)
    at("b" * 40, dirty=True, loaded=False)
    assert provenance.commit() == ("b" * 40, True)


def test_a_killed_training_is_of_what_began_it_and_changed_if_another_goes_on(at, suite, tmp_path):
    cells = load_suite(suite()).cells[:1]
    store = Store(tmp_path)
    draft = store.draft(cells[0])
    at("a" * 40)
    (first,) = provenance.begun(cells, draft)
    assert (first.commit, first.dirty) == ("a" * 40, False) and first.versions["numpy"]
    draft.mkdir(parents=True)  # a state is kept
    assert provenance.begun(cells, draft) == [first]
    at("b" * 40)
    assert provenance.begun(cells, draft) == [dataclasses.replace(first, dirty=True)]
    draft.rmdir()  # no state was kept: it begins anew
    assert provenance.begun(cells, draft)[0].commit == "b" * 40
    draft.mkdir()
    draft.with_name(f"{draft.name}.json").write_text('[{"commit": 1}]')
    assert provenance.begun(cells, draft)[0].commit == "b" * 40
    store._settle(cells[0])
    assert not [*(tmp_path / "training").iterdir()]


def test_without_a_place_for_states_nothing_is_written(at, suite, tmp_path):
    at("a" * 40)
    assert provenance.begun(load_suite(suite()).cells[:1], None)[0].commit == "a" * 40
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".toml"]
