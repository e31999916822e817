"""Models by name, as the entry points ``zebroid.models`` give them.

Presets of one size have equal parameters, within 5%, whatever the vocabulary.

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

DECODER_XS = DecoderSpec(width=32, layers=2, heads=2)
DECODER_S = DecoderSpec(width=64, layers=2, heads=4)
DECODER_M = DecoderSpec(width=128, layers=2, heads=4)
DECODER_L = DecoderSpec(width=256, layers=4, heads=8)
DECODER_XL = DecoderSpec(width=1024, layers=8, heads=16)
ENCODER_DECODER_XS = EncoderDecoderSpec(width=32, encoders=1, decoders=1, heads=2)
ENCODER_DECODER_S = EncoderDecoderSpec(width=64, encoders=1, decoders=1, heads=4)
ENCODER_DECODER_M = EncoderDecoderSpec(width=128, encoders=1, decoders=1, heads=4)
ENCODER_DECODER_L = EncoderDecoderSpec(width=256, encoders=2, decoders=2, heads=8)
ENCODER_DECODER_XL = EncoderDecoderSpec(width=1024, encoders=4, decoders=4, heads=16)
LOOPED_XS = LoopedSpec(width=32, layers=1, loops=4, heads=2, ratio=10)
LOOPED_S = LoopedSpec(width=64, layers=1, loops=4, heads=4, ratio=10)
LOOPED_M = LoopedSpec(width=128, layers=1, loops=4, heads=4, ratio=10)
LOOPED_L = LoopedSpec(width=256, layers=2, loops=4, heads=8, ratio=10)
LOOPED_XL = LoopedSpec(width=1024, layers=4, loops=4, heads=16, ratio=10)
LSTM_XS = LSTMSpec(width=32, layers=3)
LSTM_S = LSTMSpec(width=64, layers=3)
LSTM_M = LSTMSpec(width=128, layers=3)
LSTM_L = LSTMSpec(width=256, layers=6)
LSTM_XL = LSTMSpec(width=1024, layers=12)
GRU_XS = GRUSpec(width=32, layers=4)
GRU_S = GRUSpec(width=64, layers=4)
GRU_M = GRUSpec(width=128, layers=4)
GRU_L = GRUSpec(width=256, layers=8)
GRU_XL = GRUSpec(width=1024, layers=16)
CONVOLUTION_XS = ConvolutionSpec(width=32, layers=5)
CONVOLUTION_S = ConvolutionSpec(width=64, layers=5)
CONVOLUTION_M = ConvolutionSpec(width=128, layers=5)
CONVOLUTION_L = ConvolutionSpec(width=256, layers=10)
CONVOLUTION_XL = ConvolutionSpec(width=1024, layers=19)
SSM_XS = SSMSpec(width=32, layers=3, state=8)
SSM_S = SSMSpec(width=64, layers=3, state=16)
SSM_M = SSMSpec(width=128, layers=3, state=32)
SSM_L = SSMSpec(width=256, layers=7, state=16)
SSM_XL = SSMSpec(width=1024, layers=15, state=16)
MLP_XS = MLPSpec(width=32, layers=2, hidden=160)
MLP_S = MLPSpec(width=64, layers=2, hidden=320)
MLP_M = MLPSpec(width=128, layers=2, hidden=640)
MLP_L = MLPSpec(width=256, layers=4, hidden=1408)
MLP_XL = MLPSpec(width=1024, layers=8, hidden=5888)

# One block run eight or four times; and, alike in all else, two layers of as many parameters
# and eight layers of as many FLOPs, each run once.
LOOPS_8 = LoopedSpec(width=64, layers=1, loops=8, heads=4, ratio=10, tied=True)
LOOPS_4 = LoopedSpec(width=64, layers=1, loops=4, heads=4, ratio=10, tied=True)
UNLOOPED_2 = LoopedSpec(width=64, layers=2, loops=1, heads=4, ratio=4, tied=True)
UNLOOPED_8 = LoopedSpec(width=64, layers=8, loops=1, heads=4, ratio=10, tied=True)
