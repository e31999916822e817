"""Symbolic learners of each protocol: exact, without training, what a perfect one would come to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.interventions.added_facts import Fact
from ..protocols.beyond_table import Acquisition
from .acquisition import acquire, waiting
from .conclusions import Posed, by_rung, derived, holds, named
from .production import Drift, in_rounds, unverified

LEARNERS = {"deducer": False, "inductor": True}  # branch -> whether by exemplified patterns alone
GREEDY_DRAWS = 3  # of a policy that hardly depends on chance and looks at every candidate
TAUS = (0.2, 1.0, 5.0)  # multiples of the crossover that is predicted
WAITED = 12  # queries that are waited for in fact


def in_production(posed: Posed, rounds: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(branch, round, row of ROUNDS) of learners that take one step a round."""
    corpus = posed.corpus
    row, _, at = corpus.entries(posed.questions.questions)
    for branch, exemplified in LEARNERS.items():
        for turn, facts in enumerate(in_rounds(corpus, rounds, exemplified=exemplified), 1):
            known = corpus.stated | corpus.demonstrated
            mine = set(facts)
            known = known | np.array(
                [fact in mine for fact in named(corpus.closure, range(len(known)))], bool
            )
            right = np.zeros(len(posed.prompt), bool)
            np.logical_or.at(right, row, known[corpus.fact[at]])
            held: dict[str, Any] = _nothing_spent(corpus)
            held["added_true"], held["added_values"] = len(facts), len({f[-1] for f in facts})
            yield from (
                (branch, turn, held | one)
                for one in by_rung(posed, right, posed.answered_by(facts), symbolic=True)
            )


def _nothing_spent(corpus: Corpus) -> dict[str, Any]:
    return {
        "flops": 0.0,
        "answer_flops": 0.0,
        "queries": 0,
        "statements": len(corpus.rows.kind),
        "added_false": 0,
    }


def planted(corpus: Corpus, rounds: int) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """(branch, round, row of PLANTED): one false conclusion in a deducer that keeps all that it
    concludes, and in one whose conclusions are verified."""
    false = false_conclusion(corpus)
    if false is None:
        return
    spread = unverified(corpus, rounds, frozenset([false]))
    clean = in_rounds(corpus, rounds)
    for branch, each in (("unfiltered", spread), ("verified", clean)):
        for turn, facts in enumerate(each, 1):
            drift = Drift.of(corpus, facts)
            yield branch, turn, {"added_true": drift.true, "added_false": drift.false}


def false_conclusion(corpus: Corpus) -> Fact | None:
    """A conclusion that is false, of which others would follow: one that is a premise of another,
    with another thing of its sort in its last place. None where no conclusion is a premise."""
    c = corpus.closure
    mine = np.array([p in derived(corpus) for p in c.predicates])[c.predicate] & ~c.is_base
    stands = np.zeros(len(mine) + 1, bool)
    stands[c.premises] = True
    rng = stream(corpus.world.id, corpus.size, "planted", corpus.seeds[1])
    for fact in named(c, rng.permutation(np.flatnonzero(mine & stands[:-1]))[:50].tolist()):
        number = c.base.constants.index(fact[-1])
        sort = next(block for block in c.base.sorts.values() if number in block)
        for other in rng.permutation(np.arange(sort.start, sort.stop))[:10].tolist():
            false = (*fact[:-1], c.base.constants[other])
            if not holds(corpus.split.truth, [false])[0]:
                return false
    return None


def with_queries(corpus: Corpus, how: Acquisition) -> Iterator[tuple[str, dict[str, Any]]]:
    """(policy, row of QUERIES) of the deducer under every policy and draw."""
    for policy in how.policies:
        draws = min(how.draws, GREEDY_DRAWS) if policy == "greedy" else how.draws
        for draw in range(draws):
            trace = acquire(corpus, policy, how.queries, draw, how.seconds)
            for number, share in enumerate(trace.share.tolist()):
                yield policy, {"draw": draw, "queries": number, "share": share}


def waits(corpus: Corpus, how: Acquisition) -> Iterator[tuple[str, dict[str, Any]]]:
    """(policy, row of WAITS): answers that are waited for in fact, below, at and above the time at
    which half of all is waiting, as predicted from a run without any."""
    queries = min(WAITED, how.queries)
    for policy in how.policies if queries else ():
        free = acquire(corpus, policy, queries, 0, how.seconds)
        made = len(free.queried)
        for tau in [round(free.thought / made * factor, 6) for factor in TAUS] if made else []:
            found = acquire(corpus, policy, queries, 0, how.seconds, tau)
            yield (
                policy,
                {
                    "tau": tau,
                    "queries": made,
                    "thought": found.thought,
                    "waited": found.waited,
                    "predicted": waiting(tau, free.thought, 1.0, made),
                },
            )
