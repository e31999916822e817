"""What every architecture owes its callers, on tiny sizes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from zebroid.models.convolution import ConvolutionSpec
from zebroid.models.decoder import DecoderSpec
from zebroid.models.encoder_decoder import EncoderDecoderSpec
from zebroid.models.generate import prefill
from zebroid.models.initial import Small, ZeroOutputs
from zebroid.models.looped import LoopedSpec
from zebroid.models.mlp import MLPSpec
from zebroid.models.positions import Absolute, Rotary, Unordered
from zebroid.models.presets import MODELS
from zebroid.models.recurrent import GRUSpec, LSTMSpec
from zebroid.models.ssm import SSMSpec
from zebroid.registry import UserError

V, B, T, P = 11, 3, 7, 3
SPECS = {
    "decoder": DecoderSpec(width=16, heads=2),
    "absolute": DecoderSpec(width=16, heads=2, positions=Absolute(T), initial=Small(0.5)),
    "encoder-decoder": EncoderDecoderSpec(width=16, heads=2),
    "deep encoder-decoder": EncoderDecoderSpec(width=16, encoders=1, decoders=2, heads=2),
    "looped": LoopedSpec(width=16, heads=2, loops=3),
    "lstm": LSTMSpec(width=16, layers=2),
    "gru": GRUSpec(width=16, layers=2),
    "convolution": ConvolutionSpec(width=16, layers=3, taps=3, period=2),
    "ssm": SSMSpec(width=16, layers=2, state=4),
    "mlp": MLPSpec(width=16),
}
ASKED = [np.array([T - 1]), np.array([2, 4]), np.array([5, 0, 3]), np.arange(T)[::-1]]


@pytest.fixture(scope="module", params=SPECS, ids=list(SPECS))
def answers(request):
    """tokens [B, T] -> logits asked in four ways, by one compiled program."""
    spec = SPECS[request.param]
    graph, state = nnx.split(nnx.jit(lambda: spec.build(V, P, nnx.Rngs(0)))())

    @jax.jit
    def ways(tokens_BT, every_T):
        model = nnx.merge(graph, state)
        memory, stepped = prefill(model, tokens_BT[:, :P], T), []
        for now in range(P - 1, T):
            logits_BV, memory = model.step(memory, tokens_BT[:, now], jnp.int32(now))
            stepped.append(logits_BV)
        half = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), state)
        return {
            "everywhere": model(tokens_BT, every_T),
            "pruned": [model(tokens_BT, at) for at in ASKED],
            "stepped": jnp.stack(stepped, axis=1),
            "half": nnx.merge(graph, half)(tokens_BT, np.arange(T)),
        }

    return lambda tokens_BT: ways(tokens_BT, jnp.arange(T))


@pytest.fixture(scope="module")
def tokens_BT() -> jax.Array:
    return jax.random.randint(jax.random.key(1), (B, T), 0, V)


def test_no_prediction_sees_a_later_token(answers, tokens_BT):
    before = answers(tokens_BT)["everywhere"]
    for first in (2, 4):  # the prompt's last token, then one behind it
        after = answers(tokens_BT.at[:, first:].set((tokens_BT[:, first:] + 1) % V))["everywhere"]
        np.testing.assert_array_equal(before[:, :first], after[:, :first])
        assert np.all(np.abs(before[:, first:] - after[:, first:]).max(axis=(0, 2)) > 1e-3)


def test_asking_at_few_positions_gives_the_logits_of_asking_everywhere(answers, tokens_BT):
    found = answers(tokens_BT)
    for at, pruned in zip(ASKED, found["pruned"]):
        np.testing.assert_allclose(pruned, found["everywhere"][:, at], atol=1e-5)


def test_reading_token_by_token_gives_the_logits_of_reading_at_once(answers, tokens_BT):
    found = answers(tokens_BT)
    np.testing.assert_allclose(found["stepped"], found["everywhere"][:, P - 1 :], atol=1e-5)


def test_half_precision_gives_nearly_the_same_logits_in_full(answers, tokens_BT):
    found = answers(tokens_BT)
    assert found["half"].dtype == jnp.float32
    np.testing.assert_allclose(found["half"], found["everywhere"], atol=0.05)
    assert np.any(np.asarray(found["half"]) != np.asarray(found["everywhere"]))


def logits(spec, tokens_BT, at=(T - 1,), state=None):
    graph, own = nnx.split(spec.build(V, P, nnx.Rngs(0)))
    return nnx.merge(graph, own if state is None else state)(tokens_BT, np.array(at))


def effect(spec, tokens_BT, places, at=(T - 1,)):
    """How far the logits move when the tokens at these places change, one place at a time."""

    @jax.jit
    def moved():
        before = logits(spec, tokens_BT, at)
        others = [tokens_BT.at[:, t].set((tokens_BT[:, t] + 1) % V) for t in places]
        return jnp.stack([jnp.abs(logits(spec, x, at) - before).max() for x in others])

    return np.asarray(moved())


def test_a_convolution_sees_its_receptive_field_and_nothing_before(tokens_BT):
    spec = ConvolutionSpec(width=16, layers=2, taps=2)
    assert spec.dilations == (1, 2) and spec.field == 4
    assert ConvolutionSpec(layers=5, taps=3, period=2).dilations == (1, 2, 1, 2, 1)
    seen = effect(spec, tokens_BT, range(T))
    assert np.all(seen[: T - 4] == 0) and np.all(seen[T - 4 :] > 1e-4)


def test_a_perceptron_sees_a_window_as_long_as_the_prompt(tokens_BT):
    seen = effect(MLPSpec(width=16), tokens_BT, range(T))
    assert np.all(seen[: T - P] == 0) and np.all(seen[T - P :] > 1e-4)


def test_an_encoder_sees_the_prompt_in_both_directions(tokens_BT):
    model = SPECS["encoder-decoder"].build(V, P, nnx.Rngs(0))

    @jax.jit
    def encoded(tokens_BT):
        return model.encode(model.embedding(tokens_BT[:, :P], np.arange(P)))

    before, after = (encoded(x) for x in (tokens_BT, tokens_BT.at[:, P - 1].add(1) % V))
    assert np.all(np.abs(before - after).max(axis=2) > 1e-4)


def test_order_of_tokens_matters_with_positions_and_without_them_to_one_layer_it_does_not(
    tokens_BT,
):
    swapped = tokens_BT[:, np.array([1, 0, 2, 3, 4, 5, 6])]
    one = {"layers": 1, "width": 16, "heads": 2}

    change = jax.jit(
        lambda: [
            jnp.abs(logits(spec, tokens_BT) - logits(spec, swapped)).max()
            for spec in (
                DecoderSpec(positions=Rotary(), **one),
                DecoderSpec(positions=Absolute(), **one),
                DecoderSpec(positions=Unordered(), **one),
            )
        ]
    )
    rotary, absolute, none = map(float, change())
    assert min(rotary, absolute) > 1e-4 and none < 1e-5


def test_learned_positions_refuse_a_longer_text_in_one_line(tokens_BT):
    spec = DecoderSpec(width=16, heads=2, positions=Absolute(T - 1))
    with pytest.raises(UserError, match=r"Absolute\(longest=7\)"):
        jax.eval_shape(lambda: logits(spec, tokens_BT))
    with pytest.raises(UserError, match="learned positions"):
        jax.eval_shape(lambda: spec.build(V, P, nnx.Rngs(0)).memory(B, T))


def test_loops_can_be_more_or_fewer_when_asked_than_in_training(tokens_BT):
    spec = LoopedSpec(width=16, heads=2, loops=2, asked=5)
    assert spec.answering.loops == 5
    assert LoopedSpec(loops=2).answering.loops == 2

    @jax.jit
    def both():
        state = nnx.state(spec.build(V, P, nnx.Rngs(0)))
        unrolled = LoopedSpec(width=16, heads=2, loops=5)
        return [
            logits(s, tokens_BT, state=state) for s in (spec, spec.answering, unrolled)
        ]

    trained, answering, unrolled = both()
    np.testing.assert_array_equal(answering, unrolled)
    assert np.abs(trained - answering).max() > 1e-3


def test_nothing_is_written_to_the_stream_at_first_by_zero_outputs(tokens_BT):
    """So predictions depend on the last token alone."""
    spec = DecoderSpec(width=16, heads=2, initial=ZeroOutputs())
    assert np.all(effect(spec, tokens_BT, range(T - 1)) == 0)


def test_small_weights_have_the_deviation_that_is_said():
    drawn = jax.jit(lambda: Small(0.8).hidden(nnx.Rngs(0), (3, 64, 100)))()
    assert float(drawn.std()) == pytest.approx(64**-0.8, rel=0.02)


def parameters(spec) -> int:
    state = nnx.state(nnx.eval_shape(lambda: spec.build(1000, 4, nnx.Rngs(0))))
    return sum(leaf.size for leaf in jax.tree.leaves(state))


@pytest.mark.parametrize("size", ["xs", "s", "m", "l", "xl"])
def test_presets_of_one_size_have_equal_parameters(size):
    """Within 5%, embeddings and logits left out, at the stated 4 tokens of the prompt."""
    claimed = {"xs": 24.7e3, "s": 98.6e3, "m": 394e3, "l": 3.15e6, "xl": 100.7e6}
    mine = {name: spec for name, spec in MODELS.items() if name.endswith(f"-{size}")}
    assert len(mine) == 8
    for name, spec in mine.items():
        hidden = parameters(spec) - 2 * 1000 * spec.width
        assert hidden == pytest.approx(claimed[size], rel=0.05), name


@pytest.mark.parametrize(
    "kind, wrong, said",
    [
        (LoopedSpec, {"loops": 0}, "spec.loops is 0"),
        (LoopedSpec, {"asked": 0}, "spec.asked is 0"),
        (LoopedSpec, {"width": 20}, "isn't a multiple of 2 [*] heads = 8"),
        (DecoderSpec, {"width": 30, "positions": Absolute()}, "isn't a multiple of heads = 4"),
        (EncoderDecoderSpec, {"encoders": 0}, "spec.encoders is 0"),
        (LSTMSpec, {"layers": 1.5}, "spec.layers is 1.5"),
        (ConvolutionSpec, {"taps": True}, "spec.taps is True"),
        (SSMSpec, {"state": "16"}, "spec.state is '16'"),
        (MLPSpec, {"hidden": -1}, "spec.hidden is -1"),
    ],
)
def test_impossible_sizes_are_one_line_errors(kind, wrong, said):
    with pytest.raises(UserError, match=said) as error:
        kind(**wrong)
    assert "\n" not in str(error.value)


def test_impossible_positions_are_one_line_errors():
    with pytest.raises(UserError, match="positions.longest is 0"):
        Absolute(0)
