"""Far conclusions: nothing is demonstrated below them, nor on what stands below them."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zebroid.worlds.corpus.far_conclusions import near
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.parser import parse
from zebroid.worlds.novelty.derivations import Proofs

ALWAYS = ["p(X,Y) :- e(X,Y).", "q(X,X) :- k(X)."]
RULES = [
    "p(X,Z) :- e(X,Y), p(Y,Z).",
    "p(X,Y) :- p(Y,X), k(X).",
    "q(X,Z) :- p(X,Y), e(Y,Z).",
    "k(Y) :- q(X,Y), not m(Y).",
    "s(X) :- q(X,Y), p(Y,_).",
    "s(Y) :- s(X), e(X,Y).",
]


@functools.cache
def _program(rules):
    return parse("\n".join([*ALWAYS, *rules, "s(X) :- q(X,X)."]))


@st.composite
def _theory(draw):
    rules = draw(st.lists(st.sampled_from(RULES), min_size=2, unique=True))
    pairs = st.tuples(st.integers(0, 4), st.integers(0, 4))
    rows = {
        "e": ("t t", [*draw(st.frozensets(pairs, min_size=2, max_size=6))]),
        "k": ("t", [(0,)]),
        "m": ("t", [(1,)]),
        "p": ("t t", [*draw(st.frozensets(pairs, max_size=1))]),
    }
    return close(
        parse("\n".join([*ALWAYS, *rules, "s(X) :- q(X,X)."])),
        Facts.of({"t": 5}, **rows),
        threads=1,
    )


def _contents(proofs, fact):
    """All that stands in any counting derivation of a fact, however deep, one walk a fact."""
    c, found, todo = proofs.closure, set(), [fact]
    while todo:
        f = todo.pop()
        for d in range(c.first[f], c.first[f + 1]):
            if proofs.counts[d]:
                new = {int(p) for p in c.premises[d] if p >= 0} - found
                found |= new
                todo += new
    return found


def _near_slowly(proofs, far):
    """The definition, word by word."""
    base = {*np.flatnonzero(proofs.closure.is_base).tolist()}
    conclusions = {*range(len(far))} - base
    drawn = {*np.flatnonzero(far).tolist()}
    below = set().union(*(_contents(proofs, f) for f in drawn)) & conclusions
    return {
        f for f in range(len(far)) if f in drawn | below or _contents(proofs, f) & (drawn | below)
    }


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(_theory(), st.randoms(use_true_random=False))
def test_near_is_what_a_walk_down_all_proofs_says(closure, random):
    proofs = Proofs(closure, frozenset(), {})
    high = np.flatnonzero(closure.height > 0).tolist()
    far = np.isin(np.arange(len(closure.predicate)), _some(random, high))
    assert {*np.flatnonzero(near(proofs, far)).tolist()} == _near_slowly(proofs, far)


def _some(random, facts):
    return random.sample(facts, min(len(facts), random.randint(0, 2)))


def test_nothing_is_far_by_default(corpus):
    assert not corpus("order-v2").split.far.any()


@pytest.mark.parametrize(("world", "share"), [("order-v2", 0.05), ("taxonomy-v2", 0.3)])
def test_nothing_but_witnesses_is_demonstrated_near_a_far_conclusion(corpus, world, share):
    usual = corpus(world, demonstrated_height=2)
    made = corpus(world, demonstrated_height=2, far=share)
    split, gold = made.split, made.split.gold
    high = (gold.closure.height > 2) & ~gold.closure.is_base
    queried = [
        made.world.positions(p, gold.closure.arity[p]) != () for p in gold.closure.predicates
    ]
    high &= np.array(queried)[gold.closure.predicate]
    assert split.far.sum() == round(share * high.sum()) > 0 and not (split.far & ~high).any()
    close_by = np.isin(np.arange(len(high)), [*_near_slowly(gold, split.far)])
    left = np.flatnonzero(made.demonstrated & close_by)
    assert len(left) <= len(gold.patterns)  # witnesses, one for each pattern at most
    assert (usual.demonstrated & close_by).sum() > len(left)
    # a far conclusion stands on nothing that is demonstrated or written, except of a witness
    written = set(left.tolist()).union(*(_contents(gold, f) for f in left.tolist()))
    for f in np.flatnonzero(split.far):
        inner = {*_contents(gold, f)} - {*np.flatnonzero(gold.closure.is_base).tolist()}
        assert not (inner - written) & {*np.flatnonzero(made.demonstrated).tolist()}


def test_the_share_of_what_is_demonstrated_is_of_what_may_be(corpus):
    made = corpus("order-v2", demonstrated_height=2, far=0.05, demonstrated=0.5)
    assert made.demonstrated.sum() == round(0.5 * made.split.eligible.sum())
