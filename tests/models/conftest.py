"""JAX as strict as it gets, on several virtual CPU devices; a corpus small enough to learn here."""

from __future__ import annotations

import dataclasses
import os

os.environ.setdefault(
    "XLA_FLAGS", "--xla_force_host_platform_device_count=8 --xla_backend_optimization_level=0"
)

import jax
import numpy as np
import pytest
from numpy.typing import NDArray

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")

END, MARK, PLUS, COPY = 0, 1, 2, 3  # tokens before the numbers


@dataclasses.dataclass(frozen=True)
class Sums:
    """``a + b mod n``: at once, or after the line ``[COPY b a MARK]``, which stands for a proof."""

    vocabulary: tuple[str, ...]
    train: NDArray[np.int32]
    loss: NDArray[np.bool_]
    weight: NDArray[np.int32]
    statement: NDArray[np.bool_]
    query: NDArray[np.int32]
    prompt: int
    max_new: int
    answer_mark: int
    answer_ids: NDArray[np.int32]
    members: NDArray[np.int32]
    end: int = END


def sums(n: int = 5, *, proof: bool) -> Sums:
    a, b = (x.ravel() for x in np.meshgrid(np.arange(n), np.arange(n)))
    first, second, total = a + 4, b + 4, (a + b) % n + 4
    query = np.stack([np.full(n * n, PLUS), first, second], axis=1)
    line = [np.full(n * n, COPY), second, first, np.full(n * n, MARK)] if proof else []
    train = np.concatenate([query, np.stack([*line, total], axis=1)], axis=1)
    return Sums(
        vocabulary=("end", "mark", "plus", "copy", *map(str, range(n))),
        train=train.astype(np.int32),
        loss=np.broadcast_to(np.arange(train.shape[1]) >= 3, train.shape),
        weight=np.ones(len(train), np.int32),
        statement=np.zeros(len(train), bool),
        query=query.astype(np.int32),
        prompt=3,
        max_new=train.shape[1] - 3,
        answer_mark=MARK if proof else -1,
        answer_ids=np.concatenate([np.full(4, -1), np.arange(n)]).astype(np.int32),
        members=np.stack([total, np.full(n * n, -1)], axis=1).astype(np.int32),
    )


def uneven_rows() -> Sums:
    """Sums of which four in five are stated without a proof, in rows shorter by three tokens."""
    tokens = sums(proof=True)
    plain = tokens.query[:, 1] < 4 + 4
    train = tokens.train.copy()
    train[plain, 3:5], train[plain, 5:] = tokens.train[plain, -2:], END
    return dataclasses.replace(tokens, train=train, loss=tokens.loss & (train != END))


@pytest.fixture(scope="session")
def uneven() -> Sums:
    return uneven_rows()


@pytest.fixture(scope="session")
def direct() -> Sums:
    return sums(proof=False)


@pytest.fixture(scope="session")
def chain() -> Sums:
    return sums(proof=True)
