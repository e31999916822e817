"""The lowest proof within a set of kinds: none other is used, and leaves end it."""

from __future__ import annotations

import pytest
from zebroid.worlds.novelty.lowest_proof import lowest
from zebroid.worlds.novelty.rungs import KINDS

RULES = """
    goal(X) :- short(X).
    goal(X) :- mid(X).
    mid(X) :- base(X).
    top(X) :- goal(X).
"""
NONE, CONSTITUENT, AXIOM = 0, 1 << KINDS.index("constituent"), 1 << KINDS.index("axiom")


@pytest.fixture(scope="module")
def proof(certified):
    """proof(fact, kinds, …): facts and heights, of a theory whose first rule is only stated."""

    def found(fact, kinds, facts="short(x) base(x) base(d)", demonstrated=("top(d)",)):
        made = certified(RULES, facts, [*demonstrated], stated_rules=(0,))
        proofs = lowest(made.proofs, made.read, made.demonstrated, made.stated_rules, kinds)
        step = proofs.proof(made.names.index(fact))
        return step and [(made.names[s.fact], s.height) for s in step.steps()]

    return found


def test_each_set_of_kinds_has_a_lowest_proof_of_its_own(proof):
    assert proof("goal(x)", AXIOM) == [("goal(x)", 1), ("short(x)", 0)]
    assert proof("goal(x)", CONSTITUENT) == [("goal(x)", 2), ("mid(x)", 1), ("base(x)", 0)]
    assert proof("goal(x)", AXIOM | CONSTITUENT) == proof("goal(x)", AXIOM)
    assert proof("goal(x)", NONE) is None


def test_a_proof_ends_at_what_is_demonstrated(proof):
    known = ("top(d)", "mid(x)")
    assert proof("top(x)", NONE, demonstrated=known) == [
        ("top(x)", 2),
        ("goal(x)", 1),
        ("mid(x)", 0),
    ]
    assert proof("mid(x)", NONE, demonstrated=known) == [("mid(x)", 0)]


def test_without_new_depth_no_proof_is_higher_than_the_demonstrated_ones(certified):
    made = certified(
        "reach(X,Y) :- next(X,Y). reach(X,Z) :- next(X,Y), reach(Y,Z).",
        "next(a,b) next(b,c) next(p,q) next(q,r) next(r,s)",
        ["reach(a,c)"],
    )
    depth = 1 << KINDS.index("depth")

    def height(fact, kinds):
        found = lowest(made.proofs, made.read, made.demonstrated, made.stated_rules, kinds)
        step = found.proof(made.names.index(fact))
        return step and step.height

    assert made.read.height == 2
    assert height("reach(p,r)", CONSTITUENT) == 2
    every = 0b1111
    assert height("reach(p,s)", every & ~depth) is None and height("reach(p,s)", every) == 3
