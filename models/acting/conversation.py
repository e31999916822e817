"""converse(...) -> what a model writes where another writes some tokens, by turns.

Q questions in all, n of them at a time, P prompt length, G tokens generated at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from numpy.typing import NDArray

from ..spec import Spec
from ..training.compiled import Program
from ..training.decoding import prefill
from ..training.plan import Float, Int, Plan, Tokens
from ..training.weights import nested
from ..training.xla_options import compiled

TOGETHER = 512  # questions at once: bounds memory
LEAST = 16  # of these, once most have ended

# respond(places [n] of the questions, written int32 [n, g]) -> int32 [n], the token behind each
Respond = Callable[[Int, Int], Int]


@compiled(static_argnums=(0, 3))
def _before(program: Program, params: Any, query_QP: Any, length: int) -> Any:
    """The memory of a model that can ``step``, before the last token of the prompts."""
    return prefill(nnx.merge(program.answering[0], program.ready(params)), query_QP, length)


@compiled(static_argnums=0, donate_argnums=2)  # or the whole memory is copied for each token
def _next(program: Program, params: Any, memory: Any, token_Q: Any, now: Any) -> Any:
    """(the likeliest next token [Q], the memory with ``token_Q``)."""
    model = nnx.merge(program.answering[0], program.ready(params))
    logits_QV, memory = model.step(memory, token_Q, now)
    return jnp.argmax(logits_QV, axis=1).astype(jnp.int32), memory


@compiled(static_argnums=0)
def _reread(program: Program, params: Any, buffer_QT: Any, now: Any) -> Any:
    """The same of a model without a memory, which reads all that was written again."""
    model = nnx.merge(program.answering[0], program.ready(params))
    return jnp.argmax(model(buffer_QT, now[None])[:, 0], axis=1).astype(jnp.int32)


def converse(
    spec: Spec,
    tokens: Tokens,
    weights: Mapping[str, Float],
    mark: int,
    respond: Respond,
    seed: int = 0,
) -> Int:
    """int32 [Q, G]: what a model with these weights [S, ...], those of one seed, writes greedily
    after the prompts of ``tokens``; behind every token ``mark`` ``respond`` writes the next.

    Nothing is written behind a marked answer. Questions are continued side by side, so that all
    that wait for a token at one place are one call. Raises whatever ``respond`` raises.
    """
    program = Program.of(spec, Plan(), tokens)
    own = nested(program.model[1], {name: each[seed] for name, each in weights.items()})
    params = jax.tree.map(jnp.asarray, own)
    query, out = np.asarray(tokens.query, np.int32), list[Int]()
    for first in range(0, len(query), TOGETHER):
        some = query[first : first + TOGETHER]
        places = np.arange(first, first + len(some))
        size = min(TOGETHER, -(-len(query) // 16) * 16)  # one program serves all of them
        rows = np.concatenate([some, np.repeat(some[-1:], size - len(some), axis=0)])
        out.append(_written(program, params, tokens, rows, places, mark, respond))
    return np.concatenate(out) if out else np.zeros((0, tokens.max_new), np.int32)


def _written(
    program: Program,
    params: Any,
    tokens: Tokens,
    query: Int,
    places: Int,
    mark: int,
    respond: Respond,
) -> Int:
    """[n, G] of the first n = len(places) of ``query`` [Q, P]; the others fill it up."""
    P, G, n = tokens.prompt, tokens.max_new, len(places)
    buffer = np.full((len(query), P + G), tokens.end, np.int32)
    buffer[:, :P] = query
    stepwise = hasattr(nnx.eval_shape(lambda: program.build(nnx.Rngs(0))), "step")
    memory = _before(program, params, query, P + G - 1) if stepwise else None
    ended, last = np.zeros(len(query), bool), np.zeros(len(query), np.int32)
    ended[n:] = True
    alive = np.arange(len(query))  # rows that are still computed
    for step in range(G):
        now = P - 1 + step
        if stepwise:
            found, memory = _next(program, params, memory, buffer[alive, now], np.int32(now))
        else:
            found = _reread(program, params, buffer[alive, :-1], np.int32(now))
        token = np.full(len(query), tokens.end, np.int32)
        token[alive] = found
        token[ended] = tokens.end
        due = np.flatnonzero(~ended & (last == mark)) if step else np.zeros(0, np.int64)
        if len(due):
            token[due] = respond(places[due], buffer[due, P : P + step])
        ended |= token == tokens.end
        if step:
            ended |= last == tokens.answer_mark
        buffer[:, P + step], last = token, token
        if ended.all():
            break
        alive, memory = _halved(alive, ended[alive], memory)
    return buffer[:n, P:]


def _halved(alive: Int, ended: NDArray[np.bool_], memory: Any) -> tuple[Int, Any]:
    """The rows that go on, and what is remembered of them, once half of all suffices: few answers
    are long, and each size is a program of its own."""
    size = len(alive) // 2
    leaves = jax.tree.leaves(memory)
    elsewhere = any(leaf.shape[:1] != (len(alive),) for leaf in leaves)  # rows are no first axis
    if elsewhere or size < LEAST or len(alive) - ended.sum() > size:
        return alive, memory
    kept = np.argsort(ended, kind="stable")[:size]  # those that go on, then some that fill up
    return alive[kept], jax.tree.map(lambda leaf: leaf[kept], memory)
