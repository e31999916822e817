"""The residual stream, and what every layer does to it.

B batch, T tokens, P query positions, D width, I and O widths of a matrix, R rows, V vocabulary.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Generator, Iterator
from typing import Any, overload

import jax
import jax.numpy as jnp
import numpy as np


@dataclasses.dataclass(frozen=True)
class Words:
    """A residual stream that is still nothing but words.

    What a layer makes of each token alone it computes once for every word of the vocabulary, and
    looks up: in training a batch has many times as many tokens.
    """

    table_VD: jax.Array
    tokens_BT: jax.Array

    @property
    def shape(self) -> tuple[int, ...]:
        """[B, T, D]"""
        return *self.tokens_BT.shape, self.table_VD.shape[1]


Stream = jax.Array | Words  # [B, T, D]


def looked_up(x: Stream) -> jax.Array:
    """The stream as an array."""
    return x.table_VD[x.tokens_BT] if isinstance(x, Words) else x


# the stream, embedded and after every layer; what is sent takes the place of what was yielded
Streams = Generator[Stream, jax.Array | None, None]


@overload
def sent(given: jax.Array | None, x: jax.Array) -> jax.Array: ...
@overload
def sent(given: jax.Array | None, x: Stream) -> Stream: ...
def sent(given: jax.Array | None, x: Stream) -> Stream:
    """What goes on to the next layer: what was sent to the generator, if anything, else x."""
    return x if given is None else given


def last(stream: Iterator[Stream]) -> jax.Array:
    """What a head reads: the stream after the last layer."""
    *_, x = stream
    return looked_up(x)


def project(x: Stream, w_IO: jax.Array, dtype: Any = None) -> jax.Array:
    """x @ w: [B, T, O], of this type if not of theirs."""
    if isinstance(x, Words):
        y_VO: jax.Array = _product(x.table_VD, w_IO, dtype)
        return y_VO[x.tokens_BT]
    return _product(x, w_IO, dtype)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _product(x_BTI: jax.Array, w_IO: jax.Array, dtype: Any) -> jax.Array:
    """Flattened to rows: so the gradient by w contracts one axis, not two, and XLA needs no
    transposed copy of x on a CPU (measured: a gradient at width 128 in 39 instead of 74 ms)."""
    y_RO = jnp.matmul(_rows(x_BTI), w_IO, preferred_element_type=dtype)
    return y_RO.reshape(*x_BTI.shape[:-1], w_IO.shape[1])


def _forward(x_BTI: jax.Array, w_IO: jax.Array, dtype: Any) -> tuple[jax.Array, Any]:
    return _product(x_BTI, w_IO, dtype), (x_BTI, w_IO)


def _backward(dtype: Any, kept: Any, grad_BTO: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The gradient by w is computed wide, never tall: on a CPU twice as fast. The barrier keeps XLA
    from turning it back."""
    x_BTI, w_IO = kept
    x_RI, grad_RO = _rows(x_BTI), _rows(grad_BTO).astype(w_IO.dtype)
    if w_IO.shape[0] > w_IO.shape[1]:
        grad_IO = jax.lax.optimization_barrier(grad_RO.T @ x_RI).T
    else:
        grad_IO = x_RI.T @ grad_RO
    return (grad_RO @ w_IO.T).reshape(x_BTI.shape), grad_IO


_product.defvjp(_forward, _backward)


def _rows(x_BTI: jax.Array) -> jax.Array:
    return x_BTI.reshape(-1, x_BTI.shape[-1])


@overload
def take(x: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array: ...
@overload
def take(x: Stream, at_P: jax.Array | np.ndarray) -> Stream: ...
def take(x: Stream, at_P: jax.Array | np.ndarray) -> Stream:
    """x at these positions."""
    if every(at_P, x.shape[1]):
        return x
    return Words(x.table_VD, x.tokens_BT[:, at_P]) if isinstance(x, Words) else x[:, at_P]


def every(at_P: jax.Array | np.ndarray, tokens: int) -> bool:
    """Whether these positions are known, when the program is traced, to be all in order."""
    return isinstance(at_P, np.ndarray) and np.array_equal(at_P, np.arange(tokens))


def causal(at_P: jax.Array | np.ndarray, tokens: int) -> jax.Array:
    """bool [P, T]: which tokens a query at these positions may see."""
    return jnp.arange(tokens)[None] <= jnp.asarray(at_P)[:, None]


@overload
def normed(x: jax.Array) -> jax.Array: ...
@overload
def normed(x: Stream) -> Stream: ...
def normed(x: Stream) -> Stream:
    """x / rms(x).  arXiv 1910.07467, without a gain: the matrix that follows has one for each input
    already, and summing its gradient over rows cost more than the norm itself on a CPU."""
    if isinstance(x, Words):
        return Words(normed(x.table_VD), x.tokens_BT)
    power_BT1 = jnp.mean(jnp.square(x.astype(jnp.float32)), axis=-1, keepdims=True)
    return x * jax.lax.rsqrt(power_BT1 + 1e-6).astype(x.dtype)
