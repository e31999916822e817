"""Adapters: a model in plain JAX functions, or in Flax Linen, as the module that a spec builds.

What they wrap computes logits for every position at once: [B, T] tokens in, [B, T, V] logits out,
none of which depends on a later token. They know the wrapped model's weights and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from ...errors import InvalidModel
from .residual import take
from .transformer import Matrix

if TYPE_CHECKING:
    from flax import linen

Weights = Any  # any tree of float32 arrays
Init = Callable[[jax.Array], Weights]  # key -> weights
Apply = Callable[[Weights, jax.Array], jax.Array]  # weights, tokens [B, T] -> logits [B, T, V]


class Adapted(nnx.Module):
    """A module whose weights are the leaves of a tree, and which computes by a function of it."""

    def __init__(self, weights: Weights, apply: Apply, matrix: Callable[[str], bool]) -> None:
        leaves, self.tree = jax.tree_util.tree_flatten_with_path(weights)
        if not leaves:
            raise InvalidModel("got no weights, expected a tree of arrays; let init return it")
        names = [jax.tree_util.keystr(path, simple=True, separator=".") for path, _ in leaves]
        for name, (_, leaf) in zip(names, leaves):
            if getattr(leaf, "dtype", None) != jnp.float32:
                kind = getattr(leaf, "dtype", type(leaf).__name__)
                raise InvalidModel(f"weight {name} is {kind}, expected float32; cast it in init")
            if matrix(name) and leaf.ndim < 2:
                raise InvalidModel(f"weight {name} is no matrix; leave it out in matrix()")
        self.weights = nnx.List(
            [
                Matrix(leaf) if matrix(name) else nnx.Param(leaf)
                for name, (_, leaf) in zip(names, leaves)
            ]
        )
        self.apply = apply

    def __call__(self, tokens_BT: jax.Array, at_P: jax.Array | np.ndarray) -> jax.Array:
        leaves = [weight[...] for weight in self.weights]
        logits_BTV = self.apply(jax.tree_util.tree_unflatten(self.tree, leaves), tokens_BT)
        return take(logits_BTV, at_P).astype(jnp.float32)


def from_functions(
    init: Init, apply: Apply, rngs: nnx.Rngs, matrix: Callable[[str], bool] = lambda name: False
) -> nnx.Module:
    """The module of a plain JAX model: for ``build`` of a spec.

    ``init(key)`` draws the weights, a tree of float32 arrays; ``apply(weights, tokens_BT)`` gives
    float32 logits [B, T, V]. ``matrix(name)`` says of a weight, by its path as ``layer.kernel``,
    whether it is a hidden matrix, which weight decay shrinks and Muon orthogonalises; its last two
    axes are (in, out). Raises InvalidModel for weights of another kind.
    """
    return Adapted(init(rngs.params()), apply, matrix)


def from_linen(
    module: linen.Module, rngs: nnx.Rngs, matrix: Callable[[str], bool] = lambda name: False
) -> nnx.Module:
    """The module of a Flax Linen module that maps tokens [B, T] to logits [B, T, V].

    Its variables are those of the collection ``params`` alone; a module with others (batch norm) or
    with dropout has no place in training that is a function of its seeds. ``matrix`` as above.
    Raises InvalidModel where it has others.
    """

    def init(key: jax.Array) -> Mapping[str, Any]:
        variables = module.init(key, jnp.zeros((1, 2), jnp.int32))
        if odd := sorted({*variables} - {"params"}):
            raise InvalidModel(
                f"{type(module).__name__} has variables {', '.join(odd)} beside params; "
                "give a module without state"
            )
        return variables["params"]

    def apply(weights: Weights, tokens_BT: jax.Array) -> jax.Array:
        return module.apply({"params": weights}, tokens_BT)  # type: ignore[return-value]

    return from_functions(init, apply, rngs, matrix)
