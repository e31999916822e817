"""The residual stream of every architecture: what the head reads is what it says."""

from __future__ import annotations

import functools

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
from zebroid.models.layers.positions import Absolute
from zebroid.models.probing.residual_stream import residual_stream

V, B, T, S, D = 11, 40, 7, 3, 16
SPECS = {  # with the number of their layers
    "decoder": (DecoderSpec(width=D, heads=2, layers=3), 3),
    "decoder of one layer": (DecoderSpec(width=D, heads=2, layers=1), 1),
    "encoder-decoder": (EncoderDecoderSpec(width=D, encoders=1, decoders=2, heads=2), 2),
    "looped": (LoopedSpec(width=D, heads=2, layers=2, loops=3), 6),
    "looped, tied": (LoopedSpec(width=D, heads=2, loops=2, tied=True, positions=Absolute(T)), 2),
    "lstm": (LSTMSpec(width=D, layers=2), 2),
    "gru": (GRUSpec(width=D, layers=3), 3),
    "convolution": (ConvolutionSpec(width=D, layers=3), 3),
    "ssm": (SSMSpec(width=D, layers=2, state=4), 2),
    "mlp": (MLPSpec(width=D, layers=2), 2),
}
TOKENS = np.random.RandomState(0).randint(0, V, (B, T)).astype(np.int32)


@functools.cache
def built(name):
    """A model whose layers write much to the stream: an untrained one's hardly do."""
    graph, state = nnx.split(SPECS[name][0].build(V, S, nnx.Rngs(5)))
    return nnx.merge(graph, jax.tree.map(lambda leaf: 3.0 * leaf, state))


@pytest.mark.parametrize("name", SPECS)
def test_the_head_on_the_last_stream_gives_the_logits(name):
    """Where the model computes it at one position alone, too; and layer 0 is the embedding."""
    model, L = built(name), SPECS[name][1]
    found = residual_stream(model, TOKENS)
    assert found.shape == (L + 1, B, T, D) and found.dtype == np.float32
    read = np.asarray(model.head(jnp.asarray(found[L])))
    ats = np.array([S - 1]), np.array([T - 1, 0])  # behind the prompt, and within it
    for at, logits in zip(ats, jax.jit(lambda x: [model(x, a) for a in ats])(TOKENS)):
        np.testing.assert_allclose(read[:, at], logits, rtol=1e-3, atol=1e-4)
    assert np.abs(read).max() > 0.1
    moved = np.abs(np.diff(found, axis=0)).max(axis=(1, 2, 3))
    assert np.all(moved > 1e-3), "every layer writes to the stream"
    if name != "mlp":
        embedded = np.asarray(model.embedding(jnp.asarray(TOKENS), np.arange(T)))
        np.testing.assert_array_equal(found[0], embedded)


def test_layer_0_of_a_perceptron_is_the_first_map_of_its_window():
    model = built("mlp")
    (found,) = residual_stream(model, TOKENS, layers=0, positions=[T - 1])
    window = np.asarray(model.embedding.embed_VD[...])[TOKENS[:, T - S :]]
    expected = window.reshape(B, -1) @ np.asarray(model.in_WD[...])
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-4, atol=1e-5)


def test_chosen_layers_and_positions_are_those_of_the_whole_in_the_order_given():
    model = built("looped")
    whole = residual_stream(model, TOKENS)
    found = residual_stream(model, TOKENS, layers=[6, 0, -2], positions=(5, -7))
    np.testing.assert_allclose(found, whole[[6, 0, 5]][:, :, [5, 0]], rtol=1e-5, atol=1e-6)
    one = residual_stream(model, TOKENS, layers=np.int64(4), positions=-1)
    np.testing.assert_allclose(one, whole[4:5, :, -1:], rtol=1e-5, atol=1e-6)


def test_a_stream_sees_no_later_token():
    model = built("decoder")
    other = TOKENS.copy()
    other[:, 4:] = (other[:, 4:] + 1) % V
    before, after = residual_stream(model, TOKENS), residual_stream(model, other)
    np.testing.assert_allclose(before[:, :, :4], after[:, :, :4], rtol=1e-5, atol=1e-5)
    assert np.all(np.abs(before - after)[:, :, 4:].max(axis=(1, 3)) > 1e-3)


def test_a_loop_more_is_a_layer_more_of_the_same_weights():
    longer = LoopedSpec(width=D, heads=2, layers=2, loops=4).build(V, S, nnx.Rngs(5))
    shorter = LoopedSpec(width=D, heads=2, layers=2, loops=3).build(V, S, nnx.Rngs(5))
    long, short = residual_stream(longer, TOKENS), residual_stream(shorter, TOKENS)
    assert len(long) == 9 and len(short) == 7
    np.testing.assert_allclose(long[:7], short, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "given, message",
    [
        ({"layers": 4}, "layer 4; expected 0, the embedding, to 3, what the head reads"),
        ({"layers": [0, -5]}, "layer -5; expected 0"),
        ({"layers": []}, "layers .*; expected whole numbers from 0"),
        ({"layers": [0.5]}, r"layers \[0.5\]; expected whole numbers"),
        ({"layers": True}, "layers True; expected whole numbers"),
        ({"layers": [[0], [1, 2]]}, "layers .*; expected whole numbers"),
        ({"positions": 7}, "position 7; expected 0 to 6, as there are 7 tokens"),
        ({"positions": ["last"]}, "positions .*; expected whole numbers from 0 to 6"),
        ({"tokens_BT": TOKENS[0]}, r"tokens are int32\[7\]; expected whole numbers \[B, T\]"),
        ({"tokens_BT": TOKENS + 0.5}, "tokens are float64"),
        ({"tokens_BT": TOKENS + V}, f"token {2 * V - 1}; expected ids from 0 to {V - 1}"),
        ({"tokens_BT": TOKENS - V}, f"token {-V}; expected ids from 0"),
    ],
)
def test_what_is_not_there_is_one_line(given, message):
    with pytest.raises(UserError, match=message) as error:
        residual_stream(built("decoder"), **{"tokens_BT": TOKENS, **given})
    assert "\n" not in str(error.value)


def test_a_model_without_a_stream_is_one_line():
    with pytest.raises(UserError, match="Linear has no method residual"):
        residual_stream(nnx.Linear(2, 2, rngs=nnx.Rngs(0)), TOKENS)
