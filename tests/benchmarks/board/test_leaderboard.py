"""zebroid leaderboard: models of many receipts beside one another, if their questions are equal."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from zebroid.benchmarks.board import leaderboard


@pytest.fixture
def receipts(zebroid, suite, trained, tmp_path):
    """Folders of two finished suites: two models on one world, and one of them on another too."""
    zebroid("run", suite(), "--out", "out")
    words = {
        'id = "tiny"': 'id = "other"',
        '"composition-v1/tiny"': '["composition-v1/tiny", "order-v2/tiny"]',
    }
    text = (tmp_path / "tiny.toml").read_text()
    for old, new in (
        words | {'"decoder-xs"': '"lstm-xs"', '["direct", "chain"]': '"direct"'}
    ).items():
        assert old in text
        text = text.replace(old, new)
    zebroid("run", suite(text), "--out", "out")
    return sorted(tmp_path.glob("out/*-*/receipt.json"))


def boards(out):
    """Title -> the rows of its table, as lists of cells."""
    found = {}
    for part in out.split("## ")[1:]:
        title, *lines = part.splitlines()
        rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
        found[title] = rows
    return found


def test_models_of_two_receipts_stand_in_one_table_per_world(zebroid, receipts):
    other, tiny = receipts
    status, out, _ = zebroid("leaderboard", other, tiny.parent)
    assert status == 0
    found = boards(out)
    assert set(found) == {"composition-v1/tiny", "order-v2/tiny"}
    head, floor, *rows = found["composition-v1/tiny"]
    assert head[:5] == ["model, mode (plan)", "receipt", "trust", "corpora", "recall"]
    assert floor[0] == "floor" and any(", " in cell for cell in floor)  # its strategy is named
    assert sum(name.startswith("**") for name in head) == 1  # what orders the table
    assert sorted(row[:4] for row in rows) == [
        ["decoder-xs, chain (short)", "2", "declared", "1"],
        ["decoder-xs, direct (short)", "2", "declared", "1"],
        ["lstm-xs, direct (short)", "1", "declared", "1"],
    ]
    scores = r"\(?(1\.|\.)\d\d±\.\d\d[°↓≈]?(, untrained\))?( → .+)?"
    assert all(re.fullmatch(scores, cell) for row in rows for cell in row[4:])
    assert [row[0] for row in found["order-v2/tiny"][2:]] == ["lstm-xs, direct (short)"]
    assert re.search(r"^1\. suite other@\w+, .*^2\. suite tiny@", out, re.MULTILINE | re.DOTALL)


def entry(untrained=False, **scores) -> Any:
    """An entry of a table: instrument -> its score above the floor; None: reuse by likeness."""
    rungs = {
        name: SimpleNamespace(
            rung=name.partition(" ")[0],
            normalised=None if value is None else SimpleNamespace(value=value),
            accuracy=SimpleNamespace(mean=0.9),
        )
        for name, value in scores.items()
    }
    return SimpleNamespace(row=SimpleNamespace(rungs=rungs, untrained=untrained))


def test_a_table_is_ordered_by_the_first_instrument_beyond_reuse_that_leaves_room():
    names = ["recall", "instance", "constituent", "schema"]
    entries = [entry(recall=1.0, instance=0.9, constituent=None, schema=0.4)]
    assert leaderboard._ranked(entries, names) == "schema"
    entries = [entry(recall=1.0, instance=0.9, constituent=0.1, schema=0.4)]
    assert leaderboard._ranked(entries, names) == "constituent"


def test_who_has_not_learned_its_corpus_counts_as_nothing():
    good, bad = entry(schema=0.4), entry(untrained=True, schema=0.9)
    assert leaderboard._value(good, "schema") == 0.4
    assert leaderboard._value(bad, "schema") == 0.0
    assert leaderboard._value(entry(depth=0.4), "schema") < 0


def test_a_receipt_given_twice_stands_once(zebroid, receipts):
    _, once, _ = zebroid("leaderboard", receipts[1])
    assert zebroid("leaderboard", receipts[1], receipts[1].parent)[1] == once


def test_a_receipt_without_scores_is_one_line(zebroid, suite, monkeypatch, tmp_path):
    def fail(*_):
        raise ValueError("no memory")

    from zebroid.benchmarks.runner import run

    monkeypatch.setattr(run, "train_cell", fail)
    zebroid("run", suite(), "--out", "out")
    status, out, err = zebroid("leaderboard", *tmp_path.glob("out/tiny-*"))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "none of these receipts" in err
