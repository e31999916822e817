"""Right answers of questions, and the values that can be one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import Corpus


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
