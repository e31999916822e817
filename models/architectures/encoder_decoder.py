"""Encoder-decoder Transformer, as named in "Attention Is All You Need".  arXiv 1706.03762"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from ..layers.flops import attention, logits
from ..layers.initializers import SMALL, Initial
from ..layers.positions import ROTARY, Positions
from .validation import check

if TYPE_CHECKING:
    from flax import nnx

    from ..networks.encoder_decoder_network import EncoderDecoder


@dataclasses.dataclass(frozen=True)
class EncoderDecoderSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P queried positions, V vocabulary,
    S prompt length."""

    type: ClassVar[str] = "encoder-decoder"
    version: ClassVar[int] = 1
    width: int = 64  # D: the residual stream
    encoders: int = 1  # layers of the encoder
    decoders: int = 1  # layers of the decoder
    heads: int = 4
    ratio: int = 3  # F / D: hidden width of the MLP; 3 pays for cross-attention
    positions: Positions = ROTARY
    initial: Initial = SMALL

    def __post_init__(self) -> None:
        check(self)

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> EncoderDecoder:
        """A freshly initialised model of prompts of this length."""
        from ..networks.encoder_decoder_network import EncoderDecoder

        return EncoderDecoder(self, vocabulary, prompt, rngs)

    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float:
        """The encoder reads the prompt; the decoder what follows, or all where some position
        within the prompt is queried."""
        D, F, tokens = self.width, self.ratio * self.width, max(at) + 1
        read = prompt if tokens >= prompt else 0
        behind = tokens - prompt + 1 if min(at) >= prompt - 1 else tokens

        def block(queries: int) -> float:
            consult = 2 * 2 * D * D * (read + queries) + 2 * 2 * D * read * queries if read else 0
            return attention(D, queries, behind) + consult + 2 * 2 * D * F * queries

        encoder = self.encoders * (attention(D, read, read) + 2 * 2 * D * F * read)
        decoder = (self.decoders - 1) * block(behind) + block(len(at))
        return float(encoder + decoder + logits(D, vocabulary, at))
