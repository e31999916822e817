"""Questions: prompts with their full answer sets under gold, and a certificate for each.

A cue is (predicate, query position); a prompt is a cue and the other arguments. F facts of gold,
Q questions, A (question, answer) pairs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ..datalog.closure import Closure, heights
from ..datalog.facts import Array, Bools
from ..datalog.row_keys import Integers, pack, perhaps, stable_order
from .derivations import Proofs
from .rungs import RUNGS, SPLIT, ReadOff, provable, rung_of
from .shortcuts import shortcuts

Cue = tuple[str, int]


@dataclasses.dataclass(frozen=True)
class Questions:
    """Prompts and answers. Row 0 of a prompt is the cue, then the given arguments, -1 padded."""

    prompt: Array  # [Q, 1 + w]
    values: Array  # [A] constants
    offsets: NDArray[np.int64]  # [Q + 1] where each question's answers begin
    fact: NDArray[np.int64]  # [A] the gold fact that makes the answer right

    @property
    def question(self) -> NDArray[np.int64]:
        """[A] the question of each answer."""
        return np.repeat(np.arange(len(self.prompt)), np.diff(self.offsets))

    def only(self, keep: Bools) -> Questions:
        """The questions ``keep`` bool [Q]."""
        if keep.all():
            return self
        count = np.diff(self.offsets)
        answers = np.repeat(keep, count)
        offsets = np.append(0, np.cumsum(count[keep]))
        return Questions(self.prompt[keep], self.values[answers], offsets, self.fact[answers])


@dataclasses.dataclass(frozen=True)
class Given:
    """What a corpus gives of the F facts of gold."""

    stated: Bools  # [F] base facts that are stated
    demonstrated: Bools  # [F] conclusions that stand as examples
    written: Bools  # [F] other conclusions that stand in their proofs

    @property
    def recalled(self) -> Bools:
        """[F] what a model need only remember."""
        return self.stated | self.demonstrated


@dataclasses.dataclass(frozen=True)
class Certificate:
    """What is known of each question, [Q] each. Of several answers the easiest speaks."""

    rung: NDArray[np.int8]  # index into LADDER, or SPLIT: answers on different rungs
    pure: Bools  # all answers pure
    near: Bools  # another rung if demonstrated and written conclusions kept their whole height
    matched: Bools  # among those of instance and constituent with equally frequent premises
    provable: NDArray[np.uint16]  # sets of novelty kinds with which every answer is provable
    height: Array  # least height in gold
    distance: Array  # least steps from what is stated, demonstrated or written
    proofs: Array  # counting derivations, over all answers
    support: Array  # the most derivations read off for a pattern that derives an answer
    frequency: Array  # how often chain's rows, by weight, write the rarest base fact of the proof
    unseen: NDArray[np.uint8]  # bitmask of the open premises never used in that role
    shortcut: Bools  # an entity of the prompt stands with an answer in a statement of no proof
    distractor: (
        Array  # exception item: the wrong answer that the declared interpolator prefers, or -1
    )
    twin: Array  # exception item: the question that is like it but for the exception, or -1
    near_miss: NDArray[np.int8]  # nontheorems: the premise that is missing, or -1
    leak: Array  # unknowables: the world's answer, which nothing stated tells, or -1

    @property
    def headline(self) -> Bools:
        """[Q] whether a score of its rung counts the question: pure, not near, and matched."""
        on_rung = (self.rung >= 0) & (self.rung < RUNGS.index("mixed"))
        return on_rung & self.pure & ~self.near & self.matched


def prompts_of(closure: Closure, cues: Sequence[Cue], width: int) -> Questions:
    """All questions of the ``cues``: every prompt that has an answer in the closure."""
    prompts, values, counts, facts = [], [], [], []
    for number, (predicate, position) in enumerate(cues):
        rows = closure.rows(predicate)
        given = np.delete(rows, position, axis=1)
        block = closure.blocks[predicate]
        fact = np.arange(block.start, block.stop)
        if position != rows.shape[1] - 1:  # else the canonical order is the order by prompt
            order = stable_order(pack(list(given.T)))
            rows, given, fact = rows[order], given[order], fact[order]
        new = np.ones(len(rows), bool)
        new[1:] = (given[1:] != given[:-1]).any(1)
        starts = np.flatnonzero(new)
        prompts.append(prompt_rows(number, given[starts], width))
        values.append(rows[:, position])
        counts.append(np.diff(np.append(starts, len(rows))))
        facts.append(fact)
    return Questions(
        np.concatenate(prompts),
        np.concatenate(values),
        np.append(0, np.cumsum(np.concatenate(counts))),
        np.concatenate(facts),
    )


def prompt_rows(cue: int, given: Array, width: int) -> Array:
    """int32 [n, 1 + width] prompts of one cue."""
    out = np.full((len(given), 1 + width), -1, np.int32)
    out[:, 0] = cue
    out[:, 1 : 1 + given.shape[1]] = given
    return out


def find_prompts(known: Integers, wanted: Integers) -> NDArray[np.int64]:
    """[n] the row of ``known`` (rows unique) that equals each row of ``wanted``, or -1."""
    if not len(known) or not len(wanted):
        return np.full(len(wanted), -1, np.int64)
    if not known.shape[1]:  # of a predicate with one argument: there is one prompt
        return np.zeros(len(wanted), np.int64)
    key = pack([np.concatenate(columns) for columns in zip(known.T, wanted.T)])
    known_key, key = key[: len(known)], key[len(known) :]
    low, high = int(known_key.min()), int(known_key.max())
    if high - low <= 8 * (len(known) + len(wanted)):  # dense: a table is several times faster
        table = np.full(high - low + 3, -1, np.int64)  # what is out of range looks at its ends
        table[known_key - low + 1] = np.arange(len(known))
        return table[np.clip(key - low + 1, 0, len(table) - 1)]
    some = np.flatnonzero(perhaps(known_key, key))  # an audit's are few: it hopes for none
    if not len(some):
        return np.full(len(wanted), -1, np.int64)
    order = some[stable_order(known_key[some])]
    sorted_keys = known_key[order]
    at = np.minimum(np.searchsorted(sorted_keys, key), len(order) - 1)
    return np.where(sorted_keys[at] == key, order[at], -1)


def certify(
    proofs: Proofs,
    read: ReadOff,
    questions: Questions,
    entity: Bools,
    given: Given,
    stated_patterns: Bools,
) -> Certificate:
    """The certificate of every question; what depends on how often facts are written is open.

    ``entity`` [C + 1]: constants that can make a shortcut; ``stated_patterns`` [P]: those given as
    a sentence.
    """
    c, best = proofs.closure, proofs.best
    recalled, leaves = given.recalled, given.demonstrated | given.written
    sets = provable(proofs, read, leaves, stated_patterns)
    rung, pure = rung_of(sets, recalled, given.written)
    fact, starts = questions.fact, questions.offsets[:-1]

    def each(column: NDArray, reduce: Callable[..., NDArray] = np.maximum.reduceat) -> NDArray:
        return reduce(column[fact], starts) if len(starts) else column[:0]

    low, high = each(rung, np.minimum.reduceat), each(rung)
    one = np.where(low == high, low, SPLIT).astype(np.int8)
    counted = proofs.counts
    derived = np.bincount(c.head[counted], minlength=len(c.predicate))
    support = np.zeros(len(c.predicate), np.int64)
    np.maximum.at(support, c.head[counted], read.support[proofs.pattern[counted]])
    bits = np.zeros(len(best), np.uint8)
    base = np.append(c.is_base, False)
    for i, (column, used) in enumerate(zip(proofs.open.T, read.used.T)):  # of each fact's proof
        premise = np.append(column, -1)[best]
        bits |= (base[premise] & ~np.append(used, True)[best]).astype(np.uint8) << np.uint8(i)
    none = np.full(len(starts), -1, np.int32)
    return Certificate(
        rung=one,
        pure=each(pure, np.logical_and.reduceat),
        near=_near(proofs, read, questions, given, stated_patterns, one, rung),
        matched=np.ones(len(starts), bool),
        provable=each(sets, np.bitwise_and.reduceat),
        height=each(c.height, np.minimum.reduceat),
        distance=each(
            heights(c.is_base | leaves, c.head[counted], c.premises[counted]),
            np.minimum.reduceat,
        ),
        proofs=each(derived, np.add.reduceat).astype(np.int32),
        support=each(support).astype(np.int32),
        frequency=np.zeros(len(starts), np.int32),
        unseen=each(np.where(c.is_base, 0, bits), np.minimum.reduceat),
        shortcut=shortcuts(
            proofs, entity, questions.prompt, questions.values, fact, questions.question, recalled
        ),
        distractor=none,
        twin=none,
        near_miss=none.astype(np.int8),
        leak=none,
    )


def _near(
    proofs: Proofs,
    read: ReadOff,
    questions: Questions,
    given: Given,
    stated_patterns: Bools,
    rung: NDArray[np.int8],
    of_fact: NDArray[np.int8],
) -> Bools:
    """[Q] which questions would stand on another ``rung`` [Q] if leaves kept their whole height;
    ``of_fact`` [F]: the rung of each fact as it is."""
    starts, leaves = questions.offsets[:-1], given.demonstrated | given.written
    below = proofs.closure.premises[proofs.counts]
    if not len(starts) or not leaves[below[below >= 0]].any():  # else no proof rests on them
        return np.zeros(len(starts), bool)
    tall = provable(proofs, read, leaves, stated_patterns, whole=True)
    moved = rung_of(tall, given.recalled, given.written)[0] != of_fact
    novel = (rung >= RUNGS.index("instance")) & (rung < RUNGS.index("mixed"))
    novel &= rung != RUNGS.index("depth")
    return novel & np.logical_or.reduceat(moved[questions.fact], starts)
