"""Plan -> Optax transformation."""

from __future__ import annotations

from typing import Any

import jax
import optax
from flax import nnx

from .layers import Matrix
from .run import Plan

MATRIX = optax.contrib.MuonDimensionNumbers(reduction_axis=-2, output_axis=-1)


def matrices(state: nnx.State) -> Any:
    """Which leaves of a parameter state are hidden matrices: a tree of bools."""
    is_variable = lambda leaf: isinstance(leaf, nnx.Variable)  # noqa: E731
    return jax.tree.map(lambda leaf: isinstance(leaf, Matrix), state, is_leaf=is_variable)


def schedule(plan: Plan) -> optax.Schedule:
    """Step -> learning rate."""
    peak, warmup = plan.learning_rate, min(plan.warmup, plan.steps)
    if plan.schedule == "cosine":
        after = optax.cosine_decay_schedule(peak, max(1, plan.steps - warmup), alpha=0.1)
    else:
        after = optax.constant_schedule(peak)
    return optax.join_schedules([optax.linear_schedule(0.0, peak, warmup), after], [warmup])


def optimizer(plan: Plan, hidden: Any) -> optax.GradientTransformation:
    """The plan's update rule; ``hidden`` marks the leaves that are hidden matrices."""
    rule = _rule(plan, hidden)

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
        with jax.numpy_dtype_promotion("standard"):  # Optax (0.2.8) raises float ** int
            return rule.update(updates, state, params)

    return optax.GradientTransformation(rule.init, update)


def _rule(plan: Plan, hidden: Any) -> optax.GradientTransformation:
    rate = schedule(plan)
    if plan.optimizer == "muon":
        return optax.contrib.muon(
            rate,
            weight_decay=plan.weight_decay,
            muon_weight_dimension_numbers=jax.tree.map(lambda yes: MATRIX if yes else None, hidden),
        )
    if plan.optimizer == "sgd":
        decay = optax.add_decayed_weights(plan.weight_decay, mask=hidden)
        return optax.chain(optax.trace(0.9), decay, optax.scale_by_learning_rate(rate))
    return optax.adamw(rate, b2=0.98, weight_decay=plan.weight_decay, mask=hidden)
