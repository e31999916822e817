"""Multi-layer perceptron on one-hot prompts (Bengio et al. 2003, JMLR 3:1137)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from ..layers.flops import logits
from ..layers.initializers import SMALL, Initial
from .validation import check

if TYPE_CHECKING:
    from flax import nnx

    from ..networks.mlp_network import Perceptron


@dataclasses.dataclass(frozen=True)
class MLPSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P queried positions, V vocabulary,
    W tokens in the window: the length of the prompt."""

    type: ClassVar[str] = "mlp"
    version: ClassVar[int] = 1
    width: int = 64  # D: embeddings, and the residual stream
    layers: int = 2  # residual layers on top of the first map [W * D, D]
    hidden: int = 160  # F: their hidden width
    initial: Initial = SMALL

    def __post_init__(self) -> None:
        check(self)

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> Perceptron:
        """A freshly initialised model of prompts of this length."""
        from ..networks.mlp_network import Perceptron

        return Perceptron(self, vocabulary, prompt, rngs)

    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float:
        """Of the queried positions alone."""
        D = self.width
        token = 2 * prompt * D * D + self.layers * 2 * 2 * D * self.hidden
        return float(token * len(at) + logits(D, vocabulary, at))
