"""Tokens -> arrays on the device, with sizes rounded up.

A corpus drawn with another seed has slightly other sizes; rounded up they are the same, and so is
the compiled program. N examples, T tokens, P asked positions, C chunks of questions, M members.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .generate import Format
from .run import Plan, Tokens

CHUNK = 512  # questions asked at once: bounds memory


class Data(NamedTuple):
    """The corpus on the device."""

    rows: jax.Array  # int32 []: how many of the rows below are examples, the rest is padding
    train: jax.Array  # int32 [N, T]
    loss: jax.Array  # bool [N, P]
    ask: jax.Array  # int32 [C, chunk, prompt]
    members: jax.Array  # int32 [C, chunk, M]
    form: Format
    checkpoints: jax.Array  # int32 [K]


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


def load(tokens: Tokens, plan: Plan) -> tuple[tuple[int, ...], Data]:
    """The asked positions, and the corpus on the device with sizes rounded up."""
    at = np.flatnonzero(np.asarray(tokens.loss).any(axis=0)) - 1
    rows, questions = len(tokens.train), len(tokens.ask)
    chunk = min(CHUNK, _round_up(questions, 16))
    chunks = -(-_round_up(questions, 16) // chunk)
    members = np.asarray(tokens.members)
    width = 1 << (members.shape[1] - 1).bit_length()
    members = _pad(members.T, width, -1).T
    N = _round_up(rows, 1024)
    data = Data(
        rows=jnp.int32(rows),
        train=jnp.asarray(_pad(tokens.train[:, : at[-1] + 2], N, tokens.end), jnp.int32),
        loss=jnp.asarray(_pad(tokens.loss[:, at + 1], N, 0), bool),
        ask=jnp.asarray(_pad(tokens.ask, chunks * chunk, 0), jnp.int32).reshape(
            chunks, chunk, tokens.prompt
        ),
        members=jnp.asarray(_pad(members, chunks * chunk, -1), jnp.int32).reshape(
            chunks, chunk, width
        ),
        form=Format(
            answer_mark=jnp.int32(tokens.answer_mark),
            end=jnp.int32(tokens.end),
            answer_ids=jnp.asarray(tokens.answer_ids, jnp.int32),
        ),
        checkpoints=jnp.asarray(plan.checkpoints, jnp.int32),
    )
    return tuple(int(position) for position in at), data
