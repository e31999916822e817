"""Steps that draw what they train: by the order's seed, resumed alike, and paid for on average."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from zebroid.identity import record
from zebroid.models.architectures.looped import LoopedSpec
from zebroid.models.spec import draws
from zebroid.models.training import sharding
from zebroid.models.training.batches import chosen, drawn, load
from zebroid.models.training.plan import Plan
from zebroid.models.training.prng import keys
from zebroid.models.training.train import cost, train

FIXED = LoopedSpec(width=16, heads=2, loops=2, ratio=2)
RANDOM = dataclasses.replace(FIXED, spread=1)
PLAN = Plan(learning_rate=1e-2, warmup=0, batch=16, steps=12, evaluations=2)


def ways(order: int, steps: int, number: int = 3) -> list[int]:
    key = jnp.asarray(keys("order", [order])[0])
    return [int(chosen(key, jnp.int32(step), number)) for step in range(steps)]


def test_draws_are_of_the_order_seed_and_of_the_step_and_all_as_likely():
    one, other = (np.array(ways(order, 300)) for order in (0, 1))
    assert one.tolist() == ways(0, 300) and np.mean(one == other) < 0.5
    assert np.mean(one[1:] == one[:-1]) < 0.5
    # 100 each: four deviations of a binomial one
    assert np.abs(np.bincount(one, minlength=3) - 100).max() < 4 * np.sqrt(300 * 2 / 9)


def test_drawing_moves_no_batch(direct):
    """Its stream is one beside that of batches, whose draws no step's way tells."""
    data, order = load(direct, PLAN), jnp.asarray(keys("order", [0])[0])
    first = [int(drawn(PLAN, data, order, jnp.int32(step))[0]) for step in range(200)]
    assert abs(np.corrcoef(first, ways(0, 200))[0, 1]) < 0.25


def test_a_model_of_fixed_loops_draws_nothing():
    assert draws(FIXED) == (FIXED,)
    assert draws(RANDOM) == tuple(dataclasses.replace(FIXED, loops=n) for n in (1, 2, 3))
    assert "spread" not in record(FIXED) and record(RANDOM)["spread"] == 1


@pytest.mark.long  # four programs
def test_a_step_trains_as_many_loops_as_it_drew(direct):
    one = dataclasses.replace(PLAN, steps=1, evaluations=1)
    for order in (0, 1):
        (way,) = ways(order, 1)
        found = train(RANDOM, direct, one, [(0, order)])
        losses = [train(s, direct, one, [(0, order)]).loss.item() for s in draws(RANDOM)]
        assert found.loss.item() == pytest.approx(losses[way], rel=1e-6)
        others = [loss for number, loss in enumerate(losses) if number != way]
        assert min(abs(loss - losses[way]) for loss in others) > 1e-4


@pytest.mark.long
def test_a_killed_training_goes_on_with_the_draws_that_were_left(direct, tmp_path, monkeypatch):
    monkeypatch.setattr("zebroid.models.training.batched.SAVE_S", 0.0)

    def kill(step: int, *_: float) -> None:
        if step >= 5:
            raise KeyboardInterrupt

    whole = train(RANDOM, direct, PLAN, [(0, 0)])
    with pytest.raises(KeyboardInterrupt):
        train(RANDOM, direct, PLAN, [(0, 0)], checkpoint=tmp_path, progress=kill)
    begun = []
    watch = lambda step, *_: begun.append(step)  # noqa: E731
    rest = train(RANDOM, direct, PLAN, [(0, 0)], checkpoint=tmp_path, progress=watch)
    assert 0 < begun[0] < PLAN.checkpoints[-1]
    np.testing.assert_array_equal(rest.bits, whole.bits)
    np.testing.assert_array_equal(rest.loss, whole.loss)


def test_one_training_answers_with_any_number_of_loops(direct):
    usual, more = (
        train(dataclasses.replace(RANDOM, query_loops=n), direct, PLAN, [(0, 0)]) for n in (None, 5)
    )
    np.testing.assert_array_equal(usual.loss, more.loss)
    assert np.abs(usual.bits - more.bits).max() > 1e-3


def test_a_step_costs_the_mean_of_what_it_may_draw(direct):
    for plan in (PLAN, dataclasses.replace(PLAN, steps=None, flops=1e7, optimizer="muon")):
        fixed, random = (cost(spec, plan, direct) for spec in (FIXED, RANDOM))
        assert fixed.parameters == random.parameters
        assert np.array_equal(fixed.steps, random.steps)
        np.testing.assert_allclose(random.flops, fixed.flops)
    run = train(RANDOM, direct, PLAN, [(0, 0)])
    assert np.array_equal(run.flops, cost(RANDOM, PLAN, direct).flops)


def test_members_that_draw_are_not_trained_side_by_side_unasked(monkeypatch):
    monkeypatch.setattr(sharding, "on_cpu", lambda: False)
    place = sharding.Layout.of("single")
    assert (place.side_by_side(RANDOM), place.side_by_side(FIXED)) == (1, 8)


@pytest.mark.long  # two programs, one of them of several members
def test_members_side_by_side_are_each_as_alone(direct):
    """Though nobody does so unasked: each then pays for every number of loops."""
    seeds = [(0, 0), (0, 1)]
    together = train(RANDOM, direct, PLAN, seeds, vmap_size=2)
    for number, seed in enumerate(seeds):
        alone = train(RANDOM, direct, PLAN, [seed])
        np.testing.assert_allclose(together.loss[number], alone.loss[0], rtol=1e-4)
