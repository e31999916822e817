"""Pivotal questions: those whose answer an ingredient decides, judged in gold.

A world in which few questions hang on an ingredient says nothing about whether a model reads it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.facts import Array, Bools
from ...worlds.datalog.join import Bindings
from ...worlds.datalog.row_keys import group, pack
from .blinded_deducer import ANSWER, Ingredient, prompts, solved, stand_in
from .reading import Integers
from .strategy import Questions


def pivotal(questions: Questions, ingredient: Ingredient, at: Integers) -> Bools:
    """bool [n]: for which of the questions ``at`` (places among the Q) most of the like things that
    could stand in for the ingredient give an answer, and a wrong one.

    A like thing: another value in that place, or, of a premise dropped, other values of what it
    shares with the rest of the rule. Where they are many, a sample is looked at.
    """
    corpus = questions.corpus
    gold = {p: corpus.closure.rows(p) for p in corpus.closure.predicates}
    number = {name: i for i, name in enumerate(corpus.closure.base.constants)}
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
