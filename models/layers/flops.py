"""FLOPs that several architectures share; each formula stands in the spec of its architecture.

A multiplication and an addition count as two. Matrix products only: norms, softmax, gates and the
optimizer's elementwise work are left out, as usual (arXiv 2001.08361, appendix; 2203.15556,
appendix F). A state-space model's recurrence is elementwise and most of its work beside products:
it is counted.

All are forward FLOPs of one example, read up to the last of the positions ``at`` after which
something is predicted, with the pruning that the models do: what only later layers or other
positions would need is not computed. What the examples of a batch share (the first layer's products
of single words) is counted for each: FLOPs do not depend on the batch. A batch whose rows differ in
length is trained on in parts (``batches.parts``): a step is the sum over them, each row as wide as
its part. D is the width of the residual stream.
"""

from __future__ import annotations

from collections.abc import Sequence


def layers(count: int, D: int, ratio: int, vocabulary: int, at: Sequence[int]) -> float:
    """Blocks of attention and an MLP of width ``ratio * D``, and logits.

    The last block makes keys and values everywhere, all else at the queried positions alone.
    """
    tokens = max(at) + 1

    def block(queries: int) -> float:
        return attention(D, queries, tokens) + 2 * 2 * D * ratio * D * queries

    return float((count - 1) * block(tokens) + block(len(at)) + logits(D, vocabulary, at))


def attention(D: int, queries: int, tokens: int) -> float:
    """Keys and values of all tokens; queries, mixing and output of those that query."""
    return 2 * 2 * D * D * (tokens + queries) + 2 * 2 * D * tokens * queries


def logits(D: int, vocabulary: int, at: Sequence[int]) -> float:
    """At the queried positions."""
    return 2 * D * vocabulary * len(at)


def example(forward: float) -> float:
    """Forward and backward: the gradient needs two products for each one of the forward pass."""
    return 3.0 * forward
