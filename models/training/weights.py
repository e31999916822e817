"""Trained weights by name: the model that has them, and what it answers.

A name is the path of a parameter in its module, such as ``blocks.0.attention.out_DD``. S seeds,
Q questions, G tokens generated at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx, traverse_util

from ...errors import UserError
from ..spec import Spec
from . import prng
from .batches import Questions, questions
from .compiled import Program, query
from .decoding import Answers, generate
from .plan import MOST_SAMPLES, Float, Int, Plan, Tokens
from .sharding import Layout, on_cpu
from .xla_options import compiled

TOGETHER = 16  # samples that one call draws: between calls a run can be interrupted


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
    queries, Q = questions(tokens), len(tokens.query)
    found: list[list[Any]] = []
    for seed in range(len(next(iter(weights.values())))):
        own = nested(program.model[1], {name: each[seed] for name, each in weights.items()})
        given = jax.tree.map(lambda leaf: np.stack([leaf] * vmap_size), (own, queries))
        answers = query(program, *place.put(given))
        found.append([np.asarray(each)[0, 0, :Q] for each in answers])
    together: list[Any] = [np.stack(each) for each in zip(*found)]
    return Answers(*together)


@compiled(static_argnums=0)
def draw(program: Program, params: Any, keys: Any, temperature: Any, questions: Questions) -> Any:
    """(answers [M, A, n, C * chunk], generated [M, A, n, C * chunk, max_new]) of n samples, one of
    each of ``keys``, key data uint32 [M, n, 2]. Where the answer is the one token that is written,
    its distribution is computed once for all of them."""

    def each(params: Any, keys: Any, questions: Questions) -> Any:
        own = program.ready(program.layout.weights(params))

        def answered(graph: Any) -> Any:
            model = nnx.merge(graph, own)

            def chunk(part: tuple[Any, ...]) -> Any:
                number, *rows = part
                query, members = program.layout.rows(tuple(rows))

                def one(data: Any) -> Any:
                    key = jax.random.fold_in(jax.random.wrap_key_data(data), number)
                    form, longest = questions.form, program.max_new
                    found = generate(model, query, members, form, longest, key, temperature)
                    return found.answer, found.generated

                together = len(keys) if program.max_new == 1 else None
                return jax.lax.map(one, keys, batch_size=together)

            numbers = jnp.arange(len(questions.query))
            found = jax.lax.map(chunk, (numbers, questions.query, questions.members))
            found = (jnp.moveaxis(a, 1, 0) for a in program.layout.gathered(found))
            return tuple(a.reshape(len(a), -1, *a.shape[3:]) for a in found)

        return tuple(map(jnp.stack, zip(*map(answered, program.answering))))

    if len(keys) == 1:
        given = jax.tree.map(lambda leaf: leaf[0], (params, keys, questions))
        return jax.tree.map(lambda leaf: leaf[None], each(*given))
    return jax.vmap(each)(params, keys, questions)


def sampled(
    program: Program,
    params: Any,
    questions: Questions,
    seeds: Sequence[tuple[int, ...]],
    samples: int,
    temperature: float,
) -> tuple[Int, Int]:
    """(answers int32 [M, A, samples, C * chunk], generated int32 [M, A, ..., max_new]) that M
    members draw with these parameters, the m-th by the seeds of the m-th tuple.

    In NumPy. A sample depends on its number and the seeds, not on how many there are.
    """
    one = jnp.stack([prng.key("sample", *mine) for mine in seeds])
    numbers, answers, written = np.arange(samples), list[Any](), list[Any]()
    for first in range(0, samples, TOGETHER):
        size = min(samples, TOGETHER)  # the last ones are filled up: one program serves them all
        mine = (first + np.arange(size)) % samples
        keys = jax.vmap(jax.vmap(jax.random.fold_in, (None, 0)), (0, None))(one, mine)
        data = np.asarray(jax.random.key_data(keys))
        more = draw(
            program, params, *program.layout.put((data, np.float32(temperature))), questions
        )
        new = len(numbers[first : first + TOGETHER])
        answer, generated = (np.asarray(a)[:, :, :new] for a in more)
        answers.append(answer)
        written.append(generated)
    return np.concatenate(answers, axis=2), np.concatenate(written, axis=2)


def sample(
    spec: Spec,
    tokens: Tokens,
    weights: Mapping[str, Float],
    samples: int,
    temperature: float = 1.0,
    seeds: Sequence[tuple[int, ...]] = (),
    *,
    layout: str = "",
    bf16: bool | None = None,
) -> Int:
    """int32 [S, samples, Q]: answers that models with these weights [S, ...] sample, -1 malformed.

    Every token is drawn from the softmax of logits / ``temperature``; equal ``seeds``, a tuple for
    each of the S, give equal samples. Those of a training are (seed of sampling, init, order). By
    default (0,), (1,), …  Raises UserError for less than one sample, and for a temperature beyond
    0.001 to 1,000.
    """
    plan = Plan(samples=samples, temperature=temperature)
    if not samples:
        raise UserError(f"samples = 0: expected a whole number from 1 to {MOST_SAMPLES:,}")
    place = Layout.of(layout)
    program = Program.of(spec, plan, tokens, not on_cpu() if bf16 is None else bf16, place)
    queries, Q = questions(tokens), len(tokens.query)
    S = len(next(iter(weights.values())))
    found = []
    for number, mine in enumerate(seeds or [(i,) for i in range(S)]):
        own = nested(program.model[1], {name: each[number] for name, each in weights.items()})
        both = jax.tree.map(lambda leaf: np.asarray(leaf)[None], (own, queries))
        params, queried = place.put(both)
        answer, _ = sampled(program, params, queried, [mine], samples, temperature)
        found.append(answer[0, 0, :, :Q])
    return np.stack(found)
