"""Trained weights by name: the model that has them, and what it answers.

A name is the path of a parameter in its module, such as ``blocks.0.attention.out_DD``. S seeds,
Q questions, G tokens generated at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np
from flax import nnx, traverse_util

from ...errors import UserError
from ..spec import Spec
from .batches import Questions, load
from .compiled import Program, query
from .decoding import Answers, generate
from .plan import Float, Int, Plan, Tokens
from .sharding import Layout, on_cpu

MOST_SAMPLES = 1_000  # of one question


def named(params: Mapping[Any, Any]) -> dict[str, Any]:
    """Name -> parameter, of the nested dictionaries that training moves."""
    flat = traverse_util.flatten_dict(params)
    return {".".join(map(str, path)): leaf for path, leaf in flat.items()}


def nested(params: Mapping[Any, Any], weights: Mapping[str, Any]) -> dict[Any, Any]:
    """The inverse of ``named``: ``weights`` as ``params`` are nested, which have their shapes.

    Raises UserError where a weight is missing, left over, or of another shape or type.
    """
    flat: dict[Any, Any] = traverse_util.flatten_dict(params)
    paths = {".".join(map(str, path)): path for path in flat}
    for kind, names in (("lack", {*paths} - {*weights}), ("hold", {*weights} - {*paths})):
        if names:
            but = "" if kind == "lack" else ", which the model has not"
            raise UserError(f"weights {kind} {min(names)!r}{but}; give those of this very model")
    for name, path in paths.items():
        found, wanted = weights[name], flat[path]
        if found.shape != wanted.shape or found.dtype != wanted.dtype:
            raise UserError(
                f"weight {name!r} is {found.dtype}{list(found.shape)}, expected "
                f"{wanted.dtype}{list(wanted.shape)}; give those of this very model"
            )
    return traverse_util.unflatten_dict({path: weights[name] for name, path in paths.items()})


def model(spec: Spec, tokens: Tokens, weights: Mapping[str, Float], seed: int = 0) -> Any:
    """The NNX module that answers, with the weights [S, ...] of one seed, by its place."""
    program = Program.of(spec, Plan(), tokens)
    own = nested(program.model[1], {name: each[seed] for name, each in weights.items()})
    return nnx.merge(program.answering[0], jax.tree.map(jax.numpy.asarray, own))


def answer(
    spec: Spec,
    tokens: Tokens,
    weights: Mapping[str, Float],
    *,
    layout: str = "",
    bf16: bool | None = None,
    vmap_size: int = 1,
) -> Answers:
    """What models with these weights [S, ...] answer to the questions of ``tokens``.

    NumPy arrays: answers [S, Q], bits [S, Q], generated [S, Q, G]. They are those of the training's
    last checkpoint, bit for bit, on the same kind of device with as many cores, in the same
    ``layout``, precision (``bf16``) and with as many ``vmap_size``, which ``Run.vmap_size`` says.
    """
    place = Layout.of(layout)
    program = Program.of(spec, Plan(), tokens, not on_cpu() if bf16 is None else bf16, place)
    questions, Q = Questions.of(load(tokens, Plan())), len(tokens.query)
    found: list[list[Any]] = []
    for seed in range(len(next(iter(weights.values())))):
        own = nested(program.model[1], {name: each[seed] for name, each in weights.items()})
        given = jax.tree.map(lambda leaf: np.stack([leaf] * vmap_size), (own, questions))
        answers = query(program, *place.put(given))
        found.append([np.asarray(each)[0, 0, :Q] for each in answers])
    together: list[Any] = [np.stack(each) for each in zip(*found)]
    return Answers(*together)


def sample(
    spec: Spec,
    tokens: Tokens,
    weights: Mapping[str, Float],
    samples: int,
    temperature: float = 1.0,
    seed: int = 0,
) -> Int:
    """int32 [S, samples, Q]: answers that models with these weights [S, ...] sample, -1 malformed.

    Every token is drawn from the softmax of logits / ``temperature``; equal seeds give equal
    samples. Raises UserError for less than one sample, and for a temperature that is not positive.
    """
    if not isinstance(samples, int) or not 1 <= samples <= MOST_SAMPLES:
        raise UserError(
            f"samples = {samples!r}: expected a whole number from 1 to {MOST_SAMPLES:,}"
        )
    if not 0 < temperature < float("inf"):
        raise UserError(f"temperature = {temperature!r}: expected a number above 0")
    program = Program.of(spec, Plan(), tokens)
    questions, Q = Questions.of(load(tokens, Plan())), len(tokens.query)
    questions = jax.tree.map(jax.numpy.asarray, questions)

    @jax.jit
    def drawn(own: Any, key: jax.Array) -> jax.Array:
        model = nnx.merge(program.answering[0], own)

        def chunk(part: tuple[Any, ...]) -> jax.Array:
            number, query, members = part
            now = jax.random.fold_in(key, number)
            form, longest = questions.form, program.max_new
            return generate(model, query, members, form, longest, now, temperature).answer

        numbers = np.arange(len(questions.query))
        return jax.lax.map(chunk, (numbers, questions.query, questions.members)).reshape(-1)

    keys = jax.random.split(jax.random.key(seed), samples)
    found = []
    for place in range(len(next(iter(weights.values())))):
        own = nested(program.model[1], {name: each[place] for name, each in weights.items()})
        found.append(np.stack([np.asarray(drawn(own, key))[:Q] for key in keys]))
    return np.stack(found)
