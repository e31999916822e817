"""What one training takes of memory, from its record and the shape of its rows: no JAX is used.

Counted are parameters with their gradient and moments, what a batch keeps for the gradient, its
rows, and the answers that are kept. Held against what XLA says of the compiled programs on a CPU
(all architectures but the largest, direct and chain, batches of 4,096 to 65,536) it is between
0.77 and 1.5 times as much; a stranger's model counts for its rows alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ...models import spec_records
from ..config.run_config import Cell
from .row_shape import LEAST, RowShape

NUMBER = 4  # bytes of one
MOMENTS = {"adamw": 2, "muon": 1, "sgd": 1}  # of a parameter
CURES = {
    "parameters": "give a smaller model",
    "activations": "give plan.microbatch, or a smaller plan.batch or model",
    "rows": "give a smaller plan.batch",
    "answers": "give fewer plan.evaluations or questions",
}


@dataclasses.dataclass(frozen=True)
class Need:
    """Bytes of a training, by what they are for."""

    parameters: int  # how many
    parts: Mapping[str, float]  # key of CURES -> bytes

    @property
    def bytes(self) -> float:
        return sum(self.parts.values())

    @property
    def cure(self) -> str:
        return CURES[max(self.parts, key=lambda part: self.parts[part])]


def need(cell: Cell, shape: RowShape = LEAST) -> Need:
    """What the training of a cell on rows of a shape takes; by default the least that any rows do.
    Raises UserError where its model is gone."""
    plan, spec = cell.recipe, cell.load_spec()
    count = parameters(spec)
    points = plan.evaluations if isinstance(plan.evaluations, int) else len(plan.evaluations)
    rows = plan.microbatch or plan.batch
    return Need(
        count,
        {
            "parameters": float(NUMBER * count * (2 + MOMENTS[plan.optimizer])),
            "activations": float(NUMBER * rows * _kept(spec, shape)),
            "rows": float(NUMBER * plan.batch * (shape.tokens + shape.bearing)),
            "answers": 2.0 * NUMBER * points * cell.questions,
        },
    )


def parameters(spec: Any) -> int:
    """Parameters of a built-in model but for its embeddings, to a third: each is used once where
    one token is read. 0 of a stranger's, whose weights may be shared."""
    if not _own(spec):
        return 0
    once = {"loops": 1, "query_loops": None, "spread": None}
    bare = {name: value for name, value in once.items() if hasattr(spec, name)}
    return int(dataclasses.replace(spec, **bare).flops(1, 1, (0,)) / 2)


def step_flops(cell: Cell) -> float:
    """FLOPs of one step at the least: of rows of one token, forward and backward."""
    return 3.0 * cell.recipe.batch * cell.load_spec().flops(1, 1, (0,))


def _own(spec: Any) -> bool:
    return type(spec) in spec_records.presets().TYPES.values()


def _kept(spec: Any, shape: RowShape) -> int:
    """Numbers that are kept of a row for the gradient. 0 of a stranger's model, whose fields may
    mean anything."""
    if not _own(spec):
        return 0
    T, P, width, depth = shape.tokens, shape.bearing, _whole(spec, "width"), _depth(spec)
    logits = 3 * P * shape.words
    if hidden := _whole(spec, "hidden"):  # an MLP reads its window anew for each word
        return P * (4 * depth * hidden + T * width) + logits
    scores = 2 * depth * _whole(spec, "heads") * T * T
    return depth * T * width * _values(spec) + scores + logits


def _values(spec: Any) -> int:
    """Numbers that a layer keeps of a token and a channel, as measured."""
    if ratio := _whole(spec, "ratio"):  # queries, keys, values, norms; the MLP around its bend
        return 8 + 2 * ratio
    if state := _whole(spec, "state"):
        return 8 + 2 * _whole(spec, "expand") * state
    return 8


def _depth(spec: Any) -> int:
    layers = _whole(spec, "layers") + _whole(spec, "encoders") + _whole(spec, "decoders")
    return layers * max(1, _whole(spec, "loops") + _whole(spec, "spread"))


def _whole(spec: Any, name: str) -> int:
    value = getattr(spec, name, 0)
    return value if type(value) is int and value > 0 else 0
