"""residual_stream(model, tokens_BT, layers, positions): what stands between the layers of a model.

B rows, T tokens, N chosen layers, P chosen positions, D width of the stream, L layers. Layer 0 is
the stream as embedded, layer l what layer l made of it, layer L what the head reads. A layer is

- of a decoder-only Transformer, a convolution or a state-space model, a block;
- of a looped Transformer, a run of a block: L is layers times loops, as the model is queried;
- of an encoder-decoder, a block of the decoder; the encoder has a stream of its own;
- of an LSTM or GRU, one of the stacked cells: its outputs summed into the stream, not its state;
- of a perceptron, a residual layer; layer 0 is the first map of the window before each position.

A model has such a stream if it has ``residual(tokens_BT, at_P)``, which yields it embedded and
after every layer, and by which it computes its own logits: the forward pass is written once.
"""

from __future__ import annotations

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from numpy.typing import ArrayLike, NDArray

from ...errors import UserError
from ..layers.residual import looked_up
from ..training.xla_options import compiled


def residual_stream(
    model: nnx.Module,
    tokens_BT: ArrayLike,
    layers: ArrayLike | None = None,
    positions: ArrayLike | None = None,
) -> NDArray[np.float32]:
    """The residual stream of a batch after these layers at these positions: float32 [N, B, P, D].

    ``tokens_BT``: token ids of whole prompts, or of prompts and what follows them. ``layers``: from
    0, the embedding, to L, what the head reads; ``positions``: from 0 to T - 1. Negative ones count
    from the end, None means all, and one number is one layer or position, whose axis stays.

    Raises UserError for a layer, position or token that is not there, or a model without a stream.
    """
    if not callable(getattr(model, "residual", None)):
        raise UserError(
            f"{type(model).__name__} has no method residual(tokens_BT, at_P); give it one that "
            "yields the stream as embedded and after every layer"
        )
    tokens = _tokens(model, tokens_BT)
    graph, state = nnx.split(model)
    count = len(_shapes(graph, state, tokens))
    at_N = _places("layer", layers, count, f"0, the embedding, to {count - 1}, what the head reads")
    T = tokens.shape[1]
    at_P = _places("position", positions, T, f"0 to {T - 1}, as there are {T} tokens")
    return np.asarray(_chosen(graph, at_N, at_P, state, jnp.asarray(tokens)))


def _streams(graph: Any, state: Any, tokens_BT: jax.Array) -> list[jax.Array]:
    """[L + 1] the stream at every position."""
    model: Any = nnx.merge(graph, state)
    found = model.residual(tokens_BT, np.arange(tokens_BT.shape[1]))
    return [looked_up(x).astype(jnp.float32) for x in found]


@compiled(static_argnums=(0, 1, 2))
def _chosen(
    graph: Any, layers: tuple[int, ...], at: tuple[int, ...], state: Any, tokens_BT: jax.Array
) -> jax.Array:
    streams = _streams(graph, state, tokens_BT)
    return jnp.stack([streams[layer][:, np.array(at)] for layer in layers])


def _shapes(graph: Any, state: Any, tokens: NDArray[np.int32]) -> list[Any]:
    return jax.eval_shape(functools.partial(_streams, graph), state, tokens)


def _tokens(model: Any, tokens_BT: ArrayLike) -> NDArray[np.int32]:
    tokens = np.asarray(tokens_BT)
    if tokens.ndim != 2 or tokens.dtype.kind not in "iu" or not tokens.size:
        raise UserError(
            f"tokens are {tokens.dtype}{list(tokens.shape)}; expected whole numbers [B, T], a row "
            "for each prompt"
        )
    table = getattr(getattr(model, "embedding", None), "embed_VD", None)
    if table is not None and (tokens.min() < 0 or tokens.max() >= table.shape[0]):
        worst = tokens.min() if tokens.min() < 0 else tokens.max()
        raise UserError(f"token {worst}; expected ids from 0 to {table.shape[0] - 1}")
    return tokens.astype(np.int32)


def _places(kind: str, given: ArrayLike | None, count: int, expected: str) -> tuple[int, ...]:
    """From 0 to before ``count``; all of them where none are given."""
    if given is None:
        return tuple(range(count))
    try:
        array = np.atleast_1d(np.asarray(given))
    except ValueError:  # lists of unequal length
        array = np.empty((0, 0))
    if array.ndim != 1 or not array.size or array.dtype.kind not in "iu":
        raise UserError(f"{kind}s {given!r}; expected whole numbers from {expected}")
    found = [int(place) for place in array]
    for place in found:
        if not -count <= place < count:
            raise UserError(f"{kind} {place}; expected {expected}")
    return tuple(place % count for place in found)
