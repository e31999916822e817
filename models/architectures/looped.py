"""Looped Transformer: the same blocks several times over.  arXiv 1807.03819, 2502.17416, 2604.07822

What is learned of one hop serves every hop; and the number of loops is a choice at test time too,
more than in training included. Where each step of training draws it anew (``spread``), the blocks
learn to answer after any number of loops. arXiv 2502.05171 draws from a Poisson distribution of
log-normal rate; ours is uniform: of the same mean, and with an end, so that loops beyond those of
any step are known as such.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, ClassVar

from ...errors import InvalidModel
from ..layers import flops
from ..layers.initializers import SMALL, Initial
from ..layers.positions import ROTARY, Positions
from .validation import check

if TYPE_CHECKING:
    from flax import nnx

    from ..networks.looped_network import Looped


@dataclasses.dataclass(frozen=True)
class LoopedSpec:
    """Sizes, and the legend of shapes: B batch, T tokens, P queried positions, V vocabulary."""

    type: ClassVar[str] = "looped"
    version: ClassVar[int] = 1
    width: int = 64  # D: the residual stream
    layers: int = 1  # blocks of own weights, run in turn
    loops: int = 4  # times that they are run in training
    # times that they are run when the trained model is queried; None: as trained
    query_loops: int | None = dataclasses.field(
        default=None, metadata={"query_only": "loops", "neutral": None}
    )
    # each training step draws how often they are run: uniformly from loops - spread to
    # loops + spread, so on average ``loops`` times. None: always ``loops`` times
    spread: int | None = dataclasses.field(default=None, metadata={"neutral": None})
    heads: int = 4
    ratio: int = 4  # F / D: hidden width of the MLP
    tied: bool = False  # whether one matrix both embeds tokens and reads logits off
    positions: Positions = ROTARY
    initial: Initial = SMALL

    def __post_init__(self) -> None:
        check(self)
        if self.spread is not None and self.spread >= self.loops:
            raise InvalidModel(
                f"spec.spread is {self.spread}; expected less than loops, {self.loops}: the fewest "
                "loops of a step are loops - spread"
            )
        if self.query_loops == self.loops:  # one identity for what is one model
            object.__setattr__(self, "query_loops", None)

    @property
    def answering(self) -> LoopedSpec:
        """The model of the same weights that answers questions."""
        return self._run(self.query_loops or self.loops)

    @property
    def draws(self) -> tuple[LoopedSpec, ...]:
        """The models of the same weights of which each training step draws one; none: itself."""
        reach = range(self.loops - (self.spread or 0), self.loops + (self.spread or 0) + 1)
        return tuple(map(self._run, reach)) if self.spread else ()

    def _run(self, loops: int) -> LoopedSpec:
        return dataclasses.replace(self, loops=loops, query_loops=None, spread=None)

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> Looped:
        """A freshly initialised model; its weights don't depend on the number of loops."""
        from ..networks.looped_network import Looped

        return Looped(self, vocabulary, rngs)

    def flops(self, vocabulary: int, prompt: int, at: tuple[int, ...]) -> float:
        """Those of a decoder of layers * loops layers; on average over the draws, too."""
        return flops.layers(self.layers * self.loops, self.width, self.ratio, vocabulary, at)
