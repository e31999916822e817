"""``answers.parquet``: what every cell answered to every question at every checkpoint.

Beside ``cells.parquet`` and the code nothing else is needed to recompute all scores and curves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .... import canonical
from ....eval.question_sets.question_set import QuestionSet
from ....worlds.corpus.corpus import Corpus
from ....worlds.encoding.encode import Tokens
from ....worlds.encoding.proof_checker import Validity
from ...config.run_config import Cell
from ...runner.corpora import tokens_of
from ...runner.result_store import Result
from .parquet_table import DIGITS, NONE, SEPARATOR, Column, Columns, Content, Table, same
from .questions_table import SPREAD

PROOF = np.array(["invalid", "valid", "leaning"], object)  # by INVALID, VALID, LEANING
MALFORMED = "<malformed>"


def names(corpus: Corpus) -> tuple[str, ...]:
    """Answer id -> its name; -1 takes the last."""
    return (*corpus.closure.base.constants, "none", MALFORMED)


def numbers(corpus: Corpus) -> dict[str, int]:
    """The inverse: name of an answer -> its id."""
    return {**corpus.closure.base.number, "none": corpus.none, MALFORMED: -1}


def answers(
    result: Result, question_set: QuestionSet, proofs: Validity | None
) -> dict[str, NDArray[Any]]:
    """What one cell answered, a row a checkpoint and question: [K * Q] each."""
    run, k, q = result.run, len(result.run.steps), len(question_set.questions)
    answer = np.asarray(run.answer[0], np.int32)
    text, proof = behind(answer, result.cell, question_set, run.generated[0], proofs)
    return {
        "cell": same(result.cell.digest[:DIGITS], k * q),
        "step": np.repeat(np.asarray(run.steps, np.int64), q),
        "question": np.tile(question_set.questions.astype(np.int32), k),
        "answer": np.array(names(question_set.corpus), object)[answer].reshape(-1),
        "right": question_set.right(answer).reshape(-1),
        "bits": np.asarray(run.bits[0], np.float32).reshape(-1),
        "text": text,
        "proof": proof,
    }


def behind(
    answer: NDArray[np.int32],
    cell: Cell,
    question_set: QuestionSet,
    generated: NDArray[Any] | None,
    proofs: Validity | None,
) -> tuple[NDArray[Any], NDArray[Any]]:
    """(words, proof) of each of ``answer`` [M, Q], row by row: of the last of them what was
    ``generated`` [..., max_new] and whether its proof holds, ``proofs`` [1, ...]; else null."""
    text, proof = same(NONE, answer.size), same(NONE, answer.size)
    if cell.writes and generated is not None:
        words = generated.reshape(-1, generated.shape[-1])
        text[-len(words) :] = written(tokens_of(question_set, cell.mode), words)
    if proofs is not None:
        proof[-proofs.size :] = PROOF[proofs].reshape(-1)
    return text, proof


def answers_digest(result: Result) -> str:
    """SHA-256 over all answers and bits of a cell, the tokens of what its model wrote, and its
    samples."""
    run = result.run
    more = {"generated": run.generated} if result.cell.writes else {}
    if run.samples is not None:
        more["samples"] = run.samples.answer
        if result.cell.writes and run.samples.generated is not None:
            more["sampled"] = run.samples.generated
    return canonical.digest_arrays(answer=run.answer, bits=run.bits, **more)


def written(tokens: Tokens, generated: NDArray[np.integer[Any]]) -> list[str]:
    """[Q] the words of what was generated, int32 [Q, max_new], as a list is held in memory.

    Without the padding behind the last word that is none.
    """
    words = np.array(tokens.vocabulary, object)
    length = np.max(np.where(generated != tokens.end, np.arange(generated.shape[1]) + 1, 0), 1)
    return [SEPARATOR.join(words[row[:n]]) for row, n in zip(generated, length)]


def generated(tokens: Tokens, texts: Sequence[str] | NDArray[Any]) -> NDArray[np.int32]:
    """int32 [Q, max_new]: the tokens of what ``written`` gives back.

    Raises ValueError for a word that is none of the corpus, and for more words than a model may
    write.
    """
    number = {word: i for i, word in enumerate(tokens.vocabulary)}
    out = np.full((len(texts), tokens.max_new), tokens.end, np.int32)
    for row, text in zip(out, texts):
        words = text.split(SEPARATOR) if text else []
        if len(words) > tokens.max_new:
            raise ValueError(f"{len(words)} words; a model writes at most {tokens.max_new}")
        unknown = [word for word in words if word not in number]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no word of the corpus")
        row[: len(words)] = [number[word] for word in words]
    return out


def _blocks(content: Content) -> Iterator[Columns]:
    for result in content.answered:
        question_set = content.corpora.question_set(result.cell)
        yield answers(result, question_set, content.corpora.proofs(result))


def _most(cells: Sequence[Cell]) -> int:
    return sum(cell.questions * SPREAD * cell.recipe.points for cell in cells)


COLUMNS = (
    Column("cell", "VARCHAR", "digest", "first 16 digits of the digest of the cell"),
    Column("step", "BIGINT", "updates", "updates of the weights before these answers were given"),
    Column("question", "INTEGER", "number", "number of the question in the corpus of the cell"),
    Column(
        "answer",
        "VARCHAR",
        "name",
        "the constant that the model answered, `none`, or `<malformed>` where it gave no answer",
    ),
    Column("right", "BOOLEAN", "truth", "the answer is one of `right_answers`"),
    Column(
        "bits",
        "FLOAT",
        "bits",
        "-log2 of the summed probability of the right answers where the answer stood; of a "
        "malformed generation that of a uniform guess; null: not a number",
        float("nan"),
    ),
    Column(
        "text",
        "VARCHAR[]",
        "words",
        "in chain mode, at the last checkpoint: every word that the model wrote after the prompt, "
        "proof, answer mark and answer; null elsewhere, where it writes its answer alone",
        NONE,
    ),
    Column(
        "proof",
        "VARCHAR",
        "name",
        "in chain mode, at the last checkpoint: valid (each line is stated or follows by one "
        "derivation from lines before it), leaning (valid, and rests on a demonstrated "
        "conclusion) or invalid; null elsewhere",
        NONE,
    ),
)
ANSWERS = Table(
    "answers",
    "what a cell answered to a question at a checkpoint",
    COLUMNS,
    "cell, step, question",
    _blocks,
    _most,
)
