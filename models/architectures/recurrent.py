"""Recurrent networks: LSTM (Hochreiter & Schmidhuber 1997) and GRU (arXiv 1406.1078)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from ..layers.flops import logits
from ..layers.initializers import SMALL, Initial
from .validation import check

if TYPE_CHECKING:
    from flax import nnx

    from ..networks.recurrent_network import Recurrent


@dataclasses.dataclass(frozen=True)
class LSTMSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P queried positions, V vocabulary."""

    type: ClassVar[str] = "lstm"
    version: ClassVar[int] = 1
    width: int = 64  # D: the residual stream, and the state of every layer
    layers: int = 3
    forget: float = 1.0  # bias of the forget gates at first: to remember (Jozefowicz 2015)
    initial: Initial = SMALL

    def __post_init__(self) -> None:
        check(self)

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> Recurrent:
        """A freshly initialised model; ``prompt`` is for architectures that encode it apart."""
        from ..networks.recurrent_network import Recurrent, lstm_cell

        return Recurrent(self, lambda rngs: lstm_cell(self, rngs), vocabulary, rngs)

    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float:
        """Multiplications and additions of one forward pass over one example."""
        return _flops(self, 4, vocabulary, at)


@dataclasses.dataclass(frozen=True)
class GRUSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P queried positions, V vocabulary."""

    type: ClassVar[str] = "gru"
    version: ClassVar[int] = 1
    width: int = 64  # D: the residual stream, and the state of every layer
    layers: int = 4
    initial: Initial = SMALL

    def __post_init__(self) -> None:
        check(self)

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> Recurrent:
        """A freshly initialised model; ``prompt`` is for architectures that encode it apart."""
        from ..networks.recurrent_network import Recurrent, gru_cell

        return Recurrent(self, lambda rngs: gru_cell(self, rngs), vocabulary, rngs)

    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float:
        """Multiplications and additions of one forward pass over one example."""
        return _flops(self, 3, vocabulary, at)


def _flops(spec: LSTMSpec | GRUSpec, gates: int, vocabulary: int, at: Sequence[int]) -> float:
    """Every layer passes every token: ``gates`` products of the input, as many of the state."""
    D, tokens = spec.width, max(at) + 1
    return float(spec.layers * 2 * 2 * gates * D * D * tokens + logits(D, vocabulary, at))
