"""What goes into training and what comes out, as plain data.  Imports no JAX.

``Plan`` says how to train, ``Tokens`` what a model sees, ``Run`` what it answered.  S seeds,
K checkpoints, Q questions, N examples, T tokens, P prompt length, V vocabulary, M members.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..registry import UserError, suggest

OPTIMIZERS = ("adamw", "muon", "sgd")
SCHEDULES = ("constant", "cosine")

Int = NDArray[np.integer[Any]]
Float = NDArray[np.floating[Any]]
Bool = NDArray[np.bool_]


class Tokens(Protocol):
    """All that a model sees of a corpus; ``zebroid.worlds.tokens`` makes them."""

    @property
    def vocabulary(self) -> tuple[str, ...]: ...  # [V]
    @property
    def train(self) -> Int: ...  # int32 [N, T], rows padded with `end`
    @property
    def loss(self) -> Bool: ...  # bool [N, T]: token t is to be predicted from the tokens before
    @property
    def ask(self) -> Int: ...  # int32 [Q, P]
    @property
    def prompt(self) -> int: ...  # P
    @property
    def max_new(self) -> int: ...  # tokens generated after the prompt
    @property
    def answer_mark(self) -> int: ...  # the answer follows this token; -1: it comes first
    @property
    def answer_ids(self) -> Int: ...  # int32 [V]: token id -> answer id, -1: not an answer
    @property
    def members(self) -> Int: ...  # int32 [Q, M]: token ids of the right answers, -1 padded
    @property
    def end(self) -> int: ...  # token id of the padding


@dataclasses.dataclass(frozen=True)
class Plan:
    """How to train.  A variant is a ``dataclasses.replace`` of another plan."""

    # "adamw", "muon" (hidden matrices by Muon, all else by AdamW) or "sgd" (momentum 0.9)
    optimizer: str = "adamw"
    # peak step size; for Muon the one of AdamW too
    learning_rate: float = 1e-3
    # decoupled, times the learning rate; on hidden matrices only, never on embeddings or norms
    weight_decay: float = 0.1
    # after the warmup: "constant", or "cosine" to a tenth of the peak at the last step
    schedule: str = "constant"
    # steps of linear warmup from 0: Adam's first second moments are too noisy for the full rate
    warmup: int = 20
    # examples per step
    batch: int = 512
    # updates in all
    steps: int = 1_000
    # checkpoints at which all questions are asked, log-spaced over the last two decades of steps
    evaluations: int = 8

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise suggest("optimizer", self.optimizer, OPTIMIZERS)
        if self.schedule not in SCHEDULES:
            raise suggest("schedule", self.schedule, SCHEDULES)
        for name in ("batch", "steps", "evaluations"):
            _require(self, name, whole=True, least=1)
        _require(self, "warmup", whole=True, least=0)
        _require(self, "learning_rate", whole=False, least=0.0)
        _require(self, "weight_decay", whole=False, least=0.0)

    @property
    def checkpoints(self) -> Int:
        """int64 [K]: the steps after which all questions are asked; the last one is ``steps``."""
        if self.evaluations == 1:
            return np.array([self.steps], dtype=np.int64)
        spaced = np.geomspace(max(1.0, self.steps / 100), self.steps, self.evaluations)
        return np.unique(np.rint(spaced).astype(np.int64))


def _require(plan: Plan, name: str, *, whole: bool, least: float) -> None:
    value = getattr(plan, name)
    kinds = (int, np.integer) if whole else (int, float, np.number)
    right = isinstance(value, kinds) and not isinstance(value, bool)
    if not right or not math.isfinite(value) or value < least:
        what = "a whole number" if whole else "a number"
        raise UserError(f"plan.{name} is {value!r}; expected {what}, at least {least}")


@dataclasses.dataclass(frozen=True)
class Run:
    """Answers of S seeds at K checkpoints, in NumPy arrays.

    A seed that fails keeps what it answered before; later checkpoints hold answer -1, uniform
    bits (log2 V) and NaN loss.
    """

    steps: Int  # int64 [K]
    flops: Float  # float64 [K]: spent on training one seed until then
    answer: Int  # int32 [S, K, Q]: answer ids; -1: malformed
    bits: Float  # float32 [S, K, Q]: -log2 of the summed probability of the right answers
    generated: Int  # int32 [S, Q, max_new]: token ids, at the last checkpoint
    loss: Float  # float32 [S, K]: nats per token, mean over the steps since the last checkpoint
    seeds: tuple[tuple[int, int], ...]  # [S]: (init, order)
    parameters: int
    seconds: float  # wall clock, compilation included
    failed: str = ""  # empty: all is well; else why and at which step
