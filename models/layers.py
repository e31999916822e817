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

FEW = 32  # pairs of positions up to which attention is elementwise; from 36 on, products win

Memory = tuple[jax.Array, jax.Array]  # keys and values of one layer, [B, T, H, K] each


class Matrix(nnx.Param):
    """A hidden matrix: the last two axes are (in, out), any before them count matrices.

    Optimizers go by this type: Muon orthogonalises it, weight decay shrinks it, and nothing else.
    """


@jax.custom_vjp
def project(x_BTI: jax.Array, w_IO: jax.Array) -> jax.Array:
    """x @ w, flattened to rows: so the gradient by w contracts one axis, not two, and XLA needs no
    transposed copy of x on a CPU (measured: a gradient at width 128 in 39 instead of 74 ms)."""
    return (_rows(x_BTI) @ w_IO).reshape(*x_BTI.shape[:-1], w_IO.shape[1])


def _project(x_BTI: jax.Array, w_IO: jax.Array) -> tuple[jax.Array, Any]:
    return project(x_BTI, w_IO), (x_BTI, w_IO)


def _project_back(kept: Any, slope_BTO: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The gradient by w is computed wide, never tall: on a CPU twice as fast. The barrier keeps XLA
    from turning it back."""
    x_BTI, w_IO = kept
    x_RI, slope_RO = _rows(x_BTI), _rows(slope_BTO)
    if w_IO.shape[0] > w_IO.shape[1]:
        slope_IO = jax.lax.optimization_barrier(slope_RO.T @ x_RI).T
    else:
        slope_IO = x_RI.T @ slope_RO
    return (slope_RO @ w_IO.T).reshape(x_BTI.shape), slope_IO


project.defvjp(_project, _project_back)


def _rows(x_BTI: jax.Array) -> jax.Array:
    return x_BTI.reshape(-1, x_BTI.shape[-1])


def take(x_BTD: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
    """x at these positions."""
    return x_BTD if every(at_P, x_BTD.shape[1]) else x_BTD[:, at_P]


def every(at_P: jax.Array | np.ndarray, tokens: int) -> bool:
    """Whether these positions are known, when the program is traced, to be all in order."""
    return isinstance(at_P, np.ndarray) and np.array_equal(at_P, np.arange(tokens))


def causal(at_P: jax.Array | np.ndarray, tokens: int) -> jax.Array:
    """bool [P, T]: which tokens a query at these positions may see."""
    return jnp.arange(tokens)[None] <= jnp.asarray(at_P)[:, None]


def gain(layers: int, writes: int = 2) -> float:
    """Keeps the stream's variance at any depth, with ``writes`` sums a layer (GPT-2)."""
    return (writes * layers) ** -0.5


def normed(x_BTD: jax.Array) -> jax.Array:
    """x / rms(x).  arXiv 1910.07467, without a gain: the matrix that follows has one for each input
    already, and summing its gradient over rows cost more than the norm itself on a CPU."""
    power_BT1 = jnp.mean(jnp.square(x_BTD.astype(jnp.float32)), axis=-1, keepdims=True)
    return x_BTD * jax.lax.rsqrt(power_BT1 + 1e-6).astype(x_BTD.dtype)


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
        self.head_DV = nnx.Param(initial.hidden(rngs, (width, vocabulary)))

    def __call__(self, x_BPD: jax.Array) -> jax.Array:
        return project(normed(x_BPD), self.head_DV[...]).astype(jnp.float32)


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
        (q_BPHK,) = self._heads(x_BPD, 0, 1)
        return self._mixed(self.positions.turn(q_BPHK, here_P), memory, seen_PT)

    def read(self, x_BTD: jax.Array, there_T: jax.Array) -> Memory:
        """Keys and values of a source at positions ``there``."""
        k_BTHK, v_BTHK = self._heads(x_BTD, 1, 3)
        return self.positions.turn(k_BTHK, there_T), v_BTHK

    def within(
        self, x_BTD: jax.Array, at_P: jax.Array | np.ndarray, seen_PT: jax.Array, start: int = 0
    ) -> jax.Array:
        """Of a sequence, whose first token has position ``start``, to itself."""
        there_T = jnp.arange(x_BTD.shape[1]) + start
        if not every(at_P, x_BTD.shape[1]):
            memory = self.read(x_BTD, there_T)
            return self(take(x_BTD, at_P), jnp.asarray(at_P) + start, memory, seen_PT)
        q_BTHK, k_BTHK, v_BTHK = self._heads(x_BTD, 0, 3)
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

    def _heads(self, x_BTD: jax.Array, first: int, last: int) -> list[jax.Array]:
        """Queries (0), keys (1), values (2), from ``first`` to before ``last``, by one product."""
        B, T, D = x_BTD.shape
        w_DnD = self.qkv_3DD[...][first:last].swapaxes(0, 1)
        y_BTE = project(x_BTD, w_DnD.reshape(D, -1))
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
    scores_BHPT = jnp.einsum("BPHK,BTHK->BHPT", q_BPHK, k_BTHK)
    weights_BHPT = _weights(scores_BHPT, seen_PT[None, None], q_BPHK.shape[-1], axis=3)
    return jnp.einsum("BHPT,BTHK->BPHK", weights_BHPT, v_BTHK)


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
    weights_BPTH = _weights(scores_BPTH, seen_PT[None, :, :, None], K, axis=2)
    spread_BPTD = (weights_BPTH.reshape(-1, H) @ head_DH.T).reshape(B, P, T, D)
    return jnp.sum(spread_BPTD * v_BTHK.reshape(B, 1, T, D), axis=2).reshape(q_BPHK.shape)


def _weights(scores: jax.Array, seen: jax.Array, K: int, axis: int) -> jax.Array:
    """Softmax over the tokens, which lie on ``axis``, in float32."""
    scaled = jnp.where(seen, scores.astype(jnp.float32) / math.sqrt(K), -1e30)
    return jax.nn.softmax(scaled, axis=axis).astype(scores.dtype)


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

    def __call__(
        self, x_BTD: jax.Array, at_P: jax.Array | np.ndarray, seen_PT: jax.Array
    ) -> jax.Array:
        """``seen``: which tokens each asked position attends to."""
        x_BPD = take(x_BTD, at_P) + self.attention.within(normed(x_BTD), at_P, seen_PT)
        return x_BPD + self.mlp(normed(x_BPD))

    def step(self, x_B1D: jax.Array, memory: Memory, now: jax.Array) -> tuple[jax.Array, Memory]:
        """The token at position ``now`` alone."""
        y_B1D, memory = self.attention.step(normed(x_B1D), memory, now, now)
        x_B1D = x_B1D + y_B1D
        return x_B1D + self.mlp(normed(x_B1D)), memory
