"""What training costs, by formula; a multiplication and an addition count as two.

Matrix products only: norms, softmax, GELU and the optimizer's elementwise work are left out, as
usual (arXiv 2001.08361, appendix; 2203.15556, appendix F).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

NEWTON_SCHULZ = 5  # iterations of Muon, three products each


class _Sizes(Protocol):
    @property
    def width(self) -> int: ...
    @property
    def layers(self) -> int: ...
    @property
    def ratio(self) -> int: ...


def decoder(spec: _Sizes, vocabulary: int, tokens: int, asked: int) -> float:
    """Forward FLOPs of one example of ``tokens`` input tokens, predicting after ``asked`` of them.

    The last layer makes keys and values everywhere, all else at the asked positions alone.
    """
    D, F = spec.width, spec.ratio * spec.width

    def block(queries: int) -> float:
        keys_values = 2 * 2 * D * D * tokens
        query_out = 2 * 2 * D * D * queries
        mixing = 2 * 2 * D * tokens * queries
        return keys_values + query_out + mixing + 2 * 2 * D * F * queries

    logits = 2 * D * vocabulary * asked
    return float((spec.layers - 1) * block(tokens) + block(asked) + logits)


def example(forward: float) -> float:
    """Forward and backward: the gradient needs two products for each one of the forward pass."""
    return 3.0 * forward


def muon(shapes: Iterable[tuple[int, ...]]) -> float:
    """FLOPs of one Muon update of matrices [..., in, out], per step whatever the batch."""
    total = 0.0
    for *many, rows, columns in shapes:
        small, large = min(rows, columns), max(rows, columns)
        each = 2 * small * small * large + 2 * small**3 + 2 * small * small * large
        for count in many:
            each *= count
        total += NEWTON_SCHULZ * each
    return total
