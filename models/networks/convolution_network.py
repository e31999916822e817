"""Causal dilated convolution: gated residual blocks, as in WaveNet.  arXiv 1609.03499

A layer looks at ``taps`` tokens, ``dilation`` apart; dilations double from layer to layer and
begin anew after ``period`` layers. Taps are gathered, so that the last layer is computed at the
query positions alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ..layers.positions import Unordered
from ..layers.residual import Streams, last, normed, project, sent, take
from ..layers.transformer import Embedding, Head, Matrix, gain

if TYPE_CHECKING:
    from ..architectures.convolution import ConvolutionSpec


class Gated(nnx.Module):
    """x + out(tanh(a) * sigmoid(b)), where (a, b) is a convolution of norm(x)."""

    def __init__(self, spec: ConvolutionSpec, dilation: int, rngs: nnx.Rngs):
        D, self.taps, self.dilation = spec.width, spec.taps, dilation
        self.in_KE = Matrix(spec.initial.hidden(rngs, (spec.taps * D, 2 * D)))
        self.out_DD = Matrix(spec.initial.output(rngs, (D, D), gain(spec.layers, writes=1)))

    @property
    def past(self) -> int:
        """Tokens before the present one that matter."""
        return (self.taps - 1) * self.dilation

    def __call__(self, x_BTD: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        n_BTD = jnp.pad(normed(x_BTD), ((0, 0), (self.past, 0), (0, 0)))
        T = x_BTD.shape[1]
        windows = [
            take(n_BTD[:, tap * self.dilation : tap * self.dilation + T], at_P)
            for tap in range(self.taps)
        ]
        return take(x_BTD, at_P) + self._gate(windows)

    def step(self, x_B1D: jax.Array, past_BQD: jax.Array) -> tuple[jax.Array, jax.Array]:
        """One token; ``past``: as many normed tokens before it as matter, oldest first."""
        seen_BQD = jnp.concatenate([past_BQD, normed(x_B1D)], axis=1)
        windows = [seen_BQD[:, tap * self.dilation][:, None] for tap in range(self.taps)]
        return x_B1D + self._gate(windows), seen_BQD[:, 1:]

    def _gate(self, windows: list[jax.Array]) -> jax.Array:
        both_BPE = project(jnp.concatenate(windows, axis=-1), self.in_KE[...])
        a_BPD, b_BPD = jnp.split(both_BPE, 2, axis=-1)
        return project(jnp.tanh(a_BPD) * jax.nn.sigmoid(b_BPD), self.out_DD[...])


class Convolution(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V]."""

    def __init__(self, spec: ConvolutionSpec, vocabulary: int, rngs: nnx.Rngs):
        self.spec = spec
        self.embedding = Embedding(vocabulary, spec.width, Unordered(), spec.initial, rngs)
        self.layers = nnx.List([Gated(spec, dilation, rngs) for dilation in spec.dilations])
        self.head = Head(spec.width, vocabulary, spec.initial, rngs)

    def __call__(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        return self.head(last(self.residual(tokens_BT, at_P)))

    def residual(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> Streams:
        """The residual stream, embedded and after every layer; the last at ``at_P`` alone."""
        every_T = np.arange(tokens_BT.shape[1])
        x = self.embedding(tokens_BT, every_T)
        x = sent((yield x), x)
        for layer in self.layers[:-1]:
            x = layer(x, every_T)
            x = sent((yield x), x)
        yield self.layers[-1](x, at_P)

    def memory(self, rows: int, tokens: int) -> list[jax.Array]:
        """What each layer remembers before the first token, for ``step``."""
        dtype = self.embedding.embed_VD.dtype
        return [jnp.zeros((rows, layer.past, self.spec.width), dtype) for layer in self.layers]

    def step(
        self, memory: list[jax.Array], token_B: jax.Array, now: jax.Array
    ) -> tuple[jax.Array, list[jax.Array]]:
        """Reads one more token, at position ``now``: (logits_BV, memory)."""
        x_B1D = self.embedding(token_B[:, None], now[None])
        after = []
        for layer, before in zip(self.layers, memory):
            x_B1D, past = layer.step(x_B1D, before)
            after.append(past)
        return self.head(x_B1D)[:, 0], after
