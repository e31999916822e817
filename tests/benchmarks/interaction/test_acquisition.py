"""Active learning: an unlimited budget answers all, chance never beats greedy, and policies that
break their contract are named in one line."""

from __future__ import annotations

import time

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.interaction import acquisition, policies
from zebroid.benchmarks.interaction.acquisition import (
    acquire,
    acquired,
    crossover,
    waiting,
)
from zebroid.benchmarks.interaction.frontier import Frontier, candidates, unknowable
from zebroid.benchmarks.interaction.round_audit import audit
from zebroid.benchmarks.interaction.symbolic_learners import TAUS, waits
from zebroid.benchmarks.protocols.beyond_table import Acquisition
from zebroid.errors import UserError
from zebroid.worlds.corpus.audit import AuditError
from zebroid.worlds.novelty.questions import find_prompts
from zebroid.worlds.novelty.rungs import LADDER

from .conftest import built

NAMES = ("random", "uncertainty", "greedy")
HOW = Acquisition(protocol="acquisition", rounds=2, queries=6, policies=[*NAMES])
ENDLESS = 10_000


@pytest.fixture(scope="module")
def small():
    """Few facts are missing, so that a whole course is cheap."""
    return built("composition-v1/tiny[entities=8,relations=5]", coverage=0.6)


@pytest.mark.parametrize("policy", NAMES)
def test_with_an_unlimited_budget_the_deducer_answers_all_that_was_unknowable(small, policy):
    trace = acquire(small, policy, ENDLESS, 0, 60)
    assert trace.share[0] == 0 and trace.share[-1] == 1
    assert sorted(trace.queried) == [*range(len(candidates(small).prompt))]
    assert (np.diff(trace.share) >= 0).all()


def test_chance_never_beats_greedy_beyond_noise(small):
    many = len(candidates(small).prompt)
    chance = np.array([acquire(small, "random", many, seed, 60).share for seed in range(20)])
    best = acquire(small, "greedy", many, 0, 60).share
    low = chance.mean(0) - 2 * chance.std(0) / np.sqrt(len(chance))
    assert (low <= best + 1e-9).all()
    assert best[many // 2] > chance.mean(0)[many // 2] + 0.02


def test_the_frontier_agrees_with_a_corpus_that_states_what_was_answered(small):
    """What it takes for known is gold; what it lacks is what certificates call unknowable."""
    frontier, certificate = Frontier(small), small.certificate
    assert int(frontier.known.sum()) == len(small.closure.predicate)
    unknown = small.prompt[small.of_rung("unknowable")]
    both = np.concatenate([candidates(small).prompt, unknowable(small).prompt])
    assert len(both) == len(unknown) > 0 and (find_prompts(unknown, both) >= 0).all()
    assert (certificate.leak[small.of_rung("unknowable")] >= 0).all()


def test_what_a_query_would_bring_changes_nothing(small):
    frontier, open_ = Frontier(small), candidates(small)
    before = frontier.known.copy(), frontier.missing.copy()
    facts = open_.fact[open_.offsets[0] : open_.offsets[1]].tolist()
    won, near = frontier.gain(facts)
    assert (frontier.known == before[0]).all() and (frontier.missing == before[1]).all()
    assert won >= 0 and near >= 0
    learned = frontier.add(facts)
    assert sum(frontier.wanted[f] for f in learned) == won and not frontier.add(facts)


def test_a_budget_of_zero_queries_nothing(small, posed, answering):
    assert acquire(small, "greedy", 0, 0, 60).queried == ()
    run = answering(np.full(len(small.prompt), -1))
    assert acquired(posed(small), run, frozenset(), "random", 0, HOW, 0) == (frozenset(), 0)


def test_rounds_of_queries_never_query_twice_and_pass_the_audit(small, posed, answering):
    queried = posed(small, 0.0)
    answer = np.full(len(small.prompt), 0)
    samples = np.zeros((4, len(answer)), np.int32)
    run, held, made = answering(answer, samples), frozenset(), 0
    for _ in range(3):
        more, number = acquired(queried, run, held, "uncertainty", 2, HOW, 0)
        assert number == 2 and len(more) == len(held) + 2
        audit(HOW, queried, run, held, more)
        held, made = more, made + number
    with pytest.raises(AuditError, match="no query has it as its answer"):
        audit(HOW, queried, run, frozenset(), {queried.facts(np.asarray(answer))[1][0]})


def test_doubt_goes_before_what_questions_mention(small, posed, answering):
    queried, open_ = posed(small, 0.0), candidates(small)
    samples = np.zeros((4, len(small.prompt)), np.int32)
    wanted = int(find_prompts(queried.prompt, open_.prompt[3:4])[0])
    samples[:, wanted] = [0, 1, 2, 3]
    run = answering(samples[0], samples)
    (fact,), _ = acquired(queried, run, frozenset(), "uncertainty", 1, HOW, 0)
    assert fact[1:-1] == tuple(
        small.closure.base.constants[a] for a in open_.prompt[3, 1:] if a >= 0
    )


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (lambda view, n, rng: [10**6], r"queries candidate 1000000; expected 0 to \d+"),
        (lambda view, n, rng: [-1], "queries candidate -1"),
        (lambda view, n, rng: [0, 0], "queries (2, expected at most 1|a candidate twice)"),
        (lambda view, n, rng: ["the first"], "expected a list of whole numbers"),
        (lambda view, n, rng: [0.5], "expected a list of whole numbers"),
        (lambda view, n, rng: 1 / 0, r"fails \(ZeroDivisionError"),
        (lambda view, n, rng: None, "expected a list of whole numbers"),
    ],
)
def test_nonsense_is_one_line_that_names_the_policy(small, monkeypatch, policy, problem):
    monkeypatch.setattr(registry, "policy", lambda name: policy)
    with pytest.raises(UserError, match=problem) as caught:
        acquire(small, "acme.policy", 3, 0, 60)
    assert "'acme.policy'" in str(caught.value) and "\n" not in str(caught.value)


def test_the_same_query_twice_is_refused_and_too_long_a_choice_ended(small, monkeypatch):
    monkeypatch.setattr(registry, "policy", lambda name: lambda view, n, rng: [2])
    with pytest.raises(UserError, match="candidate 2, which was queried before"):
        acquire(small, "acme.policy", 3, 0, 60)
    monkeypatch.setattr(registry, "policy", lambda name: lambda view, n, rng: time.sleep(30))
    with pytest.raises(UserError, match=r"policy 'acme.policy' has run for 0\.1 seconds"):
        acquire(small, "acme.policy", 3, 0, 0.1)


def test_a_policy_may_have_had_enough(small, monkeypatch):
    monkeypatch.setattr(registry, "policy", lambda name: lambda view, n, rng: [])
    assert acquire(small, "acme.policy", 3, 0, 60).queried == ()


def test_a_third_partys_policy_is_found_by_its_entry_point(plugin, small):
    source = "import numpy as np\ndef last(view, number, rng):\n"
    source += "    return np.flatnonzero(view.left)[::-1][:number]\n"
    plugin("acmelast", "[zebroid.policies]\nacme.last = acme_last:last\n", acme_last=source)
    many = len(candidates(small).prompt)
    assert acquire(small, "acme.last", 2, 0, 60).queried == (many - 1, many - 2)
    with pytest.raises(UserError, match=r"unknown policy 'acme\.lost'; did you mean 'acme\.last'"):
        registry.policy("acme.lost")


def test_waiting_for_answers_is_half_of_the_time_at_the_crossover():
    tau = crossover(6e9, 2e9, 30)
    assert tau == pytest.approx(0.1) and waiting(tau, 6e9, 2e9, 30) == pytest.approx(0.5)
    assert crossover(1.0, 1.0, 0) == float("inf") and waiting(1.0, 0.0, 1.0, 0) == 0.0


class Clock:
    """Nothing takes any time but sleep, and choices of a policy, which take 10 ms each."""

    now = 0.0

    def perf_counter(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds

    def chosen(self, *given):
        self.sleep(0.01)
        return policies.chosen(*given)


def test_the_share_of_waiting_is_as_predicted_when_it_is_waited_for(small, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(acquisition, "time", clock)
    monkeypatch.setattr(acquisition, "chosen", clock.chosen)
    how = HOW.model_copy(update={"policies": ["uncertainty"], "queries": 6})
    found = [row for _, row in waits(small, how)]
    assert len(found) == len(TAUS)
    shares = [row["waited"] / (row["waited"] + row["thought"]) for row in found]
    assert shares == sorted(shares)
    assert shares == pytest.approx([row["predicted"] for row in found])
    assert found[-1]["waited"] == pytest.approx(found[-1]["tau"] * found[-1]["queries"])


def test_builtin_policies_are_entry_points():
    assert [registry.policy(name) for name in NAMES] == [getattr(policies, n) for n in NAMES]


def test_an_unstated_fact_is_no_conclusion_where_its_predicate_is_derived_as_well(posed):
    """In inverse-v2 what is answered may be the very pair that was queried, which is recall."""
    queried = posed(built("inverse-v2/tiny", coverage=0.7), 0.0)
    c = queried.corpus
    unknown = queried.rung == LADDER.index("unknowable")
    wanted = np.flatnonzero(unknown & queried.conclusion)
    targets = unknowable(c)
    there = find_prompts(targets.prompt, queried.prompt[wanted])
    assert (there >= 0).all() and len(wanted) > 30
    assert {c.cues[cue][0] for cue in queried.prompt[wanted, 0]} == {"rel"}
    left = unknown & ~queried.conclusion
    open_ = find_prompts(candidates(c).prompt, queried.prompt[left])
    assert (open_ >= 0).sum() > 30
