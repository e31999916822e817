"""Answers of any model with the contract ``model(tokens_BT, at_P) -> logits_BPV``.

The model writes every token itself, never teacher-forced. Q questions, P prompt length, G tokens
generated at most, M members, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

# model(tokens_BT, at_P) -> logits_BPV; and, if it can, `step`, and `memory` or `read` before it
Model = Any


class Format(NamedTuple):
    """How to read an answer off what was generated (``run.Tokens`` explains the fields)."""

    answer_mark: Any  # int32 []
    end: Any  # int32 []
    answer_ids: Any  # int32 [V], or [2, E] for answers of several words


class Answers(NamedTuple):
    """What was generated for Q questions, and what it means."""

    answer: jax.Array  # int32 [Q]: answer ids; -1: no answer, or a token that is none
    bits: jax.Array  # float32 [Q]: -log2 of the members' summed probability where the answer stood
    generated: jax.Array  # int32 [Q, G]: token ids; `end` after the end, or after a marked answer


def bits(logits_QV: jax.Array, members_QM: jax.Array) -> jax.Array:
    """-log2 of the summed probability of the members (-1 padded): float32 [Q]."""
    each_QM = jnp.take_along_axis(logits_QV, jnp.maximum(members_QM, 0), axis=1)
    each_QM = jnp.where(members_QM >= 0, each_QM, -jnp.inf)
    loss_Q = jax.nn.logsumexp(logits_QV, axis=1) - jax.nn.logsumexp(each_QM, axis=1)
    return loss_Q / jnp.log(2.0)


def generate(
    model: Model,
    query_QP: jax.Array,
    members_QM: jax.Array,
    form: Format,
    max_new: int,
    key: jax.Array | None = None,
    temperature: float = 1.0,
) -> Answers:
    """Continues every prompt: greedily, or by sampling when a key is given.

    A proof without an answer is malformed: answer -1 and the bits of a uniform guess, log2 V.
    One program whatever ``max_new``: a loop over a padded buffer, whose padding a causal model
    can't see. It stops early once every row has ended. A model that can ``step`` remembers what
    it has read; any other reads it again for every token.
    """
    Q, V = len(query_QP), form.answer_ids.shape[0]
    if form.answer_ids.ndim == 2:
        return _spelled(model, query_QP, members_QM, form, max_new, key, temperature)

    def read(found: Any, due_Q: jax.Array, token_Q: jax.Array, logits_QV: jax.Array) -> Any:
        answer_Q, bits_Q = found
        answer_Q = jnp.where(due_Q, form.answer_ids[token_Q], answer_Q)
        return answer_Q, jnp.where(due_Q, bits(logits_QV, members_QM), bits_Q)

    start = jnp.full(Q, -1, jnp.int32), jnp.full(Q, jnp.log2(V), jnp.float32)
    given = model, query_QP, form, max_new, key, temperature
    generated, (answer_Q, bits_Q) = _written(*given, start, read, whole=False)
    return Answers(answer_Q, bits_Q, generated)


def _written(
    model: Model,
    query_QP: jax.Array,
    form: Format,
    max_new: int,
    key: jax.Array | None,
    temperature: float,
    found: Any,
    read: Callable[[Any, jax.Array, jax.Array, jax.Array], Any],
    whole: bool,
) -> tuple[jax.Array, Any]:
    """(what a model writes after every prompt [Q, max_new], what was read of it). ``read`` makes of
    what was ``found``, where an answer is due [Q], the token [Q] and its logits [Q, V] what is
    found then. An answer is one token, behind which nothing is written, or ``whole``: all to the
    end."""
    Q, P = query_QP.shape
    buffer_QT = jnp.concatenate([query_QP, jnp.full((Q, max_new), form.end, jnp.int32)], axis=1)
    stepwise = max_new > 1 and hasattr(model, "step")
    memory = prefill(model, query_QP, P + max_new - 1) if stepwise else ()

    def write(carry: Any) -> Any:
        step, buffer_QT, due_Q, ended_Q, found, memory = carry
        now = P - 1 + step
        if stepwise:
            logits_QV, memory = model.step(memory, buffer_QT[:, now], now)
        else:
            logits_QV = model(buffer_QT[:, :-1], now[None])[:, 0]
        if key is None:
            token_Q = jnp.argmax(logits_QV, axis=1).astype(jnp.int32)
        else:
            draw = jax.random.fold_in(key, step)
            token_Q = jax.random.categorical(draw, logits_QV / temperature).astype(jnp.int32)
        token_Q = jnp.where(ended_Q, form.end, token_Q)
        due_Q &= ~ended_Q
        found = read(found, due_Q, token_Q, logits_QV)
        ended_Q |= token_Q == form.end
        mark_Q = token_Q == form.answer_mark
        if whole:
            due_Q |= mark_Q
        else:
            ended_Q |= due_Q & (form.answer_mark >= 0)
            due_Q = mark_Q
        buffer_QT = jax.lax.dynamic_update_slice(buffer_QT, token_Q[:, None], (0, P + step))
        return step + 1, buffer_QT, due_Q, ended_Q, found, memory

    due_Q, ended_Q = jnp.full(Q, form.answer_mark < 0), jnp.zeros(Q, bool)
    start = (jnp.int32(0), buffer_QT, due_Q, ended_Q, found, memory)
    if max_new == 1:
        last = write(start)
    else:
        last = jax.lax.while_loop(lambda c: (c[0] < max_new) & ~jnp.all(c[3]), write, start)
    return last[1][:, P:], last[4]


class _Reading(NamedTuple):
    """How far the answers of several words have been read."""

    state: jax.Array  # int32 [Q] of the automaton; -1: no answer begins so
    place: jax.Array  # int32 [Q] words of the answer that were read
    right: jax.Array  # bool [Q] whether they are those of the right answer
    answer: jax.Array  # int32 [Q]
    saved: jax.Array  # float32 [Q] bits below a uniform guess of each word


def _read(
    read: _Reading,
    due_Q: jax.Array,
    token_Q: jax.Array,
    logits_QV: jax.Array,
    words_QM: jax.Array,
    form: Format,
) -> _Reading:
    """One word more of each answer that is ``due``."""
    (Q, M), V = words_QM.shape, logits_QV.shape[1]
    keys_E, next_E = form.answer_ids
    want_Q = words_QM[jnp.arange(Q), jnp.minimum(read.place, M - 1)]
    want_Q = jnp.where(read.place < M, want_Q, -1)
    counted_Q = due_Q & read.right & (want_Q >= 0)
    cost_Q = bits(logits_QV, want_Q[:, None])
    key_Q = read.state * V + token_Q
    at_Q = jnp.minimum(jnp.searchsorted(keys_E, key_Q), len(keys_E) - 1)
    after_Q = jnp.where((read.state >= 0) & (keys_E[at_Q] == key_Q), next_E[at_Q], -1)
    return _Reading(
        state=jnp.where(due_Q, after_Q, read.state),
        place=jnp.where(due_Q, read.place + 1, read.place),
        right=read.right & (~due_Q | (token_Q == want_Q)),
        answer=jnp.where(due_Q & (after_Q <= -2), -2 - after_Q, read.answer),
        saved=read.saved + jnp.where(counted_Q, jnp.log2(V) - cost_Q, 0.0),
    )


def _spelled(
    model: Model,
    query_QP: jax.Array,
    words_QM: jax.Array,
    form: Format,
    max_new: int,
    key: jax.Array | None,
    temperature: float,
) -> Answers:
    """``generate`` for answers of several words, read by the automaton ``answer_ids`` [2, E] until
    their end. Bits are of the right answer's words and its end, as far as it is written; from the
    first word that is another on, each of its words costs what a uniform guess does."""
    Q = len(query_QP)

    def read(found: _Reading, due_Q: jax.Array, token_Q: jax.Array, logits_QV: jax.Array) -> Any:
        return _read(found, due_Q, token_Q, logits_QV, words_QM, form)

    zeros_Q = jnp.zeros(Q, jnp.int32)
    none_Q, saved_Q = jnp.full(Q, -1, jnp.int32), jnp.zeros(Q, jnp.float32)
    start = _Reading(zeros_Q, zeros_Q, jnp.ones(Q, bool), none_Q, saved_Q)
    given = model, query_QP, form, max_new, key, temperature
    generated, found = _written(*given, start, read, whole=True)
    V = jax.eval_shape(model, query_QP, jnp.zeros(1, jnp.int32)).shape[-1]
    uniform_Q = (words_QM >= 0).sum(1).astype(jnp.float32) * jnp.log2(V)
    return Answers(found.answer, uniform_Q - found.saved, generated)


def prefill(model: Any, query_QP: jax.Array, length: int) -> Any:
    """The memory of a stepwise model before it steps over the prompt's last token, with room for
    ``length`` tokens in all. A model that reads a prompt whole has its own way, ``read``."""
    if hasattr(model, "read"):
        return model.read(query_QP, length)

    def read(now: jax.Array, memory: Any) -> Any:
        return model.step(memory, query_QP[:, now], now)[1]

    return jax.lax.fori_loop(
        0, query_QP.shape[1] - 1, read, model.memory(query_QP.shape[0], length)
    )
