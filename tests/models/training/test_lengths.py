"""Batches in parts by length: drawn as ever, and trained on as if padded to the longest row."""

from __future__ import annotations

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.layers import flops
from zebroid.models.training import batched as training
from zebroid.models.training.batched import Replica, train_batched
from zebroid.models.training.batches import Part, _shares, drawn, load, parts, queries
from zebroid.models.training.compiled import Program, loss_and_grad
from zebroid.models.training.plan import Plan
from zebroid.models.training.prng import key
from zebroid.models.training.train import cost, train

SPEC = DecoderSpec(width=16, layers=1, heads=2)
PLAN = Plan(learning_rate=1e-2, warmup=2, batch=16, steps=24, evaluations=2)
SHORT, LONG = Part(12, (2, 3)), Part(4, (2, 3, 4, 5, 6))  # of a batch of 16


def padded(program: Program) -> Program:
    """The same, of whole batches as wide as the longest row."""
    whole = Part(program.plan.batch, program.parts[-1].at)
    return dataclasses.replace(program, parts=(whole,))


def batch_of(tokens, plan, step=0, seed=0):
    """(rows of a step, data of one member)."""
    data, program = load(tokens, plan), Program.of(SPEC, plan, tokens)
    order = jax.random.key_data(key("order", seed))
    return data.row[drawn(program.plan, data, order, jnp.int32(step))], data


def test_short_rows_are_read_no_further_than_they_go(uneven):
    assert parts(uneven, PLAN) == (SHORT, LONG)
    longer = np.full(len(uneven.train), 8)
    longer[uneven.query[:, 1] < 4 + 4] = 5
    for step in range(40):
        row, _ = batch_of(uneven, PLAN, step)
        assert len(row) == 16 and longer[row[:12]].max() == 5


def test_rows_of_one_length_are_one_part_and_drawn_as_ever(direct, chain, uneven):
    for tokens in (direct, chain):
        assert parts(tokens, PLAN) == (Part(16, queries(tokens)),)
        row, data = batch_of(tokens, PLAN)
        now = jax.random.fold_in(key("order", 0), 0)
        assert row.tolist() == data.row[jax.random.randint(now, (16,), 0, 25)].tolist()
        assert data.shares.size == 0
    heavy = np.where(uneven.train[:, -1] == uneven.end, 1, 9).astype(np.int32)
    few = dataclasses.replace(uneven, weight=heavy)
    assert parts(few, PLAN) == (Part(16, queries(uneven)),), "a part that saves too little"


@pytest.mark.parametrize("slots, batch", [(25, 16), (7, 16), (96, 16), (1, 4), (13, 1)])
def test_every_slot_is_drawn_as_often_as_any_other(slots, batch):
    """Exactly: of every share and every number that may be drawn for it."""
    slot, remainder = _shares(slots, batch)
    found = slot[:, None] + (remainder[:, None] + np.arange(slots)) // batch
    assert np.bincount(found.ravel()).tolist() == [batch] * slots


def test_shares_of_billions_of_slots_do_not_overflow():
    slot, remainder = _shares(2**31 - 1, 4096)
    assert slot.dtype == np.int32 and np.all(np.diff(slot.astype(np.int64)) > 0)
    assert remainder.min() >= 0 and remainder.max() < 4096


def test_rows_appear_in_proportion_to_their_weight(uneven):
    weight = (1 + np.arange(25) % 3).astype(np.int32)
    tokens, plan = dataclasses.replace(uneven, weight=weight), dataclasses.replace(PLAN, batch=32)
    assert len(parts(tokens, plan)) == 2
    program, data = Program.of(SPEC, plan, tokens), load(tokens, plan)
    order = jax.random.key_data(key("order", 0))
    steps = jnp.arange(2_000)
    rows = data.row[jax.vmap(lambda step: drawn(program.plan, data, order, step))(steps)]
    expected = 2_000 * 32 * weight / weight.sum()
    found = np.bincount(np.asarray(rows).ravel(), minlength=25)
    # five deviations of independent draws, which vary more than draws of one share each
    assert np.all(np.abs(found - expected) < 5 * np.sqrt(expected))


@pytest.fixture(scope="module")
def weights(uneven):
    state = nnx.state(Program.of(SPEC, PLAN, uneven).build(nnx.Rngs(0)))
    return nnx.to_pure_dict(state)


@pytest.mark.parametrize("microbatch", [None, 4])
def test_loss_and_gradient_are_those_of_padded_rows(uneven, weights, microbatch):
    plan = dataclasses.replace(PLAN, microbatch=microbatch)
    program = Program.of(SPEC, plan, uneven)
    assert program.parts == (SHORT, LONG)
    row, data = batch_of(uneven, plan)
    rows = data.train[row], data.loss[row].astype(np.float32)
    found, expected = (
        jax.jit(functools.partial(loss_and_grad, one))(weights, *rows)
        for one in (program, padded(Program.of(SPEC, PLAN, uneven)))
    )
    jax.tree.map(
        functools.partial(np.testing.assert_allclose, rtol=1e-4, atol=1e-6), found, expected
    )
    other = rows[0].copy()
    other[0, 4] = 4 + (other[0, 4] - 3) % 5
    moved = jax.jit(functools.partial(loss_and_grad, program))(weights, other, rows[1])
    assert abs(float(moved[0]) - float(found[0])) > 1e-5


def test_parts_are_cut_between_microbatches(uneven):
    for size in (2, 4, 8, 16):
        cut = parts(uneven, dataclasses.replace(PLAN, microbatch=size))
        assert all(part.rows % size == 0 for part in cut)
        assert sum(part.rows for part in cut) == 16


def test_what_is_computed_is_what_is_counted(uneven):
    program, V = Program.of(SPEC, PLAN, uneven), len(uneven.vocabulary)
    read = sum(part.rows * SPEC.flops(V, 3, part.at) for part in (SHORT, LONG))
    assert program.step_flops == flops.example(read) < 0.8 * padded(program).step_flops


def test_a_budget_in_flops_buys_more_steps(uneven):
    program = Program.of(SPEC, PLAN, uneven)
    budget = {"steps": None, "flops": 20.5 * program.step_flops}
    plan = dataclasses.replace(PLAN, evaluations=2, **budget)
    run, known = train(SPEC, uneven, plan, [(0, 0)]), cost(SPEC, plan, uneven)
    assert known.steps.tolist() == run.steps.tolist() == [1, 20]
    assert known.flops.tolist() == run.flops.tolist()
    assert run.flops[-1] == 20 * program.step_flops
    assert int((plan.flops or 0) // padded(program).step_flops) < 18


@pytest.fixture(scope="module")
def two(uneven):
    return train(SPEC, uneven, PLAN, [(0, 0), (0, 1)])


@pytest.mark.slow  # a program of its own
def test_side_by_side_as_in_turn(two, uneven):
    members = [Replica(uneven, PLAN, 0, order) for order in (0, 1)]
    for number, side in enumerate(train_batched(SPEC, members, vmap_size=2)):
        assert side.vmap_size == 2
        np.testing.assert_allclose(side.loss[0], two.loss[number], rtol=1e-3)
    assert two.loss[0].tolist() != two.loss[1].tolist(), "the order is another"


def test_a_killed_training_goes_on_bit_for_bit(two, uneven, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "SAVE_S", 0.0)

    def kill(step, *_):
        if step > 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        train(SPEC, uneven, PLAN, [(0, 0)], progress=kill, checkpoint=tmp_path)
    seen = []
    run = train(
        SPEC, uneven, PLAN, [(0, 0)], progress=lambda s, *_: seen.append(s), checkpoint=tmp_path
    )
    assert seen[0] == 1, "a step was done before"
    for name in ("answer", "bits", "generated", "loss"):
        np.testing.assert_array_equal(getattr(run, name)[0], getattr(two, name)[0], err_msg=name)


def test_a_chunk_is_filled_up_with_a_question_that_ends(uneven):
    """Prompts of nothing might be continued to the last token, and keep all others waiting."""
    query = load(uneven, PLAN).query.reshape(-1, 3)
    assert len(query) == 32 and query[:25].tolist() == uneven.query.tolist()
    assert np.all(query[25:] == uneven.query[-1])
