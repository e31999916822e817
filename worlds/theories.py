"""Episodes: a little theory stands in the prompt of every example and question about it.

All base facts of an episode are written before the prompt, one line each, in an order drawn anew
for every row. The episode itself has no word, so nothing that is read of one tells of another.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .corpus import Corpus
from .facts import Array
from .lexicon import END, Lexicon
from .streams import stream


def theories(corpus: Corpus) -> dict[int, NDArray[np.int64]]:
    """Episode (a constant) -> the base facts that stand in its prompts."""
    c = corpus.closure
    base = np.flatnonzero(c.is_base)
    episode = c.arguments[base, 0]
    block = c.base.sorts[corpus.world.episodes]
    starts = np.searchsorted(ordered := np.sort(episode), np.arange(block.start, block.stop + 1))
    assert len(ordered) == starts[-1] - starts[0], "a base fact that is of no episode"
    facts = base[np.argsort(episode, kind="stable")]
    return {e: facts[starts[i] : starts[i + 1]] for i, e in enumerate(block)}


def in_context(
    corpus: Corpus, lexicon: Lexicon, train: Array, ask: Array, questions: NDArray[np.int64]
) -> tuple[Array, Array]:
    """(train, ask): rows of prompt tokens with their theories before them, padded on the left."""
    lines = {e: [lexicon.written(int(f)) for f in facts] for e, facts in theories(corpus).items()}
    longest = max(sum(map(len, theory)) for theory in lines.values())
    out = []
    for purpose, tokens, prompt in (
        ("train", train, corpus.examples.prompt),
        ("ask", ask, corpus.prompt[questions]),
    ):
        rng = stream(corpus.world.id, corpus.size, "theories", purpose, *corpus.seeds)
        wide = np.full((len(tokens), longest + tokens.shape[1]), lexicon.special[END], np.int32)
        wide[:, longest:] = tokens
        first = longest + np.argmax(tokens != lexicon.special[END], axis=1)
        for row, (end, episode) in enumerate(zip(first, prompt[:, 1].tolist())):
            theory = lines[episode]
            words = [t for i in rng.permutation(len(theory)) for t in theory[i]]
            wide[row, end - len(words) : end] = words
        out.append(wide)
    return out[0], out[1]
