"""Self-production: the model's own conclusions join its corpus, round by round.

Filters decide which: every one ("unfiltered"), those that the model's samples agree on
("consistent"), those that a deducer confirms ("verified": a perfect filter, so an upper bound).
They join as statements. What is "proved" is confirmed too and joins with a proof: expert iteration
(arXiv 2203.14465), with proofs of the deducer's.
Self-improvement in rounds: arXiv 2502.01612, 2508.05004. Symbolic learners, a deducer that takes
one step a round and an inductor that does, say what a perfect learner would come to.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...models.training.plan import Run
from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.closure import heights
from ...worlds.datalog.engine import close
from ...worlds.interventions.added_facts import Fact
from ...worlds.novelty.written_proofs import written_proofs
from .conclusions import Bools, Posed, derived, find, holds, named

PROVED = "proved"
CONFIRMED = ("verified", PROVED)  # filters by which nothing false joins


def kept(filter: str, posed: Posed, run: Run, agreement: float) -> Bools:
    """[Q] which open questions' answers join the corpus.

    Raises UserError where "consistent" has no samples to compare.
    """
    answer = np.asarray(run.answer[0, -1])
    out = posed.open & (answer >= 0) & (answer < posed.corpus.none)
    if filter == "consistent":
        if run.samples is None:
            raise UserError(
                'filter "consistent" compares samples, and the plan draws none; give plan.samples'
            )
        out &= (run.samples.answer[0] == answer).mean(0) >= agreement
    if filter in CONFIRMED:
        place, facts = posed.facts(np.where(out, answer, -1))
        confirmed = np.zeros(len(out), bool)
        confirmed[place] = holds(posed.corpus.closure, facts)  # gold: all that follows
        out &= confirmed
    return out


def produced(
    filter: str, posed: Posed, run: Run, before: frozenset[Fact], agreement: float
) -> frozenset[Fact]:
    """What the corpus holds of the model's conclusions after this run: those of ``before`` too.

    No fact that would answer a scored question, at any place, is among the new ones.
    """
    answer = np.where(kept(filter, posed, run, agreement), run.answer[0, -1], -1)
    facts = sorted({*posed.facts(answer)[1]} - before)
    clean = [fact for fact, bad in zip(facts, posed.answers_scored(facts)) if not bad]
    if filter == PROVED:
        row, written = lines(posed.corpus, clean)
        leaks = {*row[posed.answers_scored(written)].tolist()}
        clean = [fact for i, fact in enumerate(clean) if i not in leaks]
    return before | frozenset(clean)


def lines(corpus: Corpus, facts: Sequence[Fact]) -> tuple[NDArray[np.int64], list[Fact]]:
    """(which of ``facts``, all of which follow; what a line of its proof states), line by line."""
    number = find(corpus.closure, facts)
    row, written = written_proofs(corpus.split.gold, corpus.writing.silent, number)
    return row, named(corpus.closure, written.tolist())


@dataclasses.dataclass(frozen=True)
class Drift:
    """What has been added, against the world."""

    true: int
    false: int
    values: int  # different last arguments: what is left of diversity

    @classmethod
    def of(cls, corpus: Corpus, facts: frozenset[Fact]) -> Drift:
        true = int(holds(corpus.split.truth, facts).sum())
        return cls(true, len(facts) - true, len({fact[-1] for fact in facts}))


def in_rounds(corpus: Corpus, rounds: int, *, exemplified: bool = False) -> list[frozenset[Fact]]:
    """What a symbolic learner with a perfect filter has added by each round, from round 1 on: each
    round all that follows by one step from what it holds. It reads all questions: nothing is scored
    apart.

    ``exemplified``: an inductor, which uses exemplified patterns alone; else a deducer, which uses
    every rule that was given.
    """
    c, gold = corpus.closure, corpus.split.gold
    held = corpus.stated | corpus.demonstrated
    if exemplified:
        usable = gold.counts & corpus.read.exemplified[gold.pattern]
        step = heights(held, c.head[usable], gold.open[usable])
    else:
        step = heights(held | (c.is_base & gold.axiom), c.head, c.premises)
    new = (step > 0) & np.array([p in derived(corpus) for p in c.predicates])[c.predicate]
    return [
        frozenset(named(c, np.flatnonzero(new & (step <= turn)).tolist()))
        for turn in range(1, rounds + 1)
    ]


def unverified(corpus: Corpus, rounds: int, planted: frozenset[Fact]) -> list[frozenset[Fact]]:
    """The same of a deducer that keeps all that it concludes, true or not, and holds some
    ``planted`` conclusions before the first round: what is false spreads."""
    c = corpus.closure
    leaves = corpus.stated | corpus.demonstrated | (c.is_base & corpus.split.gold.axiom)
    held, own, out = frozenset(named(c, np.flatnonzero(leaves).tolist())), planted, []
    for _ in range(rounds):
        own = own | (_step(corpus, held | own) - held)
        out.append(own)
    return out


def _step(corpus: Corpus, held: frozenset[Fact]) -> frozenset[Fact]:
    """What follows by one step from ``held``, by every rule that was given."""
    c, number = corpus.closure, corpus.closure.base.number
    rows: dict[str, NDArray[np.int32]] = {}
    for predicate in c.predicates:
        mine = sorted(fact for fact in held if fact[0] == predicate)
        table = [[number[a] for a in fact[1:]] for fact in mine]
        flat = np.array(table, np.int32).reshape(len(mine), c.arity[predicate])
        if len(mine) or predicate not in derived(corpus):
            rows[predicate] = np.unique(flat, axis=0)
    # a rule without an instance in gold is one that was not given, or one that never fires
    idle = set(range(len(c.program.rules))) - set(c.rule.tolist())
    found = close(c.program.without(idle), dataclasses.replace(c.base, rows=rows))
    return frozenset(named(found, np.flatnonzero(found.height == 1).tolist()))
