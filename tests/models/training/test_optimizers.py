from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from zebroid.models.training.optimizers import optimizer, schedule
from zebroid.models.training.plan import OPTIMIZERS, SCHEDULES, Plan

pytestmark = pytest.mark.smoke


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_only_hidden_matrices_decay(name):
    plan = Plan(optimizer=name, learning_rate=0.1, weight_decay=0.5, warmup=0)
    params = {"embed": jnp.ones((4, 8)), "matrix": jnp.ones((2, 8, 8)), "norm": jnp.ones(8)}
    rule = optimizer(plan, {"embed": False, "matrix": True, "norm": False})

    @jax.jit
    def change(params):
        still = jax.tree.map(jnp.zeros_like, params)
        return rule.update(still, rule.init(params), params)[0]

    moved = change(params)
    np.testing.assert_array_equal(moved["embed"], 0.0)
    np.testing.assert_array_equal(moved["norm"], 0.0)
    np.testing.assert_allclose(moved["matrix"], -0.1 * 0.5, rtol=1e-5)


def test_muon_moves_every_matrix_of_a_leaf_alike_in_all_directions():
    """Orthogonalised: a gradient of rank one and a tiny one move as far as a large one."""
    plan = Plan(optimizer="muon", learning_rate=1.0, weight_decay=0.0, warmup=0)
    gradient = jnp.stack([jnp.eye(8), 1e-3 * jnp.eye(8)])
    rule = optimizer(plan, {"matrix": True})
    moved, _ = jax.jit(lambda g: rule.update(g, rule.init(g), g))({"matrix": gradient})
    singular = np.linalg.svd(np.asarray(moved["matrix"]), compute_uv=False)
    assert np.all((singular > 0.5) & (singular < 1.5))


def rate(step: int, steps: int, name: str = "constant") -> float:
    plan = Plan(learning_rate=2.0, warmup=10, steps=steps, schedule=name)
    return np.asarray(schedule(plan)(step)).item()


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_warm_up_to_the_peak(name):
    rates = [rate(step, 100, name) for step in (0, 5, 10)]
    np.testing.assert_allclose(rates, [0.0, 1.0, 2.0], rtol=1e-6)


def test_only_cosine_decays_to_a_tenth():
    assert rate(100, 100) == pytest.approx(2.0)
    assert rate(100, 100, "cosine") == pytest.approx(0.2)


def test_a_warmup_longer_than_the_training_is_cut():
    assert rate(5, 5) == pytest.approx(2.0)
