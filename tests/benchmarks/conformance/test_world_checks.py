"""The checker itself: each planted error is refused by the check that is for it, and no other."""

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.conformance.worlds import reference_checks
from zebroid.benchmarks.conformance.worlds.subprocesses import Elsewhere
from zebroid.benchmarks.conformance.worlds.world_checks import (
    CHECKS,
    DECLARED,
    ELSEWHERE,
    SYMBOLIC,
    run,
)
from zebroid.errors import UserError
from zebroid.worlds.draw_limit import draws_within
from zebroid.worlds.exposure import Exposure

from . import planted_facts, planted_rules
from .planted import ERRORS, Flooded, Hops, Stated
from .planted_rules import Guild

# ruff: noqa: RUF012 (as in planted.py)

assert planted_facts.Hops is planted_rules.Hops is Hops  # their errors stand among ERRORS
SPREAD = [check for check in CHECKS if check.id == "spread"]
HERE = (*SYMBOLIC, *SPREAD, *ELSEWHERE)


def failures(world, sizes=("tiny",), elsewhere=None, checks=HERE):
    """What is refused: name -> outcome."""
    with draws_within(1):
        outcomes = [*run(checks, world, sizes, elsewhere)]
    assert outcomes
    return {o.name: o for o in outcomes if o.passed is False}


def refused(name, world, **how):
    """The outcome of the one check that refuses ``world``: it says what is wrong, and the cure."""
    found = failures(world, **how)
    assert [*found] == [name], {n: o.found for n, o in found.items()}
    assert found[name].found and found[name].cure and "\n" not in found[name].found
    return found[name]


@pytest.mark.parametrize("world", [Hops, Stated, Flooded])
def test_a_sound_world_passes(world):
    assert failures(world()) == {}


@pytest.mark.parametrize(("check", "message", "world"), ERRORS, ids=[e[2].__name__ for e in ERRORS])
def test_an_error_in_a_world_is_refused_by_the_check_for_it(check, message, world):
    assert message in refused(check, world()).found


class Deep(Hops):
    rungs = (*Hops.rungs, "depth")


class Small(Hops):
    sizes = {**Hops.sizes, "small": {"entities": 9, "relations": 9}}


class TinyOnly(Hops):
    sizes = {"tiny": Hops.sizes["tiny"]}


def test_what_a_scored_size_lacks_is_refused_at_small_and_stated_at_tiny():
    """Six values: too few answers, unless that is declared; and few facts that are held."""

    class SixValues(Guild):
        sizes = {"tiny": {}, "small": {"members": 300}}
        rungs = ("recall", "instance")
        values = 6

    (few,) = _spread(SixValues, "small")
    assert few.found == "instance has 6 different answers, 20 are expected"
    assert few.cure.endswith("or name 'keeps' in `few_answers`")
    declared = type("Declared", (SixValues,), {"few_answers": frozenset({"keeps"})})
    (kept,) = _spread(declared, "small")
    assert kept.passed and kept.found.startswith("instance 6 answers, ")
    (facts,) = _spread(Hops, "small")
    assert facts.found.startswith("the questions of constituent rest on ")
    assert facts.found.endswith(" independent facts, 50 are expected")
    (tiny,) = _spread(SixValues, "tiny")
    assert tiny.passed and tiny.found.startswith("instance 6 answers, ")
    wrong = type("Wrong", (SixValues,), {"few_answers": frozenset({"keep"})})
    assert "few_answers: unknown cue 'keep'" in refused("names", wrong()).found


def test_every_breach_of_a_spread_is_named_once(monkeypatch):
    monkeypatch.setattr(reference_checks, "FACTS", 10_000)
    (found,) = _spread(Hops, "small")
    parts = found.found.split("; ")
    assert [p.split(" rest on ")[0] for p in parts] == [
        f"the questions of {rung}" for rung in ("instance", "constituent")
    ]
    assert found.cure.count("make the size larger") == 1
    monkeypatch.setattr(reference_checks, "NAMED", 1)
    assert next(iter(_spread(Hops, "small"))).found.endswith("; and 1 more")


def _spread(world, size):
    return [*run(SPREAD, world(), (size,))]


def test_while_editing_an_empty_rung_is_a_note_with_its_reason():
    outcomes = [*run(SYMBOLIC, Deep(), ("tiny",))]
    assert all(o.passed for o in outcomes)
    (note,) = (o.found for o in outcomes if o.name == "rungs")
    assert "depth is empty: nothing is more than H = 1 from what is stated" in note
    assert "too few at this size for scores: recall, instance" in note


def test_a_promised_rung_that_is_empty_is_refused_at_size_small():
    message = refused("rungs", Deep(), sizes=("small",)).found
    assert "depth has 0 headline questions, promised 300" in message
    assert "nothing is more than H = 1 from what is stated" in message


def test_a_promised_rung_with_too_few_questions_is_refused_at_size_small():
    found = refused("rungs", Small(), sizes=("small",)).found
    assert "instance has 76 headline questions, promised 300" in found


def test_a_world_without_small_is_refused_before_its_sizes_are_looked_at():
    assert "no size 'small'" in refused("sizes", TinyOnly(), sizes=(), checks=DECLARED).found


def test_a_failing_world_is_cured_in_its_own_file():
    """Also where the error is raised below the call that led to it."""

    class Short(Hops):
        def table(self, rng, entities, relations):
            return np.stack([np.arange(3), np.arange(4)])

    outcome = refused("facts", Short())
    assert outcome.found.startswith("ValueError: ") and outcome.cure.startswith(f"mend {__file__}:")


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("exposuer", Exposure(held=0.2), "exposure"),
        ("phrase", {}, "phrases"),
        ("rung", (), "rungs"),
        ("size", {}, "sizes"),
        ("axiom", frozenset(), "axioms"),
        ("sketsh", lambda self, constant: "", "sketch"),
    ],
)
def test_a_misspelt_attribute_is_refused_where_it_is_written(name, value, meant):
    with pytest.raises(UserError, match=f"did you mean '{meant}'"):
        type("Slip", (Hops,), {name: value})


def test_attributes_of_a_worlds_own_are_its_own_affair():
    own = {"friends": 3, "table_of": print, "_exposuer": 1, "names": property(len), "Axioms": list}
    assert vars(type("Own", (Hops,), own))["friends"] == 3


HASHED = """
import numpy as np
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.world import World

class Hashed(World):
    id = "hashed-v1"
    rules = "two(H,R1,R2,T) :- one(H,R1,B), one(B,R2,T)."

    def sample(self, rng):
        names, waste = {names}, {waste}
        rng.random_sample(waste)
        head, relation = np.divmod(np.arange(24), 3)
        tail = np.argsort(rng.random_sample((3, 8)), axis=1)[relation, head]
        sorts = {{"entity": names, "relation": 3}}
        return Facts.of(sorts, one=("entity relation entity", np.stack([head, relation, tail], 1)))
"""


@pytest.mark.parametrize(
    ("names", "waste", "sound"),
    [("[*'abcdefgh']", 0, True), ("list({*'abcdefgh'})", 0, False), (8, "hash('a') % 997", False)],
    ids=["no set", "a set in hash order", "a hash"],
)
def test_what_hangs_on_the_process_is_refused(names, waste, sound, world_file):
    """It is the same as long as the process lives, and another in the next."""
    path = world_file(HASHED.format(names=names, waste=waste))
    with Elsewhere(path, ("tiny",)) as elsewhere:
        found = failures(registry.make(path), elsewhere=elsewhere)
    assert [*found] == ([] if sound else ["history"])
    assert sound or "with another PYTHONHASHSEED seed 1: the " in found["history"].found


def test_a_process_that_fails_is_reported_in_one_line(world_file):
    path = world_file(HASHED.format(names="[*'abcdefgh']", waste=0))
    with Elsewhere(path + "x", ("tiny",)) as elsewhere:
        found = refused("history", registry.make(path), elsewhere=elsewhere)
    assert "did you mean" in found.found or "unknown world" in found.found
