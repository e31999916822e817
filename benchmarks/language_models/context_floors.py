"""context_floors(portion) -> the floor of each instrument for those who read the facts in context.

A context is smaller than its corpus, so what is no floor of the corpus may be one here: to know
which facts stand there tells something. All strategies read the context alone. They count names,
beside those of the question too, or apply a rule without one of its ingredients to these facts.
The best of an instrument is taken after the fact, so the floor is high rather than low.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...eval.floors.blinded_deducer import BlindedDeducer, ingredients
from ...eval.floors.strategy import Ballot
from ...eval.question_sets.right_answers import possible
from ...worlds.corpus.corpus import Corpus
from ..export.contexts import Contexts
from ..export.english_forms import EnglishForms
from ..export.portion import Portion

Votes = NDArray[np.floating[Any]]  # [V] for the names that the question could be answered with


@dataclasses.dataclass(frozen=True)
class ContextFloor:
    """What the best strategy gets."""

    value: float
    strategy: str
    questions: int


def context_floors(portion: Portion) -> dict[str, ContextFloor]:
    """Instrument -> its floor; without recall, where to find the fact is the whole question."""
    corpus, queried = portion.corpus, portion.question_set
    contexts = Contexts(EnglishForms(corpus))
    out = {}
    for instrument, mine in queried.headline.items():
        if instrument == "recall" or not mine.any():
            continue
        questions = queried.questions[mine].tolist()
        found = [_expected(corpus, q, _read(contexts, q)) for q in questions]
        # a strategy that a question's cue does not have guesses there, like all that see nothing
        names = sorted({name for one in found for name in one})
        means = {n: float(np.mean([one.get(n, one["uniform"]) for one in found])) for n in names}
        best = max(names, key=lambda name: means[name])
        out[instrument] = ContextFloor(means[best], best, len(found))
    return out


def _read(contexts: Contexts, question: int) -> list[int]:
    """The facts of a question's context, in the order in which they stand there."""
    row = contexts.corpus.prompt[question]
    theories = contexts.english.theories
    return contexts.facts(question) or [int(f) for f in theories.get(int(row[1]), ())]


def _expected(corpus: Corpus, question: int, facts: list[int]) -> dict[str, float]:
    """Strategy -> the chance that it is right."""
    values = np.flatnonzero(possible(corpus)[int(corpus.prompt[question, 0])])
    right = np.isin(values, corpus.answers(question))[None]
    found = {"uniform": np.zeros(len(values))}
    found |= dict(_counted(corpus, question, facts, values))
    found |= dict(_blinded(corpus, question, facts, values))
    return {name: float(Ballot(v[None]).expected(right)[0]) for name, v in found.items()}


def _counted(
    corpus: Corpus, question: int, facts: list[int], values: NDArray[np.int64]
) -> Iterator[tuple[str, Votes]]:
    """Strategies that count the names of the context; k facts."""
    c, given = corpus.closure, [a for a in corpus.prompt[question, 1:].tolist() if a >= 0]
    written = c.arguments[facts]  # [k, w]
    sentences = np.arange(len(facts))
    shared = np.sum([(written == name).any(1) for name in given], axis=0, dtype=float)
    weights: dict[str, Votes] = {
        "commonest": np.ones(len(facts)),
        "first": 2.0 ** -np.minimum(sentences, 1_000),
        "last": 2.0 ** -np.minimum(sentences[::-1], 1_000),
        "most names of the question beside it": 1_000.0**shared,
        **{
            f"commonest beside name {i + 1}": (written == name).any(1) * 1.0
            for i, name in enumerate(given)
        },
    }
    for how, weight in weights.items():
        # at any place, or at one place of one predicate: heads and tails alone
        yield how, _summed(written, np.repeat(weight[:, None], written.shape[1], 1), values)
        for number in np.unique(c.predicate[facts]).tolist():
            for place in range(c.arity[c.predicates[number]]):
                kept = np.where(c.predicate[facts] == number, weight, 0)
                at = f"{how}, {c.predicates[number]}, place {place + 1}"
                yield at, _summed(written[:, place], kept, values)


def _summed(names: NDArray[Any], weight: Votes, values: NDArray[np.int64]) -> Votes:
    there = names >= 0
    size = int(max(names.max(initial=0), values.max(initial=0))) + 1
    return np.bincount(names[there], weight[there], size).astype(np.float64)[values]


def _blinded(
    corpus: Corpus, question: int, facts: list[int], values: NDArray[np.int64]
) -> Iterator[tuple[str, Votes]]:
    """A rule without an ingredient, on the facts of the context alone."""
    program, prompt = corpus.closure.program, corpus.prompt[question : question + 1]
    predicate, position = corpus.cues[int(prompt[0, 0])]
    number, tables = corpus.closure.base.number, _tables(corpus, facts)
    filled = prompt[:, (prompt >= 0).all(0)]
    for ingredient in ingredients(program.rules, predicate, position):
        deducer = BlindedDeducer(
            program.rules, number, ingredient, position, filled, values.astype(np.int32)
        )
        ways = deducer.ways(tables)
        if ways is not None:
            yield deducer.name, np.minimum(ways[0], 1)
            yield f"{deducer.name}, commonest", ways[0]


def _tables(corpus: Corpus, facts: list[int]) -> Mapping[str, NDArray[np.int32]]:
    """The facts as tables of all predicates, sorted as those of a corpus are."""
    c, mine = corpus.closure, np.sort(facts).astype(np.int64)
    tables = {}
    for number, predicate in enumerate(c.predicates):
        rows = c.arguments[mine[c.predicate[mine] == number], : c.arity[predicate]]
        tables[predicate] = np.unique(rows, axis=0).astype(np.int32)
    return tables
