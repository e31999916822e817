"""Random keys by name: SHA-256 of the canonical JSON of the parts, never seed + index."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np


def key(*parts: str | int) -> jax.Array:
    """A key of its own for every tuple of parts, such as ``key("init", 3)``."""
    digest = hashlib.sha256(json.dumps(parts).encode()).digest()
    return jax.random.wrap_key_data(jnp.asarray(np.frombuffer(digest[:8], ">u4").astype("u4")))


def keys(axis: str, seeds: Sequence[int]) -> np.ndarray:
    """uint32 [M, 2]: key data of each seed of an axis of chance."""
    return np.stack([jax.random.key_data(key(axis, seed)) for seed in seeds])
