"""What every model promises, one function each; what is checked is a spec, at small shapes.

Each returns what it found, or raises Refused with the cure. B batch, T tokens, P queried positions,
V vocabulary.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from .... import identity as identities
from ....models.architectures.presets import TYPES
from ....models.training import sharding
from ....models.training.decoding import prefill
from ..framework import Moot, Refused
from .jaxpr_flops import count
from .model_fixture import NEAR, STEPS, Subject, names, near, size


def identity(subject: Subject) -> str:
    """The class declares a type and a version, and every field has a value that a record holds."""
    if flaw := identities.flaw(subject.spec, TYPES):
        found, _, cure = flaw.rpartition("; ")
        raise Refused(found, cure)
    found = identities.record(subject.spec)
    spec: Any = subject.spec
    again = identities.record(dataclasses.replace(spec))
    if again != found:
        raise Refused(
            "a copy of the spec has another record", "let __post_init__ change nothing twice"
        )
    return f"{found['type']}, version {found['version']}, {len(found) - 2} fields"


def built(subject: Subject) -> str:
    """A spec is hashable, and builds a module of nothing but float32 parameters."""
    hash(subject.spec)
    found = names(subject)
    for name, variable in found.items():
        if not isinstance(variable, nnx.Param):
            raise Refused(
                f"{name} is a {type(variable).__name__}, which training neither moves nor keeps",
                "hold in nnx.Param all that a model has, and make constants when it is called",
            )
        if variable.get_value().dtype != jnp.float32:
            raise Refused(
                f"{name} is {variable.get_value().dtype}",
                "initialise parameters in float32; training casts them where that is faster",
            )
    total = sum(v.get_value().size for v in found.values())
    matrices = sum(v.get_value().size for v in found.values() if type(v) is not nnx.Param)
    return f"{total:,} parameters in {len(found)} arrays, {matrices:,} in hidden matrices"


def shape(subject: Subject) -> str:
    """Logits are float32 [B, P, V] and finite."""
    found, wanted = subject.usual, (subject.batch, subject.tokens, subject.vocabulary)
    if found.shape != wanted or found.dtype != np.float32:
        raise Refused(
            f"logits are {found.dtype}{list(found.shape)}, expected float32{list(wanted)}",
            "return a logit for every row, queried position and word",
        )
    if not np.isfinite(found).all():
        raise Refused(
            f"{(~np.isfinite(found)).sum()} of {found.size} first logits aren't finite",
            "start with smaller weights, and divide by nothing that may be 0",
        )
    return f"logits {list(wanted)}, the largest {np.abs(found).max():.2g}"


def causal(subject: Subject) -> str:
    """No prediction moves when a later token changes, and each when its own token does."""
    least = math.inf
    for t in range(subject.tokens):
        later = subject.tokens_BT.at[:, t:].add(1) % subject.vocabulary
        moved = np.abs(subject.everywhere(later) - subject.usual).max(axis=(0, 2))
        if np.any(moved[:t] > NEAR * size(subject)):
            place = int(np.argmax(moved[:t]))
            raise Refused(
                f"the prediction after token {place} moves by {moved[place]:.2g} when tokens from "
                f"{t} on change",
                "mask what stands behind the queried position, within the prompt too",
            )
        least = min(least, float(moved[t]))
    if least <= NEAR * size(subject):
        raise Refused(
            f"a prediction moves by {least:.2g} when the token it follows changes",
            "let the prediction after position p depend on token p",
        )
    return f"own tokens move predictions by at least {least:.2g}, later ones by nothing"


def positions(subject: Subject) -> str:
    """Any positions, in any order, known when traced or not, get the logits of all."""
    T, last = subject.tokens, subject.prompt - 1
    cases = ([last], [*range(last, T - 1)], [T - 2, 0, last], [*range(T)][::-1])
    static = jax.jit(
        lambda params: [subject.model(params)(subject.tokens_BT, np.array(at)) for at in cases]
    )
    for at, found in zip(cases, static(subject.params)):
        near(subject, found, subject.usual[:, at], f"queried after {at} alone, logits differ")
    turned = subject.query(subject.params, subject.tokens_BT, jnp.arange(T)[::-1])
    near(subject, turned, subject.usual[:, ::-1], "queried in reverse, logits differ")
    return f"{len(cases) + 1} choices of positions agree"


def step(subject: Subject) -> str:
    """Reading token by token gives the logits of reading at once."""
    if not hasattr(type(subject.model(subject.params)), "step"):
        raise Moot("it has no `step`; generation reads everything again for every token")
    first = subject.prompt - 1

    @jax.jit
    def stepped(params: Any, tokens_BT: jax.Array) -> jax.Array:
        model = subject.model(params)
        memory = prefill(model, tokens_BT[:, : first + 1], subject.tokens)

        def read(memory: Any, now: jax.Array) -> tuple[Any, jax.Array]:
            logits_BV, memory = model.step(memory, tokens_BT[:, now], now)
            return memory, logits_BV

        return jax.lax.scan(read, memory, jnp.arange(first, subject.tokens))[1].swapaxes(0, 1)

    found = stepped(subject.params, subject.tokens_BT)
    near(subject, found, subject.usual[:, first:], "token by token, logits differ")
    return f"{subject.tokens - first} tokens agree"


def batch(subject: Subject) -> str:
    """Permuting the rows permutes the predictions, and no row matters to another."""
    order = np.roll(np.arange(subject.batch), 3)
    turned = subject.everywhere(subject.tokens_BT[order])
    near(subject, turned, subject.usual[order], "rows in another order, logits differ")
    others = subject.tokens_BT.at[1:].add(1) % subject.vocabulary
    kept = subject.everywhere(others)[:1]
    near(subject, kept, subject.usual[:1], "when other rows change, a row's logits differ")
    return f"{subject.batch} rows, in two orders and among others"


def jitted(subject: Subject) -> str:
    """Not compiled, it gives the same."""
    found = subject.model(subject.params)(subject.tokens_BT, np.arange(subject.tokens))
    near(subject, found, subject.usual, "without jit, logits differ")
    return "same logits with and without jit"


def vmapped(subject: Subject) -> str:
    """Two seeds side by side give what each gives alone, and not the same."""
    other = subject.start(1)
    both = jax.tree.map(lambda *leaves: jnp.stack(leaves), subject.params, other)
    at = jnp.arange(subject.tokens)
    query = jax.jit(jax.vmap(lambda p: subject.model(p)(subject.tokens_BT, at)))
    one, two = query(both)
    alone = np.asarray(subject.query(other, subject.tokens_BT, at))
    near(subject, one, subject.usual, "under vmap, the first seed's logits differ")
    near(subject, two, alone, "under vmap, the second seed's logits differ")
    if np.abs(alone - subject.usual).max() <= NEAR * size(subject):
        raise Refused("two seeds give the same logits", "draw all weights from the rngs given")
    return "two seeds side by side, each as alone"


def sharded(subject: Subject) -> str:
    """Batch and parameters spread over the devices give the same."""
    devices = jax.devices()[: math.gcd(len(jax.devices()), subject.batch)]
    if len(devices) < 2:
        raise Moot("one device only")
    mesh = sharding.mesh(devices)
    tokens_BT = jax.device_put(subject.tokens_BT, sharding.first(mesh))
    params = jax.tree.map(
        lambda leaf: jax.device_put(leaf, sharding.spread(mesh, leaf.shape)), subject.params
    )
    at = jax.device_put(jnp.arange(subject.tokens), sharding.whole(mesh))
    near(subject, subject.query(params, tokens_BT, at), subject.usual, "sharded, logits differ")
    return f"batch and parameters over {len(devices)} devices"


def bf16(subject: Subject) -> str:
    """With bfloat16 weights, as on accelerators, nearly the same logits, in float32."""
    cast = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), subject.params)
    found = subject.query(cast, subject.tokens_BT, jnp.arange(subject.tokens))
    if found.dtype != jnp.float32:
        raise Refused(f"logits are {found.dtype}", "return float32 logits whatever the weights are")
    near(subject, found, subject.usual, "with bfloat16 weights, logits differ", tolerance=0.1)
    return "same logits within a tenth"


def gradients(subject: Subject) -> str:
    """Gradients stay finite, and training moves every parameter that is counted."""
    loss, fine, after = subject.trained
    if not fine.all():
        raise Refused(
            f"a gradient isn't finite at step {int(np.argmin(fine))} (loss {loss[~fine][0]:.3g})",
            "look for a logarithm, root or quotient at 0, also on the side that `where` discards",
        )
    pairs = zip(names(subject), jax.tree.leaves(subject.params), jax.tree.leaves(after))
    still = [name for name, before, now in pairs if np.array_equal(before, now)]
    if still:
        raise Refused(
            f"training never moves {', '.join(still)}, which counts as parameters",
            "use every parameter, or don't keep it in the module",
        )
    return f"finite over {STEPS} steps; every array moves"


def overfits(subject: Subject) -> str:
    """One batch is learned by heart."""
    loss = subject.trained[0]
    text = f"loss {loss[0]:.2f} to {loss[-1]:.2g} in {STEPS} steps"
    if not loss[-1] < 0.1 * loss[0]:
        raise Refused(
            f"{text} on {subject.batch} rows; expected less than a tenth",
            "look for inputs that don't arrive, saturated units, or weights that start too large",
        )
    return text


def flops(subject: Subject) -> str:
    """The formula is between all matrix products and all arithmetic of the traced program."""
    text, params = [], nnx.to_pure_dict(subject.shapes[1])
    for at in ((subject.prompt - 1,), subject.answers, (0, *subject.answers)):
        tokens = jax.ShapeDtypeStruct((1, at[-1] + 1), jnp.int32)
        call = lambda p, x, at=at: subject.model(p)(x, np.array(at))  # noqa: E731
        counted = count(call, params, tokens)
        formula = subject.spec.flops(subject.vocabulary, subject.prompt, at)
        low, high = 0.9 * counted.products, 1.1 * (counted.products + counted.others)
        if not low <= formula <= high:
            raise Refused(
                f"flops({subject.vocabulary}, {subject.prompt}, {at}) is {formula:,.0f}; counted "
                f"are {counted.products:,.0f} of matrix products, {counted.others:,.0f} others",
                "count the matrix products of one example's forward pass, two for each "
                "multiplication and addition, with the positions that are pruned",
            )
        text.append(f"{formula / max(1.0, counted.products):.2f}")
    return f"formula over counted products: {', '.join(text)}"
