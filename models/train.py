"""Training as a pure function of (spec, tokens, plan, seeds).

One compiled program advances any number of steps and asks all questions at log-spaced
checkpoints on the way, so nothing recompiles between progress reports. Its shapes are rounded up,
so that corpora of one world share it. S seeds, K checkpoints, N examples, B batch, T tokens,
P asked positions, Q questions, C chunks of questions.
"""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from . import flops
from .generate import Format, generate
from .keys import key
from .optimizers import matrices, optimizer
from .run import Plan, Run, Tokens

CHUNK = 512  # questions asked at once: bounds memory
REPORT_S = 1.0  # seconds between progress reports
SAVE_S = 30.0  # seconds of work between checkpoints: saving costs 0.1 s, importing Orbax 1.2 s

Progress = Callable[[int, int, float, float], None]  # step, steps in all, examples/s, loss


class Spec(Protocol):
    """What train needs of an architecture: a frozen dataclass with these two methods."""

    def build(self, vocabulary: int, prompt: int, rngs: nnx.Rngs) -> nnx.Module: ...
    def flops(self, vocabulary: int, tokens: int, asked: int) -> float: ...


@dataclasses.dataclass(frozen=True)
class Program:
    """All that is static: what the compiled program depends on beside shapes."""

    spec: Any  # a Spec
    plan: Plan
    vocabulary: int
    prompt: int
    max_new: int
    at: tuple[int, ...]  # positions after which some row bears loss
    together: bool  # seeds on a leading axis, advanced side by side

    def parts(self, rngs: nnx.Rngs) -> tuple[Any, Any, Any]:
        """Graph definition, parameters, and which of them are hidden matrices."""
        graph, state = nnx.split(self.spec.build(self.vocabulary, self.prompt, rngs))
        return graph, nnx.to_pure_dict(state), nnx.to_pure_dict(matrices(state))


class Data(NamedTuple):
    """The corpus on the device."""

    rows: jax.Array  # int32 []: how many of the rows below are examples, the rest is padding
    train: jax.Array  # int32 [N, T]
    loss: jax.Array  # bool [N, P]
    ask: jax.Array  # int32 [C, chunk, prompt]
    members: jax.Array  # int32 [C, chunk, M]
    form: Format
    checkpoints: jax.Array  # int32 [K]


class State(NamedTuple):
    """One seed in training: all that a checkpoint must hold."""

    params: Any
    optimizer: Any
    order: jax.Array  # uint32 [2]: key data
    loss_sum: jax.Array  # float32 []: since the last checkpoint
    bad_step: jax.Array  # int32 []: the first step whose loss wasn't finite, else -1
    answer: jax.Array  # int32 [K, C * chunk]
    bits: jax.Array  # float32 [K, C * chunk]
    loss: jax.Array  # float32 [K]
    generated: jax.Array  # int32 [C * chunk, max_new]


def _round_up(n: int, least: int) -> int:
    """To two significant binary digits: the next of 2, 3, 4, 6, 8, 12, 16, …, times ``least``."""
    size = least
    while size < n:
        size = size * 3 // 2 if size & (size - 1) == 0 else size // 3 * 4
    return size


def _pad(array: Any, size: int, fill: int) -> np.ndarray:
    """Rows up to ``size``, filled."""
    array = np.asarray(array)
    filler = np.full((size - len(array), *array.shape[1:]), fill, array.dtype)
    return np.concatenate([array, filler])


def load(tokens: Tokens, plan: Plan) -> tuple[tuple[int, ...], Data]:
    """The asked positions, and the corpus on the device with sizes rounded up."""
    at = np.flatnonzero(np.asarray(tokens.loss).any(axis=0)) - 1
    rows, questions = len(tokens.train), len(tokens.ask)
    chunk = min(CHUNK, _round_up(questions, 16))
    chunks = -(-_round_up(questions, 16) // chunk)
    members = np.asarray(tokens.members)
    width = 1 << (members.shape[1] - 1).bit_length()
    members = _pad(members.T, width, -1).T
    N = _round_up(rows, 1024)
    data = Data(
        rows=jnp.int32(rows),
        train=jnp.asarray(_pad(tokens.train[:, : at[-1] + 2], N, tokens.end), jnp.int32),
        loss=jnp.asarray(_pad(tokens.loss[:, at + 1], N, 0), bool),
        ask=jnp.asarray(_pad(tokens.ask, chunks * chunk, 0), jnp.int32).reshape(
            chunks, chunk, tokens.prompt
        ),
        members=jnp.asarray(_pad(members, chunks * chunk, -1), jnp.int32).reshape(
            chunks, chunk, width
        ),
        form=Format(
            answer_mark=jnp.int32(tokens.answer_mark),
            end=jnp.int32(tokens.end),
            answer_ids=jnp.asarray(tokens.answer_ids, jnp.int32),
        ),
        checkpoints=jnp.asarray(plan.checkpoints, jnp.int32),
    )
    return tuple(int(position) for position in at), data


@functools.partial(jax.jit, static_argnums=0)
def start(program: Program, init: jax.Array, order: jax.Array, data: Data) -> State:
    """The state before the first step."""
    _, params, hidden = program.parts(nnx.Rngs(init))
    K = data.checkpoints.shape[0]
    Q = data.ask.shape[0] * data.ask.shape[1]
    return State(
        params=params,
        optimizer=optimizer(program.plan, hidden).init(params),
        order=jax.random.key_data(order),
        loss_sum=jnp.float32(0),
        bad_step=jnp.int32(-1),
        answer=jnp.full((K, Q), -1, jnp.int32),
        bits=jnp.full((K, Q), jnp.log2(program.vocabulary), jnp.float32),
        loss=jnp.full(K, jnp.nan, jnp.float32),
        generated=jnp.full((Q, program.max_new), data.form.end, jnp.int32),
    )


def nats(model: Any, at: tuple[int, ...], train_BT: jax.Array, loss_BP: jax.Array) -> jax.Array:
    """Mean cross-entropy of the tokens that bear loss."""
    at_P = np.asarray(at)
    logits_BPV = model(train_BT[:, : at[-1] + 1], at_P)
    each_BP = optax.softmax_cross_entropy_with_integer_labels(logits_BPV, train_BT[:, at_P + 1])
    return jnp.sum(each_BP * loss_BP) / jnp.maximum(1, jnp.sum(loss_BP))


def update(program: Program, state: State, step: jax.Array, data: Data) -> State:
    """One step: a batch drawn with replacement, its gradient, the optimizer."""
    graph, _, hidden = program.parts(nnx.Rngs(0))
    now = jax.random.fold_in(jax.random.wrap_key_data(state.order), step)
    row_B = jax.random.randint(now, (program.plan.batch,), 0, data.rows)
    train_BT, loss_BP = data.train[row_B], data.loss[row_B].astype(jnp.float32)

    def cost(params):
        return nats(nnx.merge(graph, params), program.at, train_BT, loss_BP)

    loss, gradient = jax.value_and_grad(cost)(state.params)
    rule = optimizer(program.plan, hidden)
    change, moments = rule.update(gradient, state.optimizer, state.params)
    fine = jnp.isfinite(loss) | (state.bad_step >= 0)
    return state._replace(
        params=optax.apply_updates(state.params, change),
        optimizer=moments,
        loss_sum=state.loss_sum + loss,
        bad_step=jnp.where(fine, state.bad_step, step + 1),
    )


def record(program: Program, state: State, k: jax.Array, data: Data) -> State:
    """Asks all questions and writes checkpoint ``k``, unless the seed has failed."""
    graph, _, _ = program.parts(nnx.Rngs(0))
    model = nnx.merge(graph, state.params)

    def chunk(part):
        return generate(model, *part, data.form, program.max_new)

    answers = jax.lax.map(chunk, (data.ask, data.members))
    answer, bits, generated = (a.reshape(-1, *a.shape[2:]) for a in answers)
    since = jnp.where(k > 0, data.checkpoints[jnp.maximum(k, 1) - 1], 0)
    loss = state.loss_sum / (data.checkpoints[k] - since).astype(jnp.float32)
    fine = state.bad_step < 0
    return state._replace(
        loss_sum=jnp.float32(0),
        answer=state.answer.at[k].set(jnp.where(fine, answer, state.answer[k])),
        bits=state.bits.at[k].set(jnp.where(fine, bits, state.bits[k])),
        loss=state.loss.at[k].set(jnp.where(fine, loss, state.loss[k])),
        generated=jnp.where(fine, generated, state.generated),
    )


@functools.partial(jax.jit, static_argnums=0, donate_argnums=1)
def advance(
    program: Program, state: State, step: jax.Array, until: jax.Array, data: Data
) -> State:
    """From ``step`` to ``until``; both traced, so every segment is the same program."""
    side_by_side = functools.partial(jax.vmap, in_axes=(0, None, None))
    over = side_by_side if program.together else lambda function: function

    def body(step: jax.Array, state: State) -> State:
        state = over(lambda s, i, d: update(program, s, i, d))(state, step, data)
        k = jnp.searchsorted(data.checkpoints, step + 1).astype(jnp.int32)
        return jax.lax.cond(
            data.checkpoints[k] == step + 1,
            lambda s: over(lambda s, k, d: record(program, s, k, d))(s, k, data),
            lambda s: s,
            state,
        )

    return jax.lax.fori_loop(step, until, body, state)
