from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid.models.decoder import DecoderSpec
from zebroid.registry import UserError

SPEC = DecoderSpec(width=16, layers=2, heads=2)
V, B, T = 11, 3, 6


@pytest.fixture(scope="module")
def plain() -> nnx.Module:
    return nnx.jit(lambda: SPEC.build(V, T, nnx.Rngs(0)))()


@pytest.fixture(scope="module")
def model(plain):
    """Compiled: eager JAX compiles every operation apart, which takes these tests 40 s."""
    graph, state = nnx.split(plain)
    return jax.jit(lambda tokens_BT, at_P: nnx.merge(graph, state)(tokens_BT, at_P))


@pytest.fixture(scope="module")
def tokens_BT() -> jax.Array:
    return jax.random.randint(jax.random.key(1), (B, T), 0, V)


def test_every_prediction_sees_every_earlier_token(model, tokens_BT):
    last = jnp.array([T - 1])
    before = model(tokens_BT, last)
    for t in range(T):
        after = model(tokens_BT.at[:, t].set((tokens_BT[:, t] + 1) % V), last)
        assert float(jnp.abs(before - after).max()) > 1e-4


def test_asking_at_few_positions_gives_the_logits_of_asking_everywhere(model, tokens_BT):
    everywhere = model(tokens_BT, jnp.arange(T))
    for at in ([T - 1], [2, 4], [5, 0, 3]):
        np.testing.assert_allclose(
            model(tokens_BT, np.array(at)), everywhere[:, np.array(at)], atol=1e-5
        )


def test_order_of_tokens_matters(model, tokens_BT):
    swapped = tokens_BT.at[:, 0].set(tokens_BT[:, 1]).at[:, 1].set(tokens_BT[:, 0])
    at = jnp.array([T - 1])
    assert float(jnp.abs(model(tokens_BT, at) - model(swapped, at)).max()) > 1e-4


def test_permuting_the_batch_permutes_the_outputs(model, tokens_BT):
    order = np.array([2, 0, 1])
    at = jnp.array([1, 5])
    np.testing.assert_allclose(
        model(tokens_BT[order], at), model(tokens_BT, at)[order], rtol=1e-5, atol=1e-5
    )


def test_compiled_equals_not_compiled(model, plain, tokens_BT):
    at = jnp.array([1, 5])
    np.testing.assert_allclose(model(tokens_BT, at), plain(tokens_BT, at), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wrong", [{"width": 30}, {"layers": 0}, {"heads": 2.0}, {"ratio": -1}])
def test_impossible_sizes_are_one_line_errors(wrong):
    with pytest.raises(UserError, match=f"spec.{next(iter(wrong))}") as error:
        DecoderSpec(**{"width": 16, "heads": 4, **wrong})
    assert "\n" not in str(error.value)
