"""Decoder-only Transformer: pre-norm, rotary positions, GELU.  arXiv 1706.03762, 2104.09864"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from ..layers import flops
from ..layers.initializers import SMALL, Initial
from ..layers.positions import ROTARY, Positions
from .validation import check

if TYPE_CHECKING:
    from flax import nnx

    from ..networks.decoder_network import Decoder


@dataclasses.dataclass(frozen=True)
class DecoderSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P queried positions, V vocabulary."""

    type: ClassVar[str] = "decoder"
    version: ClassVar[int] = 1
    width: int = 64  # D: the residual stream
    layers: int = 2  # L: two-hop needs two, one per hop
    heads: int = 4  # H: each D / H wide, an even number for rotary pairs
    ratio: int = 4  # F / D: hidden width of the MLP
    positions: Positions = ROTARY
    initial: Initial = SMALL

    def __post_init__(self) -> None:
        check(self)

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> Decoder:
        """A freshly initialised model; ``prompt`` is for architectures that encode it apart."""
        from ..networks.decoder_network import Decoder

        return Decoder(self, vocabulary, rngs)

    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float:
        """Multiplications and additions of one forward pass over one example."""
        return flops.layers(self.layers, self.width, self.ratio, vocabulary, at)
