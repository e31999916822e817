"""What a part of the prompt alone gives away: how often each answer was stated beside that part.

A *part* is a column of the prompt: column 0 is its cue, the others its given arguments. Chance
(``chance.py``) is the best of these guesses in expectation; the interpolators of the same names
(``interpolators.py``) draw one answer from each.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.row_keys import group, pack, ragged
from ...worlds.encoding.vocabulary import parts

CHUNK = 2_048  # questions at a time: 2,048 x 2,000 answers stay below 50 MB


@dataclasses.dataclass(frozen=True)
class Guess:
    """Equally likely answers for each of n questions, as sorted (row, answer) pairs."""

    row: NDArray[np.int64]  # [G] question
    answer: NDArray[np.int64]  # [G] answer id


@dataclasses.dataclass(frozen=True)
class PartialInputs:
    """Questions of a corpus with all that a guesser may know of their cues."""

    prompt: NDArray[np.int32]  # [n, 1 + w] their parts, as a reader sees them
    stated_prompts: NDArray[np.int32]  # [N, 1 + w] the parts of every stated prompt
    members: NDArray[np.int64]  # sorted keys row * answers + answer of every right answer
    possible: NDArray[np.bool_]  # [cues, answers] what a cue can be answered with: whole sorts
    stated: NDArray[np.bool_]  # [answers] values that were the answer of some statement
    answers: int  # number of answer ids, NONE included

    @classmethod
    def of(cls, corpus: Corpus, questions: NDArray[np.int64]) -> PartialInputs:
        """The ``questions`` int64 [n] of ``corpus``."""
        stated = np.zeros(corpus.none + 1, bool)
        stated[corpus.examples.answer] = True
        stated[corpus.none] = False
        row, answer = right_answers(corpus, questions)
        members = np.sort(row * (corpus.none + 1) + answer)
        prompt = parts(corpus, corpus.prompt[questions])
        stated_prompts = parts(corpus, corpus.examples.prompt)
        return cls(prompt, stated_prompts, members, possible(corpus), stated, corpus.none + 1)

    def chunks(self) -> Iterator[tuple[slice, PartialInputs]]:
        """The same questions, at most CHUNK at a time, with their places."""
        for start in range(0, len(self.prompt), CHUNK):
            at = slice(start, start + CHUNK)
            low, high = np.searchsorted(
                self.members, [start * self.answers, (start + CHUNK) * self.answers]
            )
            members = self.members[low:high] - start * self.answers
            yield at, dataclasses.replace(self, prompt=self.prompt[at], members=members)


def right_answers(
    corpus: Corpus, questions: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(row, answer) of every right answer; NONE is the right answer of an empty set."""
    row, _, at = corpus.entries(questions)
    answer = corpus.values[at].astype(np.int64)
    empty = np.flatnonzero(np.diff(corpus.offsets)[questions] == 0)
    return np.append(row, empty), np.append(answer, np.full(len(empty), corpus.none))


def right(
    corpus: Corpus, questions: NDArray[np.int64], answer: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """bool [..., n]: whether ``answer`` int32 [..., n] (-1: none readable) is a right answer."""
    row, member = right_answers(corpus, questions)
    size = corpus.none + 1
    keys = np.arange(len(questions)) * size + answer
    return np.isin(keys, row * size + member) & (answer >= 0) & (answer < size)


def possible(corpus: Corpus) -> NDArray[np.bool_]:
    """bool [cues, answers]: the whole sort, or sorts, in which the answers of a cue lie."""
    closure = corpus.closure
    table = np.zeros((len(corpus.cues), corpus.none + 1), bool)
    for cue, (predicate, position) in enumerate(corpus.cues):
        name = closure.predicates.index(predicate) if predicate in closure.predicates else -1
        values = np.unique(closure.arguments[closure.predicate == name, position])
        for sort in closure.base.sorts.values():
            if np.any((values >= sort.start) & (values < sort.stop)):
                table[cue, sort.start : sort.stop] = True
    return table


def subsets(width: int) -> list[tuple[int, ...]]:
    """Every set of one or two of ``width`` columns: (0,), (1,), .. (0, 1), .."""
    return [c for size in (1, 2) for c in itertools.combinations(range(width), size)]


def proper(prompt: NDArray[np.int32], columns: tuple[int, ...]) -> NDArray[np.bool_]:
    """bool [n]: whether the prompt has all these parts and at least one more."""
    return (prompt[:, columns] >= 0).all(1) & ((prompt >= 0).sum(1) > len(columns))


def stated_with(
    corpus: Corpus,
    stated_prompts: NDArray[np.int32],
    prompt: NDArray[np.int32],
    columns: tuple[int, ...],
) -> sparse.csr_array:
    """[n, answers]: how often each answer was stated with a prompt that agrees on ``columns``.

    ``stated_prompts`` [N, 1 + w] are written as ``prompt`` [n, 1 + w] is.
    """
    answer = corpus.examples.answer
    number, first = group(
        pack([np.concatenate([stated_prompts[:, c], prompt[:, c]]) for c in columns])
    )
    ones = np.ones(len(stated_prompts), np.int64)
    table = sparse.csr_array(
        (ones, (number[: len(stated_prompts)], answer)), shape=(len(first), corpus.none + 1)
    )
    return sparse.csr_array(table[number[len(stated_prompts) :]])


def commonest(corpus: Corpus, inputs: PartialInputs, columns: tuple[int, ...]) -> Guess:
    """The answers most often stated with this part, among those possible for the cue."""
    seen = stated_with(corpus, inputs.stated_prompts, inputs.prompt, columns)
    row, answer, count = entries(seen)
    row_ok = proper(inputs.prompt, columns)[row]
    keep = inputs.possible[inputs.prompt[row, 0], answer] & row_ok
    row, answer, count = row[keep], answer[keep], count[keep]
    most = np.zeros(len(inputs.prompt), np.int64)
    np.maximum.at(most, row, count)
    top = count == most[row]
    return Guess(row[top], answer[top])


def exclusion(corpus: Corpus, inputs: PartialInputs, columns: tuple[int, ...]) -> Guess:
    """The stated values, possible for the cue, that were never an answer beside this part."""
    seen = stated_with(corpus, inputs.stated_prompts, inputs.prompt, columns)
    usable = np.flatnonzero(proper(inputs.prompt, columns))
    left = inputs.possible[inputs.prompt[usable, 0]] & inputs.stated
    row, answer, _ = entries(sparse.csr_array(seen[usable]))
    left[row, answer] = False
    row, answer = np.nonzero(left)
    return Guess(usable[row], answer.astype(np.int64))


KINDS = {"commonest": commonest, "exclusion": exclusion}


def expected(inputs: PartialInputs, guess: Guess) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """([n] chance that one of the guesses, drawn at random, is right; [n] whether it guesses)."""
    n = len(inputs.prompt)
    hit = np.isin(guess.row * inputs.answers + guess.answer, inputs.members)
    guesses = np.bincount(guess.row, minlength=n)
    hits = np.bincount(guess.row, weights=hit, minlength=n)
    return hits / np.maximum(guesses, 1), guesses > 0


def uniform(inputs: PartialInputs) -> NDArray[np.float64]:
    """[n] chance that a value drawn from all that are possible for the cue is right."""
    n = len(inputs.prompt)
    row, answer = np.divmod(inputs.members, inputs.answers)
    inside = inputs.possible[inputs.prompt[row, 0], answer]
    size = np.maximum(inputs.possible.sum(1), 1)[inputs.prompt[:, 0]]
    return np.bincount(row, weights=inside, minlength=n) / size


def entries(
    table: sparse.csr_array,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """(row, column, value) of the stored entries of ``table``."""
    starts, columns = np.asarray(table.indptr), np.asarray(table.indices, np.int64)
    return ragged(np.diff(starts))[0], columns, np.asarray(table.data, np.int64)
