"""`zebroid floors`: what can be had in a world without its rules, for a plugin too."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from zebroid import registry
from zebroid.benchmarks.conformance import floor_records
from zebroid.benchmarks.conformance.floor_means import means
from zebroid.benchmarks.conformance.worlds import world_checks
from zebroid.benchmarks.conformance.worlds.world_fixture import Subject

HARBOUR = Path(__file__).parents[2] / "plugins" / "acme" / "acme_plugin" / "harbour.py"

PLAIN = """
import numpy as np
from zebroid import Facts, World


class Plain(World):
    id = "acme.plain-v1"
    rules = "done(Y,S,X) :- inverse(R,S), does(X,R,Y)."

    def sample(self, rng, people=40, verbs=12):
        does = [(x, r, y) for r in range(verbs) for x, y in enumerate(rng.permutation(people))]
        return Facts.of(
            {"person": people, "verb": verbs, "way": verbs},
            does=("person verb person", does),
            inverse=("verb way", [(r, r) for r in range(verbs)]),
        )
"""


@pytest.fixture
def printed(zebroid, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    return lambda *words: zebroid("floors", *words)


def test_a_world_is_a_row_for_each_instrument_and_a_line_for_each_floor(printed):
    status, out, err = printed("zebra-v2/tiny")
    assert (status, err) == (0, "")
    assert out.startswith("zebra-v2/tiny, seed 0")
    for rung in ("constituent", "axiom"):
        assert f"{rung} has: floor 0." in out
    assert "Pivotal share" in out and "rule 1: typical, place 1" in out
    heads = " ".join(out.split("────")[0].split())
    assert "near written rungs chance" in heads and "nan" not in out
    assert max(map(len, out.splitlines())) <= 100


def test_where_spreading_answers_and_where_it_does_not(printed, tmp_path):
    """What one does to another is done to that one, and nothing else is stated of verbs."""
    message = "the names of relations do not matter here"
    plain = tmp_path / "plain.py"
    plain.write_text(PLAIN)
    assert message in " ".join(printed(f"{plain}/tiny")[1].split())
    assert message not in " ".join(printed("zebra-v2/tiny")[1].split())


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


def test_several_seeds_are_means_with_intervals(printed):
    status, out, err = printed("composition-v1/tiny", "--seeds", "2")
    assert (status, err) == (0, "")
    assert "means over 2 seeds with 95% intervals" in out and "±" in out and "nan" not in out
    status, out, _ = printed("composition-v1/tiny", "--seeds", "2", "--seed", "3", "--json")
    found = json.loads(out)
    assert (status, found["seeds"]) == (0, [3, 4]) and len(found["of each seed"]) == 2
    i = found["instruments"][0]
    assert i["best"]["floor"]["half"] >= 0 and i["best"]["floor"]["strategy"]
    one = [s["instruments"][0]["floor"]["score"] for s in found["of each seed"]]
    assert i["best"]["floor"]["mean"] == pytest.approx(sum(one) / 2, abs=1e-3)


def test_instruments_without_a_floor_are_named_with_their_questions(printed, tmp_path):
    """Where there are some without, and where there is no other."""
    few = tmp_path / "few.py"
    few.write_text(PLAIN.replace("people=40, verbs=12", "people=9, verbs=8"))
    _, out, _ = printed(few)
    where = r"where 30 are needed$"
    assert re.search(rf"^constituent done: no floor, only \d+ questions? {where}", out, re.M)
    assert re.search(rf"^instance done: no floor, no question {where}", out, re.M)
    record = json.loads(printed(few, "--json")[1])
    (lacking,) = [one for one in record["too few"] if one["rung"] == "constituent"]
    assert lacking["cue"] == "done" and lacking["headline"] < 30


def test_no_seed_is_refused_in_one_line(printed):
    status, out, err = printed("composition-v1/tiny", "--seeds", "0")
    assert (status, out) == (2, "") and "--seeds" in err


def test_a_plugin_gets_its_floors_for_nothing(printed):
    status, out, err = printed(HARBOUR)
    assert (status, err) == (0, "") and "seed 0" in out


def test_an_unknown_size_is_one_line(printed):
    status, out, err = printed("zebra-v2/smal")
    assert (status, out) == (2, "") and "did you mean" in err and err.count("\n") == 1


def test_check_names_them_too():
    world = registry.make("composition-v1")
    record = floor_records.measure(world, "tiny", None, 0)
    record["too few"] = [{"rung": "schema", "cue": "two", "headline": 7}]
    found = []
    subject = Subject(world, "tiny")
    vars(subject).update(floors=means([record]), floor_records=[record])
    world_checks._appendix(found, subject)
    assert "schema two: no floor, only 7 questions where 30 are needed" in found[0].notes
