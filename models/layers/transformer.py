"""Layers that architectures share.  Shapes: B batch, T tokens, P query positions, D width,
H heads, K width of a head, F hidden width of the MLP, V vocabulary.

Every layer computes only what is needed: given positions ``at_P``, attention makes queries there
alone (keys and values everywhere), and what follows it is as short. Sums and exponentials are
float32 whatever the weights are.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ...errors import InvalidModel
from .initializers import Initial
from .positions import Positions
from .residual import Stream, Words, causal, every, looked_up, normed, project, take

FEW = 32  # pairs of positions up to which attention is elementwise; from 36 on, products win

Memory = tuple[jax.Array, jax.Array]  # keys and values of one layer, [B, T, H, K] each


class Matrix(nnx.Param):
    """A hidden matrix: the last two axes are (in, out), any before them count matrices.

    Optimizers go by this type: Muon orthogonalises it, weight decay shrinks it, and nothing else.
    """


def gain(layers: int, writes: int = 2) -> float:
    """Keeps the stream's variance at any depth, with ``writes`` sums a layer (GPT-2)."""
    return (writes * layers) ** -0.5


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

    def stream(self, tokens_BT: jax.Array) -> Stream:
        """The stream of whole sequences; as words where the vocabulary has fewer than the batch."""
        if self.place_TD is not None or self.embed_VD.shape[0] >= tokens_BT.size:
            return self(tokens_BT, np.arange(tokens_BT.shape[1]))
        return Words(self.embed_VD[...], tokens_BT)

    def fits(self, tokens: int) -> None:
        """Raises UserError where learned positions are fewer."""
        if self.place_TD is not None and tokens > self.place_TD.shape[0]:
            raise InvalidModel(
                f"{tokens} tokens, but learned positions for {self.place_TD.shape[0]}; give "
                f"Absolute(longest={tokens}) or Rotary()"
            )


class Head(nnx.Module):
    """The residual stream -> logits, float32."""

    def __init__(self, width: int, vocabulary: int, initial: Initial, rngs: nnx.Rngs):
        self.head_DV = nnx.Param(initial.hidden(rngs, (width, vocabulary)))

    def __call__(self, x_BPD: jax.Array) -> jax.Array:
        return project(normed(x_BPD), self.head_DV[...], jnp.float32)


class TiedHead(nnx.Module):
    """As ``Head``, with the embeddings for its matrix.  arXiv 1608.05859"""

    def __init__(self, embedding: Embedding):
        self.embed_VD = embedding.embed_VD  # the very same parameters

    def __call__(self, x_BPD: jax.Array) -> jax.Array:
        return project(normed(x_BPD), self.embed_VD[...].T, jnp.float32)


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
        self, x: Stream, here_P: jax.Array, memory: Memory, seen_PT: jax.Array
    ) -> jax.Array:
        """From positions ``here`` to those keys and values of ``memory`` that are seen."""
        (q_BPHK,) = self._heads(x, 0, 1)
        return self._mixed(self.positions.turn(q_BPHK, here_P), memory, seen_PT)

    def read(self, x: Stream, there_T: jax.Array) -> Memory:
        """Keys and values of a source at positions ``there``."""
        k_BTHK, v_BTHK = self._heads(x, 1, 3)
        return self.positions.turn(k_BTHK, there_T), v_BTHK

    def within(
        self, x: Stream, at_P: jax.Array | np.ndarray, seen_PT: jax.Array, start: int = 0
    ) -> jax.Array:
        """Of a sequence, whose first token has position ``start``, to itself."""
        there_T = jnp.arange(x.shape[1]) + start
        if not every(at_P, x.shape[1]):
            memory = self.read(x, there_T)
            return self(take(x, at_P), jnp.asarray(at_P) + start, memory, seen_PT)
        q_BTHK, k_BTHK, v_BTHK = self._heads(x, 0, 3)
        q_BTHK = self.positions.turn(q_BTHK, there_T)
        return self._mixed(q_BTHK, (self.positions.turn(k_BTHK, there_T), v_BTHK), seen_PT)

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

    def _heads(self, x: Stream, first: int, last: int) -> list[jax.Array]:
        """Queries (0), keys (1), values (2), from ``first`` to before ``last``, by one product."""
        B, T, D = x.shape
        w_DnD = self.qkv_3DD[...][first:last].swapaxes(0, 1)
        y_BTE = project(x, w_DnD.reshape(D, -1))
        parts = jnp.split(y_BTE, last - first, axis=-1)
        return [part.reshape(B, T, self.heads, D // self.heads) for part in parts]

    def _mixed(self, q_BPHK: jax.Array, memory: Memory, seen_PT: jax.Array) -> jax.Array:
        """Values, weighed by likeness of queries to keys, and projected."""
        few = q_BPHK.shape[1] * memory[0].shape[1] <= FEW
        y_BPHK = (attend_few if few else attend)(q_BPHK, *memory, seen_PT)
        return project(y_BPHK.reshape(*y_BPHK.shape[:2], -1), self.out_DD[...])


def attend(
    q_BPHK: jax.Array, k_BTHK: jax.Array, v_BTHK: jax.Array, seen_PT: jax.Array
) -> jax.Array:
    """softmax(q k / sqrt K) v over the tokens that are seen: [B, P, H, K].  arXiv 1706.03762"""
    with jax.numpy_dtype_promotion("standard"):  # JAX (0.10) weighs bfloat16 scores in float32
        return jax.nn.dot_product_attention(q_BPHK, k_BTHK, v_BTHK, mask=seen_PT[None, None])


def attend_few(
    q_BPHK: jax.Array, k_BTHK: jax.Array, v_BTHK: jax.Array, seen_PT: jax.Array
) -> jax.Array:
    """As ``attend``: elementwise, each head's sum by one product for all pairs of positions.

    Thousands of products of a few numbers each cost a CPU more than what they compute.
    """
    B, P, H, K = q_BPHK.shape
    T, D = k_BTHK.shape[1], H * K
    head_DH = jnp.repeat(jnp.eye(H, dtype=q_BPHK.dtype), K, axis=0)
    pairs_XD = (q_BPHK[:, :, None] * k_BTHK[:, None]).reshape(-1, D)
    scores_BPTH = (pairs_XD @ head_DH).reshape(B, P, T, H)
    # softmax over the tokens, in float32
    scaled_BPTH = scores_BPTH.astype(jnp.float32) / math.sqrt(K)
    seen_BPTH = jnp.where(seen_PT[None, :, :, None], scaled_BPTH, -1e30)
    weights_BPTH = jax.nn.softmax(seen_BPTH, axis=2).astype(q_BPHK.dtype)
    spread_BPTD = (weights_BPTH.reshape(-1, H) @ head_DH.T).reshape(B, P, T, D)
    return jnp.sum(spread_BPTD * v_BTHK.reshape(B, 1, T, D), axis=2).reshape(q_BPHK.shape)


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
        self.attention = Attention(width, heads, gain, positions, initial, rngs)
        self.mlp = MLP(width, hidden, gain, initial, rngs)

    def __call__(self, x: Stream, at_P: jax.Array | np.ndarray, seen_PT: jax.Array) -> jax.Array:
        """``seen``: which tokens each query position attends to."""
        x_BPD = looked_up(take(x, at_P)) + self.attention.within(normed(x), at_P, seen_PT)
        return x_BPD + self.mlp(normed(x_BPD))

    def step(self, x_B1D: jax.Array, memory: Memory, now: jax.Array) -> tuple[jax.Array, Memory]:
        """The token at position ``now`` alone."""
        y_B1D, memory = self.attention.step(normed(x_B1D), memory, now, now)
        x_B1D = x_B1D + y_B1D
        return x_B1D + self.mlp(normed(x_B1D)), memory
