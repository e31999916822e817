"""`zebroid floors`: what can be had in a world without its rules, for a plugin too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

HARBOUR = Path(__file__).parents[2] / "plugins" / "acme" / "acme_plugin" / "harbour.py"


@pytest.fixture
def printed(zebroid, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: zebroid("floors", *words)


def test_a_world_is_a_row_for_each_instrument_and_a_line_for_each_floor(printed):
    status, out, err = printed("zebra-v1/tiny")
    assert (status, err) == (0, "")
    assert out.startswith("zebra-v1/tiny, seed 0")
    for rung in ("instance", "schema", "axiom"):
        assert f"{rung} has: floor 0." in out
    assert "the names of predicates do not matter here" in out  # zebra's axiom, by spreading
    assert "Pivotal share" in out and "rule 1: typical, place 1" in out
    assert max(map(len, out.splitlines())) <= 100


def test_json_holds_every_strategy_with_what_it_is_blind_to(printed):
    status, out, _ = printed("composition-v1/tiny", "--json", "--seed", "1")
    found = json.loads(out)
    assert (status, found["world"], found["size"], found["seed"]) == (
        0,
        "composition-v1",
        "tiny",
        1,
    )
    by_rung = {i["rung"]: i for i in found["instruments"]}
    assert (
        by_rung["instance"]["reuse by likeness"] and not by_rung["constituent"]["reuse by likeness"]
    )
    for i in found["instruments"]:
        names = {s["strategy"] for s in i["strategies"]}
        assert {"uniform", "exclusion", "profile copy", "likeness", "spreading"} <= names
        assert any(s["family"] == "blinded" and 0 <= s["pivotal"] <= 1 for s in i["strategies"])
        assert all(s["blind to"] and 0 <= s["score"] <= 1 for s in i["strategies"])


def test_a_plugin_gets_its_floors_for_nothing(printed):
    status, out, err = printed(HARBOUR)
    assert (status, err) == (0, "") and "seed 0" in out


def test_an_unknown_size_is_one_line(printed):
    status, out, err = printed("zebra-v1/smal")
    assert (status, out) == (2, "") and "did you mean" in err and err.count("\n") == 1
