"""floors(corpus, questions) -> Floors: every instrument under every strategy that applies no rule.

An *instrument* is a rung and a cue, never pooled: kinship's "which relation" has a chance of .46,
its "who" of .01. All is counted, nothing trained. Floors are never computed on gold; gold says
which answers are right and which questions are pivotal.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from ...worlds.corpus.corpus import Corpus
from ...worlds.novelty.rungs import RUNGS
from .association import Likeness, StatedNotDemonstrated
from .blinded_deducer import BlindedDeducer, Ingredient, ingredients
from .chance_pools import Commonest, Exclusion, Uniform
from .pivotal import pivotal
from .profile_copy import ProfileCopy
from .reading import Bools, Integers, Reading
from .spreading import Spreading
from .strategy import Batch, Floats, Questions, Scored, Strategy, half, run

LEAST = 30  # questions below which no score is given
REUSE = 0.9  # a floor above it: the instrument is reuse by likeness and measures no rule
FAMILIES = ("chance", "association", "blinded")  # what a floor is the best of
NOVEL = tuple(r for r in RUNGS if r not in ("recall", "mixed"))

Watch = Callable[[str], None]


def strategies() -> tuple[Strategy, ...]:
    """All strategies but the blinded deducers, which are made from a world's rules."""
    chance = (Uniform(), Commonest(), Exclusion())
    return (*chance, StatedNotDemonstrated(), ProfileCopy(), Likeness(), Spreading())


@dataclasses.dataclass(frozen=True)
class Floor:
    """One strategy on one instrument."""

    strategy: str
    family: str
    blind: str
    setting: str  # the best on all questions; hits are of settings chosen on the other half
    at: Integers  # [n] which of the instrument's questions count: all, or pivotal ones if blinded
    hits: Floats  # [n] expected
    pivotal: float | None = None  # the share of these among those whose proof uses the ingredient

    @property
    def n(self) -> int:
        return len(self.hits)

    @property
    def score(self) -> float:
        """Expected accuracy; 0 where no question counts."""
        return float(self.hits.mean()) if len(self.hits) else 0.0


@dataclasses.dataclass(frozen=True)
class Instrument:
    """A rung and a cue with all that can be had there without the rule."""

    rung: str
    cue: str
    n: int
    floors: tuple[Floor, ...]

    def best(self, *families: str) -> Floor | None:
        """The best strategy of these families; None where none has enough questions.

        It is chosen on one half of the questions and scored on the other, and the reverse; named is
        the one that is best on all.
        """
        mine = [f for f in self.floors if f.family in families and f.n >= LEAST]
        if not mine:
            return None
        named = max(mine, key=lambda f: f.score)
        first = half(self.n)
        at, hits = [], []
        for chosen, scored in ((first, ~first), (~first, first)):
            best = max(mine, key=lambda f: f.hits[chosen[f.at]].mean() if chosen[f.at].any() else 0)
            at.append(best.at[scored[best.at]])
            hits.append(best.hits[scored[best.at]])
        return dataclasses.replace(named, at=np.concatenate(at), hits=np.concatenate(hits))

    @property
    def floor(self) -> Floor:
        """The best of chance, association and blinded deducers."""
        found = [f for f in map(self.best, FAMILIES) if f]
        return max(found, key=lambda f: f.score)

    @property
    def reuse(self) -> bool:
        """Whether it measures reuse by likeness."""
        return self.floor.score > REUSE


@dataclasses.dataclass(frozen=True)
class Blinded:
    """A blinded deducer on Q questions."""

    scored: Scored
    uses: Bools  # [Q] whose proof uses the rule
    pivotal: Bools  # [Q]


def floors(
    corpus: Corpus, questions: Integers, watch: Watch | None = None
) -> tuple[Instrument, ...]:
    """The instruments of ``questions`` int64 [Q], headline ones of at least LEAST, by rung."""
    certificate = corpus.certificate
    rung = certificate.rung[questions]
    novel = np.isin(rung, [RUNGS.index(r) for r in NOVEL]) & certificate.pure[questions]
    some = Questions.of(corpus, questions[novel])
    reading = Reading.of(corpus)
    scored = [run(s, reading, some, watch) for s in strategies()]
    blinded = blinded_deducers(reading, some, watch)
    rung, cue = rung[novel], corpus.prompt[some.question, 0]
    out = []
    for name in NOVEL:
        for c in np.unique(cue):
            where = (rung == RUNGS.index(name)) & (cue == c)
            if where.sum() >= LEAST:
                found = [_floor(s, where, where) for s in scored] + _blinded(blinded, where)
                out.append(Instrument(name, cue_name(corpus, int(c)), int(where.sum()), (*found,)))
    return tuple(out)


def cue_name(corpus: Corpus, cue: int) -> str:
    """A cue as it is printed: its predicate, and the queried place where there are several."""
    predicate, position = corpus.cues[cue]
    several = len({i for p, i in corpus.cues if p == predicate}) > 1
    return f"{predicate}/{position + 1}" if several else predicate


def blinded_deducers(
    reading: Reading, questions: Questions, watch: Watch | None = None
) -> list[Blinded]:
    """Every blinded deducer, on the questions whose proof uses its rule."""
    rule = proof_rules(questions)
    program = questions.corpus.closure.program
    number = {name: i for i, name in enumerate(questions.corpus.closure.base.constants)}
    found: dict[Ingredient, Blinded] = {}
    for at, batch in questions.batches:
        predicate, position = questions.corpus.cues[batch.cue]
        if watch:
            watch(f"blinded deducers: {predicate}")
        for ingredient in ingredients(program.rules, predicate, position):
            mine = np.flatnonzero(np.isin(rule[at], ingredient.rules))
            if len(mine) < LEAST:
                continue
            deducer = BlindedDeducer(
                program.rules,
                number,
                ingredient,
                position,
                questions.corpus.prompt[questions.question[at[mine]]],
                questions.constants(batch),
            )
            _add(found, deducer, reading, questions, at[mine], batch.only(mine))
    return list(found.values())


def _add(
    found: dict[Ingredient, Blinded],
    deducer: BlindedDeducer,
    reading: Reading,
    questions: Questions,
    at: Integers,
    batch: Batch,
) -> None:
    """Score ``deducer`` on the questions ``at``, of which many cues may use one rule."""
    decided = pivotal(questions, deducer.ingredient, at)
    total = len(questions.question)
    if deducer.ingredient not in found:
        empty = Scored(deducer.name, deducer.family, deducer.blind, (), np.zeros((0, total)))
        found[deducer.ingredient] = Blinded(empty, np.zeros(total, bool), np.zeros(total, bool))
    before = found[deducer.ingredient]
    before.uses[at], before.pivotal[at] = True, decided
    if decided.sum() < LEAST:
        return
    kept = at[decided]
    part = dataclasses.replace(deducer, prompt=deducer.prompt[decided])
    right = questions.right(kept, batch.only(decided))
    value = dict(zip(before.scored.settings, before.scored.value))
    for name, ballot in part.settings(reading, batch.only(decided)):
        value.setdefault(name, np.zeros(total))[kept] = ballot.expected(right)
    table = np.array(list(value.values())).reshape(len(value), total)
    scored = dataclasses.replace(before.scored, settings=(*value,), value=table)
    found[deducer.ingredient] = dataclasses.replace(before, scored=scored)


def proof_rules(questions: Questions) -> Integers:
    """[Q] the rule of the last step of each question's proof, -1 where none is needed."""
    corpus = questions.corpus
    first = corpus.offsets[questions.question]
    best = corpus.split.gold.best[corpus.fact[np.minimum(first, len(corpus.fact) - 1)]]
    return np.where(best >= 0, corpus.closure.rule[best], -1)


def _floor(scored: Scored, where: Bools, counted: Bools, share: float | None = None) -> Floor:
    hits, setting = scored.on(counted)
    at = np.flatnonzero(counted[where])
    return Floor(scored.name, scored.family, scored.blind, setting, at, hits, share)


def _blinded(found: Sequence[Blinded], where: Bools) -> list[Floor]:
    out = []
    for one in found:
        uses, counted = where & one.uses, where & one.pivotal
        if uses.sum() >= LEAST:
            out.append(_floor(one.scored, where, counted, float(counted.sum() / uses.sum())))
    return out
