"""Layers that architectures share.  Shapes: B batch, T tokens, P asked positions, D width,
H heads, K width of a head, F hidden width of the MLP.

Every layer computes only what is asked: given positions ``at_P``, attention makes queries there
alone (keys and values everywhere), and what follows it is as short.
"""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from flax import nnx

FAR = 10_000.0  # longest rotary wavelength / 2 pi, in positions
# Deviation of initial weights = in^-RATE; 0.5 keeps variance. Smaller ones compose rather than
# memorise (arXiv 2405.05409). Measured: direct two-hop, 100 x 10, width 128, 750 steps, one seed:
# unseen pairs 0.01 at 0.5 (Muon or AdamW), 0.81 at 0.8 (Muon, rate 4e-3, weight decay 1).
RATE = 0.8


Memory = tuple[jax.Array, jax.Array]  # keys and values of one layer, [B, T, H, K] each


class Matrix(nnx.Param):
    """A hidden matrix: the last two axes are (in, out), any before them count matrices.

    Optimizers go by this type: Muon orthogonalises it, weight decay shrinks it, and nothing else.
    """


def matrix(rngs: nnx.Rngs, *shape: int, gain: float = 1.0) -> Matrix:
    """Normal with deviation gain * in^-RATE."""
    return Matrix(rngs.params.normal(shape) * (gain * shape[-2] ** -RATE))


def project(x_BTI: jax.Array, w_IO: jax.Array) -> jax.Array:
    """x @ w, flattened to rows: so the gradient by w contracts one axis, not two, and XLA needs no
    transposed copy of x on a CPU (measured: a gradient at width 128 in 39 instead of 74 ms)."""
    return (x_BTI.reshape(-1, w_IO.shape[0]) @ w_IO).reshape(*x_BTI.shape[:-1], w_IO.shape[1])


class RMSNorm(nnx.Module):
    """x / rms(x) * scale.  arXiv 1910.07467"""

    def __init__(self, width: int):
        self.scale_D = nnx.Param(jnp.ones(width))

    def __call__(self, x_BTD: jax.Array) -> jax.Array:
        power_BT1 = jnp.mean(jnp.square(x_BTD), axis=-1, keepdims=True)
        return x_BTD * jax.lax.rsqrt(power_BT1 + 1e-6) * self.scale_D[...][None, None]


def rotate(x_BTHK: jax.Array, position_T: jax.Array) -> jax.Array:
    """Rotary positions: pairs (k, k + K/2) turn by position * FAR^(-2k/K).  arXiv 2104.09864"""
    half = x_BTHK.shape[-1] // 2
    speed_k = FAR ** (-jnp.arange(half, dtype=jnp.float32) / half)
    angle_Tk = position_T.astype(jnp.float32)[:, None] * speed_k[None]
    cos, sin = jnp.cos(angle_Tk)[None, :, None], jnp.sin(angle_Tk)[None, :, None]
    low, high = x_BTHK[..., :half], x_BTHK[..., half:]
    return jnp.concatenate([low * cos - high * sin, low * sin + high * cos], axis=-1)


class Attention(nnx.Module):
    """Causal multi-head attention, queries at ``at_P`` only."""

    def __init__(self, width: int, heads: int, gain: float, rngs: nnx.Rngs):
        self.heads = heads
        self.qkv_3DD = matrix(rngs, 3, width, width)  # three matrices in one leaf: fewer programs
        self.out_DD = matrix(rngs, width, width, gain=gain)

    def __call__(self, x_BTD: jax.Array, at_P: jax.Array) -> jax.Array:
        B, T, D = x_BTD.shape
        K = D // self.heads
        whole = at_P.shape[0] == T
        position_T = jnp.arange(T)
        x_BPD = x_BTD if whole else x_BTD[:, at_P]
        q, k, v = self.qkv_3DD[...]
        q_BPHK = rotate(project(x_BPD, q).reshape(B, -1, self.heads, K), at_P)
        k_BTHK = rotate(project(x_BTD, k).reshape(B, T, self.heads, K), position_T)
        v_BTHK = project(x_BTD, v).reshape(B, T, self.heads, K)
        return self._attend(q_BPHK, k_BTHK, v_BTHK, position_T[None] <= at_P[:, None])

    def step(self, x_B1D: jax.Array, memory: Memory, now: jax.Array) -> tuple[jax.Array, Memory]:
        """The token at position ``now`` alone, on the keys and values of those before it."""
        B, _, D = x_B1D.shape
        shape = (B, 1, self.heads, D // self.heads)
        q, k, v = self.qkv_3DD[...]
        q_B1HK = rotate(project(x_B1D, q).reshape(shape), now[None])
        k_B1HK = rotate(project(x_B1D, k).reshape(shape), now[None])
        v_B1HK = project(x_B1D, v).reshape(shape)
        k_BTHK = jax.lax.dynamic_update_slice(memory[0], k_B1HK, (0, now, 0, 0))
        v_BTHK = jax.lax.dynamic_update_slice(memory[1], v_B1HK, (0, now, 0, 0))
        seen_1T = (jnp.arange(k_BTHK.shape[1]) <= now)[None]
        return self._attend(q_B1HK, k_BTHK, v_BTHK, seen_1T), (k_BTHK, v_BTHK)

    def _attend(
        self, q_BPHK: jax.Array, k_BTHK: jax.Array, v_BTHK: jax.Array, seen_PT: jax.Array
    ) -> jax.Array:
        B, P, H, K = q_BPHK.shape
        scores_BHPT = jnp.einsum("BPHK,BTHK->BHPT", q_BPHK, k_BTHK) / math.sqrt(K)
        weights_BHPT = jax.nn.softmax(jnp.where(seen_PT[None, None], scores_BHPT, -1e30), axis=-1)
        y_BPHK = jnp.einsum("BHPT,BTHK->BPHK", weights_BHPT, v_BTHK)
        return project(y_BPHK.reshape(B, P, H * K), self.out_DD[...])


class MLP(nnx.Module):
    """GELU(x up) down."""

    def __init__(self, width: int, hidden: int, gain: float, rngs: nnx.Rngs):
        self.up_DF = matrix(rngs, width, hidden)
        self.down_FD = matrix(rngs, hidden, width, gain=gain)

    def __call__(self, x_BTD: jax.Array) -> jax.Array:
        return project(jax.nn.gelu(project(x_BTD, self.up_DF[...])), self.down_FD[...])


class Block(nnx.Module):
    """Pre-norm attention and MLP, each added to the stream; the output is at ``at_P`` only."""

    def __init__(self, width: int, heads: int, hidden: int, gain: float, rngs: nnx.Rngs):
        self.before_attention, self.before_mlp = RMSNorm(width), RMSNorm(width)
        self.attention = Attention(width, heads, gain, rngs)
        self.mlp = MLP(width, hidden, gain, rngs)

    def __call__(self, x_BTD: jax.Array, at_P: jax.Array) -> jax.Array:
        stay_BPD = x_BTD if at_P.shape[0] == x_BTD.shape[1] else x_BTD[:, at_P]
        x_BPD = stay_BPD + self.attention(self.before_attention(x_BTD), at_P)
        return x_BPD + self.mlp(self.before_mlp(x_BPD))

    def step(self, x_B1D: jax.Array, memory: Memory, now: jax.Array) -> tuple[jax.Array, Memory]:
        """The token at position ``now`` alone."""
        y_B1D, memory = self.attention.step(self.before_attention(x_B1D), memory, now)
        x_B1D = x_B1D + y_B1D
        return x_B1D + self.mlp(self.before_mlp(x_B1D)), memory
