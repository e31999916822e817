"""Predictions: what one cell of a suite answered. Anybody's arrays can be scored."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from ...errors import UserError
from ...worlds.encoding.proof_checker import Validity
from .question_set import Answers, QuestionSet

ROUNDING = 1e-3  # by which bits may be below 0, where probabilities sum to a little above 1
MOST_BITS = 128.0  # an answer of weight 0 counts as 2^-128, or one of them would be the whole mean


@dataclasses.dataclass(frozen=True)
class Hits:
    """How many of the answers that S runs sampled to each of Q questions are right."""

    samples: int  # to each question
    right: NDArray[np.int32]  # [S, Q]
    # [S, Q] of these, those behind a valid proof; None: none is written
    proven: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        for hits in (self.right, self.proven):
            if hits is not None and hits.size and not 0 <= hits.min() <= hits.max() <= self.samples:
                raise UserError(
                    f"got {hits.min()} to {hits.max()} right samples, expected 0 to {self.samples}"
                )

    def only(self, keep: NDArray[np.bool_]) -> Hits:
        """Of the questions ``keep``, bool [Q]."""
        proven = None if self.proven is None else self.proven[:, keep]
        return Hits(self.samples, self.right[:, keep], proven)


@dataclasses.dataclass(frozen=True)
class Predictions:
    """S runs (seeds of initialisation and batch order) over K checkpoints on Q questions.

    Raises UserError where shapes disagree.
    """

    question_set: QuestionSet
    answer: NDArray[np.int32]  # [S, K, Q] answer ids, the corpus' none, or -1: malformed
    bits: NDArray[np.float32] | None  # [S, K, Q] -log2 of the right answers' probability, or none
    steps: NDArray[np.int64]  # [K]
    flops: NDArray[np.float64]  # [K] spent on training until then, per run
    mode: str = "direct"
    parameters: int = 0  # 0: not known, or there are none
    # [S, Q] INVALID, VALID or LEANING: proofs written at the last checkpoint; None: none is written
    proofs: Validity | None = None
    hits: Hits | None = None  # at the last checkpoint; None: nothing is sampled
    # of a symbolic strategy, which learns nothing, and is not held to its recall
    reference: bool = False

    def __post_init__(self) -> None:
        shape, questions = np.shape(self.answer), len(self.question_set.questions)
        if not questions:
            raise UserError("got a question set without questions; give one with at least one")
        if len(shape) != 3 or shape[2] != questions or 0 in shape[:2]:
            raise UserError(
                f"got answers of shape {shape}, expected (runs, checkpoints, {questions}) with at "
                "least one run and checkpoint; pass int32 [S, K, Q] for its Q questions"
            )
        if self.bits is not None and np.shape(self.bits) != shape:
            raise UserError(f"got bits of shape {np.shape(self.bits)}, expected {shape}")
        if self.proofs is not None and np.shape(self.proofs) != (shape[0], questions):
            raise UserError(
                f"got proofs of shape {np.shape(self.proofs)}, expected {(shape[0], questions)}: "
                "int8 [S, Q]"
            )
        if self.hits is not None and np.shape(self.hits.right) != (shape[0], questions):
            raise UserError(
                f"got hits of shape {np.shape(self.hits.right)}, expected {(shape[0], questions)}"
            )
        self._check_values()
        for name in ("steps", "flops"):
            if len(getattr(self, name)) != shape[1]:
                raise UserError(
                    f"got {len(getattr(self, name))} {name}, expected {shape[1]}: one a checkpoint"
                )

    def _check_values(self) -> None:
        """What an array of the right shape can still hold that is no prediction."""
        answer, none = np.asarray(self.answer), self.question_set.corpus.none
        if answer.dtype.kind not in "iu":
            raise UserError(
                f"got answers of type {answer.dtype}, expected whole numbers; pass int32 ids of "
                "constants, the corpus' none, or -1 where there is no answer"
            )
        if answer.min() < -1 or answer.max() > none:
            odd = int(answer.min() if answer.min() < -1 else answer.max())
            raise UserError(
                f"got answer {odd}, expected -1 to {none}; pass ids of constants, {none} for none, "
                "or -1 where there is no answer"
            )
        for name, least in (("bits", -ROUNDING), ("steps", 0), ("flops", 0)):
            values = getattr(self, name)
            if values is None:
                continue
            values = np.asarray(values)
            # bits may be infinite: what has probability 0
            odd = values[~(values >= least)] if values.dtype.kind in "iuf" else [values.dtype]
            if len(odd):
                raise UserError(f"got {name} {odd[0]}, expected numbers from 0 up; pass no others")

    @classmethod
    def of(cls, question_set: QuestionSet, answers: Answers) -> Predictions:
        """A reference's answers: one run, one checkpoint, no compute."""
        bits = None if answers.bits is None else answers.bits[None, None]
        once = np.zeros(1, np.int64)
        return cls(
            question_set,
            answers.answer[None, None],
            bits,
            once,
            once.astype(float),
            answers.name,
            reference=True,
        )

    def only(self, keep: NDArray[np.bool_]) -> Predictions:
        """The same runs on some of the questions, ``keep`` bool [Q]."""
        part = {"question_set": self.question_set.only(keep), "answer": self.answer[:, :, keep]}
        if self.bits is not None:
            part["bits"] = self.bits[:, :, keep]
        if self.proofs is not None:
            part["proofs"] = self.proofs[:, keep]
        if self.hits is not None:
            part["hits"] = self.hits.only(keep)
        return dataclasses.replace(self, **part)

    def right(self) -> NDArray[np.bool_]:
        """bool [S, K, Q]: exact match with one of the right answers."""
        return self.question_set.right(self.answer)

    def capped_bits(self) -> NDArray[np.float32] | None:
        """[S, K, Q] bits of at most MOST_BITS."""
        return None if self.bits is None else np.minimum(self.bits, MOST_BITS)
