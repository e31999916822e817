"""Controls: near misses have no answer in the world, unknowables one that cannot be known."""

import numpy as np
import pytest
from zebroid.seeding import stream
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import NONTHEOREM
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.hard_negatives import NEGATIVE
from zebroid.worlds.novelty.questions import find_prompts, prompts_of
from zebroid.worlds.novelty.rungs import LADDER


def _truth(corpus):
    """Prompt -> answers of the whole world."""
    cues = [q for q in corpus.cues if q[0] not in corpus.world.axioms]
    queries = prompts_of(corpus.split.truth, cues, corpus.prompt.shape[1] - 1)
    return {
        tuple(row): queries.values[queries.offsets[q] : queries.offsets[q + 1]].tolist()
        for q, row in enumerate(queries.prompt.tolist())
    }


@pytest.fixture(scope="module")
def zebra(corpus):
    return corpus("zebra-v2")


def test_nontheorems_have_no_answer_in_the_world(zebra):
    truth, mine = _truth(zebra), zebra.of_rung("nontheorem")
    demonstrated = zebra.examples.prompt[zebra.examples.kind == NONTHEOREM]
    assert len(mine) > 10 and len(demonstrated) > 5
    for row in [*zebra.prompt[mine].tolist(), *demonstrated.tolist()]:
        assert tuple(row) not in truth


@pytest.mark.long
def test_unknowables_have_an_answer_in_the_world_and_none_under_gold(zebra):
    truth, mine = _truth(zebra), zebra.of_rung("unknowable")
    assert len(mine) > 5
    for q in mine:
        assert zebra.certificate.leak[q] in truth[tuple(zebra.prompt[q].tolist())]
        assert len(zebra.answers(q)) == 0
    lost = [p for p in truth if p not in {*map(tuple, zebra.prompt[: -len(mine)].tolist())}]
    assert len(lost) == len(mine)


def test_demonstrated_nontheorems_are_not_queried(zebra):
    demonstrated = zebra.examples.prompt[zebra.examples.kind == NONTHEOREM]
    assert (find_prompts(zebra.prompt, demonstrated) < 0).all()
    queries = zebra.of_rung("nontheorem")
    wanted = round(zebra.exposure.nontheorems * zebra.demonstrated.sum())
    assert len(demonstrated) == min(wanted, (len(demonstrated) + len(queries)) // 2)


def test_controls_are_pure_and_stand_apart_from_theorems(zebra):
    certificate = zebra.certificate
    control = certificate.rung >= LADDER.index("nontheorem")
    assert certificate.pure[control].all() and (np.diff(zebra.offsets) > 0).tolist() == [*~control]
    near = certificate.near_miss >= 0
    assert near.tolist() == (certificate.rung == LADDER.index("nontheorem")).tolist()


def test_a_near_miss_lacks_just_the_premise_it_names(make_world):
    """two(x,r,s) with one(x,r,y) but no one(y,s,_) misses the last, and so on."""
    rules = "two(X,R,S,Z) :- one(X,R,Y), one(Y,S,Z)."
    facts = "one(a,r,b) one(b,s,c) one(c,t,d) one(d,r,a) one(e,s,a) one(a,u,e) one(b,t,a)"
    made = build_corpus(make_world(rules, facts), "tiny", Exposure(held=0.0, nontheorems=0.1))
    names, rows = made.closure.base.constants, made.closure.rows("one").tolist()
    true = {(names[x], names[r]): names[y] for x, r, y in rows}
    queries = [*made.prompt[made.of_rung("nontheorem")]]
    tags = [*made.certificate.near_miss[made.of_rung("nontheorem")]]
    demonstrated = made.examples.prompt[made.examples.kind == NONTHEOREM]
    assert len(queries) > 3 and {*tags} == {0, 1} and len(demonstrated) == 1
    for row, tag in zip(queries, tags):
        x, r, s = (names[a] for a in row[1:])
        if tag == 1:  # the first holds, and what it leads to has no s
            assert (true[x, r], s) not in true
        else:
            assert (x, r) not in true and any(second == s for _, second in true)


def test_a_negative_premise_that_fails_makes_a_near_miss(make_world):
    rules = "flies(X,Y) :- bird(X,Y), not odd(X)."
    facts = "bird(a,u) bird(b,v) bird(c,u) bird(d,v) odd(b) odd(e)"
    made = build_corpus(make_world(rules, facts), "tiny", Exposure(held=0.0, nontheorems=0.01))
    mine = made.of_rung("nontheorem")
    names = made.closure.base.constants
    blocked = [names[made.prompt[q, 1]] for q in mine if made.certificate.near_miss[q] >= NEGATIVE]
    assert blocked == ["b"]


def test_near_misses_are_made_of_parts_as_frequent_as_those_of_theorems(make_world):
    """No part of a prompt gives a nontheorem away: marginals are alike, position by position."""
    draw = stream("test", "near misses")
    heads = np.repeat(np.arange(40), 3)
    relation = np.argsort(draw.random_sample((40, 8)), 1)[:, :3].ravel()
    relation[draw.random_sample(120) < 0.3] = 0  # one relation is common
    tails = draw.randint(20, size=120) * draw.randint(1, 3, size=120)  # and some tails are
    rows = np.stack([heads, relation, tails], 1)
    facts = Facts.of({"entity": 40, "relation": 8}, one=("entity relation entity", rows))
    world = make_world("two(X,R,S,Z) :- one(X,R,Y), one(Y,S,Z).", facts)
    made = build_corpus(world, "tiny", Exposure(held=0.0, nontheorems=0.2))
    theorems = np.flatnonzero(np.diff(made.offsets) > 0)
    theorems = theorems[made.prompt[theorems, 0] == made.cues.index(("two", 3))]
    queries, known = made.prompt[made.of_rung("nontheorem")], made.prompt[theorems]
    assert len(queries) > 200 and len(known) > 200
    for position in (1, 2, 3):
        shares = [np.bincount(p[:, position], minlength=48) / len(p) for p in (queries, known)]
        even = np.abs(shares[1] - 1 / np.count_nonzero(shares[1])).sum() / 2
        apart = np.abs(shares[0] - shares[1]).sum() / 2
        assert apart < max(0.25, even), (position, apart, even)


def test_a_world_in_which_every_prompt_has_an_answer_has_no_nontheorems(corpus):
    made = corpus("composition-v1", nontheorems=0.1)
    assert not len(made.of_rung("nontheorem"))
    assert not (made.examples.kind == NONTHEOREM).any()


def test_rules_as_data_are_given_and_not_missed(zebra):
    rules = zebra.closure.program.rules
    places = {
        i
        for rule in rules
        for i, a in enumerate(rule.positive)
        if a.predicate not in zebra.world.axioms
    }
    tags = zebra.certificate.near_miss[zebra.of_rung("nontheorem")]
    assert {*tags[tags < NEGATIVE].tolist()} <= places


def test_a_predicate_of_one_argument_has_no_near_misses(make_world):
    rules = "good(X) :- e(X), not odd(X)."
    made = build_corpus(
        make_world(rules, "e(a) e(b) e(c) odd(a)"), "tiny", Exposure(nontheorems=0.5)
    )
    assert not len(made.of_rung("nontheorem"))
