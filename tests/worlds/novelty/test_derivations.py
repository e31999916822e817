"""What a derivation is an instance of: patterns, labels, frames; and what never counts."""

import numpy as np
import pytest
from zebroid.seeding import stream
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.parser import parse
from zebroid.worlds.novelty.derivations import Proofs, circular

CHAIN_RULE = "r(C,X,Z) :- c(A,B,C), r(A,X,Y), r(B,Y,Z)."
FATHERS = "r(fa,x,y) r(fa,y,z) r(fa,z,w) c(fa,fa,gf)"


def _derivation(theory, head, *premises):
    """The number of one derivation, by name."""
    wanted = [theory.names.index(n) for n in (head, *premises)]
    rows = np.column_stack([theory.closure.head, theory.closure.premises])
    (found,) = np.flatnonzero((rows == [*wanted, *[-1] * (rows.shape[1] - len(wanted))]).all(1))
    return found


def _labels(theory, fact):
    states, at = theory.proofs.states, theory.names.index(fact)
    return states.label[states.first[at] : states.first[at + 1]].tolist()


def test_a_pattern_is_a_rule_with_the_axiom_facts_bound_in_it(certified):
    theory = certified(CHAIN_RULE, FATHERS + " r(mo,w,x) c(fa,mo,gm)", [], axioms=["c"])
    assert theory.proofs.patterns == (
        (0, (("c", "fa", "fa", "gf"),)),
        (0, (("c", "fa", "mo", "gm"),)),
    )


def test_without_axioms_a_pattern_is_a_rule(certified):
    theory = certified(CHAIN_RULE, FATHERS, [])
    assert theory.proofs.patterns == ((0, ()),) and theory.proofs.open.shape[1] == 3


def test_open_premises_are_the_others_left_aligned(certified):
    rules = f"{CHAIN_RULE}\nr(B,X,Y) :- r(A,X,Y), c(A,A,B), e(Y).\nr(A,X,X) :- e(X), c(A,_,_)."
    theory = certified(rules, FATHERS + " e(y)", [], axioms=["c"])
    of = {rule: theory.proofs.open[theory.closure.rule == rule] for rule in (0, 1, 2)}
    names = {k: [[theory.names[p] for p in row if p >= 0] for row in v] for k, v in of.items()}
    assert ["r(fa,x,y)", "r(fa,y,z)"] in names[0]
    assert names[1] == [["r(fa,x,y)", "e(y)"], ["r(fa,y,y)", "e(y)"]]
    assert names[2] == [["e(y)"]] and (of[2][:, 1:] == -1).all()


def test_labels_are_base_and_every_pattern_with_a_counting_derivation(certified):
    rules = "p(X) :- e(X).\np(X) :- f(X).\nq(X) :- p(X)."
    theory = certified(rules, "e(a) f(a) p(a) e(b) f(c) p(d)", [])
    assert [_labels(theory, f"p({x})") for x in "abcd"] == [[0, 1, 2], [1], [2], [0]]
    assert _labels(theory, "q(a)") == [3]
    frames = theory.proofs.rows.frame[theory.closure.rule[theory.proofs.rows.derivation] == 2]
    assert len(np.unique(frames)) == 3 and len(frames) == 6  # over base, rule 0, rule 1


def test_a_frame_is_pattern_labels_and_schema_values(certified):
    rules = "two(X,R,S,Z) :- one(X,R,Y), one(Y,S,Z)."
    facts = "one(a,r,b) one(b,s,c) one(x,r,b) one(b,r,d)"
    theory = certified(rules, facts, [], schema={0: ("R", "S")})
    rows = theory.proofs.rows
    frame = {theory.names[theory.closure.head[d]]: f for d, f in zip(rows.derivation, rows.frame)}
    assert frame["two(a,r,s,c)"] == frame["two(x,r,s,c)"] != frame["two(a,r,r,d)"]
    assert rows.frames == 2
    assert certified(rules, facts, []).proofs.rows.frames == 1


def test_all_combinations_of_labels_are_frames_demonstrated(certified):
    rules = "p(X) :- e(X).\np(X) :- f(X).\nq(X,Y) :- p(X), p(Y), g(X,Y)."
    theory = certified(rules, "e(a) f(a) e(b) f(b) g(a,b)", ["q(a,b)"])
    rows = theory.proofs.rows
    mine = theory.closure.rule[rows.derivation] == 2
    assert mine.sum() == 4 and theory.read.frames[rows.frame[mine]].all()


def test_read_off_goes_down_to_base_facts_and_through_all_proofs(certified):
    rules = "p(X) :- e(X).\np(X) :- f(X).\nq(X) :- p(X).\nt(X) :- e(X)."
    theory = certified(rules, "e(a) f(a) e(b)", ["q(a)"])
    read = {theory.names[h] for h in theory.closure.head[theory.read.derivations]}
    assert theory.exemplified == {0, 1, 2} and read == {"p(a)", "q(a)"}
    assert theory.read.support.tolist() == [1, 1, 1, 0] and theory.read.height == 2


def test_stated_facts_that_also_follow_are_read_off(certified):
    theory = certified("p(X) :- e(X).\nq(X) :- f(X).", "e(a) p(a) f(b)", [])
    assert theory.exemplified == {0} and theory.read.height == 1


def test_support_counts_the_derivations_read_off(certified):
    theory = certified("p(X) :- e(X,_).", "e(a,b) e(a,c) e(a,d) e(b,c)", ["p(a)"])
    assert theory.read.support.tolist() == [3]


def test_the_best_proof_is_the_first_of_the_lowest_that_count(certified):
    rules = "p(X) :- q(X).\np(X) :- f(X).\np(X) :- e(X).\nq(X) :- e(X)."
    theory = certified(rules, "e(a) f(a)", [])
    best = theory.proofs.best[theory.names.index("p(a)")]
    assert best == _derivation(theory, "p(a)", "f(a)") and theory.proofs.top[best] == 1
    assert theory.proofs.best[theory.names.index("e(a)")] == -1


@pytest.mark.parametrize(
    ("facts", "head", "premises", "counts"),
    [
        ("e(a,b)", "s(a,b)", ["s(b,a)"], False),
        ("e(a,b)", "s(b,a)", ["s(a,b)"], True),
        ("e(a,b) e(b,a)", "s(a,b)", ["s(b,a)"], True),
        ("e(a,b) s(b,a)", "s(a,b)", ["s(b,a)"], True),  # a stated fact needs nothing
        ("e(a,b) s(a,b)", "s(a,b)", ["s(b,a)"], False),  # though the head is stated too
    ],
)
def test_a_derivation_is_circular_if_a_premise_needs_its_head(
    certified, facts, head, premises, counts
):
    theory = certified("s(X,Y) :- e(X,Y).\ns(X,Y) :- s(Y,X).", facts, [])
    assert theory.proofs.counts[_derivation(theory, head, *premises)] == counts


def test_a_fact_from_itself_is_circular(certified):
    theory = certified("t(X,Z) :- t(X,Y), t(Y,Z).", "t(a,a) t(a,b)", [])
    assert not theory.proofs.counts.any()  # t(a,b) <- t(a,a), t(a,b), and so on


def test_a_longer_way_round_is_circular_too(certified):
    rules = "p(X) :- e(X).\nq(X) :- p(X).\nr(X) :- q(X).\np(X) :- r(X), f(X)."
    theory = certified(rules, "e(a) f(a)", [])
    assert not theory.proofs.counts[_derivation(theory, "p(a)", "r(a)", "f(a)")]
    assert theory.proofs.counts.sum() == 3


def test_what_lies_outside_the_component_does_not_make_a_circle(certified):
    rules = "path(X,Y) :- e(X,Y).\npath(X,Z) :- path(X,Y), e(Y,Z)."
    assert certified(rules, "e(a,b) e(b,c) e(a,c)", []).proofs.counts.all()


def test_circularity_is_that_of_deriving_anew_without_the_head():
    """On a dense random graph, where components are large and facts have many proofs."""
    edges = stream("test", "circular").randint(0, 7, (11, 2))
    program = parse("t(X,Y) :- e(X,Y).\nt(X,Z) :- t(X,Y), t(Y,Z).")
    c = close(program, Facts.of({"n": 7}, e=("n n", edges)), threads=1)
    premises = [frozenset(row[row >= 0].tolist()) for row in c.premises]
    expected = []
    for d, head in enumerate(c.head):
        known = set(np.flatnonzero(c.is_base).tolist())
        while new := {h for h, p in zip(c.head, premises) if h != head and p <= known} - known:
            known |= new
        expected.append(not premises[d] <= known)
    assert circular(c).tolist() == expected and 10 < sum(expected) < len(expected)


def test_a_theory_in_which_nothing_follows_has_no_proofs():
    c = close(parse("p(X) :- e(X,X)."), Facts.of({"n": 2}, e=("n n", [[0, 1]])), threads=1)
    proofs = Proofs(c, frozenset(), {})
    assert proofs.patterns == () and len(proofs.rows.head) == 0 and proofs.rows.frames == 0
    assert proofs.best.tolist() == [-1] and len(proofs.counts) == 0
