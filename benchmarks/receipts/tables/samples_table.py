"""``samples.parquet``: every answer that cells sampled after training, where their plans say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....eval.question_sets.question_set import QuestionSet
from ....worlds.encoding.proof_checker import Validity
from ...config.run_config import Cell
from ...runner.result_store import Result
from .answers_table import behind, names
from .parquet_table import DIGITS, NONE, Column, Columns, Content, Table, same
from .questions_table import SPREAD


def samples(
    result: Result, question_set: QuestionSet, proofs: Validity | None
) -> dict[str, NDArray[Any]]:
    """What one cell sampled, a row a sample and question: [N * Q] each. ``proofs``: [1, N, Q]."""
    drawn, cell = result.run.samples, result.cell
    assert drawn is not None, "its plan samples"
    answer = np.asarray(drawn.answer[0], np.int32)
    N, Q = answer.shape
    generated = None if drawn.generated is None else drawn.generated[0]
    text, proof = behind(answer, cell, question_set, generated, proofs)
    return {
        "cell": same(cell.digest[:DIGITS], N * Q),
        "seed": np.full(N * Q, cell.seeds.sample),
        "sample": np.repeat(np.arange(N), Q),
        "question": np.tile(question_set.questions.astype(np.int32), N),
        "answer": np.array(names(question_set.corpus), object)[answer].reshape(-1),
        "right": question_set.right(answer).reshape(-1),
        "text": text,
        "proof": proof,
    }


def _blocks(content: Content) -> Iterator[Columns]:
    for result in content.answered:
        if result.run.samples is not None:
            question_set = content.corpora.question_set(result.cell)
            yield samples(result, question_set, content.corpora.sampled_proofs(result))


def _most(cells: Sequence[Cell]) -> int:
    return sum(cell.questions * SPREAD * cell.recipe.samples for cell in cells)


COLUMNS = (
    Column("cell", "VARCHAR", "digest", "first 16 digits of the digest of the cell"),
    Column("seed", "BIGINT", "seed", "of the samples; each training draws its own by it"),
    Column("sample", "INTEGER", "number", "of the sample among those of its question, from 0"),
    Column("question", "INTEGER", "number", "number of the question in the corpus of the cell"),
    Column(
        "answer",
        "VARCHAR",
        "name",
        "the constant that was drawn, `none`, or `<malformed>` where the sample has no answer",
    ),
    Column("right", "BOOLEAN", "truth", "the answer is one of `right_answers`"),
    Column(
        "text",
        "VARCHAR[]",
        "words",
        "in chain mode: every word that was drawn after the prompt, proof, answer mark and answer; "
        "null elsewhere, where the answer alone is kept",
        NONE,
    ),
    Column(
        "proof",
        "VARCHAR",
        "name",
        "in chain mode: valid, leaning or invalid, as in answers.parquet; null elsewhere",
        NONE,
    ),
)
SAMPLES = Table(
    "samples",
    "an answer that a cell sampled to a question after its training",
    COLUMNS,
    "cell, sample, question",
    _blocks,
    _most,
)
