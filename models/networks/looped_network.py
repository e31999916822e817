"""Looped Transformer: the same blocks several times over.  arXiv 1807.03819, 2502.17416, 2604.07822

What is learned of one hop serves every hop; and the number of loops is a choice at test time too,
more than in training included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ..layers.residual import Streams, causal, last, sent
from ..layers.transformer import Block, Embedding, Head, Memory, TiedHead, gain

if TYPE_CHECKING:
    from ..architectures.looped import LoopedSpec


class Looped(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V].

    Contract and pruning as in ``decoder.Decoder``: the last block of the last loop is computed at
    the query positions alone.
    """

    def __init__(self, spec: LoopedSpec, vocabulary: int, rngs: nnx.Rngs):
        self.spec = spec
        # the scale of as many layers as weights, so that it is one model whatever the loops
        D, F, scale = spec.width, spec.ratio * spec.width, gain(spec.layers)
        how = (spec.positions, spec.initial, rngs)
        self.embedding = Embedding(vocabulary, D, *how)
        self.blocks = nnx.List([Block(D, spec.heads, F, scale, *how) for _ in range(spec.layers)])
        if spec.tied:
            self.head = TiedHead(self.embedding)
        else:
            self.head = Head(D, vocabulary, spec.initial, rngs)

    def __call__(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        return self.head(last(self.residual(tokens_BT, at_P)))

    def residual(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> Streams:
        """The residual stream, embedded and after every block run; the last at ``at_P`` alone."""
        T = tokens_BT.shape[1]
        every_T = np.arange(T)
        x = self.embedding.stream(tokens_BT)
        x = sent((yield x), x)
        order = list(self.blocks) * self.spec.loops
        for block in order[:-1]:
            x = block(x, every_T, causal(every_T, T))
            x = sent((yield x), x)
        yield order[-1](x, at_P, causal(at_P, T))

    def memory(self, rows: int, tokens: int) -> list[Memory]:
        """Empty keys and values of every block in every loop, for ``step``."""
        self.embedding.fits(tokens)
        shape = (rows, tokens, self.spec.heads, self.spec.width // self.spec.heads)
        empty = jnp.zeros(shape, self.embedding.embed_VD.dtype)
        return [(empty, empty) for _ in range(self.spec.loops * self.spec.layers)]

    def step(
        self, memory: list[Memory], token_B: jax.Array, now: jax.Array
    ) -> tuple[jax.Array, list[Memory]]:
        """Reads one more token, at position ``now``: (logits_BV, memory)."""
        x_B1D = self.embedding(token_B[:, None], now[None])
        after = []
        for block, before in zip(list(self.blocks) * self.spec.loops, memory):
            x_B1D, kept = block.step(x_B1D, before, now)
            after.append(kept)
        return self.head(x_B1D)[:, 0], after
