"""Late facts: statements are read in the last part of a training alone."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.models.architectures.mlp import MLPSpec
from zebroid.models.training.batches import drawn, load, parts
from zebroid.models.training.compiled import Program
from zebroid.models.training.plan import Plan
from zebroid.models.training.prng import key
from zebroid.models.training.train import train

SPEC = MLPSpec(width=16, layers=1)
PLAN = Plan(learning_rate=1e-2, warmup=2, batch=32, steps=20, evaluations=2)
LATE = dataclasses.replace(PLAN, late=0.25)


@pytest.fixture(scope="module")
def marked(direct):
    """Tokens every third row of which states a fact, and weighs two."""
    statement = np.arange(len(direct.train)) % 3 == 0
    return dataclasses.replace(direct, statement=statement, weight=1 + statement.astype(np.int32))


def rows_of(tokens, plan, step):
    data, program = load(tokens, plan), Program.of(SPEC, plan, tokens)
    order = jax.random.key_data(key("order", 0))
    return data.row[drawn(program.plan, data, order, jnp.int32(step))]


def test_statements_are_drawn_from_their_first_step_on_and_all_else_throughout(marked):
    before = np.concatenate([rows_of(marked, LATE, step) for step in range(15)])
    after = np.concatenate([rows_of(marked, LATE, step) for step in range(15, 20)])
    assert not marked.statement[before].any()
    assert {*before.tolist()} == {*np.flatnonzero(~marked.statement).tolist()}
    share = marked.weight[marked.statement].sum() / marked.weight.sum()
    assert abs(marked.statement[after].mean() - share) < 0.15


def test_a_plan_without_late_facts_trains_bit_for_bit_as_before(marked):
    none = dataclasses.replace(marked, statement=np.zeros(len(marked.train), bool))
    one, other = (train(SPEC, tokens, PLAN, [(0, 0)]) for tokens in (marked, none))
    assert np.array_equal(one.bits, other.bits) and np.array_equal(one.answer, other.answer)
    assert "late" not in PLAN.record() and LATE.record()["late"] == 0.25
    assert dataclasses.replace(LATE, late=0.0).record() == PLAN.record()


def test_late_facts_change_what_is_learned(marked):
    early, late = (train(SPEC, marked, plan, [(0, 0)]) for plan in (PLAN, LATE))
    assert not late.failed and not np.array_equal(early.bits, late.bits)


def test_batches_of_late_facts_are_not_cut_by_length(marked):
    assert [part.rows for part in parts(marked, LATE)] == [LATE.batch]


@pytest.mark.parametrize("statement, what", [(False, "no statement of a fact"), (True, "nothing")])
def test_a_corpus_of_one_kind_alone_is_refused(marked, statement, what):
    tokens = dataclasses.replace(marked, statement=np.full(len(marked.train), statement))
    with pytest.raises(UserError, match=f"plan.late = 0.25 .* {what}.*; leave plan.late out"):
        load(tokens, LATE)


@pytest.mark.parametrize("late", [-0.1, 1.5, float("nan"), True, "1"])
def test_a_share_out_of_range_is_one_line(late):
    with pytest.raises(UserError, match=r"plan\.late is .*; expected a number"):
        Plan(late=late)
