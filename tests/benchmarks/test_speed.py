"""The speed scripts run to their tables, on tiny workloads. What they measure is not asserted."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import types

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.speed import closure, corpus, laws
from zebroid.worlds.facts import Facts
from zebroid.worlds.state import state

RATIO = r"\d+\.\dx"


@pytest.fixture(autouse=True)
def wide(monkeypatch):
    """Room for whole lines of a table."""
    monkeypatch.setenv("COLUMNS", "160")


@pytest.fixture
def peer(monkeypatch):
    """reasoning-gym; where it isn't installed (it needs a C compiler), what we call of it."""
    if importlib.util.find_spec("reasoning_gym") is None:
        stub = types.SimpleNamespace(
            create_dataset=lambda name, size, seed: (
                {"question": f"{name} {seed + i}?", "answer": "aunt"} for i in range(size)
            )
        )
        monkeypatch.setitem(sys.modules, "reasoning_gym", stub)


def test_closure_prints_both_ratios_and_their_goals(monkeypatch, capsys, tmp_path):
    edges = Facts.of({"node": 4}, edge=("node node", np.array([[0, 1], [1, 2], [2, 3]])))
    rules = "path(X,Y) :- edge(X,Y).\npath(X,Z) :- path(X,Y), edge(Y,Z)."
    chain = closure.Workload(rules, lambda: edges, 5, 20)
    monkeypatch.setattr(closure, "WORKLOADS", {"chain": chain})
    words = ["closure", "--repeat", "2", "--json", str(tmp_path / "closure.json")]
    monkeypatch.setattr(sys, "argv", words)
    closure.main()
    out = capsys.readouterr().out
    assert re.findall(rf"{RATIO} \(goal (\d+)x\)", out) == ["5", "20"]
    assert "load average" in out
    found = json.loads((tmp_path / "closure.json").read_text())["chain"]
    assert (found["facts"], found["derivations"]) == (9, 6)
    assert len(found["ours_s"]) == len(found["grounding_s"]) == len(found["arrays_s"]) == 2


@pytest.mark.parametrize("name", ["composition-v1/tiny", "zebra-v1/tiny"])
def test_corpus_prints_a_ratio_as_arrays_and_one_in_english(name, peer, capsys, tmp_path):
    words = ["--world", name, "--families", "3", "--repeat", "2"]
    corpus.main([*words, "--json", str(tmp_path / "corpus.json")])
    out = capsys.readouterr().out
    assert len(re.findall(rf"(as arrays|in English).* {RATIO}", out)) == 2
    assert "load average" in out
    found = json.loads((tmp_path / "corpus.json").read_text())
    made = state(*registry.sized(name))
    assert found["statements"] == len(made.examples.answer) + len(made.sentences)
    assert found["questions"] == len(made.prompt)
    items = found["statements"] + found["questions"]
    assert found["certified"]["items"] == items
    assert found["english"]["items"] == items - np.count_nonzero(made.examples.fact < 0)
    assert found["peer"]["items"] == 3
    assert found["english"]["characters"] > items
    assert all(len(found[side]["seconds"]) == 2 for side in ("certified", "english", "peer"))


def test_english_costs_besides(peer):
    found = corpus.compare(*registry.sized("composition-v1/tiny"), families=1, repeat=1)
    assert found.english.seconds[0] > found.certified.seconds[0]


def test_a_missing_peer_is_one_line_with_the_cure(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "reasoning_gym", None)
    with pytest.raises(SystemExit) as left:
        corpus.main(["--world", "composition-v1/tiny"])
    assert left.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "pip install" in line and "[bench]" in line


@pytest.mark.parametrize("words", [["--world", "zebra-v1/huge"], ["--repeat", "0"]])
def test_what_cannot_be_measured_is_refused(words, peer, capsys):
    with pytest.raises(SystemExit) as left:
        corpus.main(words)
    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_laws_prints_every_law_and_the_whole(capsys):
    laws.main(["--curves", "1", "--draws", "2", "--jobs", "1"])
    out = capsys.readouterr().out
    assert all(law.name in out for law in (*laws.CURVES, *laws.SURFACES))
    assert re.search(r"all laws: \d+\.\d s with 1 processes", out) and "load average" in out
    with pytest.raises(SystemExit):
        laws.main(["--curves", "0"])
