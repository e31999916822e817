from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid.models import flops
from zebroid.models.decoder import DecoderSpec
from zebroid.models.optimizers import optimizer
from zebroid.models.program import nats
from zebroid.models.run import Plan

V, B = 100, 64
CASES = [(4, (3,)), (13, tuple(range(3, 13)))]


def counted(compiled: jax.stages.Compiled) -> float:
    analysis = compiled.cost_analysis()
    assert isinstance(analysis, dict)
    return analysis["flops"]


@pytest.mark.parametrize("tokens, at", CASES, ids=["direct", "chain"])
def test_formula_is_within_a_tenth_of_what_xla_counts(tokens, at):
    spec = DecoderSpec(width=128, layers=2, heads=4)
    graph, state = nnx.split(nnx.eval_shape(lambda: spec.build(V, 4, nnx.Rngs(0))))
    row_BT = jax.ShapeDtypeStruct((B, tokens + 1), jnp.int32)
    loss_BP = jax.ShapeDtypeStruct((B, len(at)), jnp.float32)

    def gradient(params, row_BT, loss_BP):
        return jax.grad(lambda p: nats(nnx.merge(graph, p), at, row_BT, loss_BP))(params)

    compiled = jax.jit(gradient).lower(nnx.to_pure_dict(state), row_BT, loss_BP).compile()
    formula = flops.example(spec.flops(V, tokens, len(at)))
    assert formula == pytest.approx(counted(compiled) / B, rel=0.1)


def test_muon_formula_is_within_a_tenth_of_what_xla_counts():
    params = {"w": jax.ShapeDtypeStruct((3, 64, 128), jnp.float32)}
    rule = optimizer(Plan(optimizer="muon"), {"w": True})
    moments = jax.eval_shape(rule.init, params)
    compiled = jax.jit(rule.update).lower(params, moments, params).compile()
    assert flops.muon([(3, 64, 128)]) == pytest.approx(counted(compiled), rel=0.1)


def test_asking_at_one_position_is_cheaper_than_asking_everywhere():
    spec = DecoderSpec()
    assert spec.flops(V, 32, 1) < 0.7 * spec.flops(V, 32, 32)
    assert np.isclose(spec.flops(V, 1, 1), 2 * (2 * 12 * 64**2 + 64 * V) + 2 * 4 * 64)
