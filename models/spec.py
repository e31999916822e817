"""The contract of an architecture, whole: what a plugin must bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from flax import nnx


class Spec(Protocol):
    """What train needs of an architecture: a frozen dataclass with these two methods."""

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> nnx.Module: ...
    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float: ...
