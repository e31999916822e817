"""``curves.parquet``: the mean of every group of questions at every checkpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....eval.question_sets.question_set import QuestionSet
from ...config.run_config import Cell
from ...runner.result_store import Result
from .parquet_table import DIGITS, NONE, Column, Columns, Content, Table, same

GROUPS = 128  # groups of questions that have a curve


def curves(result: Result, question_set: QuestionSet) -> dict[str, NDArray[Any]]:
    """Exact match, whatever the proof, and bits of each group of questions, a row a checkpoint."""
    run, corpus = result.run, question_set.corpus
    right = question_set.right(np.asarray(run.answer[0], np.int32))
    groups = question_set.groups
    steps, group = len(run.steps), list(groups)
    n = steps * len(group)
    bits = np.asarray(run.bits[0], np.float64)
    statements = len(corpus.examples.prompt) + len(corpus.sentences)
    return {
        "cell": same(result.cell.digest[:DIGITS], n),
        "group": np.repeat(np.array(group, object), steps),
        "step": np.tile(np.asarray(run.steps, np.int64), len(group)),
        "rung": np.repeat(np.array([question_set.rung_of(g) for g in group], object), steps),
        "headline": np.repeat([g in question_set.headline for g in group], steps),
        "flops": np.tile(np.asarray(run.flops, np.float64), len(group)),
        "questions": np.repeat([int(groups[g].sum()) for g in group], steps),
        "accuracy": np.concatenate([right[:, groups[g]].mean(1) for g in group]),
        "bits": np.concatenate([bits[:, groups[g]].mean(1) for g in group]),
        "statements": np.full(n, statements),
        "demonstrated": np.full(n, int(corpus.demonstrated.sum())),
        "conclusions": np.repeat([_conclusions(question_set, g) for g in group], steps),
    }


def _conclusions(question_set: QuestionSet, group: str) -> int:
    """Different unstated conclusions of the whole corpus in an instrument or mixed; elsewhere 0."""
    corpus = question_set.corpus
    every = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    if group == "mixed":
        mine = corpus.of_rung(group, pure=False)  # mixed is never pure
    elif group in question_set.instruments:
        mine = np.flatnonzero(every.headline[group])
    else:
        return 0
    return len(np.unique(corpus.fact[corpus.offsets[mine]]))


def _blocks(content: Content) -> Iterator[Columns]:
    for result in content.answered:
        yield curves(result, content.corpora.question_set(result.cell))


def _most(cells: Sequence[Cell]) -> int:
    return sum(GROUPS * cell.recipe.points for cell in cells)


COLUMNS = (
    Column("cell", "VARCHAR", "digest", "first 16 digits of the digest of the cell"),
    Column(
        "group",
        "VARCHAR",
        "name",
        "questions: recall, an instrument, a cell of one (`constituent out-in`: for each premise, "
        "out if no demonstration uses its fact in this role), or a group apart from all headlines",
    ),
    Column("step", "BIGINT", "updates", "updates of the weights before the checkpoint"),
    Column("rung", "VARCHAR", "name", "its rung; null: a group apart", NONE),
    Column("headline", "BOOLEAN", "truth", "a headline score: recall or an instrument"),
    Column("flops", "DOUBLE", "FLOPs", "spent on training until the checkpoint"),
    Column("questions", "BIGINT", "count", "questions of the group that the cell was queried"),
    Column("accuracy", "DOUBLE", "share", "answers that are right, whatever the proof"),
    Column(
        "bits",
        "DOUBLE",
        "bits",
        "mean of the bits of the answers; null: one of them is not a number",
        float("nan"),
    ),
    Column("statements", "BIGINT", "count", "different statements of the corpus"),
    Column("demonstrated", "BIGINT", "count", "conclusions that the corpus demonstrates"),
    Column(
        "conclusions",
        "BIGINT",
        "count",
        "different unstated conclusions of the whole corpus in the group, queried or not; 0 of "
        "groups that are neither an instrument nor mixed",
    ),
)
CURVES = Table(
    "curves",
    "a group of questions of a cell at a checkpoint",
    COLUMNS,
    "cell, group in the order of the ladder, step",
    _blocks,
    _most,
)
