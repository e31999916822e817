"""Plans: budgets in steps or FLOPs, and where questions are answered."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.training.compiled import Program
from zebroid.models.training.plan import Plan
from zebroid.models.training.train import train


def test_a_budget_in_flops_becomes_as_many_steps_as_it_pays_for():
    plan = Plan(flops=1e6, evaluations=3)
    assert plan.steps is None
    priced = plan.priced(999.0)
    assert (priced.steps, priced.flops) == (1001, None)
    assert priced.checkpoints.tolist() == [10, 100, 1001]
    assert priced.priced(5.0) == priced
    assert Plan().steps == 1000


def test_questions_are_answered_where_one_wishes_and_at_the_end():
    assert Plan(steps=100, evaluations=(7, 50)).checkpoints.tolist() == [7, 50, 100]
    assert Plan(steps=100, evaluations=(100,)).checkpoints.tolist() == [100]
    found = Plan(flops=1e6, evaluations=(1, 1500, 5e5)).priced(1e3)
    assert found.checkpoints.tolist() == [1, 500, 1000]


def test_a_record_says_only_what_was_given_and_leads_back():
    for plan in (Plan(steps=7), Plan(flops=1e9, evaluations=(1e8,)), Plan(evaluations=2)):
        record = plan.record()
        assert ("steps" in record) == (plan.flops is None) != ("flops" in record)
        assert Plan(**record) == plan
        assert Plan(**record | {"evaluations": record["evaluations"]}) == plan
    assert Plan(evaluations=[1, 2]) == Plan(evaluations=(1, 2))  # pyright: ignore  # as in JSON


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"steps": 5, "flops": 1e9}, "plan.flops is 1000000000.0 beside plan.steps; expected one"),
        ({"flops": 0.0}, "plan.flops is 0.0; expected a number, at least 1"),
        ({"flops": float("inf")}, "plan.flops is inf"),
        ({"evaluations": ()}, "plan.evaluations is []; expected ascending steps from 1 to 1,000"),
        ({"evaluations": (5, 3)}, "plan.evaluations is [5, 3]; expected ascending"),
        ({"evaluations": (5, 5)}, "plan.evaluations is [5, 5]"),
        ({"evaluations": (2.5,)}, "plan.evaluations is [2.5]"),
        ({"evaluations": (1001,)}, "plan.evaluations is [1001]"),
        ({"flops": 10.0, "evaluations": (11.0,)}, "expected ascending FLOPs from 1 to 10.0"),
        ({"evaluations": 0}, "plan.evaluations is 0; expected a whole number, at least 1"),
    ],
)
def test_wrong_budgets_are_one_line_errors(wrong, message):
    with pytest.raises(ValueError) as error:
        Plan(**wrong)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_a_training_spends_its_flops_and_no_more(direct):
    spec, plan = DecoderSpec(width=16, layers=1, heads=2), Plan(batch=8, warmup=0)
    step = Program.of(spec, plan, direct).step_flops
    budget = dataclasses.replace(plan, steps=None, flops=5.5 * step, evaluations=(2.5 * step,))
    run = train(spec, direct, budget, [(0, 0)])
    assert run.steps.tolist() == [2, 5]
    np.testing.assert_allclose(run.flops, [2 * step, 5 * step])
    with pytest.raises(ValueError, match=r"plan.flops is .*; expected at least those of one step"):
        train(spec, direct, dataclasses.replace(budget, flops=0.5 * step, evaluations=1), [(0, 0)])
