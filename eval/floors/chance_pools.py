"""Chance, for each cue: guesses of someone who never reads a whole prompt.

A *pool* is the values of the answer's sort that any statement, sentence or demonstrated conclusion
puts beside the cue, one word of the prompt (wherever it stands), or both; what is excluded may also
be left over of all that stands anywhere: an action that was never demonstrated is. Where a pool is
empty the guess is one over the whole sort.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .beside import PLACES, answered, beside, named, parts_of
from .reading import Bools, Integers, Reading
from .strategy import Ballot, Batch, Classes, Questions, sets

Counts = NDArray[np.int8]
MANY = 10  # parts up to which three of them are combined, else two


def pools_of(batch: Batch) -> list[tuple[int, ...]]:
    """The cue, each word given, and the cue with each of them."""
    words = batch.given[:PLACES]
    return [(0,), *((i,) for i in words), *((0, i) for i in words)]


@dataclasses.dataclass(frozen=True)
class Uniform:
    """Any value of a pool. Blind to all of the prompt but the cue and one word."""

    name: str = "uniform"
    family: str = "chance"
    blind: str = "all but the cue and one word"

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        yield "sort", Ballot(np.zeros((len(batch.prompt), len(batch.value)), np.float32))
        for pool in pools_of(batch):
            counts = beside(reading.texts, batch, pool).toarray()
            yield named(pool), Ballot((counts > 0).astype(np.float32))


@dataclasses.dataclass(frozen=True)
class Commonest:
    """The value that most often stands beside a part, or most often is the answer beside it.

    Blind to at least one of the cue and the words given.
    """

    name: str = "commonest"
    family: str = "chance"
    blind: str = "at least one of the cue and the words given"

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        for part in parts_of(batch):
            yield f"answer by {named(part)}", Ballot(answered(reading, batch, part).toarray())
        for pool in parts_of(batch):
            yield f"beside {named(pool)}", Ballot(beside(reading.texts, batch, pool).toarray())


def exact_rivals(reading: Reading, questions: Questions) -> sparse.csr_array:
    """bool [Q, answers] the wrong values that nothing which is counted here ranks above or below
    the first right one: no setting of Commonest, and no part or pool of Exclusion."""
    rows, answers = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    for at, batch in questions.batches:
        right = questions.right(at, batch)
        alike = ~right & right.any(1, keepdims=True)
        votes = (ballot.dense() for _, ballot in Commonest().settings(reading, batch))
        for numbers in (*votes, Exclusion().mark(reading, batch)):
            alike &= numbers == np.take_along_axis(numbers, right.argmax(1)[:, None], 1)
        row, place = np.nonzero(alike)
        rows.append(at[row])
        answers.append(questions.constants(batch)[place])
    row, answer = np.concatenate(rows), np.concatenate(answers)
    shape = (len(questions.question), questions.corpus.none + 1)
    return sparse.csr_array((np.ones(len(row), bool), (row, answer)), shape=shape)


@dataclasses.dataclass(frozen=True)
class Exclusion:
    """Of a pool, the values that the most of one, two or three parts exclude.

    A part excludes what was never demonstrated as the answer beside it from what was: what is held
    out is what is left over. Blind to what the words of the prompt say together.
    """

    name: str = "exclusion"
    family: str = "chance"
    blind: str = "what the words of the prompt say together"

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        pools, parts = pools_of(batch), parts_of(batch)
        mark = self.mark(reading, batch)
        inside = [(pool, 1 << len(parts) + i) for i, pool in enumerate(pools)]
        written = 1 << len(parts) + len(pools)
        classes = Classes.of(mark)
        marks = classes.marks(mark)
        for chosen in sets(range(len(parts)), 3 if len(parts) <= MANY else 2):
            demonstrated = np.bitwise_count(marks & sum(1 << i for i in chosen)).astype(np.int8)
            parted = " and ".join(named(parts[i]) for i in chosen)
            for pool, bit in (*((named(pool), bit) for pool, bit in inside), ("all", written)):
                votes = self._votes(marks, bit, demonstrated)
                yield f"of {pool} by {parted}", Ballot(votes, classes)

    def mark(self, reading: Reading, batch: Batch) -> Integers:
        """int64 [n, V] bits: beside which part a value was demonstrated as the answer, in which
        pool it is, and whether it stands anywhere: what is marked alike counts alike."""
        pools, parts = pools_of(batch), parts_of(batch)
        answers = (answered(reading, batch, part, reading.demonstrated) for part in parts)
        inside = (beside(reading.texts, batch, pool) for pool in pools)
        mark = np.zeros((len(batch.prompt), len(batch.value)), np.int64)
        for bit, table in enumerate((*answers, *inside)):
            found = table.tocoo()
            mark[found.row, found.col] |= 1 << bit
        return mark | np.where(self._written(reading, batch), 1 << len(parts) + len(pools), 0)

    @staticmethod
    def _written(reading: Reading, batch: Batch) -> Bools:
        """[V] the values that stand anywhere."""
        word = reading.texts.word
        out = np.zeros(len(batch.value), bool)
        place = batch.place[word[word >= 0]]
        out[place[place >= 0]] = True
        return out

    @staticmethod
    def _votes(marks: Integers, bit: int, demonstrated: Counts) -> Counts:
        """[R] more for the fewer parts beside which the class was demonstrated, inside the pool."""
        return np.where(marks & bit, np.int8(4) - demonstrated, np.int8(0))
