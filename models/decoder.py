"""Decoder-only Transformer: pre-norm, rotary positions, GELU.  arXiv 1706.03762, 2104.09864"""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
from flax import nnx

from ..registry import UserError
from . import flops
from .layers import RATE, Block, Memory, RMSNorm, project


@dataclasses.dataclass(frozen=True)
class DecoderSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P asked positions, V vocabulary."""

    width: int = 64  # D: the residual stream
    layers: int = 2  # L: two-hop needs two, one per hop
    heads: int = 4  # H: each D / H wide, an even number for rotary pairs
    ratio: int = 4  # F / D: hidden width of the MLP

    def __post_init__(self) -> None:
        for name, value in dataclasses.asdict(self).items():
            if type(value) is not int or value < 1:
                raise UserError(f"spec.{name} is {value!r}; expected a whole number, at least 1")
        if self.width % (2 * self.heads):
            raise UserError(
                f"spec.width {self.width} isn't a multiple of 2 * heads = {2 * self.heads}; "
                "rotary positions turn pairs within a head"
            )

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> Decoder:
        """A freshly initialised model; ``prompt`` is for architectures that encode it apart."""
        return Decoder(self, vocabulary, rngs)

    def flops(self, vocabulary: int, tokens: int, asked: int) -> float:
        """Multiplications and additions of one forward pass over one example."""
        return flops.decoder(self, vocabulary, tokens, asked)


class Decoder(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V].

    ``logits[:, p]`` predict the token after position ``at[p]`` and depend on no later token. The
    positions are the same for every row of a batch: so the last layer and the logits are computed
    there alone, by one gather, and a loop may pass them traced.
    """

    def __init__(self, spec: DecoderSpec, vocabulary: int, rngs: nnx.Rngs):
        self.spec = spec
        D, V = spec.width, vocabulary
        gain = (2 * spec.layers) ** -0.5  # keeps the stream's variance at any depth (GPT-2)
        self.embed_VD = nnx.Param(rngs.params.normal((V, D)) * D**-RATE)
        self.blocks = nnx.List(
            [Block(D, spec.heads, spec.ratio * D, gain, rngs) for _ in range(spec.layers)]
        )
        self.norm = RMSNorm(D)
        self.head_DV = nnx.Param(rngs.params.normal((D, V)) * D**-RATE)

    def __call__(self, tokens_BT: jax.Array, at_P: jax.Array) -> jax.Array:
        x = self.embed_VD[...][tokens_BT]
        every_T = jnp.arange(tokens_BT.shape[1])
        for block in self.blocks[:-1]:
            x = block(x, every_T)
        x_BPD = self.blocks[-1](x, at_P)
        return project(self.norm(x_BPD), self.head_DV[...])

    def memory(self, rows: int, tokens: int) -> list[Memory]:
        """Empty keys and values of every layer, for ``step``."""
        shape = (rows, tokens, self.spec.heads, self.spec.width // self.spec.heads)
        return [(jnp.zeros(shape), jnp.zeros(shape)) for _ in self.blocks]

    def step(
        self, memory: list[Memory], token_B: jax.Array, now: jax.Array
    ) -> tuple[jax.Array, list[Memory]]:
        """Reads one more token, at position ``now``: (logits_BV, memory).

        Writing a proof token by token costs one pass in all, not one pass a token.
        """
        x_B1D = self.embed_VD[...][token_B][:, None]
        after = []
        for block, before in zip(self.blocks, memory):
            x_B1D, kept = block.step(x_B1D, before, now)
            after.append(kept)
        return project(self.norm(x_B1D), self.head_DV[...])[:, 0], after
