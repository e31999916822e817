"""Layers that architectures share.  Shapes: B batch, T tokens, P asked positions, D width,
H heads, K width of a head, F hidden width of the MLP, V vocabulary.

Every layer computes only what is asked: given positions ``at_P``, attention makes queries there
alone (keys and values everywhere), and what follows it is as short. Sums and exponentials are
float32 whatever the weights are.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ..registry import UserError
from .initial import Initial
from .positions import Positions

Memory = tuple[jax.Array, jax.Array]  # keys and values of one layer, [B, T, H, K] each


class Matrix(nnx.Param):
    """A hidden matrix: the last two axes are (in, out), any before them count matrices.

    Optimizers go by this type: Muon orthogonalises it, weight decay shrinks it, and nothing else.
    """


def project(x_BTI: jax.Array, w_IO: jax.Array, dtype: Any = None) -> jax.Array:
    """x @ w, of this type if not of theirs; flattened to rows: so the gradient by w contracts one
    axis, not two, and XLA needs no transposed copy of x on a CPU (measured: a gradient at width 128
    in 39 instead of 74 ms)."""
    y_NO = jnp.matmul(x_BTI.reshape(-1, w_IO.shape[0]), w_IO, preferred_element_type=dtype)
    return y_NO.reshape(*x_BTI.shape[:-1], w_IO.shape[1])


def take(x_BTD: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
    """x at these positions; x itself where they are known to be all, in order."""
    T = x_BTD.shape[1]
    if isinstance(at_P, np.ndarray) and np.array_equal(at_P, np.arange(T)):
        return x_BTD
    return x_BTD[:, at_P]


def causal(at_P: jax.Array | np.ndarray, tokens: int) -> jax.Array:
    """bool [P, T]: which tokens a query at these positions may see."""
    return jnp.arange(tokens)[None] <= jnp.asarray(at_P)[:, None]


def gain(layers: int, writes: int = 2) -> float:
    """Keeps the stream's variance at any depth, with ``writes`` sums a layer (GPT-2)."""
    return (writes * layers) ** -0.5


class RMSNorm(nnx.Module):
    """x / rms(x) * scale.  arXiv 1910.07467"""

    def __init__(self, width: int):
        self.scale_D = nnx.Param(jnp.ones(width))

    def __call__(self, x_BTD: jax.Array) -> jax.Array:
        power_BT1 = jnp.mean(jnp.square(x_BTD.astype(jnp.float32)), axis=-1, keepdims=True)
        scaled_BTD = x_BTD * jax.lax.rsqrt(power_BT1 + 1e-6).astype(x_BTD.dtype)
        return scaled_BTD * self.scale_D[...][None, None]


class Embedding(nnx.Module):
    """Tokens -> the residual stream, with what positions add to it."""

    def __init__(
        self, vocabulary: int, width: int, positions: Positions, initial: Initial, rngs: nnx.Rngs
    ):
        self.embed_VD = nnx.Param(initial.embedding(rngs, (vocabulary, width)))
        self.place_TD = nnx.data(positions.table(width, initial, rngs))

    def __call__(self, tokens_BT: jax.Array, position_T: jax.Array | np.ndarray) -> jax.Array:
        self.fits(tokens_BT.shape[1])
        x_BTD = self.embed_VD[...][tokens_BT]
        if self.place_TD is None:
            return x_BTD
        return x_BTD + self.place_TD[...][position_T][None]

    def fits(self, tokens: int) -> None:
        """Raises UserError where learned positions are fewer."""
        if self.place_TD is not None and tokens > self.place_TD.shape[0]:
            raise UserError(
                f"{tokens} tokens, but learned positions for {self.place_TD.shape[0]}; give "
                f"Absolute(longest={tokens}) or Rotary()"
            )


class Head(nnx.Module):
    """The residual stream -> logits, float32."""

    def __init__(self, width: int, vocabulary: int, initial: Initial, rngs: nnx.Rngs):
        self.norm = RMSNorm(width)
        self.head_DV = nnx.Param(initial.hidden(rngs, (width, vocabulary)))

    def __call__(self, x_BPD: jax.Array) -> jax.Array:
        return project(self.norm(x_BPD), self.head_DV[...], jnp.float32)


class Attention(nnx.Module):
    """Multi-head attention of queries to a source: to their own sequence, or to another."""

    def __init__(
        self,
        width: int,
        heads: int,
        gain: float,
        positions: Positions,
        initial: Initial,
        rngs: nnx.Rngs,
    ):
        self.heads, self.positions = heads, positions
        # three matrices in one leaf: fewer programs
        self.qkv_3DD = Matrix(initial.hidden(rngs, (3, width, width)))
        self.out_DD = Matrix(initial.output(rngs, (width, width), gain))

    def __call__(
        self, x_BPD: jax.Array, here_P: jax.Array, memory: Memory, seen_PT: jax.Array
    ) -> jax.Array:
        """From positions ``here`` to those keys and values of ``memory`` that are seen."""
        q_BPHK = self.positions.turn(self._heads(x_BPD, 0), here_P)
        k_BTHK, v_BTHK = memory
        scores_BHPT = jnp.einsum("BPHK,BTHK->BHPT", q_BPHK, k_BTHK) / math.sqrt(q_BPHK.shape[-1])
        scores_BHPT = jnp.where(seen_PT[None, None], scores_BHPT.astype(jnp.float32), -1e30)
        weights_BHPT = jax.nn.softmax(scores_BHPT, axis=-1).astype(x_BPD.dtype)
        y_BPHK = jnp.einsum("BHPT,BTHK->BPHK", weights_BHPT, v_BTHK)
        return project(y_BPHK.reshape(x_BPD.shape), self.out_DD[...])

    def read(self, x_BTD: jax.Array, there_T: jax.Array) -> Memory:
        """Keys and values of a source at positions ``there``."""
        return self.positions.turn(self._heads(x_BTD, 1), there_T), self._heads(x_BTD, 2)

    def step(
        self, x_B1D: jax.Array, memory: Memory, now: jax.Array, place: jax.Array
    ) -> tuple[jax.Array, Memory]:
        """The token at position ``now`` alone, which enters the memory at ``place``."""
        new = self.read(x_B1D, now[None])
        old, zero = memory, jnp.zeros_like(place)
        whole = [
            jax.lax.dynamic_update_slice(o, n.astype(o.dtype), (zero, place, zero, zero))
            for o, n in zip(old, new)
        ]
        memory = (whole[0], whole[1])
        return self(x_B1D, now[None], memory, causal(place[None], memory[0].shape[1])), memory

    def _heads(self, x_BTD: jax.Array, which: int) -> jax.Array:
        B, T, D = x_BTD.shape
        return project(x_BTD, self.qkv_3DD[...][which]).reshape(B, T, self.heads, D // self.heads)


class MLP(nnx.Module):
    """GELU(x up) down."""

    def __init__(self, width: int, hidden: int, gain: float, initial: Initial, rngs: nnx.Rngs):
        self.up_DF = Matrix(initial.hidden(rngs, (width, hidden)))
        self.down_FD = Matrix(initial.output(rngs, (hidden, width), gain))

    def __call__(self, x_BTD: jax.Array) -> jax.Array:
        return project(jax.nn.gelu(project(x_BTD, self.up_DF[...])), self.down_FD[...])


class Block(nnx.Module):
    """Pre-norm attention and MLP, each added to the stream; the output is at ``at_P`` only."""

    def __init__(
        self,
        width: int,
        heads: int,
        hidden: int,
        gain: float,
        positions: Positions,
        initial: Initial,
        rngs: nnx.Rngs,
    ):
        self.before_attention, self.before_mlp = RMSNorm(width), RMSNorm(width)
        self.attention = Attention(width, heads, gain, positions, initial, rngs)
        self.mlp = MLP(width, hidden, gain, initial, rngs)

    def __call__(
        self, x_BTD: jax.Array, at_P: jax.Array | np.ndarray, seen_PT: jax.Array
    ) -> jax.Array:
        """``seen``: which tokens each asked position attends to."""
        n_BTD = self.before_attention(x_BTD)
        memory = self.attention.read(n_BTD, jnp.arange(x_BTD.shape[1]))
        y_BPD = self.attention(take(n_BTD, at_P), jnp.asarray(at_P), memory, seen_PT)
        x_BPD = take(x_BTD, at_P) + y_BPD
        return x_BPD + self.mlp(self.before_mlp(x_BPD))

    def step(self, x_B1D: jax.Array, memory: Memory, now: jax.Array) -> tuple[jax.Array, Memory]:
        """The token at position ``now`` alone."""
        y_B1D, memory = self.attention.step(self.before_attention(x_B1D), memory, now, now)
        x_B1D = x_B1D + y_B1D
        return x_B1D + self.mlp(self.before_mlp(x_B1D)), memory
