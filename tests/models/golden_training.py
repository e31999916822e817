"""Golden trainings: a few dozen steps of everything that training is made of, and what came of it.

Each goes the whole way, from a world to predictions. On the CPU path on which they were stored,
predictions are compared by digest; on any other the last bits differ, and so bits are compared
within TOLERANCE, which is far below what a change of the method does.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import platform
import re
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from zebroid.benchmarks import canonical, provenance
from zebroid.models.convolution import ConvolutionSpec
from zebroid.models.decoder import DecoderSpec
from zebroid.models.encoder_decoder import EncoderDecoderSpec
from zebroid.models.looped import LoopedSpec
from zebroid.models.mlp import MLPSpec
from zebroid.models.recurrent import GRUSpec, LSTMSpec
from zebroid.models.run import Plan
from zebroid.models.ssm import SSMSpec
from zebroid.models.train import train
from zebroid.registry import make
from zebroid.worlds.state import state
from zebroid.worlds.tokens import encode, select

STORED = Path(__file__).with_name("golden_training.json")
QUESTIONS = 6  # of each rung
TOLERANCE = 0.02  # bits: the greatest difference that another CPU path may make

DECODER = DecoderSpec(width=16, layers=1, heads=2, ratio=2)
MLP = MLPSpec(width=16, layers=1, hidden=32)
MUON = Plan(
    "muon", learning_rate=1e-2, weight_decay=0.1, warmup=5, batch=64, steps=60, evaluations=2
)
ADAMW = dataclasses.replace(
    MUON, optimizer="adamw", learning_rate=2e-2, schedule="cosine", microbatch=32
)
SGD = dataclasses.replace(MUON, optimizer="sgd", learning_rate=0.2)


@dataclasses.dataclass(frozen=True)
class Golden:
    """One training."""

    spec: Any
    mode: str = "direct"
    plan: Plan = MUON


TRAININGS = {
    "decoder": Golden(DECODER),
    "decoder-chain": Golden(DECODER, "chain"),
    "decoder-post-hoc": Golden(DECODER, "post-hoc"),
    "decoder-filler": Golden(DECODER, "filler"),
    "encoder-decoder": Golden(
        EncoderDecoderSpec(width=16, encoders=1, decoders=1, heads=2, ratio=2)
    ),
    "looped": Golden(LoopedSpec(width=16, layers=1, loops=2, asked=3, heads=2, ratio=2, tied=True)),
    "lstm": Golden(LSTMSpec(width=16, layers=1, forget=1.0)),
    "gru": Golden(GRUSpec(width=16, layers=1)),
    "convolution": Golden(ConvolutionSpec(width=16, layers=2, taps=2, period=5)),
    "ssm": Golden(SSMSpec(width=16, layers=1, state=4, expand=2, taps=4)),
    "mlp": Golden(MLP),
    "mlp-adamw": Golden(MLP, plan=ADAMW),
    "mlp-sgd": Golden(MLP, plan=SGD),
}


@functools.cache
def corpus():
    return state(make("composition-v1"), "tiny")


def trained(name):
    """The Run of one golden training, from its world to its predictions."""
    golden = TRAININGS[name]
    tokens = encode(corpus(), golden.mode, select(corpus(), QUESTIONS, 0))
    return train(golden.spec, tokens, golden.plan, [(0, 0)])
