"""Decoder-only Transformer: pre-norm, rotary positions, GELU.  arXiv 1706.03762, 2104.09864"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ..layers.residual import Streams, causal, last, sent
from ..layers.transformer import Block, Embedding, Head, Memory, gain

if TYPE_CHECKING:
    from ..architectures.decoder import DecoderSpec


class Decoder(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V].

    ``logits[:, p]`` predict the token after position ``at[p]`` and depend on no later token. The
    positions are the same for every row of a batch: so the last layer and the logits are computed
    there alone, by one gather, and a loop may pass them traced.
    """

    def __init__(self, spec: DecoderSpec, vocabulary: int, rngs: nnx.Rngs):
        self.spec = spec
        D, F, scale = spec.width, spec.ratio * spec.width, gain(spec.layers)
        how = (spec.positions, spec.initial, rngs)
        self.embedding = Embedding(vocabulary, D, *how)
        self.blocks = nnx.List([Block(D, spec.heads, F, scale, *how) for _ in range(spec.layers)])
        self.head = Head(D, vocabulary, spec.initial, rngs)

    def __call__(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        return self.head(last(self.residual(tokens_BT, at_P)))

    def residual(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> Streams:
        """The residual stream, embedded and after every layer; the last at ``at_P`` alone."""
        T = tokens_BT.shape[1]
        every_T = np.arange(T)
        x = self.embedding.stream(tokens_BT)
        x = sent((yield x), x)
        for block in self.blocks[:-1]:
            x = block(x, every_T, causal(every_T, T))
            x = sent((yield x), x)
        yield self.blocks[-1](x, at_P, causal(at_P, T))

    def memory(self, rows: int, tokens: int) -> list[Memory]:
        """Empty keys and values of every layer, for ``step``."""
        self.embedding.fits(tokens)
        shape = (rows, tokens, self.spec.heads, self.spec.width // self.spec.heads)
        empty = jnp.zeros(shape, self.embedding.embed_VD.dtype)
        return [(empty, empty) for _ in self.blocks]

    def step(
        self, memory: list[Memory], token_B: jax.Array, now: jax.Array
    ) -> tuple[jax.Array, list[Memory]]:
        """Reads one more token, at position ``now``: (logits_BV, memory).

        Writing a proof token by token costs one pass in all, not one pass a token.
        """
        x_B1D = self.embedding(token_B[:, None], now[None])
        after = []
        for block, before in zip(self.blocks, memory):
            x_B1D, kept = block.step(x_B1D, before, now)
            after.append(kept)
        return self.head(x_B1D)[:, 0], after
