"""Active learning: the learner queries the world for base facts that nothing stated, at a cost.

What it cannot know (`unknowable`) becomes answerable by what it is answered; a policy says which
facts to query. A symbolic learner, the deducer, concludes all that follows from each answer at
once: what it reaches is what the answers are worth, whoever learns from them.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...models.training.plan import Run
from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.interventions.added_facts import Fact
from ...worlds.novelty.questions import Questions, find_prompts
from ..protocols.beyond_table import Acquisition
from .conclusions import Posed, find, named
from .frontier import Frontier, candidates
from .policies import View, chosen

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Oracle:
    """Answers each query with all of the world's facts that answer it; each costs one query.

    ``tau``: seconds that an answer takes; it is waited for.
    """

    truth: Corpus
    of: Questions  # what may be queried
    tau: float = 0.0

    def facts(self, candidate: int) -> list[int]:
        """Facts of the world, by number."""
        if self.tau:
            time.sleep(self.tau)
        return self.of.fact[self.of.offsets[candidate] : self.of.offsets[candidate + 1]].tolist()

    def named(self, numbers: Sequence[int]) -> list[Fact]:
        return named(self.truth.split.truth, numbers)


@dataclasses.dataclass(frozen=True)
class Trace:
    """What came of one learner's queries, one at a time. n queries."""

    queried: tuple[int, ...]  # [n] candidates
    share: Floats  # [n + 1] of the unknowable questions that are answerable, before and after each
    thought: float  # seconds that the policy and the deducer took
    waited: float  # seconds that the answers took


def acquire(
    corpus: Corpus, policy: str, queries: int, seed: int, seconds: float, tau: float = 0.0
) -> Trace:
    """A deducer that queries one fact at a time, as ``policy`` chooses, and concludes what follows.

    Fewer than ``queries`` where nothing is left. Raises UserError for a policy that breaks its
    contract.
    """
    frontier, open_ = Frontier(corpus), candidates(corpus)
    oracle = Oracle(corpus, open_, tau)
    left, doubt = np.ones(len(open_.prompt), bool), np.full(len(open_.prompt), np.nan)
    rng = stream(corpus.world.id, corpus.size, f"policy {policy}", seed)
    queried, share = list[int](), [_mean(frontier)]
    waited, began = 0.0, time.perf_counter()
    while len(queried) < queries and left.any():
        still = frontier.targets.prompt[~frontier.answerable()]
        view = View(corpus, open_, left.copy(), still, doubt, frontier)
        for one in chosen(policy, view, 1, rng, seconds) or [-1]:
            if one < 0:  # it has had enough
                left[:] = False
                break
            queried.append(one)
            left[one] = False
            tick = time.perf_counter()
            facts = oracle.facts(one)
            waited += time.perf_counter() - tick
            frontier.add(facts)
            share.append(_mean(frontier))
    thought = time.perf_counter() - began - waited
    return Trace(tuple(queried), np.array(share), thought, waited)


def acquired(
    posed: Posed,
    run: Run,
    before: frozenset[Fact],
    policy: str,
    number: int,
    how: Acquisition,
    seed: int,
) -> tuple[frozenset[Fact], int]:
    """(what the corpus holds of answers after ``number`` more queries, how many were made). What
    was queried ``before`` is not queried again."""
    corpus = posed.corpus
    open_, frontier = candidates(corpus), Frontier(corpus)
    held = find(corpus.split.truth, before)
    frontier.add(held[held >= 0])
    left = (
        ~np.logical_or.reduceat(frontier.known[open_.fact], open_.offsets[:-1])
        if len(open_.prompt)
        else np.zeros(0, bool)
    )
    still = frontier.targets.prompt[~frontier.answerable()]
    view = View(corpus, open_, left, still, _doubt(posed, run, open_), frontier)
    rng = stream(corpus.world.id, corpus.size, f"policy {policy} {len(before)}", seed)
    oracle, new = Oracle(corpus, open_), set[Fact]()
    picked = chosen(policy, view, number, rng, how.seconds)
    for one in picked:
        new.update(oracle.named(oracle.facts(one)))
    return before | new, len(picked)


def _doubt(posed: Posed, run: Run, open_: Questions) -> Floats:
    """[n] share of the samples that differ from the commonest one, for each candidate."""
    out = np.full(len(open_.prompt), np.nan)
    if run.samples is None:
        return out
    at = find_prompts(posed.prompt, open_.prompt)
    for i in np.flatnonzero(at >= 0):
        drawn = run.samples.answer[0, :, at[i]]
        out[i] = 1 - np.unique(drawn, return_counts=True)[1].max() / len(drawn)
    return out


def _mean(frontier: Frontier) -> float:
    found = frontier.answerable()
    return float(found.mean()) if len(found) else 1.0


def crossover(flops: float, speed: float, queries: int) -> float:
    """Seconds that one answer takes where half of the time is waiting for answers: ``flops`` spent
    at ``speed`` a second, and ``queries`` one after the other. Longer, and the learner is bound by
    the world; shorter, by its compute. Infinite without queries."""
    return flops / speed / queries if queries else float("inf")


def waiting(tau: float, flops: float, speed: float, queries: int) -> float:
    """The share of the time that is waiting, where one answer takes ``tau`` seconds."""
    waited, spent = tau * queries, flops / speed
    return waited / (waited + spent) if waited + spent else 0.0
