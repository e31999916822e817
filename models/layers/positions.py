"""How a model knows the order of its tokens: rotary, learned or not at all.

One piece per way, each with the same two methods. B batch, T tokens, D width, H heads, K width
of a head. A way is part of a spec, so JAX is imported only when a network is built or run.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar, Protocol

from ...errors import InvalidModel
from .initializers import Initial

if TYPE_CHECKING:
    import jax
    from flax import nnx


class Positions(Protocol):
    """A frozen dataclass."""

    def table(self, width: int, initial: Initial, rngs: nnx.Rngs) -> nnx.Param | None:
        """Learned vectors [longest, D] to be added to the embeddings, if this way has any."""
        ...

    def turn(self, x_BTHK: jax.Array, position_T: jax.Array) -> jax.Array:
        """Queries or keys as they enter attention."""
        ...


@dataclasses.dataclass(frozen=True)
class Rotary:
    """Pairs (k, k + K/2) of queries and keys turn by position * far^(-2k/K).  arXiv 2104.09864"""

    type: ClassVar[str] = "rotary"
    version: ClassVar[int] = 1
    far: float = 10_000.0  # longest wavelength / 2 pi, in positions

    def table(self, width: int, initial: Initial, rngs: nnx.Rngs) -> None:
        return None

    def turn(self, x_BTHK: jax.Array, position_T: jax.Array) -> jax.Array:
        import jax.numpy as jnp

        bf16 = x_BTHK.shape[-1] // 2
        speed_k = self.far ** (-jnp.arange(bf16, dtype=jnp.float32) / bf16)
        angle_Tk = position_T.astype(jnp.float32)[:, None] * speed_k[None]
        cos, sin = jnp.cos(angle_Tk)[None, :, None], jnp.sin(angle_Tk)[None, :, None]
        cos, sin = cos.astype(x_BTHK.dtype), sin.astype(x_BTHK.dtype)
        low, high = x_BTHK[..., :bf16], x_BTHK[..., bf16:]
        return jnp.concatenate([low * cos - high * sin, low * sin + high * cos], axis=-1)


ROTARY = Rotary()


@dataclasses.dataclass(frozen=True)
class Absolute:
    """A learned vector per position, added to the embedding, as in GPT-2."""

    type: ClassVar[str] = "absolute"
    version: ClassVar[int] = 1
    longest: int = 128  # tokens; a longer sequence is an error

    def __post_init__(self) -> None:
        if type(self.longest) is not int or self.longest < 1:
            raise InvalidModel(
                f"positions.longest is {self.longest!r}; expected a whole number > 0"
            )

    def table(self, width: int, initial: Initial, rngs: nnx.Rngs) -> nnx.Param:
        from flax import nnx

        return nnx.Param(initial.embedding(rngs, (self.longest, width)))

    def turn(self, x_BTHK: jax.Array, position_T: jax.Array) -> jax.Array:
        return x_BTHK


@dataclasses.dataclass(frozen=True)
class Unordered:
    """None: the causal mask alone tells order ("NoPE", arXiv 2305.19466)."""

    type: ClassVar[str] = "unordered"
    version: ClassVar[int] = 1

    def table(self, width: int, initial: Initial, rngs: nnx.Rngs) -> None:
        return None

    def turn(self, x_BTHK: jax.Array, position_T: jax.Array) -> jax.Array:
        return x_BTHK


POSITIONS: dict[str, type] = {way.type: way for way in (Rotary, Absolute, Unordered)}
