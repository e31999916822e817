"""Rows: all that a model is to read of a corpus, row by row, and what an intervention knows of it.

Without interventions the rows are the examples, each once. R rows, F facts, C constants.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# kinds of row; EXTRA: an extra statement, of nothing that follows from what the exposure states;
# PROVED: an extra conclusion, which is written with its proof
FACT, CONCLUSION, SENTENCE, NONTHEOREM, EXTRA, PROVED = range(6)

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


class Word(NamedTuple):
    """A word that an intervention adds, to begin prompts with. Its number is that of its place
    behind the cues of the corpus."""

    text: str
    cue: int  # the cue for which it stands; -1: none
    form: int = 0  # which form of that cue it is; the cue itself is form 0


@dataclasses.dataclass(frozen=True)
class Rows:
    """R rows, as prompt and answer; plain rules, which stand as words, are apart."""

    prompt: Int32  # [R, 1 + w] cue (or the number of a word), the given arguments, -1 padded
    answer: Int32  # [R] a constant, or `none`
    kind: NDArray[np.int8]  # [R] FACT, CONCLUSION, SENTENCE, NONTHEOREM, EXTRA or PROVED
    fact: Int64  # [R] the gold fact stated; -1: none
    times: Int32  # [R] how often a row is drawn, at least 1
    unit: int = 1  # the same of all that is no statement of a fact, plain rules among them
    words: tuple[Word, ...] = ()

    def with_more(self, words: tuple[Word, ...], more: Rows) -> Rows:
        """These rows and, behind them, ``more``, whose prompts may begin with ``words``."""
        columns = {
            name: np.concatenate([getattr(self, name), getattr(more, name)])
            for name in ("prompt", "answer", "kind", "fact", "times")
        }
        return dataclasses.replace(self, **columns, words=(*self.words, *words))

    def stands_for(self, number: int) -> Int64:
        """[number + words] the cue for which each number stands that a prompt may begin with, where
        there are ``number`` cues; -1: none."""
        return np.array([*range(number), *(word.cue for word in self.words)], np.int64)

    def cues(self, number: int) -> Int64:
        """[R] the cue that each row begins with, or stands for, of ``number`` cues; -1: none."""
        return self.stands_for(number)[self.prompt[:, 0]]


def _nothing(predicate: str, table: Int32) -> Int64:
    """[n] -1: none of n facts is known."""
    return np.full(len(table), -1, np.int64)


class Source(NamedTuple):
    """What an intervention knows of a corpus beside its rows."""

    world: str  # its id
    episodes: bool  # whether facts stand in prompts
    cues: tuple[str, ...]  # the word of each cue
    taken: frozenset[str]  # words that are no names: cues, predicates, and those of plain rules
    names: Int64  # constants of one word that stand in some row, ascending
    facts: Mapping[str, range]  # predicate -> its facts
    draw: Callable[[str], np.random.RandomState]  # a stream by its purpose
    places: tuple[tuple[str, int], ...] = ()  # predicate and queried place of each cue
    constants: tuple[str, ...] = ()
    arity: Mapping[str, int] = MappingProxyType({})
    axioms: frozenset[str] = frozenset()  # predicates whose facts are rules as data
    # the number of each fact [n] of a predicate in gold, by its arguments [n, arity]; -1: not there
    find: Callable[[str, Int32], Int64] = _nothing


def free_word(word: str, taken: frozenset[str]) -> str:
    """The word itself or, where it is taken, with marks behind it."""
    while word in taken:
        word += "'"
    return word
