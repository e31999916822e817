"""Causal dilated convolution: gated residual blocks, as in WaveNet.  arXiv 1609.03499

A layer looks at ``taps`` tokens, ``dilation`` apart; dilations double from layer to layer and
begin anew after ``period`` layers.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from ...errors import InvalidModel
from ..layers.flops import logits
from ..layers.initializers import SMALL, Initial
from .validation import check

if TYPE_CHECKING:
    from flax import nnx

    from ..networks.convolution_network import Convolution


PERIOD = 30  # a dilation of 2^30 tokens is beyond any row


@dataclasses.dataclass(frozen=True)
class ConvolutionSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P queried positions, V vocabulary."""

    type: ClassVar[str] = "convolution"
    version: ClassVar[int] = 1
    width: int = 64  # D: the residual stream
    layers: int = 5
    taps: int = 2  # tokens that a layer looks at
    period: int = 5  # dilations 1, 2, 4, …, 2^(period - 1), then 1 again
    initial: Initial = SMALL

    def __post_init__(self) -> None:
        check(self)
        if self.period > PERIOD:
            raise InvalidModel(
                f"spec.period is {self.period}; expected at most {PERIOD}: dilations double with "
                "every layer of it"
            )

    @property
    def dilations(self) -> tuple[int, ...]:
        """Of each layer."""
        return tuple(2 ** (layer % self.period) for layer in range(self.layers))

    @property
    def field(self) -> int:
        """Tokens that a prediction depends on, itself included."""
        return 1 + (self.taps - 1) * sum(self.dilations)

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> Convolution:
        """A freshly initialised model; ``prompt`` is for architectures that encode it apart."""
        from ..networks.convolution_network import Convolution

        return Convolution(self, vocabulary, rngs)

    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float:
        """The last layer at the queried positions alone."""
        D, tokens = self.width, max(at) + 1
        token = 2 * self.taps * D * 2 * D + 2 * D * D
        read = (self.layers - 1) * tokens + len(at)
        return float(token * read + logits(D, vocabulary, at))
