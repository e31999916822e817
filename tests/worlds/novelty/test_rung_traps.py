"""The traps of the ladder, each by name, on theories small enough to check by hand."""

import numpy as np
import pytest
from zebroid.seeding import stream
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.novelty import derivations


def test_a_circular_derivation_exemplifies_nothing(certified):
    rules = "s(X,Y) :- e(X,Y).\ns(X,Y) :- s(Y,X).\nt(X) :- s(X,_)."
    demonstrated = ["s(a,b)", "s(c,d)", "t(a)"]
    corpus = certified(rules, "e(a,b) e(c,d)", demonstrated, stated_rules=[1])
    assert corpus.exemplified == {0, 2}  # s(a,b) <- s(b,a), but s(b,a) needs s(a,b)
    assert corpus["s(b,a)"] == ("axiom", True)
    both = certified(rules, "e(a,b) e(c,d)", [*demonstrated, "s(d,c)"], stated_rules=[1])
    assert both.exemplified == {0, 1, 2} and both["s(b,a)"] == ("instance", True)


def test_a_derivation_that_can_do_without_its_head_is_not_circular(certified):
    rules = "s(X,Y) :- e(X,Y).\ns(X,Y) :- s(Y,X)."
    corpus = certified(rules, "e(a,b) e(b,a)", demonstrated=["s(a,b)"])
    assert corpus.exemplified == {0, 1}


def test_a_short_proof_by_an_unexemplified_rule_hides_no_longer_exemplified_one(certified):
    rules = "goal(X) :- mark(X).\nmid(X) :- e(X).\ngoal(X) :- mid(X)."
    facts = "e(a) e(b) mark(b)"
    corpus = certified(rules, facts, demonstrated=["goal(a)", "mid(b)"], stated_rules=[0])
    assert corpus.exemplified == {1, 2} and corpus.closure.height.max() == 2
    assert corpus["goal(b)"] == ("instance", True)


ANCESTOR = "anc(X,Y) :- par(X,Y).\nanc(X,Z) :- par(X,Y), anc(Y,Z)."
LONG = " ".join(f"par({i},{i + 1})" for i in range(8))
CHAIN = "par(0,1) par(1,2) par(2,3) par(3,4) par(4,5) par(5,6)"


REACHED = ["anc(0,3)", "anc(5,8)", "anc(3,4)", "anc(4,5)"]


def test_depth_is_counted_from_what_is_demonstrated(certified):
    corpus = certified(ANCESTOR, LONG, REACHED)
    assert corpus.read.height == 3
    # six steps from base facts, three from anc(5,8), which is demonstrated
    assert corpus["anc(2,8)"] == ("instance", True)
    assert corpus["anc(0,8)"] == ("depth", True)
    assert corpus.by("anc(0,8)", "depth") and not corpus.by("anc(0,8)")


def test_what_is_higher_than_anything_demonstrated_is_depth_if_leaves_keep_their_height(certified):
    corpus = certified(ANCESTOR, LONG, REACHED)
    assert corpus.tall("anc(2,8)") == corpus.tall("anc(0,8)") == "depth"
    assert corpus.tall("anc(1,4)") == corpus["anc(1,4)"][0] == "instance"


def test_one_step_is_never_new_depth(certified):
    corpus = certified("p(X) :- e(X).\nq(X) :- e(X).", "e(a) e(b)", [], stated_rules=[0])
    assert corpus.read.height == 1 and corpus["p(a)"] == ("axiom", True)


def test_a_line_of_a_proof_is_written_and_stands_on_no_rung(certified):
    corpus = certified(ANCESTOR, CHAIN, ["anc(0,3)"])
    assert corpus["anc(1,3)"] == ("written", True) and corpus["anc(2,3)"] == ("written", True)
    assert corpus["anc(0,3)"] == ("recall", True)
    assert corpus["anc(4,6)"][0] not in ("written", "recall")


def test_of_several_proofs_the_first_of_the_lowest_is_written(certified):
    rules = "goal(X) :- a(X).\ngoal(X) :- b(X).\na(X) :- e(X).\nb(X) :- f(X)."
    corpus = certified(rules, "e(x) f(x)", ["goal(x)"])
    assert corpus["a(x)"] == ("written", True) and corpus["b(x)"] == ("instance", True)


FRAMES = "reach(H,T) :- one(H,R,B), one(B,S,T)."
TWO_PRESENTATIONS = """
    one(h,r0,b1) one(b1,r1,t) one(x,r0,y) one(y,r1,z)
    one(h,r2,b2) one(b2,r2,t) one(b2,r0,v) one(g,r0,b2)
"""
DEMONSTRATED = ["reach(x,z)", "reach(h,v)", "reach(g,t)"]


def test_two_proofs_by_different_single_novelties_are_tagged(certified):
    corpus = certified(FRAMES, TWO_PRESENTATIONS, DEMONSTRATED, schema={0: ("R", "S")})
    assert corpus.by("reach(h,t)", "constituent") and corpus.by("reach(h,t)", "schema")
    assert corpus["reach(h,t)"] == ("constituent", False)


def test_one_novelty_alone_is_pure(certified):
    one = TWO_PRESENTATIONS.replace("one(h,r0,b1)", "")
    corpus = certified(FRAMES, one, DEMONSTRATED, schema={0: ("R", "S")})
    assert corpus["reach(h,t)"] == ("schema", True)
    other = TWO_PRESENTATIONS.replace("one(b2,r2,t)", "")
    corpus = certified(FRAMES, other, DEMONSTRATED[:2], schema={0: ("R", "S")})
    assert corpus["reach(h,t)"] == ("constituent", True)


def test_what_needs_two_old_kinds_of_novelty_is_never_axiom(certified):
    rules = FRAMES + "\nreach(H,T) :- direct(H,T)."
    facts = "one(h,r0,b) one(b,r1,t) one(x,r0,y) one(y,r0,z) direct(h,t) direct(h,x)"
    corpus = certified(rules, facts, ["reach(x,z)"], stated_rules=[1], schema={0: ("R", "S")})
    assert corpus.by("reach(h,t)", "axiom") and corpus.by("reach(h,t)", "constituent", "schema")
    assert corpus["reach(h,t)"] == ("mixed", False)
    assert corpus["reach(h,x)"] == ("axiom", True)  # by the new rule alone


def test_used_is_required_of_base_premises_only(certified):
    rules = "d(X) :- e(X).\ng(X) :- d(X).\nh(X) :- e(X), d(X)."
    corpus = certified(rules, "e(a) e(b)", ["g(a)", "d(b)", "h(a)"])
    assert corpus["g(b)"] == ("instance", True)  # d(b) never stood under g, but it is no base fact
    assert corpus["h(b)"] == ("constituent", True)


def test_used_means_used_in_that_role(certified):
    corpus = certified(FRAMES, "one(a,r,b) one(b,r,c) one(c,r,d)", ["reach(a,c)"])
    assert corpus["reach(b,d)"] == ("constituent", True)  # one(b,r,c) has been second, never first


def test_neither_role_nor_frame_is_required_of_a_pattern_never_exemplified(certified):
    rules = "d(X) :- e(X,_).\ng(X,Y) :- d(X), e(X,Y).\nt(X) :- d(X)."
    facts, schema = "e(a,b) e(b,c)", {1: ("X", "Y")}
    corpus = certified(rules, facts, ["d(a)", "t(a)"], stated_rules=[1], schema=schema)
    assert corpus["g(a,b)"] == ("axiom", True)
    assert corpus["g(b,c)"] == ("mixed", False)  # e(b,c) never stood under d, which was exemplified
    assert corpus.by("g(b,c)", "axiom", "constituent")


def test_a_pattern_neither_stated_nor_exemplified_proves_nothing(certified):
    corpus = certified("g(X) :- e(X).\nd(X) :- e(X).", "e(a)", ["d(a)"])
    assert not corpus.by("g(a)", "constituent", "schema", "depth", "axiom")


def test_a_demonstrated_conclusion_is_a_leaf_under_any_of_its_labels(certified):
    rules = "d(X) :- e(X).\nd(X) :- f(X).\ng(X) :- d(X)."
    # d(b) is demonstrated and bears both labels, though of the frames only that over rule 1 is
    corpus = certified(rules, "e(a) f(c) e(b) f(b)", ["g(c)", "d(b)", "d(a)"])
    assert corpus["g(b)"] == ("instance", True) and corpus["g(a)"] == ("schema", True)


def test_a_stated_fact_that_also_follows_bears_both_labels(certified):
    rules = "d(X) :- e(X).\ng(X) :- d(X)."
    corpus = certified(rules, "e(a) d(a) e(b) d(c)", ["g(a)"])
    assert corpus["d(b)"] == ("constituent", True)  # d(a) is stated, so rule 0 is exemplified
    assert corpus["g(c)"] == ("constituent", True)  # the frame over a base fact is demonstrated
    assert corpus.by("g(b)", "constituent", "depth")  # and so is the one over rule 0


COMPOSITES = [("fa", "fa", "gf"), ("mo", "fa", "gf2"), ("fa", "mo", "gm"), ("gf", "fa", "ggf")]


def _kinship(draw):
    people, relations = 9, sorted({r for rule in COMPOSITES for r in rule})
    rows = {(draw.randint(people), draw.randint(2), draw.randint(people)) for _ in range(14)}
    rows = [[x, relations.index(("fa", "mo")[r]), y] for x, r, y in rows]
    composites = [[relations.index(r) for r in rule] for rule in COMPOSITES]
    sorts = {"person": people, "relation": relations}
    return Facts.of(
        sorts,
        rel=("person relation person", rows),
        comp=("relation relation relation", composites),
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_world_and_its_reified_form_have_identical_rungs(certified, seed):
    draw = stream("test", "reified", seed)
    plain = "\n".join(f"rel(X,{c},Z) :- rel(X,{a},Y), rel(Y,{b},Z)." for a, b, c in COMPOSITES)
    data = "rel(X,C,Z) :- comp(A,B,C), rel(X,A,Y), rel(Y,B,Z)."
    facts = _kinship(draw)
    whole = certified(plain, facts, [])
    conclusions = [n for n, b in zip(whole.names, whole.closure.is_base) if not b]
    demonstrated = [n for n in conclusions if draw.randint(3) == 0]
    stated_rules = [rule for rule in range(len(COMPOSITES)) if draw.randint(2)]
    left = certified(plain, facts, demonstrated, stated_rules)
    right = certified(
        data, facts, demonstrated, [("comp", *COMPOSITES[r]) for r in stated_rules], ["comp"]
    )
    assert left.names == right.names and left.read.height == right.read.height
    assert left.sets.tolist() == right.sets.tolist()


@pytest.mark.parametrize(("leaves", "counts"), [(1_999, False), (2_000, True)])
def test_in_components_of_more_than_2000_facts_every_derivation_counts(certified, leaves, counts):
    assert derivations.LARGEST_COMPONENT == 2_000
    star = np.arange(1, leaves + 1)
    hub = np.zeros(leaves, int)
    edges = np.concatenate([np.stack([hub, star], 1), np.stack([star, hub], 1)])
    facts = Facts.of({"n": leaves + 1}, e=("n n", edges), start=("n", [[0]]))
    corpus = certified("on(X) :- start(X).\non(Y) :- on(X), e(X,Y).", facts, [])
    c = corpus.closure
    back = c.head == c.find("on", np.zeros((1, 1), np.int32))[0]
    # on(hub) <- on(leaf), e(leaf,hub), though on(leaf) needs on(hub)
    assert corpus.proofs.counts[back & (c.rule == 1)].all() == counts
    assert corpus.proofs.counts[~back].all() and corpus.proofs.counts[c.rule == 0].all()
