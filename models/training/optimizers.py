"""Plan -> Optax transformation.

Of a plan the optimizer, the schedule and the batch decide what is compiled. Its other numbers are
``Rates``, which a compiled program takes as arguments: one program serves them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from ..layers.transformer import Matrix
from .plan import Plan

# Iterations of Muon, three products each. With three of Optax's five it learns two hops as fast,
# and a step of batch 128 at width 64 takes a quarter less.
NEWTON_SCHULZ = 3
MATRIX = optax.contrib.MuonDimensionNumbers(reduction_axis=-2, output_axis=-1)


def matrices(state: nnx.State) -> Any:
    """Which leaves of a parameter state are hidden matrices: a tree of bools."""
    is_variable = lambda leaf: isinstance(leaf, nnx.Variable)  # noqa: E731
    return jax.tree.map(lambda leaf: isinstance(leaf, Matrix), state, is_leaf=is_variable)


def muon_flops(shapes: Iterable[tuple[int, ...]]) -> float:
    """FLOPs of one Muon update of matrices [..., in, out], per step whatever the batch."""
    total = 0.0
    for *many, rows, columns in shapes:
        small, large = min(rows, columns), max(rows, columns)
        each = 2 * small * small * large + 2 * small**3 + 2 * small * small * large
        for count in many:
            each *= count
        total += NEWTON_SCHULZ * each
    return total


class Rates(NamedTuple):
    """The numbers of a plan on which no shape depends, as float32 scalars."""

    learning_rate: Any
    weight_decay: Any
    warmup: Any
    steps: Any

    @classmethod
    def of(cls, plan: Plan) -> Rates:
        found = plan.learning_rate, plan.weight_decay, plan.warmup, plan.checkpoints[-1]
        return cls(*map(np.float32, found))


def schedule(plan: Plan, rates: Rates | None = None) -> optax.Schedule:
    """Step -> learning rate: of the plan, or with other numbers in its place."""
    peak, _, warmup, steps = rates or Rates.of(plan)

    def rate(step: Any) -> jax.Array:
        step = jnp.asarray(step, jnp.float32)
        rising = jnp.minimum(warmup, steps)
        level = jnp.where(step < rising, step / jnp.maximum(rising, 1), 1.0)
        if plan.schedule == "cosine":
            done = jnp.clip((step - rising) / jnp.maximum(steps - rising, 1), 0.0, 1.0)
            level *= 0.1 + 0.45 * (1 + jnp.cos(jnp.pi * done))
        return peak * level

    return rate


def optimizer(plan: Plan, hidden: Any, rates: Rates | None = None) -> optax.GradientTransformation:
    """The plan's update rule, or that with other numbers in its place.

    ``hidden`` marks the leaves that are hidden matrices.
    """
    rule = _rule(plan, hidden, rates or Rates.of(plan))

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
        with jax.numpy_dtype_promotion("standard"):  # Optax (0.2.8) raises float ** int
            return rule.update(updates, state, params)

    return optax.GradientTransformation(rule.init, update)


def _rule(plan: Plan, hidden: Any, rates: Rates) -> optax.GradientTransformation:
    rate, decay = schedule(plan, rates), rates.weight_decay
    if plan.optimizer == "muon":
        return optax.contrib.muon(
            rate,
            weight_decay=decay,
            ns_steps=NEWTON_SCHULZ,
            muon_weight_dimension_numbers=jax.tree.map(lambda yes: MATRIX if yes else None, hidden),
        )
    if plan.optimizer == "sgd":
        shrink = optax.add_decayed_weights(decay, mask=hidden)
        return optax.chain(optax.trace(0.9), shrink, optax.scale_by_learning_rate(rate))
    return optax.adamw(rate, b2=0.98, weight_decay=decay, mask=hidden)
