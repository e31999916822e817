"""zebroid check: what reference solvers refuse, every world of the catalogue, and the command."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.conformance.worlds.world_checks import CHECKS, check_world, run
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.corpus import build
from zebroid.worlds.novelty.questions import certify
from zebroid.worlds.novelty.rungs import LADDER

MINE = """
import numpy as np
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.world import World

class Mine(World):
    id = "mine-v1"
    rules = "two(H,R1,R2,T) :- one(H,R1,B), one(B,R2,T)."
    rungs = ("recall", "instance", "constituent")

    def sample(self, rng):
        head, relation = np.divmod(np.arange(24), 3)
        tail = np.argsort(rng.random_sample((3, 8)), axis=1)[relation, head]
        sorts = {"entity": 8, "relation": 3}
        return Facts.of(sorts, one=("entity relation entity", np.stack([head, relation, tail], 1)))
"""


# whose tiny corpora take seconds: they are among those of the slow test below
LARGE = {"algebra-v2", "horn-v2", "order-v2", "percept-v2", "zebra-v2"}


@pytest.mark.parametrize("world", [world for world in registry.worlds() if world not in LARGE])
def test_worlds_of_the_catalogue_keep_their_promises_at_size_tiny(world):
    """In this process, but for what, with clingo at hand, need not be tried in full."""
    quick = [check for check in CHECKS if check.id != "brute force"]
    broken = {o.name: o.found for o in run(quick, registry.make(world), ("tiny",)) if not o.passed}
    assert not broken


# size small of a world -> the promise that it breaks: mending it moves its content, and all that
# has been trained on it
BROKEN = {"axioms-v1": {"spread": "the questions of constituent rest on 30 independent facts"}}


@pytest.mark.slow
@pytest.mark.parametrize("size", ["tiny", "small"])
@pytest.mark.parametrize("world", registry.worlds())
def test_every_world_of_the_catalogue_keeps_all_its_promises_but_those_that_are_known(world, size):
    known = BROKEN.get(world, {}) if size == "small" else {}
    broken = {o.name: o.found for o in check_world(world, size).outcomes if not o.passed}
    assert {*broken} == {*known}, broken
    assert all(found.startswith(known[name]) for name, found in broken.items())


def _refusals(world, size="tiny"):
    return {o.name: o.found for o in run(CHECKS, world, (size,)) if o.passed is False}


class Mislabelled(Composition):
    id = "mislabelled-v1"


def test_a_rung_that_is_labelled_wrongly_is_refused(monkeypatch):
    """Three questions are tagged as if nothing were new in them."""

    def careless(*given):
        made = certify(*given)
        rung = made.rung.copy()
        wrong = np.flatnonzero((rung == LADDER.index("constituent")) & made.pure)[:3]
        rung[wrong] = LADDER.index("instance")
        return dataclasses.replace(made, rung=rung)

    monkeypatch.setattr(build, "certify", careless)
    found = _refusals(Mislabelled())
    assert [*found] == ["ceilings"] and "reuser on instance: 3 of " in found["ceilings"]


def test_a_sound_world_has_a_table_and_status_0(zebroid, world_file):
    status, out, err = zebroid("check", world_file(MINE), "--size", "tiny")
    assert (status, err) == (0, "")
    assert f"mine-v1 keeps all {len(CHECKS)} promises at tiny." in out
    for check in CHECKS:
        assert f"✓  {check.id} " in out
    assert "✗" not in out and "\x1b" not in out and "not looked at" not in out


def test_a_broken_world_gets_what_is_wrong_and_the_cure_with_status_1(zebroid, world_file):
    text = MINE.replace("rng.random_sample", "np.random.random_sample")
    status, out, err = zebroid("check", world_file(text), "--size", "tiny")
    assert (status, err) == (1, "")
    assert "✗  repeatable" in out and "\nrepeatable, size tiny: " in out
    assert "  cure: draw everything from the `rng` given to sample()" in out
    assert "not looked at, since repeatable failed: access, streams" in out.replace("\n", " ")
    assert f"mine-v1 breaks 1 of {len(CHECKS)} promises, " in out


def test_json_is_all_that_is_printed(zebroid, world_file):
    wrong = 'beyond_association = (("depth", "two"),)\n    rungs = ("recall"'
    text = MINE.replace('rungs = ("recall"', wrong)
    status, out, err = zebroid("check", world_file(text), "--size", "tiny", "--json")
    message = json.loads(out)
    assert (status, err) == (1, "") and not message["passed"] and message["world"] == "mine-v1"
    assert [c["name"] for c in message["checks"]] == [c.id for c in CHECKS]
    (failed,) = (c for c in message["checks"] if c["passed"] is False)
    assert failed["name"] == "names" and failed["cure"] and failed["size"] == "tiny"
    assert {c["passed"] for c in message["checks"] if "since" in c["found"]} == {None}


def test_a_mistake_of_the_user_is_one_line_with_status_2(zebroid, world_file):
    for words, message in (
        (["zebra"], "did you mean"),
        (["zebra-v2", "--size", "tinny"], "did you mean 'tiny'?"),
        (["./absent.py"], "no world file"),
        ([world_file(MINE.replace("mine-v1", "Mine"))], "must be a versioned name"),
    ):
        status, out, err = zebroid("check", *words)
        assert (status, out, err.count("\n")) == (2, "", 1) and message in err


def test_the_docs_name_every_check_and_its_promise():
    page = (Path(registry.ROOT) / "docs" / "reference" / "checks.md").read_text("utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", page, re.MULTILINE)
    assert rows == [(check.id, check.promise) for check in CHECKS]
