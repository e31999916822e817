"""Facts and questions in English, by the world's templates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..corpus.corpus import Corpus
from ..datalog.closure import Closure
from ..world import World
from .episodes import theory

BLANK = "___"
VOWELS = "aeiouAEIOU"


class Written(str):
    """A name as a template writes it: ``{0}`` as it is, ``{0:a}`` behind a or an, and ``{0:step}``,
    of a number, before the noun that it counts.

    >>> "{0:a} has {1:leg} and {2:horn}".format(*map(Written, ("otter", "4", "1")))
    'an otter has 4 legs and 1 horn'
    """

    def __format__(self, spec: str) -> str:
        if spec == "a":
            return f"{'an' if self[:1] in VOWELS else 'a'} {self}"
        return f"{self} {spec}{'s' * (self != '1')}" if spec else str(self)


def fact_in_english(world: World, closure: Closure, fact: int) -> str:
    """One fact as a sentence."""
    predicate = closure.predicates[closure.predicate[fact]]
    names = [closure.base.constants[a] for a in closure.arguments[fact] if a >= 0]
    return phrase(world, predicate, names)


def facts_in_english(world: World, closure: Closure, facts: NDArray[np.int64]) -> list[str]:
    """Many facts, a predicate at a time: what a corpus reads as."""
    constants = np.array(closure.base.constants, dtype=object)
    out = np.empty(len(facts), dtype=object)
    for number in np.unique(closure.predicate[facts]):
        mine = closure.predicate[facts] == number
        predicate = closure.predicates[number]
        rows = closure.arguments[facts[mine], : closure.arity[predicate]]
        out[mine] = _phrases(world, predicate, [constants[column].tolist() for column in rows.T])
    return out.tolist()


def question_in_english(corpus: Corpus, question: int) -> str:
    """One prompt as its sentence with a blank."""
    row = corpus.prompt[question]
    predicate, position = corpus.cues[row[0]]
    names = [corpus.closure.base.constants[a] for a in row[1:] if a >= 0]
    return phrase(corpus.world, predicate, [*names[:position], BLANK, *names[position:]])


def theory_in_english(corpus: Corpus, question: int) -> list[str]:
    """What stands in the prompt of a question about an episode, a sentence each; else nothing."""
    if not corpus.world.episodes:
        return []
    return facts_in_english(corpus.world, corpus.closure, theory(corpus, question))


def questions_in_english(corpus: Corpus, questions: NDArray[np.int64]) -> list[str]:
    """Many prompts, a cue at a time."""
    constants = np.array(corpus.closure.base.constants, dtype=object)
    prompt = corpus.prompt[questions]
    out = np.empty(len(questions), dtype=object)
    for number in np.unique(prompt[:, 0]):
        mine = prompt[:, 0] == number
        predicate, position = corpus.cues[number]
        rows = prompt[mine, 1 : corpus.closure.arity[predicate]]
        words = [constants[column].tolist() for column in rows.T]
        words.insert(position, [BLANK] * len(rows))
        out[mine] = _phrases(corpus.world, predicate, words)
    return out.tolist()


def phrase(world: World, predicate: str, names: Sequence[str]) -> str:
    """The world's sentence for a fact; without a template the fact as written in a rule."""
    return _template(world, predicate, len(names)).format(*map(Written, names))


def _phrases(world: World, predicate: str, columns: Sequence[Sequence[str]]) -> list[str]:
    """The sentences of many facts of one predicate, from their arguments' names by column."""
    template = _template(world, predicate, len(columns))
    if not columns:
        return [template]
    if ":" in template:  # names that are written with an article or a noun
        columns = [list(map(Written, column)) for column in columns]
    return list(map(template.format, *columns))


def _template(world: World, predicate: str, arity: int) -> str:
    places = ", ".join(f"{{{i}}}" for i in range(arity))
    return world.phrases.get(predicate, f"{predicate}({places})" if arity else predicate)
