"""Selective state-space model: a diagonal linear recurrence.  arXiv 2312.00752

As Mamba's block: a short causal convolution, then for each of E channels a state of N numbers,
h <- exp(dt A) h + dt B x, read out as C h, with dt, B and C computed from the token; gated, and
added to the stream. A recurrence that is linear in its state is associative, so that T tokens take
log2 T rounds (``parallel``), which suits accelerators; on a CPU, bound by memory, one token after
the other is six times as fast (``sequential``).
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
    from ..architectures.ssm import SSMSpec

# Of T tokens, or of one: steps dt, inputs x [B, T, E]; how each is written to the state, and how it
# is read [B, T, N]
Selected = tuple[jax.Array, jax.Array, jax.Array, jax.Array]
State = tuple[jax.Array, jax.Array]  # tokens of the convolution [B, taps - 1, E]; h [B, E, N]


class Selective(nnx.Module):
    """One block; the output is at the query positions only."""

    def __init__(self, spec: SSMSpec, rngs: nnx.Rngs):
        D, E, N, R = spec.width, spec.channels, spec.state, spec.rank
        self.spec, start = spec, spec.initial
        self.in_DE = Matrix(start.hidden(rngs, (D, E)))
        self.gate_DE = Matrix(start.hidden(rngs, (D, E)))
        self.taps_KE = nnx.Param(rngs.params.normal((spec.taps, E)) * spec.taps**-0.5)
        self.select_EX = Matrix(start.hidden(rngs, (E, R + 2 * N)))
        self.step_RE = Matrix(start.hidden(rngs, (R, E)))
        # steps log-uniform from 0.001 to 0.1, and rates 1 … N ("S4D-real"), as published
        steps_E = jnp.exp(rngs.params.uniform((E,), minval=jnp.log(1e-3), maxval=jnp.log(1e-1)))
        self.bias_E = nnx.Param(steps_E + jnp.log(-jnp.expm1(-steps_E)))  # inverse of softplus
        rates_N = jnp.log(jnp.arange(1, N + 1, dtype=jnp.float32))
        self.rates_EN = nnx.Param(jnp.tile(rates_N[None], (E, 1)))
        self.skip_E = nnx.Param(jnp.ones(E))
        self.out_ED = Matrix(start.output(rngs, (E, D), gain(spec.layers, writes=1)))

    def __call__(self, x_BTD: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        n_BTD = normed(x_BTD)
        T, K = x_BTD.shape[1], self.spec.taps
        u_BTE = jnp.pad(project(n_BTD, self.in_DE[...]), ((0, 0), (K - 1, 0), (0, 0)))
        windows = jnp.stack([u_BTE[:, k : k + T] for k in range(K)])
        x_BTE = self._convolve(windows)
        scan = sequential if jax.default_backend() == "cpu" else parallel
        y_BTE = scan(self._select(x_BTE), self._rates())
        y_BPE = self._skipped(take(y_BTE, at_P), take(x_BTE, at_P))
        return take(x_BTD, at_P) + self._gated(y_BPE, take(n_BTD, at_P))

    def step(self, x_B1D: jax.Array, state: State) -> tuple[jax.Array, State]:
        """One token."""
        past_BKE, h_BEN = state
        n_B1D = normed(x_B1D)
        u_BKE = jnp.concatenate([past_BKE, project(n_B1D, self.in_DE[...])], axis=1)
        x_B1E = self._convolve(u_BKE.swapaxes(0, 1)[:, :, None])
        dt, x, write, read = (part[:, 0] for part in self._select(x_B1E))
        h_BEN, y_BE = onward(h_BEN, (dt, x, write, read), self._rates())
        y_B1E = self._skipped(y_BE[:, None], x_B1E)
        return x_B1D + self._gated(y_B1E, n_B1D), (u_BKE[:, 1:], h_BEN)

    def _convolve(self, windows_KBTE: jax.Array) -> jax.Array:
        taps_KE = self.taps_KE[...]
        return jax.nn.silu(jnp.sum(windows_KBTE * taps_KE[:, None, None], axis=0))

    def _select(self, x_BTE: jax.Array) -> Selected:
        R, N = self.spec.rank, self.spec.state
        chosen_BTX = project(x_BTE, self.select_EX[...])
        low_BTR, write_BTN, read_BTN = jnp.split(chosen_BTX, [R, R + N], axis=-1)
        raw_BTE = project(low_BTR, self.step_RE[...]) + self.bias_E[...][None, None]
        wide = jnp.float32
        dt_BTE = jax.nn.softplus(raw_BTE.astype(wide))
        return dt_BTE, x_BTE.astype(wide), write_BTN.astype(wide), read_BTN.astype(wide)

    def _rates(self) -> jax.Array:
        """How fast what is remembered fades, float32 [E, N]."""
        return jnp.exp(self.rates_EN[...].astype(jnp.float32))

    def _skipped(self, y_BPE: jax.Array, x_BPE: jax.Array) -> jax.Array:
        return y_BPE.astype(x_BPE.dtype) + x_BPE * self.skip_E[...][None, None]

    def _gated(self, y_BPE: jax.Array, n_BPD: jax.Array) -> jax.Array:
        gate_BPE = jax.nn.silu(project(n_BPD, self.gate_DE[...]))
        return project(y_BPE * gate_BPE, self.out_ED[...])


def _written(now: Selected, rates_EN: jax.Array) -> tuple[jax.Array, jax.Array]:
    """What of the state is kept at each token, and what is added to it [B, ..., E, N]."""
    dt, x, write, _ = now
    rates = jnp.expand_dims(rates_EN, tuple(range(dt.ndim - 1)))
    return jnp.exp(-dt[..., None] * rates), (dt * x)[..., None] * write[..., None, :]


def _read(h: jax.Array, now: Selected) -> jax.Array:
    """What is read of the states [B, ..., E, N] after each token."""
    return jnp.sum(h * now[-1][..., None, :], axis=-1)


def onward(h_BEN: jax.Array, now: Selected, rates_EN: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The state after one more token, and what is read of it [B, E]."""
    keep_BEN, add_BEN = _written(now, rates_EN)
    h_BEN = keep_BEN * h_BEN + add_BEN
    return h_BEN, _read(h_BEN, now)


def sequential(selected: Selected, rates_EN: jax.Array) -> jax.Array:
    """What is read of the states after each of T tokens [B, T, E], one after the other."""

    @jax.checkpoint  # to compute keep and add again is cheaper than to remember them
    def body(h_BEN: jax.Array, now: Selected) -> tuple[jax.Array, jax.Array]:
        return onward(h_BEN, now, rates_EN)

    h_BEN = jnp.zeros((selected[0].shape[0], *rates_EN.shape))
    tokens = jax.tree.map(lambda part: part.swapaxes(0, 1), selected)
    return jax.lax.scan(body, h_BEN, tokens)[1].swapaxes(0, 1)


def parallel(selected: Selected, rates_EN: jax.Array) -> jax.Array:
    """The same in log2 T rounds."""
    maps = _written(selected, rates_EN)
    h_BTEN: jax.Array = jax.lax.associative_scan(_then, maps, axis=1)[1]
    return _read(h_BTEN, selected)


def _then(one: tuple[jax.Array, jax.Array], two: tuple[jax.Array, jax.Array]):
    """h -> a h + b, then h -> c h + d, as one such map."""
    (a, b), (c, d) = one, two
    return a * c, c * b + d


class SSM(nnx.Module):
    """tokens int32 [B, T], positions int32 [P] -> logits float32 [B, P, V]."""

    def __init__(self, spec: SSMSpec, vocabulary: int, rngs: nnx.Rngs):
        self.spec = spec
        self.embedding = Embedding(vocabulary, spec.width, Unordered(), spec.initial, rngs)
        self.layers = nnx.List([Selective(spec, rngs) for _ in range(spec.layers)])
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

    def memory(self, rows: int, tokens: int) -> list[State]:
        """The empty state of every layer, for ``step``."""
        E, dtype = self.spec.channels, self.embedding.embed_VD.dtype
        past = jnp.zeros((rows, self.spec.taps - 1, E), dtype)
        return [(past, jnp.zeros((rows, E, self.spec.state))) for _ in self.layers]

    def step(
        self, memory: list[State], token_B: jax.Array, now: jax.Array
    ) -> tuple[jax.Array, list[State]]:
        """Reads one more token, at position ``now``: (logits_BV, memory)."""
        x_B1D = self.embedding(token_B[:, None], now[None])
        after = []
        for layer, before in zip(self.layers, memory):
            x_B1D, state = layer.step(x_B1D, before)
            after.append(state)
        return self.head(x_B1D)[:, 0], after
