"""The contract of an architecture, whole: what a plugin must bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from flax import nnx


class Spec(Protocol):
    """What train needs of an architecture: a frozen dataclass with these two methods."""

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> nnx.Module: ...
    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float: ...


def draws(spec: Spec) -> tuple[Spec, ...]:
    """The specs, of the same weights, of which each step of training draws the one that it trains,
    all as likely: what the attribute ``draws`` holds, where a spec has it; else itself alone."""
    return tuple(getattr(spec, "draws", ())) or (spec,)
