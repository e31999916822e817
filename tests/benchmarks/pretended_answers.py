"""What a pretended model writes before its answers, and what it samples."""

from __future__ import annotations

import numpy as np
from zebroid.models.training.plan import Samples
from zebroid.worlds.encoding.vocabulary import Lexicon


def written(corpus, tokens, answer, proofs):
    """[Q, max_new] what a chain writes before these answers: a proof of the first right one."""
    out = np.full((len(answer), tokens.max_new), tokens.end, np.int32)
    for row, proof, word in zip(out, proofs, Lexicon(corpus).answers(answer, corpus.none)):
        row[:] = [*proof, tokens.answer_mark, word, *row][: len(row)]
    return out


def sampled(cell, corpus, tokens, final, proofs):
    """Samples of which half are what the model deduces, by the seed; None: the plan has none."""
    shape = cell.recipe.samples, len(final)
    if not cell.recipe.samples:
        return None
    rng = np.random.RandomState(1 + cell.seeds.sample)
    answer = np.where(rng.random_sample(shape) < 0.5, 1, final).astype(np.int32)
    texts = np.stack([written(corpus, tokens, one, proofs) for one in answer])
    return Samples(answer[None], texts[None])
