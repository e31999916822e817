"""Multi-layer perceptron on one-hot prompts (Bengio et al. 2003, JMLR 3:1137).

It sees a window of tokens as long as the prompt, each one-hot and mapped by the same matrix, side
by side; so in direct mode it sees the whole prompt at once, and in other modes what stands in the
window before the token to be predicted. Nothing is shared between places but the embedding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ..layers.positions import Unordered
from ..layers.residual import Streams, last, normed, project, sent
from ..layers.transformer import MLP, Embedding, Head, Matrix, gain

if TYPE_CHECKING:
    from ..architectures.mlp import MLPSpec


class Perceptron(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V]."""

    def __init__(self, spec: MLPSpec, vocabulary: int, prompt: int, rngs: nnx.Rngs):
        self.window, D, start = prompt, spec.width, spec.initial
        self.embedding = Embedding(vocabulary, D, Unordered(), start, rngs)
        self.in_WD = Matrix(start.hidden(rngs, (prompt * D, D)))
        scale = gain(spec.layers, writes=1)
        self.layers = nnx.List(
            [MLP(D, spec.hidden, scale, start, rngs) for _ in range(spec.layers)]
        )
        self.head = Head(D, vocabulary, start, rngs)

    def __call__(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        return self.head(last(self.residual(tokens_BT, at_P)))

    def residual(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> Streams:
        """The residual stream at ``at_P``: the window's first map, and after every layer."""
        W = self.window
        place_PW = jnp.asarray(at_P)[:, None] + jnp.arange(1 - W, 1)[None]
        tokens_BPW = tokens_BT[:, jnp.maximum(place_PW, 0)]
        return self._layers(tokens_BPW, place_PW >= 0)

    def memory(self, rows: int, tokens: int) -> jax.Array:
        """The window before the first token, for ``step``; what stands before it is masked."""
        return jnp.zeros((rows, self.window), jnp.int32)

    def step(
        self, memory: jax.Array, token_B: jax.Array, now: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """Reads one more token, at position ``now``: (logits_BV, memory)."""
        tokens_BW = jnp.concatenate([memory[:, 1:], token_B[:, None]], axis=1)
        there_W = now + jnp.arange(1 - self.window, 1) >= 0
        x_B1D = last(self._layers(tokens_BW[:, None], there_W[None]))
        return self.head(x_B1D)[:, 0], tokens_BW

    def _layers(self, tokens_BPW: jax.Array, there_PW: jax.Array) -> Streams:
        B, P, W = tokens_BPW.shape
        x_BQD = self.embedding(tokens_BPW.reshape(B, P * W), np.arange(P * W))
        x_BQD = jnp.where(there_PW.reshape(1, P * W, 1), x_BQD, jnp.zeros_like(x_BQD))
        x_BPD = project(x_BQD.reshape(B, P, -1), self.in_WD[...])
        x_BPD = sent((yield x_BPD), x_BPD)
        for layer in self.layers:
            x_BPD = x_BPD + layer(normed(x_BPD))
            x_BPD = sent((yield x_BPD), x_BPD)
