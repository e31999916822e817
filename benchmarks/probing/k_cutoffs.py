"""How often what an answer needs was seen to be equivalent: the k-cutoff of the coverage principle.

Of a question with one bridge, the *way* is what leads to the bridge and the *context* what leads on
from it. Only a conclusion with one bridge counts as demonstrated. Two ways have *evidence* k if
both are demonstrated in k contexts with equal answers, and in none with different ones; they are
*k-equivalent* if pairs with evidence of k at least link them. A question is covered at k if a
k-equivalent way was demonstrated in its context with its answer; its cutoff is the greatest such k.

Source: arXiv 2505.20278, and its code with the fragment that is known to matter; but for what has
no bridge, as where head and answer are one, which counts there as demonstrated. Whoever exchanges
only what was seen to be equivalent can answer what is covered, and no more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from ...worlds.corpus.corpus import Corpus
from .bridges import Bridges, bridges

Ints = NDArray[np.int64]
UNDEFINED = -1  # of a question without one bridge


def cutoffs(corpus: Corpus, questions: Ints) -> Ints:
    """[n] the cutoff of each of ``questions``, by number; 0: covered at no k; UNDEFINED."""
    one = np.flatnonzero(np.diff(corpus.offsets) == 1)
    facts = corpus.fact[corpus.offsets[one]]
    demonstrated = one[(facts >= 0) & corpus.demonstrated[facts]]
    found = bridges(corpus, np.concatenate([demonstrated, questions]))
    first = found.row < len(demonstrated)
    out = np.full(len(questions), UNDEFINED, np.int64)
    out[found.row[~first] - len(demonstrated)] = _cutoffs(found, first)
    return out


def _cutoffs(found: Bridges, demonstrated: NDArray[np.bool_]) -> Ints:
    """Of those of ``found`` that are not ``demonstrated``."""
    number = {context: i for i, context in enumerate(dict.fromkeys(found.onward))}
    context = np.array([number[c] for c in found.onward], np.int64)
    ways = int(found.way.max(initial=-1)) + 1
    answer = np.full((ways, len(number)), -1, np.int64)
    answer[found.way[demonstrated], context[demonstrated]] = found.answer[demonstrated]
    evidence = evidence_of(answer)
    posed = np.flatnonzero(~demonstrated)
    way, column, right = found.way[posed], answer[:, context[posed]], found.answer[posed]
    serves = (column == right) & (np.arange(ways)[:, None] != way)  # [ways, posed]
    out = np.zeros(len(posed), np.int64)
    for k in range(1, int(evidence.max(initial=0)) + 1):
        piece = connected_components(evidence >= k, directed=False)[1]
        out[(serves & (piece[:, None] == piece[way])).any(0)] = k
    return out


def evidence_of(answer: Ints) -> Ints:
    """[W, W] contexts in which two ways have one answer; 0 for a way with itself, and where some
    context contradicts. ``answer`` [W, contexts], -1 where a way was not demonstrated."""
    both = np.zeros((len(answer), len(answer)), np.int64)
    equal = both.copy()
    for column in answer.T:
        seen = column >= 0
        both += seen[:, None] & seen
        equal += seen[:, None] & (column[:, None] == column)
    out = np.where(both == equal, equal, 0)
    np.fill_diagonal(out, 0)
    return out
