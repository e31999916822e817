"""What a training costs is known before it, and is what a run then says that it was."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.models.architectures.mlp import MLPSpec
from zebroid.models.training.plan import Plan
from zebroid.models.training.train import cost, train

SPEC = MLPSpec(8, 1, 8)


@pytest.mark.parametrize("budget", [{"steps": 20}, {"flops": 1e6}])
def test_what_a_training_costs_is_known_before_it(direct, budget):
    plan = Plan(optimizer="muon", batch=16, evaluations=2, **budget)
    run, known = train(SPEC, direct, plan, [(0, 0)]), cost(SPEC, plan, direct)
    assert known.parameters == run.parameters
    assert np.array_equal(known.steps, run.steps) and np.array_equal(known.flops, run.flops)


def test_a_budget_that_buys_no_step_has_no_cost(direct):
    with pytest.raises(UserError, match="at least those of one step"):
        cost(SPEC, Plan(flops=10.0), direct)
