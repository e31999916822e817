"""Models in plain JAX or Flax Linen become modules like any other."""

from __future__ import annotations

import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen, nnx
from zebroid.benchmarks.authoring.model_templates import MODEL
from zebroid.errors import InvalidModel
from zebroid.models import Matrix, from_functions, from_linen

V, D = 11, 8
TOKENS = jnp.array([[1, 2, 3, 4], [5, 6, 7, 8]])


def unused(*_):
    """Of a model that is refused before anything is computed."""
    raise AssertionError


class Net(linen.Module):
    """Tokens, and a mean of those before, to logits."""

    stateful: bool = False

    @linen.compact
    def __call__(self, tokens_BT):
        x_BTD = linen.Embed(V, D)(tokens_BT)
        x_BTD = x_BTD + linen.Dense(D)(jnp.cumsum(x_BTD, axis=1))
        if self.stateful:
            x_BTD = linen.BatchNorm(use_running_average=False)(x_BTD)
        return linen.Dense(V, name="head")(x_BTD)


def functions(dtype=jnp.float32):
    def init(key):
        return {"embed": jax.random.normal(key, (V, D), dtype), "scale": jnp.ones(D)}

    def apply(weights, tokens_BT):
        x_BTD = jnp.cumsum(weights["embed"][tokens_BT] * weights["scale"][None, None], axis=1)
        return x_BTD @ weights["embed"].T

    return init, apply


def test_functions_compute_what_they_compute_alone():
    init, apply = functions()
    module = from_functions(init, apply, nnx.Rngs(params=3))
    whole = apply(init(nnx.Rngs(params=3).params()), TOKENS)
    found = module(TOKENS, np.array([1, 3]))
    assert np.array_equal(found, whole[:, [1, 3]]) and found.dtype == jnp.float32


def test_a_linen_module_computes_what_it_computes_alone():
    module = from_linen(Net(), nnx.Rngs(params=3))
    key = nnx.Rngs(params=3).params()
    alone = Net().apply(Net().init(key, jnp.zeros((1, 2), jnp.int32)), TOKENS)
    assert np.allclose(module(TOKENS, np.arange(4)), np.asarray(alone), atol=1e-6)


def test_weights_are_parameters_and_matrices_those_that_are_named():
    module = from_linen(Net(), nnx.Rngs(params=0), matrix=lambda n: n == "Dense_0.kernel")
    leaves = jax.tree.leaves(nnx.state(module), is_leaf=lambda x: isinstance(x, nnx.Variable))
    assert len(leaves) == 5 and sum(isinstance(leaf, Matrix) for leaf in leaves) == 1


def test_gradients_reach_every_weight():
    module = from_functions(*functions(), nnx.Rngs(params=0))
    grads = nnx.grad(lambda m: (m(TOKENS, np.arange(4)) ** 2).sum())(module)
    assert all(jnp.abs(leaf).sum() > 0 for leaf in jax.tree.leaves(grads))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda r: from_functions(lambda k: {}, unused, r), "got no weights"),
        (lambda r: from_functions(*functions(jnp.bfloat16), r), "embed is bfloat16, expected flo"),
        (
            lambda r: from_functions(lambda k: [1.0], unused, r),
            "weight 0 is float, expected float32",
        ),
        (lambda r: from_linen(Net(stateful=True), r), "has variables batch_stats beside params"),
        (
            lambda r: from_functions(*functions(), r, matrix=lambda n: n == "scale"),
            "weight scale is no matrix",
        ),
    ],
)
def test_what_cannot_be_adapted_is_one_line(make, message):
    with pytest.raises(InvalidModel, match=re.escape(message)):
        make(nnx.Rngs(params=0))


@pytest.mark.long
def test_the_model_of_a_new_package_keeps_its_promises(tmp_path):
    from zebroid.benchmarks import check_model

    text = MODEL.replace("$id", "acme.net").replace("$title", "Net")
    (tmp_path / "net.py").write_text(text)
    report = check_model(str(tmp_path / "net.py"))
    assert report.passed, [o for o in report.outcomes if o.passed is False]
