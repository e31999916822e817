"""Tokens -> arrays, with sizes rounded up; and which members of a batch are one training.

A corpus drawn with another seed has slightly other sizes; rounded up they are the same, and so is
the compiled program. N examples, S slots of them, T tokens, P queried positions, C chunks of
questions, M members.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..spec import Spec
from .decoding import Format
from .plan import Plan, Tokens

CHUNK = 512  # questions answered at once: bounds memory

Array = Any  # NumPy's before it is on a device, JAX's there


class Data(NamedTuple):
    """The corpus of one member of a batch of replicas; of several, with an axis more before the
    others."""

    slots: Array  # int32 []: the sum of the rows' weights; a slot below it is drawn
    row: Array  # int32 [S]: the row of each slot, of every row as many as it weighs; padded
    train: Array  # int32 [N, T]
    loss: Array  # bool [N, P]
    query: Array  # int32 [C, chunk, prompt]
    members: Array  # int32 [C, chunk, M]
    form: Format
    checkpoints: Array  # int32 [K]


@dataclasses.dataclass(frozen=True)
class Replica:
    """One training of a batch of replicas."""

    tokens: Tokens
    plan: Plan
    init: int
    order: int
    queries: Spec | None = None  # the model of the same weights that answers; None: as the batch's
    # members of equal tokens, plan and seeds bear the same name: one training answers for all of
    # them; empty: a training of its own
    training: str = ""


class Questions(NamedTuple):
    """Of ``Data`` what a model is queried."""

    query: Array
    members: Array
    form: Format

    @classmethod
    def of(cls, data: Data) -> Questions:
        return cls(data.query, data.members, data.form)


def _round_up(n: int, least: int) -> int:
    """To two significant binary digits: the next of 2, 3, 4, 6, 8, 12, 16, …, times ``least``."""
    size = least
    while size < n:
        size = size * 3 // 2 if size & (size - 1) == 0 else size // 3 * 4
    return size


def _pad(array: Any, size: int, fill: int) -> np.ndarray:
    """Rows up to ``size``, filled."""
    array = np.asarray(array)
    filler = np.full((size - len(array), *array.shape[1:]), fill, array.dtype)
    return np.concatenate([array, filler])


def queries(tokens: Tokens) -> tuple[int, ...]:
    """The positions after which some row bears loss."""
    return tuple(int(t) - 1 for t in np.flatnonzero(np.asarray(tokens.loss).any(axis=0)))


def load(tokens: Tokens, plan: Plan) -> Data:
    """The corpus with sizes rounded up, in this machine's memory."""
    at = np.array(queries(tokens))
    row = np.repeat(np.arange(len(tokens.train)), tokens.weight)
    questions = len(tokens.query)
    chunk = min(CHUNK, _round_up(questions, 16))
    chunks = -(-_round_up(questions, 16) // chunk)
    members = np.asarray(tokens.members)
    width = 1 << (members.shape[1] - 1).bit_length()
    members = _pad(members.T, width, -1).T
    N, S = (_round_up(n, 1024) for n in (len(tokens.train), len(row)))
    Q = chunks * chunk
    query, members = _pad(tokens.query, Q, 0), _pad(members, Q, -1)
    return Data(
        slots=np.int32(len(row)),
        row=_pad(row, S, 0).astype(np.int32),
        train=_pad(tokens.train[:, : at[-1] + 2], N, tokens.end).astype(np.int32),
        loss=_pad(tokens.loss[:, at + 1], N, 0).astype(bool),
        query=query.reshape(chunks, chunk, tokens.prompt).astype(np.int32),
        members=members.reshape(chunks, chunk, width).astype(np.int32),
        form=Format(
            answer_mark=np.int32(tokens.answer_mark),
            end=np.int32(tokens.end),
            answer_ids=np.asarray(tokens.answer_ids, np.int32),
        ),
        checkpoints=plan.checkpoints.astype(np.int32),
    )


def trainings(members: Sequence[Replica]) -> Iterator[tuple[Replica, tuple[int, ...]]]:
    """Each training, by its first member, and the numbers of all members that come of it."""
    found: dict[Any, list[int]] = {}
    for number, m in enumerate(members):
        found.setdefault((m.training or number, m.plan, m.init, m.order), []).append(number)
    for numbers in found.values():
        yield members[numbers[0]], tuple(numbers)
