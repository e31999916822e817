"""Models by name.  Presets of one size have equal parameters, within 5%, whatever the vocabulary.

The width is one for all of a size, and with it embeddings and logits (2 V D); beside them stand
25 k (xs), 98 k (s), 0.39 M (m), 3.1 M (l) and 101 M (xl) parameters: with a vocabulary of 1,000
0.09 M, 0.23 M, 0.65 M, 3.7 M and 103 M in all. The MLP's also depend on the prompt: 4 tokens.

Imports no JAX: specs are plain content, by which results are known (``identity.py``).
"""

from __future__ import annotations

from typing import Any

from ..layers.initializers import STARTS
from ..layers.positions import POSITIONS
from .convolution import ConvolutionSpec
from .decoder import DecoderSpec
from .encoder_decoder import EncoderDecoderSpec
from .looped import LoopedSpec
from .mlp import MLPSpec
from .recurrent import GRUSpec, LSTMSpec
from .ssm import SSMSpec

ARCHITECTURES = (
    DecoderSpec,
    EncoderDecoderSpec,
    LoopedSpec,
    LSTMSpec,
    GRUSpec,
    ConvolutionSpec,
    SSMSpec,
    MLPSpec,
)
# type -> class, of the built-in specs and their parts
TYPES: dict[str, type[Any]] = {spec.type: spec for spec in ARCHITECTURES} | POSITIONS | STARTS

MODELS = {
    "decoder-xs": DecoderSpec(width=32, layers=2, heads=2),
    "decoder-s": DecoderSpec(width=64, layers=2, heads=4),
    "decoder-m": DecoderSpec(width=128, layers=2, heads=4),
    "decoder-l": DecoderSpec(width=256, layers=4, heads=8),
    "decoder-xl": DecoderSpec(width=1024, layers=8, heads=16),
    "encoder-decoder-xs": EncoderDecoderSpec(width=32, encoders=1, decoders=1, heads=2),
    "encoder-decoder-s": EncoderDecoderSpec(width=64, encoders=1, decoders=1, heads=4),
    "encoder-decoder-m": EncoderDecoderSpec(width=128, encoders=1, decoders=1, heads=4),
    "encoder-decoder-l": EncoderDecoderSpec(width=256, encoders=2, decoders=2, heads=8),
    "encoder-decoder-xl": EncoderDecoderSpec(width=1024, encoders=4, decoders=4, heads=16),
    "looped-xs": LoopedSpec(width=32, layers=1, loops=4, heads=2, ratio=10),
    "looped-s": LoopedSpec(width=64, layers=1, loops=4, heads=4, ratio=10),
    # the same weights, queried with fewer or more loops than they were trained with
    "looped-s-asked-2": LoopedSpec(width=64, layers=1, loops=4, query_loops=2, heads=4, ratio=10),
    "looped-s-asked-8": LoopedSpec(width=64, layers=1, loops=4, query_loops=8, heads=4, ratio=10),
    "looped-m": LoopedSpec(width=128, layers=1, loops=4, heads=4, ratio=10),
    "looped-l": LoopedSpec(width=256, layers=2, loops=4, heads=8, ratio=10),
    "looped-xl": LoopedSpec(width=1024, layers=4, loops=4, heads=16, ratio=10),
    "lstm-xs": LSTMSpec(width=32, layers=3),
    "lstm-s": LSTMSpec(width=64, layers=3),
    "lstm-m": LSTMSpec(width=128, layers=3),
    "lstm-l": LSTMSpec(width=256, layers=6),
    "lstm-xl": LSTMSpec(width=1024, layers=12),
    "gru-xs": GRUSpec(width=32, layers=4),
    "gru-s": GRUSpec(width=64, layers=4),
    "gru-m": GRUSpec(width=128, layers=4),
    "gru-l": GRUSpec(width=256, layers=8),
    "gru-xl": GRUSpec(width=1024, layers=16),
    "convolution-xs": ConvolutionSpec(width=32, layers=5),
    "convolution-s": ConvolutionSpec(width=64, layers=5),
    "convolution-m": ConvolutionSpec(width=128, layers=5),
    "convolution-l": ConvolutionSpec(width=256, layers=10),
    "convolution-xl": ConvolutionSpec(width=1024, layers=19),
    "ssm-xs": SSMSpec(width=32, layers=3, state=8),
    "ssm-s": SSMSpec(width=64, layers=3, state=16),
    "ssm-m": SSMSpec(width=128, layers=3, state=32),
    "ssm-l": SSMSpec(width=256, layers=7, state=16),
    "ssm-xl": SSMSpec(width=1024, layers=15, state=16),
    "mlp-xs": MLPSpec(width=32, layers=2, hidden=160),
    "mlp-s": MLPSpec(width=64, layers=2, hidden=320),
    "mlp-m": MLPSpec(width=128, layers=2, hidden=640),
    "mlp-l": MLPSpec(width=256, layers=4, hidden=1408),
    "mlp-xl": MLPSpec(width=1024, layers=8, hidden=5888),
    # One block run eight or four times, queried with as many loops or others; and, alike in all
    # else, two layers of as many parameters and eight layers of as many FLOPs, each run once.
    "loops-8": LoopedSpec(width=64, layers=1, loops=8, heads=4, ratio=10, tied=True),
    "loops-8-asked-2": LoopedSpec(
        width=64, layers=1, loops=8, query_loops=2, heads=4, ratio=10, tied=True
    ),
    "loops-8-asked-4": LoopedSpec(
        width=64, layers=1, loops=8, query_loops=4, heads=4, ratio=10, tied=True
    ),
    "loops-8-asked-12": LoopedSpec(
        width=64, layers=1, loops=8, query_loops=12, heads=4, ratio=10, tied=True
    ),
    "loops-8-asked-16": LoopedSpec(
        width=64, layers=1, loops=8, query_loops=16, heads=4, ratio=10, tied=True
    ),
    "loops-4": LoopedSpec(width=64, layers=1, loops=4, heads=4, ratio=10, tied=True),
    "loops-4-asked-2": LoopedSpec(
        width=64, layers=1, loops=4, query_loops=2, heads=4, ratio=10, tied=True
    ),
    "loops-4-asked-8": LoopedSpec(
        width=64, layers=1, loops=4, query_loops=8, heads=4, ratio=10, tied=True
    ),
    "unlooped-2": LoopedSpec(width=64, layers=2, loops=1, heads=4, ratio=4, tied=True),
    "unlooped-8": LoopedSpec(width=64, layers=8, loops=1, heads=4, ratio=10, tied=True),
}
