"""Kept weights: by readable names, of every member, and answering as they did in training."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid.errors import UserError
from zebroid.models.architectures.convolution import ConvolutionSpec
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.architectures.encoder_decoder import EncoderDecoderSpec
from zebroid.models.architectures.looped import LoopedSpec
from zebroid.models.architectures.mlp import MLPSpec
from zebroid.models.architectures.recurrent import GRUSpec, LSTMSpec
from zebroid.models.architectures.ssm import SSMSpec
from zebroid.models.training import batched as training
from zebroid.models.training.batched import Replica, train_batched
from zebroid.models.training.plan import Plan, Run
from zebroid.models.training.train import train
from zebroid.models.training.weights import answer, model, named, nested

SPECS = {
    "decoder": DecoderSpec(width=16, heads=2),
    "encoder-decoder": EncoderDecoderSpec(width=16, decoders=2, heads=2),
    "looped, tied, queried otherwise": LoopedSpec(
        width=16, heads=2, loops=2, query_loops=3, tied=True
    ),
    "lstm": LSTMSpec(width=16, layers=2),
    "gru": GRUSpec(width=16, layers=2),
    "convolution": ConvolutionSpec(width=16, layers=2),
    "ssm": SSMSpec(width=16, layers=2, state=4),
    "mlp": MLPSpec(width=16),
}
SLOW = {"encoder-decoder", "looped, tied, queried otherwise", "lstm", "ssm"}  # to compile
SPEC = MLPSpec(width=16, layers=1)  # compiles fastest
PLAN = Plan(learning_rate=1e-2, warmup=2, batch=32, steps=12, evaluations=(5,))


def assert_answered(spec, tokens, run: Run) -> None:
    assert run.weights is not None
    found = answer(spec, tokens, run.weights, vmap_size=run.vmap_size)
    np.testing.assert_array_equal(found.answer, run.answer[:, -1])
    np.testing.assert_array_equal(found.bits, run.bits[:, -1])
    np.testing.assert_array_equal(found.generated, run.generated)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in SLOW)) for n in SPECS]
)
def test_kept_weights_answer_as_in_training_bit_for_bit(name, direct):
    spec = SPECS[name]
    run = train(spec, direct, PLAN, [(0, 0)], keep_weights=True)
    assert_answered(spec, direct, run)
    assert run.weights is not None
    assert sum(array.size for array in run.weights.values()) == run.parameters
    assert {array.dtype for array in run.weights.values()} == {np.dtype(np.float32)}


def test_weights_have_the_paths_of_the_module_as_names(direct):
    run = train(SPECS["decoder"], direct, PLAN, [(0, 0)], keep_weights=True)
    V = len(direct.vocabulary)
    layer = {"attention.out_DD": (16, 16), "attention.qkv_3DD": (3, 16, 16)}
    layer |= {"mlp.up_DF": (16, 64), "mlp.down_FD": (64, 16)}
    shapes = {f"blocks.{i}.{name}": shape for i in (0, 1) for name, shape in layer.items()}
    shapes |= {"embedding.embed_VD": (V, 16), "head.head_DV": (16, V)}
    assert {n: w.shape[1:] for n, w in (run.weights or {}).items()} == shapes


def test_weights_are_kept_where_that_is_wanted_and_change_no_number(direct):
    bare, kept = (train(SPEC, direct, PLAN, [(0, 0)], keep_weights=keep) for keep in (False, True))
    assert bare.weights is None and kept.weights is not None
    for field in ("answer", "bits", "generated", "loss"):
        np.testing.assert_array_equal(getattr(bare, field), getattr(kept, field))
    start = named(nnx.to_pure_dict(nnx.state(SPEC.build(9, 3, nnx.Rngs(0)))))
    assert all(np.any(kept.weights[name][0] != np.asarray(leaf)) for name, leaf in start.items())


def test_every_member_keeps_its_own_and_those_side_by_side_answer_so_again(direct):
    seeds = [(0, 0), (1, 0), (0, 1)]
    run = train(SPEC, direct, PLAN, seeds, keep_weights=True, vmap_size=3)
    assert run.vmap_size == 3
    assert_answered(SPEC, direct, run)
    assert len({array.tobytes() for array in (run.weights or {})["head.head_DV"]}) == 3


def test_models_that_are_queried_otherwise_share_the_weights_of_their_training(direct):
    trained = LoopedSpec(width=16, heads=2, loops=2)
    specs = [dataclasses.replace(trained, query_loops=loops) for loops in (None, 3)]
    members = [Replica(direct, PLAN, 0, 0, spec, "one") for spec in specs]
    one, other = train_batched(trained, members, keep_weights=True)
    assert one.weights is not None and other.weights is not None
    for name, array in one.weights.items():
        np.testing.assert_array_equal(array, other.weights[name])
    assert np.any(one.bits[:, -1] != other.bits[:, -1])
    for spec, run in zip(specs, (one, other)):
        assert_answered(spec, direct, run)


def test_a_training_that_fails_keeps_none(direct):
    wild = dataclasses.replace(PLAN, optimizer="sgd", learning_rate=1e30)
    run = train(SPEC, direct, wild, [(0, 0)], keep_weights=True)
    assert run.failed and run.weights is None
    fine, failed = train_batched(
        SPEC, [Replica(direct, PLAN, 0, 0), Replica(direct, wild, 0, 0)], keep_weights=True
    )
    assert fine.weights is not None and failed.weights is None


def test_a_training_begun_without_them_goes_on_and_keeps_them(direct, tmp_path, monkeypatch):
    """The state of a training in progress is the same, whether weights are wanted or not."""
    monkeypatch.setattr(training, "SAVE_S", 0.0)

    class Killed(Exception):
        pass

    def stop(step, *_):
        if step >= 7:
            raise Killed

    with pytest.raises(Killed):
        train(SPEC, direct, PLAN, [(0, 0)], checkpoint=tmp_path, progress=stop)
    assert [*tmp_path.glob("*/[0-9]*")]
    resumed = train(SPEC, direct, PLAN, [(0, 0)], checkpoint=tmp_path, keep_weights=True)
    whole = train(SPEC, direct, PLAN, [(0, 0)], keep_weights=True)
    assert resumed.weights is not None and whole.weights is not None
    for name, array in whole.weights.items():
        np.testing.assert_array_equal(array, resumed.weights[name])


@pytest.mark.parametrize("layout", ["data", "sharded"])
def test_weights_come_whole_from_several_devices(layout, direct):
    run = train(SPEC, direct, PLAN, [(0, 0)], layout=layout, keep_weights=True)
    one = train(SPEC, direct, PLAN, [(0, 0)], keep_weights=True)
    for name, array in (one.weights or {}).items():
        np.testing.assert_allclose((run.weights or {})[name], array, rtol=1e-3, atol=1e-4)
    found = answer(SPEC, direct, run.weights or {}, layout=layout)
    np.testing.assert_array_equal(found.bits, run.bits[:, -1])


def test_products_in_half_precision_keep_float32(direct):
    run = train(SPEC, direct, PLAN, [(0, 0)], bf16=True, keep_weights=True)
    assert {array.dtype for array in (run.weights or {}).values()} == {np.dtype(np.float32)}
    found = answer(SPEC, direct, run.weights or {}, bf16=True)
    np.testing.assert_array_equal(found.bits, run.bits[:, -1])


def test_the_model_has_the_weights_of_the_seed_that_is_chosen(direct):
    run = train(SPEC, direct, PLAN, [(0, 0), (1, 0)], keep_weights=True)
    assert run.weights is not None
    at = np.array([direct.prompt - 1])
    logits = [
        model(SPEC, direct, run.weights, seed)(jnp.asarray(direct.query), at) for seed in (0, 1)
    ]
    for seed in (0, 1):
        found = direct.answer_ids[np.asarray(logits[seed])[:, 0].argmax(axis=1)]
        np.testing.assert_array_equal(found, run.answer[seed, -1])
    assert np.any(logits[0] != logits[1])


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda w: w.pop("in_WD"), "weights lack 'in_WD'"),
        (lambda w: w.update(more=np.zeros(3, np.float32)), "weights hold 'more', which"),
        (lambda w: w.update(in_WD=w["in_WD"][:5]), r"weight 'in_WD' is float32\[5, 16\], expected"),
        (lambda w: w.update(in_WD=w["in_WD"].astype(float)), "weight 'in_WD' is float64"),
    ],
)
def test_weights_of_another_model_are_one_line(change, message):
    params = nnx.to_pure_dict(nnx.state(SPEC.build(9, 3, nnx.Rngs(0))))
    weights = {name: np.asarray(leaf) for name, leaf in named(params).items()}
    jax.tree.map(np.testing.assert_array_equal, nested(params, weights), params)
    change(weights)
    with pytest.raises(UserError, match=message) as error:
        nested(params, weights)
    assert "\n" not in str(error.value)
