"""How often a corpus writes what proofs rest on: rows weighed, questions matched, so that a fact
that no demonstrated conclusion uses is not the rarer one for it.

F facts of gold, R rows, Q questions.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Bools
from ..datalog.row_keys import Integers, group, look_up, pack
from ..interventions.reading_rows import Rows
from ..novelty.derivations import Proofs
from ..novelty.questions import Certificate, Cue, Questions
from ..novelty.rungs import RUNGS, ReadOff
from ..novelty.written_proofs import by_height, written_proofs
from ..world import World
from .corpus import CONCLUSION, FACT, SENTENCE, Writing, unstated
from .examples import true_sentences
from .split import CorpusSplit

Ints = NDArray[np.int64]
PAIRED = tuple(RUNGS.index(rung) for rung in ("instance", "constituent"))  # rungs that are matched
NEVER = np.iinfo(np.int64).max  # the frequency of what no text writes, as the rarest of several


def writing_of(
    world: World, split: CorpusSplit, read: ReadOff, rows: Rows, cues: Sequence[Cue]
) -> Writing:
    """What the rows write, and how they are weighed.

    In chain and post-hoc a statement of an unused fact (a premise of some counting derivation that
    no derivation read off has) weighs as much as brings the fact's frequency to the median of the
    used ones of its predicate. In worlds of episodes all weigh 1. What interventions multiply is
    no part of that.
    """
    gold, c = split.gold, split.gold.closure
    facts = len(c.predicate)
    silent = gold.axiom & ~true_sentences(world, c, cues, rows) | unstated(world, c, cues)
    states = (rows.kind == FACT) | (rows.kind == SENTENCE)
    times = np.bincount(rows.fact[rows.kind == CONCLUSION], minlength=facts)
    concluded = np.flatnonzero(times)
    row, line = written_proofs(gold, silent, concluded)
    lines = np.bincount(line, times[concluded][row], facts).astype(np.int64)
    stated = np.where(states, rows.fact, -1)
    ones = np.ones(len(stated), np.int32)
    plain = Writing(silent, stated, lines, ones, ones)
    weight = ones
    if not world.episodes:
        weight = np.append(_weights(gold, read, plain), 1)[stated].astype(np.int32)
    return Writing(silent, stated, lines * rows.unit, weight, rows.times)


def _weights(gold: Proofs, read: ReadOff, plain: Writing) -> Ints:
    """[F] of each statement of a fact, where all weigh 1 so far."""
    c = gold.closure
    frequency, cues = plain.frequency("chain"), plain.frequency("direct")
    used, premise = _premises(gold, read.derivations), _premises(gold, gold.counts)
    out = np.ones(len(frequency), np.int64)
    for block in c.blocks.values():
        here = slice(block.start, block.stop)
        rare = block.start + np.flatnonzero((premise & ~used)[here] & (cues[here] > 0))
        known = frequency[here][used[here]]
        if len(rare) and len(known):
            exact = (np.median(known) - plain.lines[rare]) / cues[rare]
            out[rare] = np.maximum(1, np.floor(exact + 0.5))
    return out


def _premises(gold: Proofs, derivations: Bools) -> Bools:
    """[F] the base facts that stand as a premise of ``derivations`` [D], rules as data apart."""
    out = np.zeros(len(gold.closure.predicate) + 1, bool)
    for column in gold.open.T:
        out[column[derivations]] = True
    return out[:-1] & gold.closure.is_base


def rarest(gold: Proofs, apart: Bools, frequency: Sequence[Ints], facts: Ints) -> Iterator[Ints]:
    """For each ``frequency`` [F] the least [n] of the base facts on which the first lowest proof of
    each of ``facts`` [n] rests, rules as data and those ``apart`` [F] left out; of a base fact its
    own; 0: there are none."""
    here = gold.closure.is_base & ~apart
    every = [np.append(np.where(here, of, NEVER), NEVER) for of in frequency]  # last for padding
    for level in by_height(gold, gold.open, facts):
        premises = [column[gold.best[level]] for column in gold.open.T]
        for out in every:
            out[level] = functools.reduce(np.minimum, (look_up(out, some) for some in premises))
    for out in every:
        least = look_up(out, facts)
        least[least == NEVER] = 0
        yield least


def with_frequencies(
    certificate: Certificate,
    world: World,
    split: CorpusSplit,
    questions: Questions,
    writing: Writing,
    rng: np.random.RandomState,
) -> Certificate:
    """The certificate [Q] with ``frequency`` and ``matched`` filled in; worlds of episodes match
    nothing: all that their questions rest on stands in the prompt."""
    answers = questions.fact, questions.offsets
    (frequency,) = question_frequency(split.gold, *answers, writing, ["chain"])
    matched, cue = certificate.matched, np.ascontiguousarray(questions.prompt[:, 0])
    if not world.episodes:
        matched = matched & ~unmatched(certificate, cue, frequency, rng)
    return dataclasses.replace(certificate, frequency=frequency, matched=matched)


def question_frequency(
    gold: Proofs, fact: Ints, offsets: Ints, writing: Writing, modes: Sequence[str]
) -> Iterator[NDArray[np.int32]]:
    """For each of ``modes`` how often [Q] its rows write the rarest base fact of each question's
    proof; of several answers [A] (``fact``, from ``offsets`` [Q + 1]) the most frequent; 0: no
    answer."""
    some = np.diff(offsets) > 0
    for of in rarest(gold, writing.silent, [writing.frequency(mode) for mode in modes], fact):
        out = np.zeros(len(some), np.int64)
        if some.any():
            out[some] = np.maximum.reduceat(of, offsets[:-1][some])
        yield np.minimum(out, np.iinfo(np.int32).max).astype(np.int32)


def half_octaves(frequency: Integers) -> Ints:
    """The half octave of each frequency: 0 for 1, 1 from the root of 2, 2 from 2, and so on; -1
    for 0.

    >>> half_octaves(np.array([0, 1, 2, 3, 4, 5, 6]))
    array([-1,  0,  2,  3,  4,  4,  5])
    """
    _, exponent = np.frexp(frequency.astype(np.float64) ** 2)
    return exponent.astype(np.int64) - 1


def unmatched(
    certificate: Certificate, cue: Integers, frequency: Integers, rng: np.random.RandomState
) -> Bools:
    """[Q] which pure questions of instance and constituent, none near, are left out so that of each
    ``cue`` [Q] both have equally many in every half octave of ``frequency`` [Q].

    Of a cue without questions of both rungs nothing is left out.
    """
    rung = certificate.rung
    constituent = rung == PAIRED[1]
    either = (constituent | (rung == PAIRED[0])) & certificate.pure & ~certificate.near
    mine = np.flatnonzero(either)
    of = np.bincount(2 * cue[mine] + constituent[mine], minlength=2 * int(cue.max(initial=0)) + 2)
    mine = mine[of.reshape(-1, 2).min(1)[cue[mine]] > 0]
    mine = mine[rng.permutation(len(mine))]
    # those of equal frequency first: a half octave may be wide
    for scale in (np.asarray, half_octaves):
        mine = mine[~_paired(pack([cue[mine], scale(frequency[mine])]), constituent[mine])]
    out = np.zeros(len(rung), bool)
    out[mine] = True
    return out


def _paired(key: Ints, side: Bools) -> Bools:
    """[n] which have, under their ``key`` [n], a partner on the other ``side`` [n]: the first."""
    group_of, first = group(key)
    cell = 2 * group_of + side
    count = np.bincount(cell, minlength=2 * len(first))
    order = np.argsort(cell.astype(np.min_scalar_type(len(count))), kind="stable")  # few: by radix
    place = np.empty(len(key), np.int64)  # of each among those of its key and side
    place[order] = np.arange(len(key)) - (np.cumsum(count) - count)[cell[order]]
    return place < count.reshape(-1, 2).min(1)[group_of]
