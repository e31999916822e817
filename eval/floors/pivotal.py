"""Pivotal questions: those whose answer an ingredient decides, judged in gold.

A world in which few questions hang on an ingredient says nothing about whether a model reads it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.facts import Array, Bools
from ...worlds.datalog.row_keys import group, pack
from .blinded_deducer import ANSWER, Ingredient, prompts, solved, stand_ins
from .join import Bindings
from .reading import Integers
from .strategy import Questions

PIECE = 64  # questions at a time: the alternatives of one are at most some ten thousands


def pivotal(questions: Questions, ingredient: Ingredient, at: Integers) -> Bools:
    """bool [n]: for which of the questions ``at`` (places among the Q) most of the like things that
    could stand in for the ingredient give an answer, and a wrong one.

    A like thing: another value in that place, or, of a premise dropped, other values of what it
    shares with the rest of the rule. Where there are too many to look at, none is pivotal.
    """
    corpus = questions.corpus
    gold = {p: corpus.closure.rows(p) for p in corpus.closure.predicates}
    number = {name: i for i, name in enumerate(corpus.closure.base.constants)}
    keys = np.sort(questions.row * (corpus.none + 1) + questions.answer)
    out = np.zeros(len(at), bool)
    for first in range(0, len(at), PIECE):
        here = at[first : first + PIECE]
        found = _alternatives(corpus, ingredient, questions.question[here], gold, number)
        if found is not None and len(found[""]):
            mine = here[found[""]] * (corpus.none + 1) + found[ANSWER]
            out[first : first + PIECE] = _decided(found, np.isin(mine, keys), len(here))
    return out


def _alternatives(
    corpus: Corpus,
    ingredient: Ingredient,
    question: Integers,
    gold: Mapping[str, Array],
    number: Mapping[str, int],
) -> Bindings | None:
    """What could stand in for the ingredient, and the answer then: none with no answer."""
    prompt = corpus.prompt[question]
    position = corpus.cues[prompt[0, 0]][1]
    found: list[Bindings] = []
    for rule in (corpus.closure.program.rules[r] for r in ingredient.rules):
        start = prompts(rule, position, prompt, number)
        for query, more in stand_ins(rule, ingredient, {*start}):
            some = solved(rule, position, query, gold, number, start, more)
            if some is not None:
                break
        else:
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
