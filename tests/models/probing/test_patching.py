"""Patches of the residual stream: what is put there is what goes on, and nothing else moves."""

from __future__ import annotations

import functools

import jax
import numpy as np
import pytest
from flax import nnx
from zebroid.errors import UserError
from zebroid.models.architectures.looped import LoopedSpec
from zebroid.models.probing.patching import patched
from zebroid.models.probing.residual_stream import residual_stream

V, B, T, D = 11, 12, 4, 16
SPEC = LoopedSpec(width=D, heads=2, layers=1, loops=2, tied=True)
TOKENS = np.random.RandomState(0).randint(0, V, (B, T)).astype(np.int32)


@functools.cache
def built():
    graph, state = nnx.split(SPEC.build(V, T, nnx.Rngs(5)))
    model = nnx.merge(graph, jax.tree.map(lambda leaf: 3.0 * leaf, state))
    return model, residual_stream(model, TOKENS)


def answers(model, tokens):
    return np.asarray(model(tokens, np.array([T - 1])))[:, 0].argmax(-1)


def test_the_own_stream_changes_nothing_and_that_of_another_row_at_the_end_gives_its_answer():
    model, stream = built()
    layers, positions = np.indices((len(stream), T)).reshape(2, -1)
    own = np.stack([stream[layer, :, at] for layer, at in zip(layers, positions)])
    plain = answers(model, TOKENS)
    assert len({*plain.tolist()}) > 2
    assert (patched(model, TOKENS, layers, positions, own) == plain).all()
    order = np.roll(np.arange(B), 1)
    other = patched(model, TOKENS, layers, positions, own[:, order])
    last = (layers == len(stream) - 1) & (positions == T - 1)
    assert (other[last] == plain[order]).all()
    before = (layers == len(stream) - 1) & (positions < T - 1)
    assert (other[before] == plain).all(), "no layer reads it any more"
    assert (other[layers == 0] != plain).any(), "each layer reads what is embedded"


def test_a_patch_of_what_is_embedded_is_another_token_there():
    model, stream = built()
    order = np.roll(np.arange(B), 1)
    exchanged = TOKENS.copy()
    exchanged[:, 1] = TOKENS[order, 1]
    (found,) = patched(model, TOKENS, [0], [1], stream[:1, order, 1])
    assert np.array_equal(found, answers(model, exchanged))


class Deaf(nnx.Module):
    """Goes on with its own stream, whatever it is sent."""

    def __init__(self, model):
        self.model = model

    def head(self, x):
        return self.model.head(x)

    def residual(self, tokens, at):
        for x in self.model.residual(tokens, at):  # noqa: UP028 - that would pass on what is sent
            yield x


def test_a_model_that_does_not_hear_and_values_of_another_shape_are_refused():
    model, stream = built()
    with pytest.raises(UserError, match="have it take what it is sent"):
        patched(Deaf(model), TOKENS, [0], [1], stream[:1, :, 1])
    with pytest.raises(UserError, match=r"values are \[2, 12, 16\]; expected"):
        patched(model, TOKENS, [0], [1], stream[:2, :, 1])
