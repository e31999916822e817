"""patched(model, tokens_BT, ...): what a model answers when a part of its stream is another.

B rows, T tokens, L layers, D width, N patches. A patch is a layer, a position and values [B, D],
which take the place of the residual stream there; all that follows is computed with them. It tells
what is *used*, where a probe tells what could be read: causal tracing (arXiv 2202.05262, of two
hops 2405.15071); with values of a later layer of the same prompt, back-patching (2406.12775).
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from numpy.typing import ArrayLike, NDArray

from ...errors import UserError
from ..layers.residual import looked_up
from ..training.xla_options import compiled
from .residual_stream import residual_stream

Tokens = NDArray[np.int32]


def patched(
    model: nnx.Module,
    tokens_BT: ArrayLike,
    layers_N: ArrayLike,
    positions_N: ArrayLike,
    values_NBD: ArrayLike,
) -> Tokens:
    """int32 [N, B]: the token that each row is answered with behind its last position, under each
    patch. One compiled program for all patches, one after the other.

    ``layers_N``: 0, the embedding, to L, what the head reads; ``positions_N``: 0 to T - 1. Raises
    UserError for a model that has no stream, or goes on with its own whatever it is sent.
    """
    tokens = np.asarray(tokens_BT, np.int32)
    values = np.asarray(values_NBD, np.float32)
    layers, positions = (np.asarray(x, np.int32) for x in (layers_N, positions_N))
    if values.ndim != 3 or values.shape[:2] != (len(layers), len(tokens)):
        raise UserError(
            f"values are {list(values.shape)}; expected [N, B, D] with {len(layers)} patches of "
            f"{len(tokens)} rows"
        )
    if len(positions) != len(layers):
        raise UserError(f"{len(positions)} positions for {len(layers)} layers; give one each")
    _listens(model, tokens)
    graph, state = nnx.split(model)
    return np.asarray(_answers(graph, state, jnp.asarray(tokens), layers, positions, values))


def _listens(model: nnx.Module, tokens: Tokens) -> None:
    """Raises UserError where all that is embedded is replaced by another row's, and nothing of the
    answers follows it: that model does not hear what it is sent."""
    few = tokens[: min(len(tokens), 8)]
    rolled = np.roll(few, 1, axis=0)
    first = residual_stream(model, rolled, [0])[0]
    graph, state = nnx.split(model)
    own, theirs = (_logits(graph, state, jnp.asarray(t), None) for t in (few, rolled))
    given = _logits(graph, state, jnp.asarray(few), jnp.asarray(first))
    moved = np.abs(np.asarray(given) - np.asarray(own)).max()
    if not moved and np.abs(np.asarray(theirs) - np.asarray(own)).max() > 1e-6:
        raise UserError(
            f"{type(model).__name__}.residual goes on with its own stream; have it take what it is "
            "sent: x = sent((yield x), x)"
        )


@compiled(static_argnums=(0,))
def _logits(graph: Any, state: Any, tokens_BT: jax.Array, first_BTD: jax.Array | None) -> jax.Array:
    """[B, V] at the last position, with another stream embedded where one is given."""
    model: Any = nnx.merge(graph, state)

    def replace(layer: int, x_BTD: jax.Array) -> jax.Array:
        return x_BTD if layer or first_BTD is None else first_BTD.astype(x_BTD.dtype)

    return model.head(_through(model, tokens_BT, replace))[:, -1]


@compiled(static_argnums=(0,))
def _answers(
    graph: Any,
    state: Any,
    tokens_BT: jax.Array,
    layers_N: jax.Array,
    positions_N: jax.Array,
    values_NBD: jax.Array,
) -> jax.Array:
    model: Any = nnx.merge(graph, state)
    every_T = jnp.arange(tokens_BT.shape[1])

    def one(patch: tuple[jax.Array, jax.Array, jax.Array]) -> jax.Array:
        chosen, position, values_BD = patch
        here_1T1 = (every_T == position)[None, :, None]

        def replace(layer: int, x_BTD: jax.Array) -> jax.Array:
            other_BTD = values_BD[:, None].astype(x_BTD.dtype)
            return jnp.where(here_1T1 & (chosen == layer), other_BTD, x_BTD)

        return model.head(_through(model, tokens_BT, replace))[:, -1].argmax(-1).astype(jnp.int32)

    return jax.lax.map(one, (layers_N, positions_N, values_NBD))


def _through(model: Any, tokens_BT: jax.Array, replace: Any) -> jax.Array:
    """[B, T, D] what the head reads, where ``replace(layer, x_BTD)`` is what each layer leaves."""
    stream = model.residual(tokens_BT, np.arange(tokens_BT.shape[1]))
    x_BTD, layer = replace(0, looked_up(next(stream))), 0
    while True:
        try:
            found = stream.send(x_BTD)
        except StopIteration:
            return x_BTD
        layer += 1
        x_BTD = replace(layer, looked_up(found))
