"""Episodes: a little theory stands in the prompt of every example and question about it.

All base facts of an episode are written before the prompt, one line each, in an order drawn anew
for every row. The episode itself has no word, so nothing that is read of one tells of another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...seeding import stream
from ..corpus.corpus import Corpus
from ..datalog.facts import Array
from ..datalog.row_keys import begins, stable_order
from .vocabulary import END, Lexicon

CHUNK = 1_024  # rows written at a time: what is in hand then fits a core's cache


def theories(corpus: Corpus) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(base facts by episode, [episodes + 1] where those of each begin).

    Raises AssertionError for a base fact that is of no episode.
    """
    c = corpus.closure
    block = c.base.sorts[corpus.world.episodes]
    base = np.flatnonzero(c.is_base)
    episode = c.arguments[base, 0] - block.start
    assert ((episode >= 0) & (episode < len(block))).all(), "a base fact that is of no episode"
    order = stable_order(episode)
    return base[order], begins(episode, len(block))


def theory(corpus: Corpus, question: int) -> NDArray[np.int64]:
    """The base facts that stand in the prompt of one question."""
    c = corpus.closure
    episode = corpus.prompt[question, 1]
    return np.flatnonzero(c.is_base & (c.arguments[:, 0] == episode))


def in_context(
    corpus: Corpus, lexicon: Lexicon, train: Array, query: Array, questions: NDArray[np.int64]
) -> tuple[Array, Array]:
    """(train, ask): rows of prompt tokens with their theories before them, padded on the left."""
    facts, starts = theories(corpus)
    lines = lexicon.lines(facts)
    size = np.append(0, np.cumsum((lines >= 0).sum(1)))[starts]  # of each theory, cumulated
    longest = int(np.diff(size).max())
    first = corpus.closure.base.sorts[corpus.world.episodes].start
    out = []
    for purpose, tokens, prompt in (
        ("train", train, corpus.rows.prompt),
        ("ask", query, corpus.prompt[questions]),
    ):
        rng = stream(corpus.world.id, corpus.size, "theories", purpose, *corpus.seeds)
        wide = np.full((len(tokens), longest + tokens.shape[1]), lexicon.special[END], np.int32)
        wide[:, longest:] = tokens
        for at in range(0, len(wide), CHUNK):
            rows = slice(at, at + CHUNK)
            episode = prompt[rows, 1] - first
            words = _shuffled(lines, starts, episode, rng)
            end = longest + np.argmax(tokens[rows] != lexicon.special[END], axis=1)[:, None]
            begin = end - np.diff(size)[episode][:, None]
            column = np.arange(wide.shape[1])
            wide[rows][(begin <= column) & (column < end)] = words[words >= 0]
        out.append(wide)
    return out[0], out[1]


def _shuffled(
    lines: Array, starts: NDArray[np.int64], episode: Array, rng: np.random.RandomState
) -> Array:
    """[r, n, w] the lines of each row's episode, in an order of its own, padded with -1."""
    count = np.diff(starts)[episode][:, None]
    here = np.arange(count.max(initial=0)) < count
    drawn = np.full(here.shape, 2.0)  # what isn't there comes last
    drawn[here] = rng.random_sample(int(count.sum()))
    order = drawn.argsort(axis=1, kind="stable")
    words = lines[np.where(order < count, starts[episode][:, None] + order, 0)]
    words[order >= count] = -1
    return words
