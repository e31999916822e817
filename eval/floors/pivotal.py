"""Pivotal questions: those whose answer an ingredient decides, judged in gold; blinded deducers are
scored on these alone.

A world in which few questions hang on an ingredient says nothing about whether a model reads it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.facts import Array, Bools
from ...worlds.datalog.join import Bindings
from ...worlds.datalog.row_keys import group, pack
from .blinded_deducer import (
    ANSWER,
    BlindedDeducer,
    Ingredient,
    ingredients,
    prompts,
    solved,
    stand_in,
)
from .reading import Integers, Reading
from .strategy import Batch, Questions, Scored

FEWEST = 30  # questions that use a rule, or are pivotal, below which nothing is concluded of it


def pivotal(questions: Questions, ingredient: Ingredient, at: Integers) -> Bools:
    """bool [n]: for which of the questions ``at`` (places among the Q) most of the like things that
    could stand in for the ingredient give an answer, and a wrong one.

    A like thing: another value in that place, or, of a premise dropped, other values of what it
    shares with the rest of the rule. Where they are many, a sample is looked at.
    """
    corpus = questions.corpus
    gold = {p: corpus.closure.rows(p) for p in corpus.closure.predicates}
    number = corpus.closure.base.number
    keys = np.sort(questions.row * (corpus.none + 1) + questions.answer)
    thin = stream(corpus.arrays_digest, "pivotal")
    found = _alternatives(corpus, ingredient, questions.question[at], gold, number, thin)
    if found is None:
        return np.zeros(len(at), bool)
    mine = at[found[""]] * (corpus.none + 1) + found[ANSWER]
    return _decided(found, np.isin(mine, keys), len(at))


def _alternatives(
    corpus: Corpus,
    ingredient: Ingredient,
    question: Integers,
    gold: Mapping[str, Array],
    number: Mapping[str, int],
    thin: np.random.RandomState,
) -> Bindings | None:
    """What could stand in for the ingredient, and the answer then: none with no answer."""
    prompt = corpus.prompt[question]
    position = corpus.cues[prompt[0, 0]][1]
    found: list[Bindings] = []
    for rule in (corpus.closure.program.rules[r] for r in ingredient.rules):
        start = prompts(rule, position, prompt, number)
        query, more = stand_in(rule, ingredient, {*start})
        some = solved(rule, position, query, gold, number, start, more, thin)
        if some is None:
            return None
        names = {"": "", ANSWER: ANSWER, **{v: f"{i}" for i, v in enumerate(more)}}
        found.append({names[v]: column for v, column in some.items()})
    if len({*map(frozenset, found)}) > 1:
        return None  # rules that are not alike after all
    return {v: np.concatenate([f[v] for f in found]) for v in found[0]}


def _decided(found: Bindings, right: Bools, n: int) -> Bools:
    """[n] whether more than half of the stand-ins but one, the true one, answer wrongly."""
    others = [column for name, column in found.items() if name != ANSWER]
    number, first = group(pack(others))
    good = np.zeros(len(first), bool)
    good[number[right]] = True
    question = found[""][first]
    many = np.bincount(question, minlength=n)
    wrong = np.bincount(question[~good], minlength=n)
    return (many > 1) & (2 * wrong > np.maximum(many - 1, 1))


@dataclasses.dataclass(frozen=True)
class Blinded:
    """A blinded deducer on Q questions."""

    scored: Scored
    uses: Bools  # [Q] whose proof uses the rule
    pivotal: Bools  # [Q]


def blinded_deducers(
    reading: Reading, questions: Questions, watch: Callable[[str], None] | None = None
) -> list[Blinded]:
    """Every blinded deducer, on the questions whose proof uses its rule."""
    rule = proof_rules(questions)
    program = questions.corpus.closure.program
    number = questions.corpus.closure.base.number
    found: dict[Ingredient, Blinded] = {}
    for at, batch in questions.batches:
        predicate, position = questions.corpus.cues[batch.cue]
        if watch:
            watch(f"blinded deducers: {predicate}")
        for ingredient in ingredients(program.rules, predicate, position):
            mine = np.flatnonzero(np.isin(rule[at], ingredient.rules))
            if len(mine) < FEWEST:
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
    if decided.sum() < FEWEST:
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
