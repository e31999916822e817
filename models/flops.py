"""What training costs, by formula; a multiplication and an addition count as two.

Matrix products only: norms, softmax, gates and the optimizer's elementwise work are left out, as
usual (arXiv 2001.08361, appendix; 2203.15556, appendix F). A state-space model's recurrence is
elementwise and most of its work beside products: it is counted.

All are forward FLOPs of one example, read up to the last of the positions ``at`` after which
something is predicted, with the pruning that the models do: what only later layers or other
positions would need is not computed. What the examples of a batch share (the first layer's products
of single words) is counted for each: FLOPs do not depend on the batch. D, F, V, … are explained in
the specs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .convolution import ConvolutionSpec
    from .decoder import DecoderSpec
    from .encoder_decoder import EncoderDecoderSpec
    from .looped import LoopedSpec
    from .mlp import MLPSpec
    from .recurrent import GRUSpec, LSTMSpec
    from .ssm import SSMSpec

# Iterations of Muon, three products each. With three of Optax's five it learns two hops as fast,
# and a step of batch 128 at width 64 takes a quarter less.
NEWTON_SCHULZ = 3


def decoder(spec: DecoderSpec, vocabulary: int, at: Sequence[int]) -> float:
    """The last layer makes keys and values everywhere, all else at the asked positions alone."""
    return _layers(spec.layers, spec.width, spec.ratio, vocabulary, at)


def looped(spec: LoopedSpec, vocabulary: int, at: Sequence[int]) -> float:
    """As a decoder of layers * loops layers."""
    return _layers(spec.layers * spec.loops, spec.width, spec.ratio, vocabulary, at)


def encoder_decoder(
    spec: EncoderDecoderSpec, vocabulary: int, prompt: int, at: Sequence[int]
) -> float:
    """The encoder reads the prompt; the decoder what follows, or all where the prompt is asked."""
    D, F, tokens = spec.width, spec.ratio * spec.width, max(at) + 1
    read = prompt if tokens >= prompt else 0
    behind = tokens - prompt + 1 if min(at) >= prompt - 1 else tokens

    def block(queries: int) -> float:
        consult = 2 * 2 * D * D * (read + queries) + 2 * 2 * D * read * queries if read else 0
        return _attention(D, queries, behind) + consult + 2 * 2 * D * F * queries

    encoder = spec.encoders * (_attention(D, read, read) + 2 * 2 * D * F * read)
    decoder = (spec.decoders - 1) * block(behind) + block(len(at))
    return float(encoder + decoder + _logits(D, vocabulary, at))


def recurrent(spec: LSTMSpec | GRUSpec, gates: int, vocabulary: int, at: Sequence[int]) -> float:
    """Every layer passes every token: ``gates`` products of the input, as many of the state."""
    D, tokens = spec.width, max(at) + 1
    return float(spec.layers * 2 * 2 * gates * D * D * tokens + _logits(D, vocabulary, at))


def convolution(spec: ConvolutionSpec, vocabulary: int, at: Sequence[int]) -> float:
    """The last layer at the asked positions alone."""
    D, tokens = spec.width, max(at) + 1
    token = 2 * spec.taps * D * 2 * D + 2 * D * D
    return float(token * ((spec.layers - 1) * tokens + len(at)) + _logits(D, vocabulary, at))


def ssm(spec: SSMSpec, vocabulary: int, at: Sequence[int]) -> float:
    """The last layer reads its state, gates and writes at the asked positions alone."""
    D, E, N, R = spec.width, spec.channels, spec.state, spec.rank
    tokens = max(at) + 1
    # into the state: decay and input (5), and two rounds' worth of a * c, c * b + d (6)
    state = (5 + 6) * E * N
    token = 2 * D * E + 2 * spec.taps * E + 2 * E * (R + 2 * N) + 2 * R * E + state
    out = 2 * E * N + 2 * D * E + 2 * E * D
    asked = (spec.layers - 1) * tokens + len(at)
    return float(spec.layers * token * tokens + out * asked + _logits(D, vocabulary, at))


def mlp(spec: MLPSpec, vocabulary: int, prompt: int, at: Sequence[int]) -> float:
    """Asked positions alone."""
    D = spec.width
    token = 2 * prompt * D * D + spec.layers * 2 * 2 * D * spec.hidden
    return float(token * len(at) + _logits(D, vocabulary, at))


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


def _layers(layers: int, D: int, ratio: int, vocabulary: int, at: Sequence[int]) -> float:
    tokens = max(at) + 1

    def block(queries: int) -> float:
        return _attention(D, queries, tokens) + 2 * 2 * D * ratio * D * queries

    return float((layers - 1) * block(tokens) + block(len(at)) + _logits(D, vocabulary, at))


def _attention(D: int, queries: int, tokens: int) -> float:
    """Keys and values of all tokens; queries, mixing and output of those that ask."""
    return 2 * 2 * D * D * (tokens + queries) + 2 * 2 * D * tokens * queries


def _logits(D: int, vocabulary: int, at: Sequence[int]) -> float:
    return 2 * D * vocabulary * len(at)
