"""What one training takes of memory at the least, from its record: nothing is built, JAX unused.

Counted are the numbers that must be there at once whatever a compiler does: parameters with their
gradient and moments, what a batch keeps for the gradient, its rows, and the answers that are kept.
A real training takes more: buffers of products, logits, the program itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ...models import spec_records
from ..config.run_config import Cell

NUMBER = 4  # bytes of one
MOMENTS = {"adamw": 2, "muon": 1, "sgd": 1}  # of a parameter
TOKENS = 2  # of a row, at the least: a query and its answer
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


def need(cell: Cell) -> Need:
    """The least that the training of a cell takes. Raises UserError where its model is gone."""
    plan, spec = cell.recipe, cell.load_spec()
    count = parameters(spec)
    points = plan.evaluations if isinstance(plan.evaluations, int) else len(plan.evaluations)
    kept = _whole(spec, "width") * _depth(spec) * _values(spec) * TOKENS
    return Need(
        count,
        {
            "parameters": float(NUMBER * count * (2 + MOMENTS[plan.optimizer])),
            "activations": float(NUMBER * (plan.microbatch or plan.batch) * kept),
            "rows": float(NUMBER * plan.batch * (TOKENS + 1)),
            "answers": 2.0 * NUMBER * points * cell.questions,
        },
    )


def parameters(spec: Any) -> int:
    """Parameters of a built-in model but for its embeddings, to a third: each is used once where
    one token is read. 0 of a stranger's, whose weights may be shared."""
    if not _own(spec):
        return 0
    once = {"loops": 1, "query_loops": None}
    bare = {name: value for name, value in once.items() if hasattr(spec, name)}
    return int(dataclasses.replace(spec, **bare).flops(1, 1, (0,)) / 2)


def step_flops(cell: Cell) -> float:
    """FLOPs of one step at the least: of rows of one token, forward and backward."""
    return 3.0 * cell.recipe.batch * cell.load_spec().flops(1, 1, (0,))


def _own(spec: Any) -> bool:
    return type(spec) in spec_records.presets().TYPES.values()


def _values(spec: Any) -> int:
    """Numbers that a block keeps for the gradient, of a token and a channel: queries, keys, values
    and what they make, and the MLP before and after its bend; of others at least three. 0 of a
    stranger's, whose fields may mean anything.

    Measured with decoder-s in direct mode, rows of four tokens: 2.6 times as much in all.
    """
    if not _own(spec):
        return 0
    return 6 + 2 * ratio if (ratio := _whole(spec, "ratio")) else 3


def _depth(spec: Any) -> int:
    layers = _whole(spec, "layers") + _whole(spec, "encoders") + _whole(spec, "decoders")
    return layers * max(1, _whole(spec, "loops"))


def _whole(spec: Any, name: str) -> int:
    value = getattr(spec, name, 0)
    return value if type(value) is int and value > 0 else 0
