"""Trainings over eight virtual devices: what one device gives, whatever lies where."""

from __future__ import annotations

import dataclasses
import functools

import jax
import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.architectures.looped import LoopedSpec
from zebroid.models.architectures.mlp import MLPSpec
from zebroid.models.training import batched as training
from zebroid.models.training import sharding
from zebroid.models.training.batched import Replica, train_batched
from zebroid.models.training.batches import load
from zebroid.models.training.compiled import Program, advance, start
from zebroid.models.training.optimizers import Rates
from zebroid.models.training.plan import Plan
from zebroid.models.training.sharding import Layout
from zebroid.models.training.train import train

SPEC = DecoderSpec(width=16, layers=2, heads=2)
PLAN = Plan(learning_rate=1e-2, warmup=2, batch=32, steps=30, evaluations=(5,))
# of the loss over the first five steps, and of bits then: sums of other orders, in float32
TOLERANCE = 1e-4


@pytest.mark.slow  # each device compiles; a perceptron in the least time
def test_replicas_over_eight_devices_are_those_of_one_bit_for_bit(direct):
    """Of other seeds and other rates, and one more than devices."""
    other = dataclasses.replace(PLAN, learning_rate=3e-3, weight_decay=1.0)
    members = [Replica(direct, (PLAN, other)[i % 2], init=i // 2, order=i % 3) for i in range(9)]
    description = []
    spec = MLPSpec(width=16, layers=1)
    over = train_batched(
        spec, members, layout="replicas", progress=lambda *call: description.append(call)
    )
    for replica, one in zip(over, train_batched(spec, members), strict=True):
        for name in ("answer", "bits", "generated", "loss"):
            found, expected = getattr(replica, name), getattr(one, name)
            np.testing.assert_array_equal(found, expected, err_msg=name)
        assert replica.seeds == one.seeds
    assert max(step for step, *_ in description) == 9 * 30 == description[0][1]


def test_a_replica_that_fails_ends_the_batch(direct, monkeypatch):
    monkeypatch.setattr(training, "start", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train_batched(
            SPEC, [Replica(direct, PLAN, init, 0) for init in range(3)], layout="replicas"
        )


@pytest.fixture(scope="module")
def trained(direct):
    """trained(layout) -> the state after all steps, and the program that led there."""
    plan = dataclasses.replace(PLAN, optimizer="muon", batch=48)

    @functools.cache
    def finish(name):
        program = Program.of(SPEC, plan, direct, layout=Layout.of(name))
        one = jax.tree.map(lambda leaf: leaf[None], (Rates.of(plan), load(direct, plan)))
        rates, data = program.layout.put(one)
        state = start(program, *program.layout.put(np.zeros((2, 1, 2), np.uint32)), rates, data)
        ends = np.int32(0), np.int32(30)
        compiled = advance.program.lower(program, state, *ends, data).compile()
        return compiled(state, *ends, data), str(compiled.as_text())

    return finish


@pytest.mark.long  # each layout compiles for eight devices; test_weights has both, in small
@pytest.mark.parametrize("layout", ["data", "sharded"])
def test_a_batch_over_devices_gives_what_one_gives(trained, layout):
    over, one = trained(layout)[0], trained("single")[0]
    np.testing.assert_allclose(over.loss, one.loss, rtol=TOLERANCE)
    np.testing.assert_allclose(over.bits, one.bits, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.long  # each layout compiles for eight devices
@pytest.mark.parametrize("layout", ["data", "sharded"])
def test_loops_that_steps_draw_are_the_same_over_devices(direct, layout):
    spec = LoopedSpec(width=16, heads=2, loops=2, ratio=2, spread=1)
    plan = dataclasses.replace(PLAN, steps=6, evaluations=1, batch=48)
    over, one = (train(spec, direct, plan, [(0, 0)], layout=name) for name in (layout, "single"))
    np.testing.assert_allclose(over.loss, one.loss, rtol=TOLERANCE)
    np.testing.assert_allclose(over.bits, one.bits, rtol=TOLERANCE, atol=TOLERANCE)


@pytest.mark.parametrize("layout", ["", pytest.param("data", marks=pytest.mark.long)])
@pytest.mark.parametrize("mode", [pytest.param("direct", marks=pytest.mark.long), "chain"])
def test_microbatches_give_what_the_batch_gives(request, mode, layout):
    """In direct every row bears as much loss as any other; in chain rows differ."""
    tokens = request.getfixturevalue(mode)
    plan = dataclasses.replace(PLAN, steps=1, evaluations=1, optimizer="sgd", batch=48)
    parts = dataclasses.replace(plan, microbatch=16)
    one, several = (
        train_batched(SPEC, [Replica(tokens, p, 0, 0)], layout=layout)[0] for p in (plan, parts)
    )
    np.testing.assert_allclose(several.loss, one.loss, rtol=TOLERANCE)
    np.testing.assert_allclose(several.bits, one.bits, rtol=TOLERANCE, atol=TOLERANCE)


def test_a_microbatch_that_devices_do_not_divide_is_an_error(direct):
    plan = dataclasses.replace(PLAN, batch=48, microbatch=12)
    with pytest.raises(UserError, match=r"plan.microbatch 12 over 8 devices"):
        train_batched(SPEC, [Replica(direct, plan, 0, 0)], layout="data")


@pytest.mark.long
@pytest.mark.parametrize("layout", ["data", "sharded"])
def test_rows_are_shared_out_and_weights_where_the_layout_has_it(trained, layout):
    state, text = trained(layout)
    assert "f32[6,1,16]" in text and "f32[48,1,16]" not in text
    shares = [
        leaf.size // leaf.addressable_shards[0].data.size
        for leaf in jax.tree.leaves((state.params, state.optimizer))
        if leaf.ndim > 2
    ]
    assert {*shares} == {8 if layout == "sharded" else 1}


def test_an_accelerator_takes_several_members_and_several_take_replicas(monkeypatch):
    assert Layout.of() == sharding.SINGLE and Layout.of().sizes == (1, 1)
    assert Layout.of("replicas").sizes == (8, 1)
    monkeypatch.setattr(sharding, "on_cpu", lambda: False)
    assert Layout.of().sizes == (8, 8) and Layout.of("single").sizes == (1, 8)
    assert (
        Layout.of("data").sizes == (1, 1) and Layout.of("data").description == "data over 8 devices"
    )


def test_what_cannot_be_laid_out_is_one_line(direct):
    with pytest.raises(UserError, match="did you mean 'replicas'"):
        train(SPEC, direct, PLAN, [(0, 0)], layout="replica")
    odd = dataclasses.replace(PLAN, batch=30)
    with pytest.raises(UserError, match=r"plan.batch 30 over 8 devices; .*--layout replicas"):
        train(SPEC, direct, odd, [(0, 0)], layout="data")


def test_products_in_half_precision_learn_too(direct):
    """Parameters stay float32: steps below a bfloat16's spacing would be lost in it."""
    plan = dataclasses.replace(PLAN, steps=200, weight_decay=0.0)
    run = train(DecoderSpec(width=16, layers=1, heads=2), direct, plan, [(0, 0)], bf16=True)
    right = direct.answer_ids[direct.members[:, 0]]
    assert (run.answer[0, -1] == right).mean() > 0.95
    rates, data = jax.tree.map(lambda leaf: leaf[None], (Rates.of(plan), load(direct, plan)))
    text = {}
    for bf16 in (False, True):
        program = Program.of(SPEC, plan, direct, bf16)
        keys = np.zeros((2, 1, 2), np.uint32)
        state = start.program.eval_shape(program, *keys, rates, data)
        assert {leaf.dtype for leaf in jax.tree.leaves(state.params)} == {np.dtype("float32")}
        text[bf16] = advance.program.lower(program, state, np.int32(0), np.int32(1), data).as_text()
    assert "bf16" in text[True] and "bf16" not in text[False]
