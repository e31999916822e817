from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.architectures.looped import LoopedSpec
from zebroid.models.architectures.mlp import MLPSpec
from zebroid.models.training import batched as training
from zebroid.models.training.batched import Replica, train_batched
from zebroid.models.training.batches import load, queries
from zebroid.models.training.compiled import Program, mean_loss, start
from zebroid.models.training.optimizers import Rates
from zebroid.models.training.plan import Plan, Progress, Run
from zebroid.models.training.prng import key
from zebroid.models.training.train import train

SPEC = DecoderSpec(width=16, layers=2, heads=2)
PLAN = Plan(learning_rate=1e-2, weight_decay=0.0, warmup=2, batch=32, steps=300, evaluations=3)
SEEDS = ((0, 0), (1, 0), (0, 1))


def assert_same(one: Run, other: Run) -> None:
    for field in ("steps", "flops", "answer", "bits", "generated", "loss"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field), err_msg=field)
    assert (one.seeds, one.parameters, one.failed) == (other.seeds, other.parameters, other.failed)


@pytest.fixture(scope="module")
def three(chain) -> Run:
    return train(SPEC, chain, PLAN, SEEDS)


def test_run_has_the_promised_shapes(three, chain):
    S, K, Q = 3, 3, len(chain.query)
    assert three.steps.tolist() == [3, 30, 300] and three.steps.dtype == np.int64
    assert three.flops.shape == (K,) and three.flops.dtype == np.float64
    assert three.answer.shape == three.bits.shape == (S, K, Q)
    assert three.answer.dtype == np.int32 and three.bits.dtype == np.float32
    assert three.generated.shape == (S, Q, chain.max_new)
    assert three.loss.shape == (S, K) and np.all(np.isfinite(three.loss))
    assert all(
        type(getattr(three, name)) is np.ndarray for name in ("answer", "bits", "generated", "loss")
    )
    assert not three.failed and three.seconds > 0


def test_a_row_that_weighs_n_is_drawn_as_n_rows_are(direct):
    spec, plan = MLPSpec(width=16, layers=1), dataclasses.replace(PLAN, steps=30)
    weight = (1 + np.arange(len(direct.train)) % 3).astype(np.int32)
    rows = np.repeat(np.arange(len(weight)), weight)
    plain = np.ones(len(rows), np.int32)
    many = {"train": direct.train[rows], "loss": direct.loss[rows], "weight": plain}
    weighed, repeated, even = (
        train(spec, dataclasses.replace(direct, **how), plan, [(0, 0)])
        for how in ({"weight": weight}, many, {})
    )
    assert_same(weighed, repeated)
    assert not np.array_equal(even.bits, weighed.bits)


def test_slots_are_drawn_of_rows_alone_and_in_proportion(direct):
    weight = np.array([3, 1] * 12 + [2], np.int32)
    data = load(dataclasses.replace(direct, weight=weight), PLAN)
    assert int(data.slots) == weight.sum() and len(data.row) == 1024
    assert np.bincount(data.row[: int(data.slots)]).tolist() == weight.tolist()
    even = load(direct, PLAN)
    assert np.array_equal(even.row[: int(even.slots)], np.arange(len(direct.train)))
    assert {leaf.shape for leaf in jax.tree.leaves(data)} == {
        leaf.shape for leaf in jax.tree.leaves(even)
    }


def assert_learnt(run: Run, corpus) -> None:
    right = run.answer[0, -1] == corpus.answer_ids[corpus.members[:, 0]]
    assert right.mean() > 0.95
    np.testing.assert_array_equal(run.generated[0][right], corpus.train[right, 3:])
    assert run.bits[0, -1][right].max() < 1.0 < run.bits[0, 0].mean()
    assert run.loss[0, -1] < 0.2 * run.loss[0, 0]


def test_a_small_corpus_is_learnt_by_heart(three, chain):
    assert_learnt(three, chain)


def test_muon_learns_it_too(direct):
    plan = dataclasses.replace(PLAN, optimizer="muon", learning_rate=2e-2, schedule="cosine")
    assert_learnt(train(SPEC, direct, plan, [(0, 0)]), direct)


def test_same_seeds_give_the_same_bits(three, chain):
    assert_same(three, train(SPEC, chain, PLAN, SEEDS))


@pytest.fixture(scope="module")
def other(chain):
    """A corpus of slightly other size."""
    return dataclasses.replace(
        chain,
        train=chain.train[:-3],
        loss=chain.loss[:-3],
        weight=chain.weight[:-3],
        query=np.concatenate([chain.query, chain.query[:4]]),
        members=np.concatenate([chain.members, chain.members[:4]]),
    )


GENTLE = dataclasses.replace(PLAN, learning_rate=3e-3, weight_decay=1.0, warmup=9)


def test_members_side_by_side_equal_members_in_turn(chain, other):
    """Of other seeds, other rates and another corpus."""
    members = [Replica(chain, PLAN, 0, 0), Replica(chain, GENTLE, 1, 0), Replica(other, PLAN, 0, 1)]
    early = slice(0, 2)  # rounding differs, and grows with the steps
    pairs = zip(
        train_batched(SPEC, members, vmap_size=3), train_batched(SPEC, members), strict=True
    )
    for (side, turn), member in zip(pairs, members):
        assert side.seeds == turn.seeds == ((member.init, member.order),)
        assert side.answer.shape == (1, 3, len(member.tokens.query))
        np.testing.assert_allclose(side.loss[:, early], turn.loss[:, early], rtol=1e-3)
        np.testing.assert_allclose(side.bits[:, 0], turn.bits[:, 0], rtol=1e-3, atol=1e-3)
        np.testing.assert_array_equal(side.answer[:, 0], turn.answer[:, 0])


def test_init_and_order_are_separate_axes(direct):
    program, alone = Program.of(SPEC, PLAN, direct), (Rates.of(PLAN), load(direct, PLAN))
    rates, data = jax.tree.map(lambda leaf: leaf[None], alone)

    def begin(init, order):
        keys = (jax.random.key_data(k)[None] for k in (key("init", init), key("order", order)))
        return start(program, *keys, rates, data)

    first, other_order, other_init = begin(0, 0), begin(0, 1), begin(1, 0)
    for a, b, c in zip(*(jax.tree.leaves(s.params) for s in (first, other_order, other_init))):
        np.testing.assert_array_equal(a, b)
        assert np.any(np.asarray(a) != np.asarray(c)) or np.all(np.asarray(a) == 1.0)
    assert np.any(np.asarray(first.order) != np.asarray(other_order.order))
    np.testing.assert_array_equal(first.order, other_init.order)
    assert np.any(key("init", 0) != key("order", 0))


def test_each_axis_changes_the_run(three):
    assert len({loss.tobytes() for loss in three.loss}) == 3


def test_loss_comes_only_from_where_it_belongs(chain):
    """Loss at the first generated token alone: no later target, and no later input, matters."""
    at = tuple(range(2, 7))
    graph, state = nnx.split(nnx.jit(lambda: SPEC.build(len(chain.vocabulary), 3, nnx.Rngs(0)))())

    @jax.jit
    @jax.value_and_grad
    def cost(params, train_BT, loss_BP):
        return mean_loss(nnx.merge(graph, params), at, train_BT, loss_BP)

    params, train_BT = nnx.to_pure_dict(state), jnp.asarray(chain.train)
    only_first = jnp.zeros((25, 5)).at[:, 0].set(1.0)
    value, gradient = cost(params, train_BT, only_first)
    later_differs = train_BT.at[:, 4:].set(train_BT[::-1, 4:])
    assert float(cost(params, later_differs, only_first)[0]) == float(value)
    assert float(cost(params, later_differs, jnp.ones((25, 5)))[0]) != float(value)
    embedding_VD = np.asarray(gradient["embedding"]["embed_VD"])
    assert np.all(embedding_VD[[0, 1, 3]] == 0.0), "end, mark and copy stand later only"
    assert np.any(embedding_VD[2] != 0.0)


def test_columns_without_loss_are_never_computed(direct):
    longer = dataclasses.replace(
        direct,
        train=np.pad(direct.train, ((0, 0), (0, 9))),
        loss=np.pad(direct.loss, ((0, 0), (0, 9))),
    )
    assert queries(longer) == (2,) and load(longer, PLAN).train.shape[1] == 4


def test_what_differs_in_seeds_rates_length_and_corpus_compiles_once(three, chain, other, caplog):
    shorter = dataclasses.replace(GENTLE, steps=200)
    assert Program.of(SPEC, shorter, other) == Program.of(SPEC, PLAN, chain)
    with jax.log_compiles(), caplog.at_level("WARNING"):
        found = train(SPEC, chain, PLAN, [(7, 7)]), train(SPEC, other, shorter, [(0, 0)])
    assert [run.answer.shape for run in found] == [(1, 3, 25), (1, 3, 29)]
    assert "jit(advance)" not in caplog.text and "jit(start)" not in caplog.text
    with jax.log_compiles(), caplog.at_level("WARNING"):
        train(SPEC, chain, dataclasses.replace(PLAN, batch=16, steps=3), [(0, 0)])
    assert "jit(advance)" in caplog.text  # as JAX logs it


def test_progress_counts_all_seeds_up_to_the_end(chain):
    calls = []
    train(SPEC, chain, PLAN, SEEDS, progress=lambda *call: calls.append(call))
    steps = [step for step, *_ in calls]
    assert steps == sorted(set(steps)) and steps[-1] == 900
    assert all(total == 900 and speed > 0 and loss > 0 for _, total, speed, loss in calls)


def test_a_loss_that_is_not_a_number_is_recorded_and_not_raised(direct):
    plan = dataclasses.replace(PLAN, optimizer="sgd", learning_rate=1e30, warmup=0)
    run = train(SPEC, direct, plan, [(0, 0), (1, 0)])
    assert "loss not finite at step" in run.failed and "init 1, order 0" in run.failed
    assert np.all(run.answer[:, -1] == -1) and np.all(np.isnan(run.loss[:, -1]))
    np.testing.assert_allclose(run.bits[:, -1], np.log2(9), rtol=1e-6)


def test_weights_that_the_last_update_breaks_are_a_failure_too(direct):
    """No loss is computed after it: the answers show it."""
    plan = dataclasses.replace(
        PLAN, optimizer="sgd", learning_rate=1e30, warmup=0, steps=1, evaluations=1
    )
    run = train(MLPSpec(width=16, layers=1), direct, plan, [(0, 0)])
    assert run.failed == "answers not finite at step 1 (init 0, order 0)"
    assert np.all(run.answer == -1) and np.all(np.isnan(run.loss))
    np.testing.assert_allclose(run.bits, np.log2(9), rtol=1e-6)


def test_a_killed_run_goes_on_bit_for_bit(three, chain, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "SAVE_S", 0.0)

    class Killed(BaseException):
        pass

    def until(last: int) -> Progress:
        def report(step: int, *_: float) -> None:
            if step > last:
                raise Killed

        return report

    for last in (1, 301):  # in the first seed, then in the second; the first segment is one step
        with pytest.raises(Killed):
            train(SPEC, chain, PLAN, SEEDS, progress=until(last), checkpoint=tmp_path)
    seen = []
    run = train(
        SPEC, chain, PLAN, SEEDS, progress=lambda s, *_: seen.append(s), checkpoint=tmp_path
    )
    assert seen[:2] == [300, 301], "the first seed was finished before, and a step of the second"
    assert_same(run, three)


def test_a_state_of_another_training_is_not_continued(chain, tmp_path, monkeypatch):
    monkeypatch.setattr(training, "SAVE_S", 0.0)
    train(SPEC, chain, PLAN, [(0, 0)], checkpoint=tmp_path)
    seen = []
    train(SPEC, chain, PLAN, [(0, 1)], progress=lambda s, *_: seen.append(s), checkpoint=tmp_path)
    assert min(seen) == 1


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"optimizer": "adam"}, "did you mean 'adamw'"),
        ({"schedule": "cosin"}, "did you mean 'cosine'"),
        ({"steps": 0}, "plan.steps is 0; expected a whole number, at least 1"),
        ({"batch": 2.5}, "plan.batch is 2.5"),
        ({"microbatch": 0}, "plan.microbatch is 0; expected a whole number, at least 1"),
        (
            {"batch": 8, "microbatch": 3},
            "plan.microbatch is 3; expected a divisor of plan.batch, 8",
        ),
        ({"learning_rate": float("nan")}, "plan.learning_rate is nan"),
        ({"weight_decay": -1.0}, "plan.weight_decay is -1.0"),
        ({"warmup": True}, "plan.warmup is True"),
    ],
)
def test_wrong_plans_are_one_line_errors(wrong, message):
    with pytest.raises(ValueError) as error:
        Plan(**wrong)
    assert message in str(error.value) and "\n" not in str(error.value)


def test_no_seeds_is_an_error(direct):
    with pytest.raises(ValueError, match="no seeds"):
        train(SPEC, direct, PLAN, [])


def test_a_looped_model_is_queried_with_as_many_loops_as_its_spec_says(direct):
    one, same, more = (
        train(LoopedSpec(width=16, heads=2, loops=2, query_loops=queries), direct, PLAN, [(0, 0)])
        for queries in (None, 2, 4)
    )
    np.testing.assert_array_equal(one.loss, more.loss)  # trained alike
    np.testing.assert_array_equal(one.bits, same.bits)
    assert np.abs(one.bits - more.bits).max() > 1e-3


def test_members_that_differ_in_how_they_are_queried_come_of_one_training(direct, monkeypatch):
    specs = [LoopedSpec(width=16, heads=2, loops=2, query_loops=queries) for queries in (None, 4)]
    begun = []
    monkeypatch.setattr(training, "start", lambda *given: begun.append(given) or start(*given))
    together = train_batched(
        specs[0], [Replica(direct, PLAN, i, 0, spec, "one") for spec in specs for i in (0, 1)]
    )
    assert len(begun) == 2
    for i, spec in enumerate(specs):
        for init in (0, 1):
            assert_same(together[2 * i + init], train(spec, direct, PLAN, [(init, 0)]))
