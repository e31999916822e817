"""Corpora of cells, and the question sets about them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from ...eval.floors.measured import Measured, measured
from ...eval.question_sets.predictions import Hits
from ...eval.question_sets.question_set import QuestionSet
from ...worlds.corpus.build import build_corpus
from ...worlds.encoding.encode import Tokens, encode, sample_questions
from ...worlds.encoding.proof_checker import INVALID, Validity, valid_proofs
from ...worlds.world import World
from ..config.run_config import Cell
from .result_store import Result

KEPT = 32  # question sets in memory; cells of one corpus stand side by side in a suite


class Corpora:
    """Builds the corpora of cells, and the question sets about them; keeps the last few.

    ``ahead``: the floors of each question set are measured in a thread of their own as soon as it
    is built, beside the training, which leaves cores idle. A context, at whose end the thread has
    ended too: a process that leaves while it computes crashes. ``world``: makes the world of a
    cell.
    """

    def __init__(
        self,
        ahead: bool = False,
        world: Callable[[Cell], World] = Cell.load_world,
    ) -> None:
        self._ahead, self._over = ahead, False
        self._world = world
        self._kept: dict[str, QuestionSet] = {}
        self._read: dict[str, Validity] = {}
        self._measured: dict[str, Future[Measured]] = {}
        self._thread = ThreadPoolExecutor(1, "floors")  # started when it is first needed

    def __enter__(self) -> Corpora:
        return self

    def __exit__(self, *error: object) -> None:
        self._over = True
        self._thread.shutdown(cancel_futures=True)

    def question_set(self, cell: Cell) -> QuestionSet:
        """What the cell's model reads, and the questions about it.

        Cells of one corpus get the same questions, and share their floors.
        """
        key = cell.question_set
        if key not in self._kept:
            corpus = build_corpus(self._world(cell), cell.size, cell.exposure, cell.seeds.corpus)
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            questions = sample_questions(corpus, cell.questions, cell.seeds.exposure)
            self._kept[key] = QuestionSet(corpus, questions)
            if self._ahead and key not in self._measured:
                self._measured[key] = self._thread.submit(self._measure, self._kept[key])
        return self._kept[key]

    def floors(self, cell: Cell) -> Measured:
        """The floors of the question set of ``cell``, as its scores will find them."""
        question_set, ahead = self.question_set(cell), self._measured.get(cell.question_set)
        return self._measure(question_set) if ahead is None else ahead.result()

    def _measure(self, question_set: QuestionSet) -> Measured:
        def watch(_: str) -> None:
            if self._over:
                raise InterruptedError("the run is over")

        return measured(question_set, watch)

    def proofs(self, result: Result) -> Validity | None:
        """[S, Q]: whether the proofs that the model wrote in the end are valid; None: none."""
        cell = result.cell
        if not cell.writes:
            return None
        if cell.digest not in self._read:
            self._read[cell.digest] = self._check_proofs(result)
        return self._read[cell.digest]

    def hits(self, result: Result) -> Hits | None:
        """How many of its sampled answers are right, and behind valid proofs; None: none are."""
        found = result.run.samples
        if found is None:
            return None
        right = self.question_set(result.cell).right(np.asarray(found.answer, np.int32))
        proofs = self.sampled_proofs(result)
        proven = None if proofs is None else right & (proofs != INVALID)

        def count(hits: NDArray[np.bool_]) -> NDArray[np.int32]:
            return np.asarray(hits.sum(axis=1, dtype=np.int32))

        return Hits(found.answer.shape[1], count(right), None if proven is None else count(proven))

    def sampled_proofs(self, result: Result) -> Validity | None:
        """[S, N, Q]: whether the proofs that the model sampled are valid; None: none is written."""
        found, cell = result.run.samples, result.cell
        if not cell.writes or found is None or found.generated is None:
            return None
        key = f"{cell.digest} samples"
        if key not in self._read:
            question_set = self.question_set(cell)
            tokens, (S, N, Q, _) = tokens_of(question_set, cell.mode), found.generated.shape
            rows = found.generated.reshape(S * N, Q, -1)
            read = [valid_proofs(question_set.corpus, tokens, each) for each in rows]
            self._read[key] = np.stack(read).reshape(S, N, Q)
        return self._read[key]

    def _check_proofs(self, result: Result) -> Validity:
        question_set = self.question_set(result.cell)
        tokens = tokens_of(question_set, result.cell.mode)
        read = [valid_proofs(question_set.corpus, tokens, g) for g in result.run.generated]
        return np.stack(read)


def tokens_of(question_set: QuestionSet, mode: str) -> Tokens:
    """The tokens of a question set in one mode, made once for all that is read of its answers."""
    key = f"tokens {mode}"
    if key not in question_set.memo:
        made = encode(question_set.corpus, mode, question_set.questions)
        question_set.memo[key] = made
    return question_set.memo[key]
