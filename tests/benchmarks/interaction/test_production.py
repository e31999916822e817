"""Self-production: each round opens the next step, what is false spreads where nobody looks, and no
scored answer joins a corpus."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.benchmarks.interaction.conclusions import find, holds, scored_floors
from zebroid.benchmarks.interaction.production import Drift, in_rounds, produced, unverified
from zebroid.benchmarks.interaction.round_audit import audit
from zebroid.benchmarks.interaction.rounds import with_facts
from zebroid.benchmarks.interaction.symbolic_learners import (
    false_conclusion,
    in_production,
    planted,
)
from zebroid.benchmarks.protocols.beyond_table import Production
from zebroid.errors import UserError
from zebroid.eval.floors.reading import read_examples
from zebroid.worlds.corpus.audit import AuditError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.novelty.rungs import LADDER

from .conftest import gold_answers

NOTHING = frozenset()
HOW = Production(protocol="production", rounds=2, filters=["unfiltered"])


def test_each_round_of_a_deducer_opens_the_next_step_and_nothing_else(rows):
    """A conclusion of the r-th round rests on one of the round before."""
    before, c = NOTHING, rows.closure
    known = rows.stated | rows.demonstrated | (c.is_base & rows.split.gold.axiom)
    for facts in in_rounds(rows, 4):
        new = find(c, facts - before)
        assert len(new) and (new >= 0).all()
        first = np.isin(c.head, new) & known[c.premises].all(1)
        assert {*c.head[first].tolist()} == {*new.tolist()}
        known = known.copy()
        known[new] = True
        before = facts


def test_a_deducer_without_errors_needs_no_filter(rows):
    assert unverified(rows, 3, NOTHING) == in_rounds(rows, 3)


def test_in_the_end_the_deducer_answers_all_and_the_inductor_no_axiom(rows, posed):
    queried = posed(rows)
    rounds = int(rows.certificate.distance.max()) + 1
    right = {}
    for branch, turn, row in in_production(queried, rounds):
        if turn == rounds and row["rung"] in LADDER[:6]:
            n, k = right.get((branch, row["rung"]), (0, 0))
            right[branch, row["rung"]] = n + row["questions"], k + row["right"]
    assert all(n == k for (branch, _), (n, k) in right.items() if branch == "deducer")
    n, k = right["inductor", "axiom"]
    assert n > 30 and k == 0
    assert right["inductor", "depth"][0] == right["inductor", "depth"][1] > 0


def test_one_false_conclusion_spreads_where_nothing_is_verified_and_is_counted(rows):
    false = false_conclusion(rows)
    assert false is not None and not holds(rows.split.truth, [false])[0]
    counts = {"unfiltered": [], "verified": []}
    for branch, _, row in planted(rows, 4):
        counts[branch].append(row["added_false"])
    assert counts["verified"] == [0, 0, 0, 0]
    spread = counts["unfiltered"]
    assert spread == sorted(spread) and spread[-1] > 1
    last = unverified(rows, 4, frozenset([false]))[-1]
    assert Drift.of(rows, last).false == spread[-1]


@pytest.mark.parametrize("filter", ["unfiltered", "verified", "proved"])
def test_a_filter_keeps_what_it_says_and_no_scored_answer_joins(hops, posed, answering, filter):
    queried = posed(hops)
    answer = gold_answers(hops)
    wrong = np.arange(len(answer)) % 3 == 0
    answer[wrong] = 3
    facts = produced(filter, queried, answering(answer), NOTHING, 0.9)
    true = holds(hops.split.truth, facts)
    assert len(facts) > 30 and true.all() == (filter != "unfiltered")
    assert not any(queried.answers_scored(facts))
    assert not (queried.answered_by(facts) & queried.scored).any()
    assert queried.scored.sum() > 30
    audit(HOW, queried, answering(answer), NOTHING, facts)


def test_no_proof_that_joins_has_a_line_that_answers_a_scored_question(rows, posed, answering):
    """In order-v2 proofs go through conclusions, so to leave out scored answers is not enough."""
    queried, run = posed(rows), answering(gold_answers(rows))
    verified = produced("verified", queried, run, NOTHING, 0.9)
    proved = produced("proved", queried, run, NOTHING, 0.9)
    assert len(proved) > 30 and proved < verified
    audit(HOW, queried, run, NOTHING, proved, proved=True)
    with pytest.raises(AuditError, match="stands in a proof that joins the corpus"):
        audit(HOW, queried, run, NOTHING, verified, proved=True)


def test_a_floor_reads_what_joined_so_that_reuse_of_it_is_no_sign_of_a_rule(hops, posed, answering):
    """Copying gets more of what is scored, once proved conclusions from the same facts have joined;
    the certificates stay what they were."""
    before = posed(hops)
    facts = produced("proved", before, answering(gold_answers(hops)), NOTHING, 0.9)
    exposure = with_facts(hops.exposure, "proved, round 1", facts, proved=True)
    after = posed(build_corpus(hops.world, hops.size, exposure))
    assert (after.rung == before.rung).all() and (after.scored == before.scored).all()
    old, new = scored_floors(before), scored_floors(after)
    assert new["constituent"] > old["constituent"] + 0.1 and set(new) == set(old)
    assert read_examples(hops) is hops.examples
    joined = read_examples(after.corpus)
    assert len(joined.kind) > len(after.corpus.examples.kind) == len(hops.examples.kind)


def test_samples_that_disagree_keep_a_conclusion_out(hops, posed, answering):
    queried, answer = posed(hops), gold_answers(hops)
    samples = np.tile(answer, (10, 1))
    samples[:2, ::2] = 0  # every other question: eight of ten agree
    facts = produced("consistent", queried, answering(answer, samples), NOTHING, 0.9)
    everything = produced("unfiltered", queried, answering(answer), NOTHING, 0.9)
    assert NOTHING < facts < everything
    looser = produced("consistent", queried, answering(answer, samples), NOTHING, 0.8)
    assert looser == everything
    with pytest.raises(UserError, match=r"the plan draws none; give plan\.samples"):
        produced("consistent", queried, answering(answer), NOTHING, 0.9)


def test_a_planted_leak_is_found(hops, posed, answering):
    queried, answer = posed(hops), gold_answers(hops)
    run = answering(answer)
    place, every = queried.facts(answer)
    scored = next(f for f, q in zip(every, place) if queried.scored[q])
    fine = next(f for f, q in zip(every, place) if queried.open[q])
    other = answering(np.where(answer == answer[0], -1, answer))
    audit(HOW, queried, run, NOTHING, {fine})
    with pytest.raises(AuditError, match="answers a scored question"):
        audit(HOW, queried, run, NOTHING, {scored})
    own = next(f for f, q in zip(every, place) if queried.open[q] and answer[q] == answer[0])
    with pytest.raises(AuditError, match="the model did not conclude it"):
        audit(HOW, queried, other, NOTHING, {own})
    with pytest.raises(AuditError, match="is gone"):
        audit(HOW, queried, run, {fine}, NOTHING)
