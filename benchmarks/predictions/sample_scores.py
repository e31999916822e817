"""pass@k: how often one of k samples is right, which sampling several can tell from a rule that is
out of reach.

Of n samples with c right, 1 - C(n - c, k) / C(n, k) is unbiased (arXiv 2107.03374).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...eval.question_sets.question_set import QuestionSet
from ...eval.stats.intervals import wilson


def pass_at(hits: NDArray[np.integer[Any]], samples: int, k: int) -> NDArray[np.float64]:
    """[Q] of each question, of ``samples`` of which ``hits`` [Q] are right; ``k`` at most those.

    >>> pass_at(np.array([0, 1, 4]), 4, 2).tolist()
    [0.0, 0.5, 1.0]
    """
    wrong = samples - hits.astype(np.float64)
    none = np.ones(len(hits))
    for i in range(k):
        none *= np.maximum(wrong - i, 0) / (samples - i)
    return 1 - none


def depths(samples: int) -> list[int]:
    """The k that are reported: 1, 2, 4, … and all."""
    return [*(2**i for i in range(samples.bit_length()) if 2**i < samples), samples]


def by_group(
    sets: list[tuple[QuestionSet, NDArray[np.integer[Any]]]], samples: int
) -> dict[str, dict[str, Any]]:
    """Recall or instrument -> {"questions", "pass": {k: share, low, high}} over all of ``sets``,
    each a question set and the right samples [Q] of one run."""
    names = dict.fromkeys(n for questions, _ in sets for n in questions.headline)
    out: dict[str, dict[str, Any]] = {}
    for name in names:
        hits = np.concatenate([h[q.headline[name]] for q, h in sets])
        if not len(hits):
            continue
        found = {}
        for k in depths(samples):
            share = float(pass_at(hits, samples, k).mean())
            low, high = (float(end[0]) for end in wilson(np.array([share]), len(hits)))
            found[str(k)] = {"share": share, "low": low, "high": high}
        out[name] = {"questions": len(hits), "pass": found}
    return out
