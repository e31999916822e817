"""pass@k of recall and of every instrument, from samples that predictions bring."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...eval.question_sets.question_set import QuestionSet
from ...eval.stats.intervals import wilson
from ...eval.stats.pass_at_k import depths, pass_at


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
