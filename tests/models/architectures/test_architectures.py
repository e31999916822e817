"""What sets architectures apart, and what none may lack."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid import registry
from zebroid.benchmarks.conformance.framework import run
from zebroid.benchmarks.conformance.models.model_checks import ALL, FORM, FUNCTION
from zebroid.benchmarks.conformance.models.model_fixture import Subject
from zebroid.errors import UserError
from zebroid.models.architectures.convolution import ConvolutionSpec
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.architectures.encoder_decoder import EncoderDecoderSpec
from zebroid.models.architectures.looped import LoopedSpec
from zebroid.models.architectures.mlp import MLPSpec
from zebroid.models.architectures.recurrent import GRUSpec, LSTMSpec
from zebroid.models.architectures.ssm import SSMSpec
from zebroid.models.layers.initializers import Small, ZeroOutputs
from zebroid.models.layers.positions import Absolute, Rotary, Unordered
from zebroid.models.networks.ssm_network import parallel, sequential

V, B, T, P = 11, 3, 7, 3
SPECS = {
    "decoder": DecoderSpec(width=16, heads=2),
    "encoder-decoder": EncoderDecoderSpec(width=16, decoders=2, heads=2),
    "looped": LoopedSpec(width=16, heads=2, loops=2, positions=Absolute(T + 2)),
    "looped, tied": LoopedSpec(width=16, heads=2, loops=2, tied=True),
    "lstm": LSTMSpec(width=16, layers=2),
    "gru": GRUSpec(width=16, layers=2),
    "convolution": ConvolutionSpec(width=16, layers=2),
    "ssm": SSMSpec(width=16, layers=2, state=4),
    "mlp": MLPSpec(width=16),
}


SUBJECTS = {name: Subject(spec, V, P, T, B) for name, spec in SPECS.items()}


@pytest.mark.parametrize("name", SPECS)
def test_every_architecture_keeps_what_models_promise(name):
    assert not [
        outcome
        for outcome in run(FORM + FUNCTION, SUBJECTS[name], SPECS[name])
        if not outcome.passed
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in registry.models() if n.endswith("-xs")])
def test_every_preset_xs_keeps_all_that_models_promise(name):
    spec = registry.model(name)
    assert not [outcome for outcome in run(ALL, Subject(spec), spec) if not outcome.passed]


def effect(subject: Subject) -> np.ndarray:
    """[T] how far the last logits move when one token changes."""
    others = [subject.tokens_BT.at[:, t].add(1) % V for t in range(T)]
    moved = [subject.everywhere(tokens_BT) - subject.usual for tokens_BT in others]
    return np.abs(np.stack(moved))[:, :, -1].max(axis=(1, 2))


def test_a_convolution_sees_its_receptive_field_and_nothing_before():
    assert SPECS["convolution"].dilations == (1, 2) and SPECS["convolution"].field == 4
    longer = ConvolutionSpec(layers=5, taps=3, period=2)
    assert longer.dilations == (1, 2, 1, 2, 1) and longer.field == 1 + 2 * 7
    seen = effect(SUBJECTS["convolution"])
    assert np.all(seen[: T - 4] == 0) and np.all(seen[T - 4 :] > 1e-4)


def test_a_perceptron_sees_a_window_as_long_as_the_prompt():
    seen = effect(SUBJECTS["mlp"])
    assert np.all(seen[: T - P] == 0) and np.all(seen[T - P :] > 1e-4)


@pytest.mark.parametrize("name", ["decoder", "encoder-decoder", "looped", "lstm", "gru", "ssm"])
def test_all_others_see_every_earlier_token(name):
    assert np.all(effect(SUBJECTS[name]) > 1e-4)


def test_an_encoder_sees_the_prompt_in_both_directions():
    subject = SUBJECTS["encoder-decoder"]

    @jax.jit
    def encoded(params, tokens_BT):
        model = subject.model(params)
        return model.encode(model.embedding(tokens_BT[:, :P], np.arange(P)))

    other = subject.tokens_BT.at[:, P - 1].add(1) % V
    before, after = (encoded(subject.params, x) for x in (subject.tokens_BT, other))
    assert np.all(np.abs(before - after).max(axis=2) > 1e-4)


@pytest.mark.parametrize(
    "positions, tells", [(Rotary(), True), (Absolute(), True), (Unordered(), False)], ids=str
)
def test_one_layer_tells_the_order_of_tokens_by_its_positions_alone(positions, tells):
    spec = DecoderSpec(width=16, layers=1, heads=2, positions=positions)
    subject = Subject(spec, V, P, T, B)
    swapped = subject.tokens_BT[:, np.array([1, 0, 2, 3, 4, 5, 6])]
    moved = np.abs(subject.everywhere(swapped) - subject.usual)[:, -1].max()
    assert (moved > 1e-4) == tells


def test_learned_positions_refuse_a_longer_text_in_one_line():
    subject = Subject(DecoderSpec(width=16, heads=2, positions=Absolute(T - 1)), V, P, T, B)
    with pytest.raises(UserError, match=r"Absolute\(longest=7\)"):
        jax.eval_shape(lambda: subject.model(subject.params)(subject.tokens_BT, np.arange(T)))
    with pytest.raises(UserError, match="learned positions"):
        subject.model(subject.params).memory(B, T)


def test_loops_can_be_more_or_fewer_at_queries_than_in_training():
    spec = LoopedSpec(width=16, heads=2, loops=1, query_loops=3)
    assert LoopedSpec(loops=2).answering.loops == 2
    trained, answering, unrolled = (
        Subject(s, V, P, T, B)
        for s in (spec, spec.answering, LoopedSpec(width=16, heads=2, loops=3))
    )
    jax.tree.map(np.testing.assert_array_equal, trained.params, unrolled.params)
    np.testing.assert_array_equal(answering.usual, unrolled.usual)
    assert np.abs(trained.usual - answering.usual).max() > 1e-3


def test_nothing_is_written_to_the_stream_at_first_by_zero_outputs():
    """So predictions depend on the last token alone."""
    spec = DecoderSpec(width=16, layers=1, heads=2, initial=ZeroOutputs())
    seen = effect(Subject(spec, V, P, T, B))
    assert np.all(seen[:-1] == 0) and seen[-1] > 1e-4


def test_small_weights_have_the_declared_deviation():
    drawn = Small(0.8).hidden(nnx.Rngs(0), (3, 64, 100))
    assert float(drawn.std()) == pytest.approx(64**-0.8, rel=0.02)


def parameters(spec) -> int:
    state = nnx.state(nnx.eval_shape(lambda: spec.build(1000, 4, nnx.Rngs(0))))
    return sum(leaf.size for leaf in jax.tree.leaves(state))


@pytest.mark.parametrize("size", ["xs", "s", "m", "l", "xl"])
def test_presets_of_one_size_have_equal_parameters(size):
    """Within 5%, embeddings and logits left out, at the stated 4 tokens of the prompt."""
    claimed = {"xs": 24.7e3, "s": 98.6e3, "m": 394e3, "l": 3.15e6, "xl": 100.7e6}
    mine = {n: registry.model(n) for n in registry.models() if n.endswith(f"-{size}")}
    assert len(mine) == 8
    for name, spec in mine.items():
        hidden = parameters(spec) - 2 * 1000 * spec.width
        assert hidden == pytest.approx(claimed[size], rel=0.05), name


@pytest.mark.parametrize(
    "kind, wrong, message",
    [
        (DecoderSpec, {"layers": 0}, "spec.layers is 0"),
        (DecoderSpec, {"heads": 2.0}, "spec.heads is 2.0"),
        (DecoderSpec, {"ratio": -1}, "spec.ratio is -1"),
        (LoopedSpec, {"loops": 0}, "spec.loops is 0"),
        (LoopedSpec, {"query_loops": 0}, "spec.query_loops is 0"),
        (LoopedSpec, {"spread": 0}, "spec.spread is 0; expected a whole number, at least 1"),
        (LoopedSpec, {"loops": 4, "spread": 4}, "spec.spread is 4; expected less than loops, 4"),
        (LoopedSpec, {"width": 20}, "isn't a multiple of 2 [*] heads = 8"),
        (DecoderSpec, {"width": 30, "positions": Absolute()}, "isn't a multiple of heads = 4"),
        (EncoderDecoderSpec, {"encoders": 0}, "spec.encoders is 0"),
        (LSTMSpec, {"layers": 1.5}, "spec.layers is 1.5"),
        (ConvolutionSpec, {"taps": True}, "spec.taps is True"),
        (SSMSpec, {"state": "16"}, "spec.state is '16'"),
        (MLPSpec, {"hidden": -1}, "spec.hidden is -1"),
    ],
)
def test_impossible_sizes_are_one_line_errors(kind, wrong, message):
    with pytest.raises(UserError, match=message) as error:
        kind(**wrong)
    assert "\n" not in str(error.value)


def test_impossible_positions_are_one_line_errors():
    with pytest.raises(UserError, match=r"positions\.longest is 0"):
        Absolute(0)


def test_a_tied_model_reads_logits_off_with_its_embeddings():
    own, tied = LoopedSpec(width=16, heads=2), LoopedSpec(width=16, heads=2, tied=True)
    sizes = []
    for spec in (own, tied):
        state = nnx.state(spec.build(50, 3, nnx.Rngs(0)))
        sizes.append(sum(leaf.size for leaf in jax.tree.leaves(state)))
    assert sizes[0] - sizes[1] == 50 * 16
    model = tied.build(50, 3, nnx.Rngs(0))
    before = model(jnp.zeros((1, 3), jnp.int32), jnp.array([2]))
    model.embedding.embed_VD[...] = model.embedding.embed_VD[...].at[7].mul(3.0)
    after = model(jnp.zeros((1, 3), jnp.int32), jnp.array([2]))
    np.testing.assert_allclose(after[..., 7], 3 * before[..., 7], rtol=1e-5)
    np.testing.assert_allclose(after[..., 8], before[..., 8], rtol=1e-5)


def test_states_in_turn_and_by_parallel_scan_are_the_same():
    rng = np.random.RandomState(0)
    E, N = 6, 4
    dt, x = (jnp.asarray(rng.rand(B, T, E), jnp.float32) for _ in range(2))
    write, read = (jnp.asarray(rng.randn(B, T, N), jnp.float32) for _ in range(2))
    given = (dt, x, write, read), jnp.asarray(rng.rand(E, N), jnp.float32)

    def value_and_gradients(scan):
        loss_and_grad = jax.grad(lambda *parts: jnp.sum(scan(*parts) ** 2), argnums=(0, 1))
        return jax.tree.leaves((scan(*given), loss_and_grad(*given)))

    for one, other in zip(
        value_and_gradients(sequential), value_and_gradients(parallel), strict=True
    ):
        assert np.abs(one).max() > 1e-2
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
