"""Selective state-space model: a diagonal linear recurrence.  arXiv 2312.00752"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from ..layers.flops import logits
from ..layers.initializers import SMALL, Initial
from .validation import check

if TYPE_CHECKING:
    from flax import nnx

    from ..networks.ssm_network import SSM


@dataclasses.dataclass(frozen=True)
class SSMSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P queried positions, V vocabulary."""

    type: ClassVar[str] = "ssm"
    version: ClassVar[int] = 1
    width: int = 64  # D: the residual stream
    layers: int = 3
    state: int = 16  # N: numbers remembered per channel
    expand: int = 2  # E / D: channels
    taps: int = 4  # tokens of the short convolution
    initial: Initial = SMALL

    def __post_init__(self) -> None:
        check(self)

    @property
    def channels(self) -> int:
        """E."""
        return self.expand * self.width

    @property
    def rank(self) -> int:
        """R: of the map from a token to its step sizes."""
        return -(-self.width // 16)

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> SSM:
        """A freshly initialised model; ``prompt`` is for architectures that encode it apart."""
        from ..networks.ssm_network import SSM

        return SSM(self, vocabulary, rngs)

    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float:
        """The last layer reads its state, gates and writes at the queried positions alone."""
        D, E, N, R = self.width, self.channels, self.state, self.rank
        tokens = max(at) + 1
        # into the state: decay and input (5), and two rounds' worth of a * c, c * b + d (6)
        state = (5 + 6) * E * N
        token = 2 * D * E + 2 * self.taps * E + 2 * E * (R + 2 * N) + 2 * R * E + state
        out = 2 * E * N + 2 * D * E + 2 * E * D
        read = (self.layers - 1) * tokens + len(at)
        return float(self.layers * token * tokens + out * read + logits(D, vocabulary, at))
