"""Results of a receipt's cells, as its run had them: from its kept answers alone.

What a training costs is not read but traced anew from its spec, plan and the shapes of its tokens;
whether written proofs are valid, and what they answer, from the words that were kept. Of a model
from outside its cost is what its maker declares in the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...eval.question_sets.question_set import QuestionSet
from ...models.training.plan import Run, Samples
from ...printable import printable
from ...worlds.encoding.encode import Tokens
from ...worlds.encoding.spelled_answers import read
from ..config.run_config import Cell
from ..receipts.compare import Doubt
from ..receipts.parquet_reading import Columns
from ..receipts.receipt import CellRecord, Receipt
from ..receipts.tables.answers_table import ANSWERS, generated, numbers
from ..receipts.tables.cells_table import CELLS
from ..receipts.tables.samples_table import SAMPLES
from ..runner.corpora import tokens_of
from ..runner.provenance import Environment
from ..runner.result_store import Result
from .named_parts import Announce, spec_of

Costs = dict[tuple[str, str, str], Any]


def result_of(
    record: CellRecord,
    cell: Cell,
    receipt: Receipt,
    question_set: QuestionSet,
    table: Mapping[str, Columns],
    sampled: Mapping[str, Columns],
    seconds: Mapping[str, float],
    costs: Costs,
    announce: Announce | None,
) -> Result:
    """What one cell answered at each checkpoint; of a training that failed, what it cost.

    ``table``, ``sampled``: first 16 digits of a cell's digest -> its rows of answers, and of
    samples. ``costs``: what was traced
    before, to be added to. ``seconds``: as ``cells.parquet`` declares them. Raises Doubt where the
    rows are not those of the cell.
    """
    tokens = tokens_of(question_set, cell.mode)
    outside = cell.outside
    known = outside.cost(cell.recipe) if outside else _cost(cell, tokens, costs, announce)
    Q, K = len(question_set.questions), len(known.steps)
    answer = np.full((1, K, Q), -1, np.int32)
    bits = np.zeros((1, K, Q), np.float32)
    written = np.full((1, Q, tokens.max_new), tokens.end, np.int32)
    if not record.failed:
        rows = table.get(record.digest[:16])
        if rows is None:
            raise Doubt(f"{ANSWERS.file} has no answers of {cell}")
        _same(rows["step"], np.repeat(known.steps, Q), f"{cell}: step")
        _same(rows["question"], np.tile(question_set.questions, K), f"{cell}: question")
        answer = _numbers(rows["answer"], question_set, cell).reshape(1, K, Q)
        bits = np.asarray(rows["bits"], np.float32).reshape(1, K, Q)
        if cell.writes:
            written = _written(rows["text"][-Q:], tokens, cell)[None]
            _same(answer[0, -1], answered(tokens, written[0]), f"{cell}: answer of the text")
    taken = seconds.get(record.digest[:16], -1.0)
    if not 0 <= taken < np.inf:
        raise Doubt(f"{CELLS.file}: seconds of {cell}: receipt {taken}, expected a number from 0")
    number = record.environment
    assert number is not None, "a receipt without it is refused when it is read"
    by = receipt.environments[number]
    run = Run(
        steps=known.steps,
        flops=known.flops,
        answer=answer,
        bits=bits,
        generated=written,
        loss=np.zeros((1, K), np.float32),
        seeds=((cell.seeds.init, cell.seeds.order),),
        parameters=known.parameters,
        seconds=taken,
        failed=record.failed,
        samples=_samples(record, cell, question_set, tokens, sampled),
    )
    made = Environment(receipt.training, by.versions, by.commit, by.dirty)
    return Result(cell, run, question_set.corpus.digest, record.device, made)


def _samples(
    record: CellRecord,
    cell: Cell,
    question_set: QuestionSet,
    tokens: Tokens,
    table: Mapping[str, Columns],
) -> Samples | None:
    """What a cell sampled; None where its plan samples nothing, or its training failed."""
    N, questions = cell.recipe.samples, question_set.questions
    if not N or record.failed:
        return None
    rows, Q = table.get(record.digest[:16]), len(questions)
    if rows is None:
        raise Doubt(f"{SAMPLES.file} has no samples of {cell}")
    _same(rows["sample"], np.repeat(np.arange(N), Q), f"{cell}: sample")
    _same(rows["question"], np.tile(questions, N), f"{cell}: question of a sample")
    answer = _numbers(rows["answer"], question_set, cell)
    if not cell.writes:
        return Samples(answer.reshape(1, N, Q), None)
    text = _written(rows["text"], tokens, cell)
    _same(answer, answered(tokens, text), f"{cell}: answer of the text of a sample")
    return Samples(answer.reshape(1, N, Q), text.reshape(1, N, Q, -1))


def answered(tokens: Tokens, written: NDArray[np.int32]) -> NDArray[np.int32]:
    """int32 [Q]: the answer behind the first answer mark of each text, int32 [Q, max_new]; -1 where
    none is behind it, or the text ended before."""
    place = np.arange(written.shape[1])
    mark = np.where(written == tokens.answer_mark, place, written.shape[1]).min(1)
    end = np.where(written == tokens.end, place, written.shape[1]).min(1)
    there = (mark < end) & (mark + 1 < written.shape[1])
    table = np.asarray(tokens.answer_ids)
    if table.ndim == 2:  # of several words, up to the end
        column = mark[:, None] + 1 + place
        behind = np.take_along_axis(written, np.minimum(column, written.shape[1] - 1), axis=1)
        behind = np.where(column < written.shape[1], behind, tokens.end)
        answer = read(table, len(tokens.vocabulary), tokens.end, behind)
        return np.where(there, answer, -1).astype(np.int32)
    word = written[np.arange(len(written)), np.where(there, mark + 1, 0)]
    return np.where(there, table[word], -1).astype(np.int32)


def _cost(cell: Cell, tokens: Tokens, costs: Costs, announce: Announce | None) -> Any:
    from ...models.training.train import cost  # JAX, which traces a model without training it

    key = cell.question_set, cell.mode, cell.configuration
    if key not in costs:
        costs[key] = cost(spec_of(cell, announce), cell.recipe, tokens)
    return costs[key]


def _numbers(names: NDArray[Any], question_set: QuestionSet, cell: Cell) -> NDArray[np.int32]:
    """Answer ids of answers by name."""
    number = numbers(question_set.corpus)
    found = names.tolist()
    odd = next((name for name in found if name not in number), None)
    if odd is not None:
        raise Doubt(f"{cell}: {printable(repr(odd), 60)} is no answer to be had in its corpus")
    return np.array([number[name] for name in found], np.int32)


def _written(texts: NDArray[Any], tokens: Tokens, cell: Cell) -> NDArray[np.int32]:
    try:
        return generated(tokens, texts.tolist())
    except ValueError as error:
        raise Doubt(f"{cell}: text: {printable(str(error), 200)}") from None


def _same(text: NDArray[Any], mine: NDArray[Any], where: str) -> None:
    """Raises Doubt where two columns differ, naming the first row."""
    if len(text) != len(mine):
        raise Doubt(f"{where}: receipt {len(text):,} rows, recomputed {len(mine):,}")
    odd = np.flatnonzero(text != mine)
    if len(odd):
        row = int(odd[0])
        raise Doubt(f"{where}[{row}]: receipt {text[row]}, recomputed {mine[row]}")
