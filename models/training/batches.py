"""Tokens -> arrays, with sizes rounded up; and which members of a batch are one training.

A corpus drawn with another seed has slightly other sizes; rounded up they are the same, and so is
the compiled program. N examples, S slots of them, T tokens, P queried positions, C chunks of
questions, M members, B batch.

Rows differ in length where proofs do, and padded to the longest most of a batch would be padding.
There slots are in the order of length, and the i-th row of every batch is drawn from the i-th of B
equal shares of them (stratified sampling: every slot is drawn as often as ever, B / S times a
batch), so that the first half of a batch is known to be short. ``parts`` says how short.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...errors import UserError
from ..spec import Spec
from .decoding import Format
from .plan import MOST, Plan, Tokens

CHUNK = 512  # questions answered at once: bounds memory
WAYS = MOST + 1  # in place of a step, which it never is: a stream beside that of batches
SAVED = 0.2  # of the tokens of a batch: what cutting it by length must save to pay for its parts

Array = Any  # NumPy's before it is on a device, JAX's there


class Data(NamedTuple):
    """The corpus of one member of a batch of replicas; of several, with an axis more before the
    others."""

    # int32 []: the sum of the rows' weights; a slot below it is drawn. Of a plan with `late` [3]:
    # the sum without statements of facts, that with them, and the first step that draws these
    slots: Array
    row: Array  # int32 [S]: the row of each slot, of every row as many as it weighs; padded
    shares: Array  # int32 [2, B]: where each share of the slots begins, see ``_shares``; or [2, 0]
    train: Array  # int32 [N, T]
    loss: Array  # bool [N, P]
    query: Array  # int32 [C, chunk, prompt]
    members: Array  # int32 [C, chunk, M]
    form: Format
    checkpoints: Array  # int32 [K]


@dataclasses.dataclass(frozen=True)
class Replica:
    """One training of a batch of replicas."""

    tokens: Tokens
    plan: Plan
    init: int
    order: int
    queries: Spec | None = None  # the model of the same weights that answers; None: as the batch's
    # members of equal tokens, plan and seeds bear the same name: one training answers for all of
    # them; empty: a training of its own
    training: str = ""
    sample: int = 0  # seed of the answers that the plan samples


class Part(NamedTuple):
    """Rows of every batch, beside one another, that are read up to the same token."""

    rows: int
    at: tuple[int, ...]  # positions after which some of them bears loss

    @property
    def width(self) -> int:
        """Tokens of a row, with the last that is predicted."""
        return self.at[-1] + 2


class Questions(NamedTuple):
    """Of ``Data`` what a model is queried."""

    query: Array
    members: Array
    form: Format

    @classmethod
    def of(cls, data: Data) -> Questions:
        return cls(data.query, data.members, data.form)


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


def queries(tokens: Tokens) -> tuple[int, ...]:
    """The positions after which some row bears loss."""
    return tuple(int(t) - 1 for t in np.flatnonzero(np.asarray(tokens.loss).any(axis=0)))


def _by_length(tokens: Tokens) -> tuple[np.ndarray, np.ndarray]:
    """(row of each slot, tokens up to the last that is predicted) in the order of length."""
    loss = np.asarray(tokens.loss)
    length = (np.arange(1, 1 + loss.shape[1]) * loss).max(axis=1)
    order = np.argsort(length, kind="stable")
    row = np.repeat(order, np.asarray(tokens.weight)[order])
    return row, length[row]


def _facts_last(tokens: Tokens, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """(row of each slot, those of statements of facts last; ``slots`` of ``Data``)."""
    statement, weight = np.asarray(tokens.statement), np.asarray(tokens.weight)
    if statement.all() or not statement.any():
        what = "no statement of a fact" if not statement.any() else "nothing but them"
        raise UserError(
            f"plan.late = {plan.late:g} reads statements of facts after all else, and the corpus "
            f"has {what}; leave plan.late out"
        )
    order = np.argsort(statement, kind="stable")
    row = np.repeat(order, weight[order])
    steps = int(plan.checkpoints[-1])
    first = steps - round(plan.late * steps)
    return row, np.array([weight[~statement].sum(), len(row), first], np.int32)


def _shares(slots: int, batch: int) -> np.ndarray:
    """int32 [2, B]: (slot, remainder) = divmod(i * S, B) of share i.

    With x drawn from 0 to S - 1, ``slot + (remainder + x) // B`` is (i * S + x) // B: of all i and
    x every slot comes B times, exactly, whether or not B divides S.
    """
    return np.stack(np.divmod(np.arange(batch, dtype=np.int64) * slots, batch)).astype(np.int32)


def parts(tokens: Tokens, plan: Plan, length: np.ndarray | None = None) -> tuple[Part, ...]:
    """Of every batch: half of it, a quarter and two eighths, each as wide as its longest row may
    be; or all at once, where that saves less than SAVED of what is read, or facts are late.
    ``length``: of each slot, in order, where it is known.

    Cut between microbatches. Widths but the longest are rounded up to three significant binary
    digits: other seeds of a corpus then share the program.
    """
    at, batch = queries(tokens), plan.batch
    whole, longest = (Part(batch, at),), at[-1] + 2
    if plan.late:
        return whole
    length = _by_length(tokens)[1] if length is None else length
    unit = plan.microbatch or 1
    ends = [batch * part // 8 // unit * unit for part in (4, 6, 7)] + [batch]
    found: dict[int, int] = {}  # width -> rows
    for begin, end in zip([0, *ends], ends):
        if end > begin:
            last = (end * len(length) - 1) // batch  # the last slot of the last share
            least = max(int(length[last]), tokens.prompt + 1, at[0] + 2)
            grain = 1 << max(0, least.bit_length() - 3)
            width = min(-(-least // grain) * grain, longest)
            found[width] = found.get(width, 0) + end - begin
    if sum(width * rows for width, rows in found.items()) > (1 - SAVED) * batch * longest:
        return whole
    return tuple(Part(rows, tuple(range(at[0], width - 1))) for width, rows in found.items())


def load(tokens: Tokens, plan: Plan) -> Data:
    """The corpus with sizes rounded up, in this machine's memory."""
    ordered_row, length = _by_length(tokens)
    split = parts(tokens, plan, length)
    at, ordered = np.array(split[-1].at), len(split) > 1
    if plan.late:
        row, slots = _facts_last(tokens, plan)
    else:
        row = ordered_row if ordered else np.repeat(np.arange(len(tokens.train)), tokens.weight)
        slots = np.int32(len(row))
    N, S = (_round_up(n, 1024) for n in (len(tokens.train), len(row)))
    return Data(
        slots=slots,
        row=_pad(row, S, 0).astype(np.int32),
        shares=_shares(len(row), plan.batch if ordered else 0),
        train=_pad(tokens.train[:, : at[-1] + 2], N, tokens.end).astype(np.int32),
        loss=_pad(tokens.loss[:, at + 1], N, 0).astype(bool),
        **questions(tokens)._asdict(),
        checkpoints=plan.checkpoints.astype(np.int32),
    )


def drawn(plan: Plan, data: Data, order: jax.Array, step: jax.Array) -> jax.Array:
    """int32 [B] slots of the batch of a step, with replacement; by length one of each share."""
    now = jax.random.fold_in(jax.random.wrap_key_data(order), step)
    slots = jnp.where(step < data.slots[2], *data.slots[:2]) if plan.late else data.slots
    draw_B = jax.random.randint(now, (plan.batch,), 0, slots)
    if not data.shares.size:
        return draw_B
    slot_B, remainder_B = data.shares
    return slot_B + (remainder_B + draw_B) // plan.batch


def chosen(order: jax.Array, step: jax.Array, ways: int) -> jax.Array | int:
    """Which of so many ways a step trains, each as likely; of the order's seed, like the batch."""
    if ways == 1:
        return 0
    own = jax.random.fold_in(jax.random.wrap_key_data(order), WAYS)
    return jax.random.randint(jax.random.fold_in(own, step), (), 0, ways)


def questions(tokens: Tokens) -> Questions:
    """What is queried, in chunks, with sizes rounded up."""
    number = len(tokens.query)
    chunk = min(CHUNK, _round_up(number, 16))
    chunks = -(-_round_up(number, 16) // chunk)
    members = np.asarray(tokens.members)
    width = 1 << (members.shape[1] - 1).bit_length()
    members = _pad(members.T, width, -1).T
    Q = chunks * chunk
    query, members = _pad(tokens.query, Q, 0), _pad(members, Q, -1)
    query[number:] = query[max(0, number - 1)]  # ends when a question does: see `generate`
    return Questions(
        query=query.reshape(chunks, chunk, tokens.prompt).astype(np.int32),
        members=members.reshape(chunks, chunk, width).astype(np.int32),
        form=Format(
            answer_mark=np.int32(tokens.answer_mark),
            end=np.int32(tokens.end),
            answer_ids=np.asarray(tokens.answer_ids, np.int32),
        ),
    )


def trainings(members: Sequence[Replica]) -> Iterator[tuple[Replica, tuple[int, ...]]]:
    """Each training, by its first member, and the numbers of all members that come of it."""
    found: dict[Any, list[int]] = {}
    for number, m in enumerate(members):
        key = m.training or number, m.plan, m.init, m.order, m.sample
        found.setdefault(key, []).append(number)
    for numbers in found.values():
        yield members[numbers[0]], tuple(numbers)
