"""Answers of several words: how they are written behind a prompt, and read off what was generated.

Where the answers of some query are of a spelled sort (a sequence of actions), every answer of the
corpus is written word by word and ended by the padding's token, which bears loss like a word: an
answer is right as a whole, with its end, or not at all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidWorld
from ..corpus.corpus import Corpus
from ..datalog.facts import Array
from .vocabulary import NONE, Lexicon, members


def spelled_answers(corpus: Corpus) -> bool:
    """Whether some answer of the corpus is of a spelled sort."""
    spelled = np.append(members(corpus, corpus.world.spelled), False)
    return bool(spelled[corpus.rows.answer].any() or spelled[corpus.values].any())


def spellings(corpus: Corpus, lexicon: Lexicon) -> Array:
    """int32 [C + 1, L] the words of each constant that an answer can be and, last, of NONE, padded
    with -1; other constants have none."""
    rows = [*lexicon.spelling, [lexicon.special[NONE]]]
    used = np.zeros(len(rows), bool)
    used[corpus.rows.answer] = used[corpus.values] = used[-1] = True
    width = max(len(row) for row, yes in zip(rows, used) if yes)
    out = np.full((len(rows), width), -1, np.int32)
    for number in np.flatnonzero(used):
        out[number, : len(rows[number])] = rows[number]
    return out


def automaton(words: Array, vocabulary: int, end: int) -> Array:
    """int32 [2, E] of each step its key, state * ``vocabulary`` + word, ascending; and the state
    after it, or, where the word is the ``end`` of an answer, -2 - the answer's id. The first state
    is 0.

    ``words``: int32 [C + 1, L], as ``spellings`` gives them.
    """
    state = np.where(words[:, 0] >= 0, 0, -1)
    keys, after = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    many = 1
    for column in [*words.T, np.full(len(words), -1)]:
        done = np.flatnonzero((state >= 0) & (column < 0))
        keys.append(state[done] * vocabulary + end)
        after.append(-2 - done)
        state[done] = -1
        on = np.flatnonzero(state >= 0)
        different, number = np.unique(state[on] * vocabulary + column[on], return_inverse=True)
        keys.append(different)
        after.append(many + np.arange(len(different)))
        state[on] = many + number.reshape(-1)
        many += len(different)
    if many * vocabulary >= 2**31:
        raise InvalidWorld(
            f"answers of several words have {many:,} beginnings of {vocabulary:,} words; give a "
            "smaller size of this world"
        )
    table = np.stack([np.concatenate(keys), np.concatenate(after)])
    return table[:, np.argsort(table[0])].astype(np.int32)


def read(table: Array, vocabulary: int, end: int, written: Array) -> Array:
    """int32 [n] the answer that begins each row of ``written`` int32 [n, T]; -1: none."""
    state, out = np.zeros(len(written), np.int64), np.full(len(written), -1, np.int32)
    for token in [*written.T, np.full(len(written), end)]:
        key = state * vocabulary + token
        at = np.minimum(np.searchsorted(table[0], key), table.shape[1] - 1)
        state = np.where((state >= 0) & (table[0, at] == key), table[1, at], -1)
        out = np.where(state <= -2, -2 - state, out).astype(np.int32)
    return out


def single(corpus: Corpus, words: Array, questions: NDArray[np.int64], end: int) -> Array:
    """int32 [Q, L + 1] the words of the right answer to each question and its end, padded with -1.

    Raises InvalidWorld for a question with several right answers: bits are of one text.
    """
    many = np.diff(corpus.offsets)[questions]
    if (many > 1).any():
        raise InvalidWorld(
            f"{corpus.world.id}: a question has {many.max()} right answers, and answers are of a "
            "spelled sort; query only what has one answer (World.queries)"
        )
    first = np.minimum(corpus.offsets[questions], max(len(corpus.values) - 1, 0))
    answer = np.where(many == 0, corpus.none, corpus.values[first])
    return ended(words[answer], end)


def ended(words: Array, end: int) -> Array:
    """int32 [n, L + 1] rows of words, -1 padded, with ``end`` behind the last."""
    out = np.concatenate([words, np.full((len(words), 1), -1, np.int32)], axis=1)
    out[np.arange(len(words)), (words >= 0).sum(1)] = end
    return out
