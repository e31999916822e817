"""The one protocol of all floors: a strategy reads what is written and votes for answers.

A floor is *blind*: each strategy names the ingredient that it cannot read. A strategy that is blind
to nothing is a model, not a floor. Ties share. Where several settings of a strategy compete, they
are chosen on one half of the questions and scored on the other: chosen on the same ones they gain
up to .06. n questions of one cue, V values of the answer's sort, S settings.

A strategy may know that it cannot tell values apart: then it votes for whole classes of them, which
is what lets a thousand settings be tried in a tenth of a second.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...seeding import stream
from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.row_keys import group
from ...worlds.encoding.vocabulary import parts
from ..question_sets.question_set import Answers
from ..question_sets.right_answers import possible, right_answers
from .reading import Array, Bools, Integers, Reading, size_of, words_of

Floats = NDArray[np.float64]
Votes = NDArray[np.floating]  # [n, V]; a row without a vote is a guess over the whole sort


@dataclasses.dataclass(frozen=True)
class Batch:
    """The questions of one cue, as a reader sees them."""

    cue: int
    predicate: int  # its number in Reading.predicate
    prompt: Array  # [n, 1 + w] no padding: all questions of a cue are equally long but spelled ones
    value: Array  # [V] the words of the answer's sort, or sorts
    place: Array  # [W] where a word stands in ``value``; -1: it cannot be the answer

    @property
    def columns(self) -> tuple[int, ...]:
        """The places of the prompt that every question fills, the cue's among them."""
        return tuple(int(c) for c in np.flatnonzero((self.prompt >= 0).all(0)))

    @property
    def given(self) -> tuple[int, ...]:
        """The same without the cue."""
        return self.columns[1:]

    def only(self, keep: Bools | Integers) -> Batch:
        """Some of the questions."""
        return dataclasses.replace(self, prompt=self.prompt[keep])


@dataclasses.dataclass(frozen=True)
class Classes:
    """Values that a strategy cannot tell apart, R classes over all questions, those of one
    question together."""

    number: Integers  # [n, V] the class of each value
    start: Integers  # [n] where the classes of each question begin
    size: Integers  # [R]

    @classmethod
    def of(cls, mark: Integers) -> Classes:
        """The classes of values with equal ``mark`` int64 [n, V], at least 0."""
        n, values = mark.shape
        row = np.repeat(np.arange(n), values)
        number, first = group(row * (int(mark.max(initial=0)) + 1) + mark.ravel())
        start = np.searchsorted(row[first], np.arange(n))
        size = np.bincount(number, minlength=len(first))
        return cls(number.reshape(n, values), start, size)

    def marks(self, mark: Integers) -> Integers:
        """[R] the mark of each class."""
        out = np.empty(len(self.size), np.int64)
        out[self.number.ravel()] = mark.ravel()
        return out

    def most(self, votes: NDArray) -> NDArray:
        """[R] the most votes that a class of the same question has."""
        count = np.diff(np.append(self.start, len(self.size)))
        return np.repeat(np.maximum.reduceat(votes, self.start), count)


@dataclasses.dataclass(frozen=True)
class Ballot:
    """Votes, for each value or for each class of them."""

    votes: NDArray[Any]  # [n, V], or [R] with classes
    classes: Classes | None = None

    def dense(self) -> Votes:
        """[n, V]"""
        return self.votes if self.classes is None else self.votes[self.classes.number]

    def expected(self, right: Bools) -> Floats:
        """[n] chance that one of the values with the most votes, drawn at random, is right."""
        if self.classes is None:
            best = top(self.votes)
            return (best & right).sum(1) / np.maximum(best.sum(1), 1)
        k = self.classes
        best = self.votes == k.most(self.votes)
        hits = np.bincount(k.number[right], minlength=len(k.size))
        total = np.add.reduceat(np.where(best, k.size, 0), k.start)
        return np.add.reduceat(np.where(best, hits, 0), k.start) / total


class Strategy(Protocol):
    """A way of answering without the rule."""

    @property
    def name(self) -> str: ...

    @property
    def family(self) -> str:
        """Its kind: "chance", "association", "blinded" or "spreading"."""
        ...

    @property
    def blind(self) -> str:
        """The ingredient that it cannot read."""
        ...

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        """(name, votes) of each setting, on the questions of one cue."""
        ...


@dataclasses.dataclass(frozen=True)
class Questions:
    """Q questions of a corpus, by cue, with what is right; strategies see the batches alone."""

    corpus: Corpus
    question: Integers  # [Q]
    batches: tuple[tuple[Integers, Batch], ...]  # (places among the Q, the questions) of each cue
    row: Integers  # [A] of every right answer: the place of its question among the Q
    answer: Integers  # [A] and the answer
    word: Array  # [C + 1] the word of each constant, -1 of NONE

    @classmethod
    def of(cls, corpus: Corpus, questions: Integers) -> Questions:
        """The ``questions`` int64 [Q] of ``corpus``."""
        prompt, word = parts(corpus, corpus.prompt[questions]), words_of(corpus)
        size, sorts = size_of(corpus, word), possible(corpus)  # texts hold what no prompt does
        batches = []
        for cue in np.unique(prompt[:, 0]):
            at = np.flatnonzero(prompt[:, 0] == cue)
            value = word[np.flatnonzero(sorts[cue])]
            place = np.full(max(size, len(word)), -1, np.int32)
            place[value] = np.arange(len(value))
            predicate = corpus.closure.predicates.index(corpus.cues[cue][0])
            filled = (prompt[at] >= 0).any(0)
            batches.append((at, Batch(int(cue), predicate, prompt[at][:, filled], value, place)))
        return cls(corpus, questions, tuple(batches), *right_answers(corpus, questions), word)

    @functools.cached_property
    def level(self) -> Floats:
        """[Q] uniform over the sort: what a setting scores where it does not apply."""
        out = np.zeros(len(self.question))
        for at, batch in self.batches:
            out[at] = self.right(at, batch).sum(1) / max(len(batch.value), 1)
        return out

    def constants(self, batch: Batch) -> Array:
        """[V] the constants of a batch's values."""
        return np.flatnonzero(possible(self.corpus)[batch.cue]).astype(np.int32)

    def right(self, at: Integers, batch: Batch) -> Bools:
        """[n, V] which values are right for the questions at these places."""
        place = np.append(batch.place[: len(batch.place)], -1)
        word = self.word[self.answer]
        local = np.full(len(self.question), -1)
        local[at] = np.arange(len(at))
        keep = (local[self.row] >= 0) & (place[word] >= 0)
        out = np.zeros((len(at), len(batch.value)), bool)
        out[local[self.row[keep]], place[word[keep]]] = True
        return out


def top(votes: Votes) -> Bools:
    """[n, V] the values with the most votes: those between which a strategy does not decide."""
    return votes == votes.max(1, keepdims=True, initial=0)


def guesses(
    strategy: Strategy, reading: Reading, questions: Questions, settings: Collection[str]
) -> dict[str, sparse.csr_array]:
    """Setting -> [Q, answers] the chance of each answer, ties shared; empty rows where the setting
    does not apply."""
    shape = (len(questions.question), questions.corpus.none + 1)
    found = {
        name: [(np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0))] for name in settings
    }
    for at, batch in questions.batches if found else ():
        constant = questions.constants(batch)
        for name, ballot in strategy.settings(reading, batch):
            if name in found:
                row, place = np.nonzero(top(ballot.dense()))
                share = 1 / np.bincount(row, minlength=len(at))[row]
                found[name].append((at[row], constant[place], share))
    out = {}
    for name, pieces in found.items():
        row, answer, share = (np.concatenate(column) for column in zip(*pieces))
        out[name] = sparse.csr_array((share, (row, answer)), shape=shape)
    return out


def answers(strategy: Strategy, reading: Reading, questions: Questions, setting: str) -> Answers:
    """The answers of one setting, the same arrays as a model's: ties are drawn, and NONE stands
    where the setting does not apply."""
    corpus = questions.corpus
    table = guesses(strategy, reading, questions, [setting])[setting].tocoo()
    rng = stream(corpus.arrays_digest, "floor", strategy.name, setting)
    order = rng.permutation(len(table.row))  # all of a row are equally likely: the first is drawn
    row, first = np.unique(table.row[order], return_index=True)
    out = np.full(len(questions.question), corpus.none, np.int32)
    out[row] = table.col[order][first]
    return Answers(f"{strategy.name}: {setting}", out)


@dataclasses.dataclass(frozen=True)
class Scored:
    """The expected accuracy of a strategy on Q questions, in each of its settings."""

    name: str
    family: str
    blind: str
    settings: tuple[str, ...]
    value: Floats  # [S, Q]

    def on(self, where: Bools) -> tuple[Floats, str]:
        """([n] expected hits, setting) on the questions ``where`` bool [Q], n of them: each half
        is scored by the setting that is best on the other. The setting named is best on all."""
        value = self.value[:, where]
        n = value.shape[1]
        if not len(value) or not n:
            return np.zeros(n), ""
        best = int(value.mean(1).argmax())
        if n < 2:
            return value[best], self.settings[best]
        first, out = half(n), np.zeros(n)
        for chosen, scored in ((first, ~first), (~first, first)):
            out[scored] = value[int(value[:, chosen].mean(1).argmax()), scored]
        return out, self.settings[best]


@functools.lru_cache(1_024)
def half(n: int) -> Bools:
    """[n] which of n questions are in the first half; always the same."""
    out = np.zeros(n, bool)
    out[stream("floor", "halves", n).permutation(n)[: (n + 1) // 2]] = True
    out.setflags(write=False)
    return out


def run(
    strategy: Strategy,
    reading: Reading,
    questions: Questions,
    watch: Callable[[str], None] | None = None,
) -> Scored:
    """All settings of ``strategy`` on ``questions``."""
    value: dict[str, Floats] = {}
    for at, batch in questions.batches:
        if watch:
            watch(f"{strategy.name}: {questions.corpus.cues[batch.cue][0]}")
        right = questions.right(at, batch)
        found = {n: b.expected(right) for n, b in strategy.settings(reading, batch)}
        for name in found:
            value.setdefault(name, questions.level.copy())[at] = found[name]
        for name in value.keys() - found.keys():
            value[name][at] = questions.level[at]
    table = np.array(list(value.values())).reshape(len(value), len(questions.question))
    return Scored(strategy.name, strategy.family, strategy.blind, tuple(value), table)


def sets(items: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """Every set of one to ``most`` of ``items``, the small ones first."""
    import itertools

    for size in range(1, most + 1):
        yield from itertools.combinations(items, size)
