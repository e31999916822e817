"""Recurrent networks: LSTM (Hochreiter & Schmidhuber 1997) and GRU (arXiv 1406.1078).

Flax's own cells, stacked with pre-norm and residual sums (arXiv 1609.08144), so that depth costs
what it costs in the Transformers beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ..layers.initializers import Initial
from ..layers.positions import Unordered
from ..layers.residual import Streams, last, normed, sent
from ..layers.transformer import Embedding, Head, Matrix

if TYPE_CHECKING:
    from ..architectures.recurrent import GRUSpec, LSTMSpec

UNROLL = 8  # steps of a recurrence in one iteration of XLA's loop


def lstm_cell(spec: LSTMSpec, rngs: nnx.Rngs) -> nnx.OptimizedLSTMCell:
    """One layer's cell."""
    draw = _drawn(spec.initial)
    cell = nnx.OptimizedLSTMCell(
        spec.width, spec.width, kernel_init=draw, recurrent_kernel_init=draw, rngs=rngs
    )
    gates = jnp.zeros((4, spec.width)).at[1].set(spec.forget)  # input, forget, cell, output
    cell.dense_h.bias = nnx.Param(gates.ravel())
    return cell


def gru_cell(spec: GRUSpec, rngs: nnx.Rngs) -> nnx.GRUCell:
    """One layer's cell."""
    draw = _drawn(spec.initial)
    return nnx.GRUCell(
        spec.width, spec.width, kernel_init=draw, recurrent_kernel_init=draw, rngs=rngs
    )


def _drawn(initial: Initial) -> Callable[..., jax.Array]:
    """A cell's matrices start by ``initial``; Flax's own would not start small."""

    def draw(key: jax.Array, shape: tuple[int, ...], dtype: Any = None, **_: Any) -> jax.Array:
        return initial.hidden(nnx.Rngs(params=key), shape)

    return draw


class Layer(nnx.Module):
    """x + cell(norm(x)), token by token."""

    def __init__(self, cell: Any):
        self.cell = cell
        for part in (cell.dense_i, cell.dense_h):  # so that optimizers know them
            part.kernel = Matrix(part.kernel[...])

    def empty(self, rows: int, dtype: Any) -> Any:
        """The state before the first token."""
        shape = (rows, self.cell.in_features)
        return jax.tree.map(
            lambda leaf: leaf.astype(dtype), self.cell.initialize_carry(shape, nnx.Rngs(carry=0))
        )

    def __call__(self, x_BTD: jax.Array) -> jax.Array:
        empty = self.empty(x_BTD.shape[0], x_BTD.dtype)
        n_TBD = normed(x_BTD).swapaxes(0, 1)
        _, y_TBD = jax.lax.scan(lambda h, x: self.cell(h, x), empty, n_TBD, unroll=UNROLL)
        return x_BTD + y_TBD.swapaxes(0, 1)

    def step(self, x_BD: jax.Array, state: Any) -> tuple[jax.Array, Any]:
        """One token."""
        state, y_BD = self.cell(state, normed(x_BD[:, None])[:, 0])
        return x_BD + y_BD, state


class Recurrent(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V].

    A recurrence must pass every token on its way; only the logits are computed at the query
    positions alone.
    """

    def __init__(
        self,
        spec: LSTMSpec | GRUSpec,
        cell: Callable[[nnx.Rngs], Any],
        vocabulary: int,
        rngs: nnx.Rngs,
    ):
        self.spec = spec
        self.embedding = Embedding(vocabulary, spec.width, Unordered(), spec.initial, rngs)
        self.layers = nnx.List([Layer(cell(rngs)) for _ in range(spec.layers)])
        self.head = Head(spec.width, vocabulary, spec.initial, rngs)

    def __call__(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        return self.head(last(self.residual(tokens_BT, at_P)))

    def residual(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> Streams:
        """The residual stream, embedded and after every layer; the last at ``at_P`` alone."""
        x_BTD = self.embedding(tokens_BT, np.arange(tokens_BT.shape[1]))
        x_BTD = sent((yield x_BTD), x_BTD)
        for layer in self.layers[:-1]:
            x_BTD = layer(x_BTD)
            x_BTD = sent((yield x_BTD), x_BTD)
        yield self.layers[-1](x_BTD)[:, at_P]

    def memory(self, rows: int, tokens: int) -> list[Any]:
        """The empty state of every layer, for ``step``."""
        return [layer.empty(rows, self.embedding.embed_VD.dtype) for layer in self.layers]

    def step(
        self, memory: list[Any], token_B: jax.Array, now: jax.Array
    ) -> tuple[jax.Array, list[Any]]:
        """Reads one more token, at position ``now``: (logits_BV, memory)."""
        x_BD = self.embedding(token_B[:, None], now[None])[:, 0]
        after = []
        for layer, before in zip(self.layers, memory):
            x_BD, state = layer.step(x_BD, before)
            after.append(state)
        return self.head(x_BD[:, None])[:, 0], after
