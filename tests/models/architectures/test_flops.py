from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid.models.architectures.convolution import ConvolutionSpec
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.architectures.encoder_decoder import EncoderDecoderSpec
from zebroid.models.architectures.looped import LoopedSpec
from zebroid.models.architectures.mlp import MLPSpec
from zebroid.models.architectures.recurrent import GRUSpec, LSTMSpec
from zebroid.models.architectures.ssm import SSMSpec
from zebroid.models.layers import flops
from zebroid.models.networks import recurrent_network, ssm_network
from zebroid.models.training.compiled import mean_loss
from zebroid.models.training.optimizers import muon_flops, optimizer
from zebroid.models.training.plan import Plan

V, B = 100, 4  # fewer tokens in a batch than words: nothing is shared between examples
POSITIONS = {"direct": (3,), "chain": tuple(range(3, 13)), "within the prompt": (0, 1, 2, 3)}


def counted(program: jax.stages.Lowered | jax.stages.Compiled) -> float:
    analysis = program.cost_analysis()
    assert isinstance(analysis, dict)
    return analysis["flops"]


SPECS = [
    DecoderSpec(width=128),
    EncoderDecoderSpec(width=128, decoders=2),
    LoopedSpec(width=128, loops=3),
    LSTMSpec(width=128, layers=2),
    GRUSpec(width=128, layers=2),
    ConvolutionSpec(width=128, layers=3),
    SSMSpec(width=128, layers=2),
    MLPSpec(width=128),
]


def gradient(spec, at, B=B):
    """The program of one gradient of a batch, not compiled."""
    graph, state = nnx.split(nnx.eval_shape(lambda: spec.build(V, 4, nnx.Rngs(0))))
    row_BT = jax.ShapeDtypeStruct((B, max(at) + 2), jnp.int32)
    loss_BP = jax.ShapeDtypeStruct((B, len(at)), jnp.float32)

    def loss_and_grad(params, row_BT, loss_BP):
        return jax.grad(lambda p: mean_loss(nnx.merge(graph, p), at, row_BT, loss_BP))(params)

    return jax.jit(loss_and_grad).lower(nnx.to_pure_dict(state), row_BT, loss_BP)


@pytest.mark.parametrize("at", POSITIONS.values(), ids=list(POSITIONS))
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: type(spec).__name__)
def test_formula_is_within_a_tenth_of_what_xla_counts(spec, at, monkeypatch):
    monkeypatch.setattr(recurrent_network, "UNROLL", 16)  # XLA counts a loop's body once
    monkeypatch.setattr(ssm_network, "sequential", ssm_network.parallel)
    formula = flops.example(spec.flops(V, 4, at))
    assert formula == pytest.approx(counted(gradient(spec, at)) / B, rel=0.1)


def test_formula_is_within_a_tenth_of_what_xla_counts_after_compiling():
    """So nothing is computed that the formula takes for pruned."""
    formula = flops.example(SPECS[0].flops(V, 4, POSITIONS["chain"]))
    compiled = gradient(SPECS[0], POSITIONS["chain"]).compile()
    assert formula == pytest.approx(counted(compiled) / B, rel=0.1)


def test_what_a_batch_shares_is_computed_once_for_every_word():
    """The formula counts an example by itself, so that FLOPs do not depend on the batch."""
    spec, at = SPECS[0], POSITIONS["direct"]
    words, rows = 3 * 2 * 3 * 128**2 * V, 3 * 2 * 3 * 128**2 * 4 * 64
    many = counted(gradient(spec, at, 64))
    assert many == pytest.approx(64 * flops.example(spec.flops(V, 4, at)) - rows + words, rel=0.1)
    assert many < 0.9 * 64 / B * counted(gradient(spec, at))


def test_muon_formula_is_within_a_tenth_of_what_xla_counts():
    params = {"w": jax.ShapeDtypeStruct((3, 64, 128), jnp.float32)}
    rule = optimizer(Plan(optimizer="muon"), {"w": True})
    moments = jax.eval_shape(rule.init, params)
    compiled = jax.jit(rule.update).lower(params, moments, params).compile()
    assert muon_flops([(3, 64, 128)]) == pytest.approx(counted(compiled), rel=0.1)


def test_asking_at_one_position_is_cheaper_than_asking_everywhere():
    spec = DecoderSpec()
    assert spec.flops(V, 4, (31,)) < 0.7 * spec.flops(V, 4, tuple(range(32)))
    assert np.isclose(spec.flops(V, 4, (0,)), 2 * (2 * 12 * 64**2 + 64 * V) + 2 * 4 * 64)


def test_more_loops_cost_more_and_hold_no_more():
    once, often = LoopedSpec(loops=1), LoopedSpec(loops=4)
    assert often.flops(0, 4, (3,)) > 3 * once.flops(0, 4, (3,))
