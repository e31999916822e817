"""pass@k of recall and of every instrument, from samples that predictions bring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...eval.question_sets.predictions import Hits
from ...eval.question_sets.question_set import QuestionSet
from ...eval.scoring.score import passes
from ..receipts.row_records import plain


def by_group(given: Sequence[tuple[QuestionSet, Hits]]) -> dict[str, dict[str, Any]]:
    """Recall or instrument -> {"questions", "pass": {k: mean, low, high, over}} over all runs
    ``given``, JSON-ready: what ``pass_at_k.parquet`` has of our own models."""
    names = dict.fromkeys(n for questions, _ in given for n in questions.headline)
    there = {n for questions, _ in given for n in questions.groups}
    found = {name: passes(given, name) for name in names if name in there}
    return {
        name: {"questions": p.n, "pass": {str(k): plain(band) for k, band in p.at.items()}}
        for name, p in found.items()
    }
