"""Answers that are sampled after training: recorded seeds, the distribution, whole proofs."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.architectures.mlp import MLPSpec
from zebroid.models.training import batched
from zebroid.models.training.plan import Int, Plan, Run, Samples
from zebroid.models.training.train import train
from zebroid.models.training.weights import sample

SPEC = DecoderSpec(width=16, layers=1, heads=2)
PLAN = Plan(learning_rate=1e-2, weight_decay=0.0, warmup=2, batch=32, steps=40, evaluations=1)
MANY = dataclasses.replace(PLAN, samples=40)


def samples(run: Run) -> Samples:
    assert run.samples is not None
    return run.samples


def written(run: Run) -> Int:
    found = samples(run).generated
    assert found is not None
    return found


@pytest.fixture(scope="module")
def half(direct):
    """A training that is sure of little, with 40 samples."""
    return train(SPEC, direct, MANY, [(0, 0), (1, 0)], sample=7, keep_weights=True)


def test_a_plan_that_samples_changes_nothing_but_the_samples(half, direct):
    plain = train(SPEC, direct, PLAN, [(0, 0), (1, 0)])
    for name in ("answer", "bits", "generated", "loss"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(half, name))
    assert plain.samples is None
    assert samples(half).answer.shape == (2, 40, len(direct.query))
    assert written(half).shape == (2, 40, len(direct.query), 1)
    assert {*np.unique(samples(half).answer)} <= {-1, *range(5)}


def test_the_share_of_right_samples_is_the_probability_of_the_right_answers(half, direct):
    right = direct.answer_ids[direct.members[:, 0]]
    hits = (samples(half).answer == right).mean((1, 2))
    chance = np.exp2(-half.bits[:, -1]).mean(1)
    assert (chance < 0.9).all(), "or nothing is measured"
    # 25 questions, 40 samples each: a standard error of at most .016
    np.testing.assert_allclose(hits, chance, atol=0.05)


def test_equal_seeds_give_equal_samples_and_each_training_draws_its_own(half, direct):
    again = train(SPEC, direct, MANY, [(0, 0), (1, 0)], sample=7)
    np.testing.assert_array_equal(samples(again).answer, samples(half).answer)
    other = train(SPEC, direct, MANY, [(0, 0)], sample=8)
    assert (samples(other).answer[0] != samples(half).answer[0]).any()
    few = train(SPEC, direct, dataclasses.replace(MANY, samples=3), [(0, 0)], sample=7)
    np.testing.assert_array_equal(samples(few).answer[0], samples(half).answer[0, :3])


def test_kept_weights_draw_the_samples_of_the_training(half, direct):
    found = sample(SPEC, direct, half.weights, 40, 1.0, [(7, 0, 0), (7, 1, 0)])
    np.testing.assert_array_equal(found, samples(half).answer)
    other = sample(SPEC, direct, half.weights, 40)
    assert other.shape == found.shape and (other != found).any()


def test_cold_samples_are_greedy_and_hot_ones_are_any(half, direct):
    seeds = [(0,), (1,)]
    cold = sample(SPEC, direct, half.weights, 2, 1e-3, seeds)
    np.testing.assert_array_equal(cold, np.repeat(half.answer[:, -1:], 2, axis=1))
    hot = sample(SPEC, direct, half.weights, 40, 1e3, seeds)
    share = (hot >= 0).mean()  # five of the nine words are answers
    assert share == pytest.approx(5 / len(direct.vocabulary), abs=0.05)


def test_samples_of_a_memorised_corpus_are_all_right_with_their_proofs(chain):
    plan = dataclasses.replace(PLAN, steps=300, samples=4, temperature=0.5)
    run = train(SPEC, chain, plan, [(0, 0)])
    right = chain.answer_ids[chain.members[:, 0]]
    assert (run.answer[0, -1] == right).all()
    assert (samples(run).answer[0] == right).all()
    whole = chain.train[:, chain.prompt :]
    assert (written(run)[0] == whole[None]).mean() > 0.99


def test_whole_proofs_are_drawn_word_by_word(chain):
    run = train(SPEC, chain, dataclasses.replace(PLAN, samples=20), [(0, 0)])
    words = written(run)[0]
    assert words.shape == (20, len(chain.query), chain.max_new)
    assert (words != run.generated[0]).any(2).any(0).all(), "of every question some differ"
    mark = (words == chain.answer_mark).argmax(2)
    behind = np.take_along_axis(words, np.minimum(mark + 1, chain.max_new - 1)[..., None], 2)
    answered = (mark > 0) & (mark + 1 < chain.max_new) & (samples(run).answer[0] >= 0)
    assert answered.any()
    read = np.asarray(chain.answer_ids)[behind[..., 0]]
    np.testing.assert_array_equal(samples(run).answer[0][answered], read[answered])


@pytest.mark.long
def test_a_training_that_goes_on_after_a_kill_draws_the_same_samples(half, direct, tmp_path):
    def killed(step, *rest):
        if step >= 20:
            raise KeyboardInterrupt

    saved = batched.SAVE_S
    batched.SAVE_S = 0.0
    try:
        with pytest.raises(KeyboardInterrupt):
            how = {"progress": killed, "checkpoint": tmp_path}
            train(SPEC, direct, MANY, [(0, 0)], sample=7, **how)
        steps = []
        run = train(
            SPEC,
            direct,
            MANY,
            [(0, 0)],
            sample=7,
            checkpoint=tmp_path,
            progress=lambda step, *rest: steps.append(step),
        )
    finally:
        batched.SAVE_S = saved
    assert steps[0] > 0, "it went on"
    np.testing.assert_array_equal(samples(run).answer[0], samples(half).answer[0])


@pytest.mark.long
def test_members_side_by_side_draw_what_each_would_alone(half, direct):
    run = train(SPEC, direct, MANY, [(0, 0), (1, 0)], sample=7, vmap_size=2)
    # products of two members differ in the last bits: of 2,000 draws hardly one moves
    assert (samples(run).answer == samples(half).answer).mean() > 0.99


@pytest.mark.long
@pytest.mark.parametrize("layout", ["replicas", "sharded"])
def test_trainings_over_several_devices_sample_too(half, direct, layout):
    run = train(SPEC, direct, MANY, [(0, 0), (1, 0)], sample=7, layout=layout)
    assert samples(run).answer.shape == samples(half).answer.shape
    # sums over devices differ in the last bits
    least = 1.0 if layout == "replicas" else 0.99
    assert (samples(run).answer == samples(half).answer).mean() >= least


@pytest.mark.long
def test_a_training_that_fails_has_no_sampled_answer(direct):
    plan = dataclasses.replace(MANY, learning_rate=1e30, warmup=0, optimizer="sgd")
    run = train(MLPSpec(width=16, layers=1), direct, plan, [(0, 0)])
    assert run.failed and (samples(run).answer == -1).all()
    assert (written(run) == direct.end).all()


def test_a_record_names_samples_and_temperature_only_where_there_are_some():
    assert not {"samples", "temperature"} & {*PLAN.record()}
    assert Plan(steps=1, samples=0, temperature=1).record() == Plan(steps=1).record()
    assert dataclasses.replace(PLAN, samples=3).record() == PLAN.record() | {"samples": 3}
    warm = Plan(samples=2, temperature=2)
    assert warm.record()["temperature"] == 2.0 and Plan(**warm.record()) == warm


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"samples": -1}, "plan.samples is -1; expected a whole number, at least 0"),
        ({"samples": 1.5}, "plan.samples is 1.5; expected a whole number"),
        ({"samples": True}, "plan.samples is True"),
        ({"samples": "8"}, "plan.samples is '8'"),
        ({"samples": 10**9}, "plan.samples is 1000000000; expected a whole number, at most 1,000"),
        ({"samples": 1, "temperature": 0}, "plan.temperature is 0; expected a number, at least"),
        ({"samples": 1, "temperature": float("nan")}, "plan.temperature is nan"),
        ({"samples": 1, "temperature": 1e9}, "expected a number, at most 1000: give fewer"),
        ({"temperature": 0.5}, "plan.temperature is 0.5; expected 1 where nothing is sampled"),
    ],
)
def test_hostile_values_are_one_line_errors(wrong, message):
    with pytest.raises(UserError) as error:
        Plan(**wrong)
    assert message in str(error.value) and "\n" not in str(error.value)
