"""Errors planted in the engine, not in a world: each is refused by the check that is for it."""

import dataclasses

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.conformance.worlds import determinism
from zebroid.benchmarks.conformance.worlds.leakage import equivalent
from zebroid.benchmarks.conformance.worlds.world_checks import ELSEWHERE, SYMBOLIC, run
from zebroid.worlds import world as worlds
from zebroid.worlds.corpus import audit, build, split, twins
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.parser import parse
from zebroid.worlds.datalog.syntax import Program
from zebroid.worlds.novelty import questions, rungs

from .planted import Hops, Stated


@pytest.fixture
def refusal(monkeypatch):
    """refusal(world, (where, name, value), ..) -> (the one check that refuses, what it tells)."""

    def look(world, *faults):
        for where, name, value in faults:
            monkeypatch.setattr(where, name, value)
        outcomes = run((*SYMBOLIC, *ELSEWHERE), world, ("tiny",))
        ((name, found),) = ((o.name, o.found) for o in outcomes if o.passed is False)
        return name, found

    return look


def silent(*_):
    """An audit that finds nothing."""


def test_a_derivation_that_the_engine_loses_is_found_by_clingo(refusal):
    def lossy(program, facts):
        c = close(program, facts)
        cut = {field: getattr(c, field)[:-1] for field in ("rule", "head", "premises")}
        return dataclasses.replace(c, **cut)

    name, found = refusal(Hops(), (worlds, "close", lossy))
    assert name == "clingo" and "follows by rule 0 for clingo alone" in found


def test_a_wrong_height_is_found_by_brute_force(refusal):
    def high(program, facts):
        c = close(program, facts)
        return dataclasses.replace(c, height=2 * c.height)

    name, found = refusal(Hops(), (worlds, "close", high))
    assert name == "brute force" and "has height 2, by brute force 1" in found


def test_an_order_that_hangs_on_threads_is_refused(refusal):
    def shuffled(program, facts, threads):
        c = close(program, facts)
        return dataclasses.replace(c, premises=c.premises[:: -1 if threads > 1 else 1])

    assert refusal(Hops(), (determinism, "close", shuffled))[0] == "threads"


def _without(queries, entry):
    """The questions less one of their answers."""
    question = queries.question[entry]
    offsets = queries.offsets - (np.arange(len(queries.offsets)) > question)
    values, fact = (np.delete(a, entry) for a in (queries.values, queries.fact))
    return dataclasses.replace(queries, values=values, fact=fact, offsets=offsets)


def test_an_incomplete_answer_set_is_refused(refusal):
    def careless(closure, cues, width):
        queries = questions.prompts_of(closure, cues, width)
        several = np.flatnonzero(np.diff(queries.offsets) > 1)
        return _without(queries, queries.offsets[several[0] + 1] - 1) if len(several) else queries

    name, found = refusal(Stated(), (build, "prompts_of", careless))
    assert name == "answers" and "1 answers, and 2 follow" in found


def test_a_prompt_that_is_never_queried_is_refused(refusal):
    def careless(closure, cues, width):
        queries = questions.prompts_of(closure, cues, width)
        rest = _without(queries, 0)
        assert rest.offsets[1] == 0
        return dataclasses.replace(rest, prompt=rest.prompt[1:], offsets=rest.offsets[1:])

    name, found = refusal(Hops(), (build, "prompts_of", careless))
    assert name == "answers" and "1 prompts with an answer are not queried" in found


@pytest.mark.parametrize("audited", [True, False])
def test_a_false_nontheorem_is_refused(refusal, audited):
    """By the audit of every corpus, and without it by clingo."""

    def careless(gold, truth, theorems, cues, rng):
        return theorems[:20], np.zeros(20, np.int8)

    faults = [(build, "near_misses", careless)]
    name, found = refusal(Stated(), *faults, *([] if audited else [(audit, "_controls", silent)]))
    assert name == ("corpus" if audited else "controls")
    assert ("tagged nontheorem has an answer" if audited else "of rung nontheorem") in found


def test_what_is_not_given_in_full_under_negation_is_refused(refusal):
    """At full coverage nothing shows; with less, people who do not know each other are called."""
    careless = property(lambda self: frozenset())
    name, found = refusal(Stated(), (Program, "negated", careless))
    assert name == "nothing false" and "follows and is false" in found


def test_a_fact_that_is_never_stated_leaves_something_unknowable(refusal):
    def forgetful(truth, *rest):
        gold = split_gold(truth, *rest)
        base = gold.closure.base
        less = close(gold.closure.program, base.replace(one=base.rows["one"][1:]))
        return dataclasses.replace(gold, closure=less)

    split_gold = split._gold
    name, found = refusal(Hops(), (split, "_gold", forgetful))
    assert name == "known" and "unknowable" in found


def test_exposure_seeds_that_change_nothing_are_refused(refusal):
    def deaf(world, size, seed):
        return draw(world, size, 0)

    draw = split.Draw
    assert refusal(Hops(), (split, "Draw", deaf))[0] == "exposure seeds"


def test_a_rule_given_as_stated_without_its_sentence_is_refused(refusal):
    def mute(split, patterns):
        return original(split, patterns) & False

    original = twins.axiom_facts
    faults = [(twins, "axiom_facts", mute), (audit, "_stated_as_given", silent)]
    name, found = refusal(Stated(), *faults)
    assert name == "sentences" and "is not stated, and its pattern is given as stated" in found


def test_recall_that_is_tagged_as_something_new_is_refused(refusal):
    def forgetful(sets, recalled, written):
        return rungs.rung_of(sets, recalled & False, written)

    faults = [(questions, "rung_of", forgetful), (build, "audit", silent)]
    name, found = refusal(Stated(), *faults)
    assert name == "disjoint" and "stands as a statement of" in found


def test_rules_as_data_that_are_taken_for_one_pattern_are_refused(refusal):
    """Where one composition was exemplified, all of them pass for exemplified."""

    def blurred(proofs, seeds):
        read = rungs.read_off(proofs, seeds)
        rule = np.array([rule for rule, _ in proofs.patterns])
        demonstrated = np.isin(rule, rule[read.exemplified])
        return dataclasses.replace(read, exemplified=demonstrated)

    name, found = refusal(Stated(), (build, "read_off", blurred), (build, "audit", silent))
    assert name == "plain rules" and "written plainly axiom" in found


def test_a_built_in_world_without_a_digest_is_refused(refusal):
    name, found = refusal(registry.make("composition-v1"), (determinism, "stored", dict))
    assert name == "golden" and "no digest of composition-v1/tiny is stored" in found


@pytest.mark.parametrize(
    ("rules", "same"),
    [
        ("p(X,Y) :- e(X,Y).", {"p": "e"}),
        ("p(X,Y) :- e(Y,X).", {}),  # an inverse is no renaming
        ("p(X,X) :- e(X,X).", {}),
        ("p(X,Y) :- e(X,Y), X != Y.", {}),
        ("p(X,Y) :- e(X,Y), not f(X).", {}),
        ("p(X,Y) :- e(X,Y).\np(X,Z) :- p(X,Y), e(Y,Z).", {}),
        ("p(X,Z) :- e(X,Y), e(Y,Z).\nq(A,C) :- e(A,B), e(B,C).", {"q": "p"}),
        ("p(X,Z) :- e(X,Y), e(Y,Z).\nq(A,C) :- e(A,B), e(C,B).", {}),
        (
            "p(X,Y) :- e(X,Y).\np(X,Z) :- e(X,Y), p(Y,Z).\n"
            "q(X,Y) :- e(X,Y).\nq(X,Z) :- e(X,Y), q(Y,Z).",
            {"q": "p"},
        ),
        ("q(X,Y) :- p(X,Y).\np(X,Z) :- e(X,Y), e(Y,Z).\nr(X) :- q(X,X).\ns(X) :- p(X,X).",
         {"q": "p", "s": "r"}),
        ("e(X,Y) :- f(X,Y).", {}),  # e is sampled besides
    ],
)  # fmt: skip
def test_predicates_are_the_same_if_the_rules_make_them_so(rules, same):
    assert equivalent(parse(rules), {"e", "f"}) == same
