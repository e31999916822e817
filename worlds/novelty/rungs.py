"""Rungs: which one kind of novelty makes an answer provable from what is stated.

Each rung is a reachability over the counting derivations with the other kinds of novelty
forbidden. All sixteen sets of allowed kinds are decided at once: a state carries sixteen bits,
bit s set when it is provable with the set s allowed (s itself a bitmask over KINDS), a proof
takes the AND over its premises and its own allowance, alternatives are OR-ed. Heights need no
account of their own: round t of the synchronous iteration holds exactly the proofs of height <= t,
counted from what is stated, demonstrated or written.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Bools
from ..datalog.row_keys import look_up
from .derivations import Proofs

KINDS = ("constituent", "schema", "depth", "axiom")  # of novelty; bits 1, 2, 4, 8 of a set
RUNGS = ("recall", "instance", *KINDS, "mixed")
CONTROLS = ("nontheorem", "unknowable")
WRITTEN = "written"  # an answer that stands in the proof of a demonstrated conclusion: on no rung
LADDER = (*RUNGS, WRITTEN, *CONTROLS)
SPLIT = -1  # a question whose answers stand on different rungs

EVERYTHING = np.uint16(0xFFFF)
WITH = {  # kind -> the sets (bits of a uint16) that contain it
    kind: np.uint16(sum(1 << s for s in range(16) if s >> i & 1)) for i, kind in enumerate(KINDS)
}


@dataclasses.dataclass(frozen=True)
class ReadOff:
    """What the demonstrated conclusions exemplify. P patterns, D derivations, R rows."""

    derivations: Bools  # [D] read off
    exemplified: Bools  # [P]
    support: NDArray[np.int64]  # [P] derivations read off
    used: Bools  # [D, k] whether this premise has stood in this role
    frames: Bools  # [frames] demonstrated
    height: int  # H: the greatest 1 + premise height over the derivations read off, at least 1


def read_off(proofs: Proofs, seeds: Bools) -> ReadOff:
    """Read off all counting derivations of ``seeds`` [F], recursively down to base facts."""
    c = proofs.closure
    needed = seeds.copy()
    read = np.zeros(len(c.head), bool)
    while True:
        new = proofs.counts & needed[c.head] & ~read
        if not new.any():
            break
        read |= new
        premises = c.premises[new]
        needed[premises[premises >= 0]] = True
    support = np.bincount(proofs.pattern[read], minlength=len(proofs.patterns))
    rows = proofs.rows
    frames = np.zeros(rows.frames, bool)
    frames[rows.frame[read[rows.derivation]]] = True
    return ReadOff(
        derivations=read,
        exemplified=support > 0,
        support=support,
        used=_used(proofs, read),
        frames=frames,
        height=int(proofs.top[read].max(initial=1)),  # one step is never new depth
    )


def _used(proofs: Proofs, read: Bools) -> Bools:
    """[D, k] whether a derivation read off, of the same head predicate, has the premise there."""
    c = proofs.closure
    facts = len(c.predicate)
    of = c.predicate[c.head].astype(np.int64) * facts
    out = np.zeros_like(proofs.open, bool)  # in its order: read by columns
    for i, premise in enumerate(proofs.open.T):
        stood = np.zeros(len(c.predicates) * facts, bool)
        there = premise >= 0
        role = of + premise
        stood[role[read & there]] = True
        out[:, i] = there & stood[role] | proofs.well_known[premise]  # of padding any role will do
    return out


def provable(
    proofs: Proofs, read: ReadOff, leaves: Bools, stated_patterns: Bools, *, whole: bool = False
) -> NDArray[np.uint16]:
    """[F] the sets of kinds with which each fact has a proof, as sixteen bits.

    ``leaves`` [F]: demonstrated and written conclusions; with the base facts, of which gold has
    stated ones, they are where proofs may end, at height 0, or, with ``whole``, at their own height
    in gold. ``stated_patterns`` [P]: those given as a sentence.
    """
    c, states, rows = proofs.closure, proofs.states, proofs.rows
    allowed = allowed_sets(proofs, read, stated_patterns)
    holds = np.zeros(len(states.fact) + 1, np.uint16)
    holds[-1] = EVERYTHING  # answers for the padding -1
    at = np.where(c.is_base | leaves, c.height if whole else 0, -1)
    begins = at[states.fact]  # the turn at which a state is a leaf
    holds[:-1][begins == 0] = EVERYTHING
    last_leaf = int(begins.max(initial=0))
    active = np.arange(len(rows.head))
    turn = 0
    while True:
        turn += 1
        limit = EVERYTHING if turn <= read.height else WITH["depth"]
        value = allowed[active] & limit
        for column in rows.premises.T:
            value &= look_up(holds, column[active])
        before = holds.copy()
        if len(active):
            heads = rows.head[active]  # ordered
            starts = np.flatnonzero(np.diff(heads, prepend=-1))
            holds[heads[starts]] |= np.bitwise_or.reduceat(value, starts)
        if turn <= last_leaf:
            holds[:-1][begins == turn] = EVERYTHING
        settled = turn > max(read.height, last_leaf) and (holds == before).all()
        if settled or (turn >= last_leaf and not len(active)):
            break
        active = active[value != allowed[active]]
    return np.bitwise_or.reduceat(holds[:-1], states.first[:-1])  # each fact has a state


def allowed_sets(proofs: Proofs, read: ReadOff, stated_patterns: Bools) -> NDArray[np.uint16]:
    """[R] the sets that admit what is new in the row itself."""
    rows = proofs.rows
    pattern = proofs.pattern[rows.derivation]
    demonstrated = read.exemplified[pattern]
    allowed = np.full(len(rows.head), EVERYTHING, np.uint16)
    base = np.append(proofs.states.label == 0, False)
    for premise, used in zip(rows.premises.T, read.used.T):
        allowed[base[premise] & ~used[rows.derivation]] &= WITH["constituent"]
    allowed[~read.frames[rows.frame]] &= WITH["schema"]
    # neither role nor frame is required of a pattern that was never exemplified
    allowed[~demonstrated] = np.where(
        stated_patterns[pattern[~demonstrated]], WITH["axiom"], np.uint16(0)
    )
    return allowed


def rung_of(
    sets: NDArray[np.uint16], recalled: Bools, written: Bools
) -> tuple[NDArray[np.int8], Bools]:
    """(rung, pure) of answers, from their provable sets and whether they were stated, or written
    in a proof, which is no rung."""
    rung, pure = _rung_of_all()
    found = np.where(written, np.int8(LADDER.index(WRITTEN)), rung[sets])
    found = np.where(recalled, np.int8(RUNGS.index("recall")), found)
    return found.astype(np.int8), recalled | written | pure[sets]


@functools.cache
def _rung_of_all() -> tuple[NDArray[np.int8], Bools]:
    """(rung, pure), [65,536] each: of every combination of sets, for an answer not stated."""
    sets = np.arange(2**16, dtype=np.uint16)
    rung = np.full(len(sets), RUNGS.index("mixed"), np.int8)
    pure = np.zeros(len(sets), bool)
    old = sets >> 0b0111 & 1 > 0  # provable without new patterns, however much else is new
    for i, kind in reversed(list(enumerate(KINDS))):
        alone = sets >> (1 << i) & 1 > 0
        others = sets >> (0b1111 & ~(1 << i)) & 1 > 0
        if kind == "axiom":
            alone &= ~old
        rung[alone] = RUNGS.index(kind)
        pure[alone] = ~others[alone]
    instance = sets & 1 > 0
    rung[instance], pure[instance] = RUNGS.index("instance"), True
    return rung, pure


def ingredients(sets: NDArray[np.uint16]) -> NDArray[np.int8]:
    """The first smallest set of kinds (a bitmask over KINDS) with which each answer is provable."""
    out = np.full(len(sets), 15, np.int8)
    for s in sorted(range(16), key=lambda s: (s.bit_count(), s), reverse=True):
        out[sets >> s & 1 > 0] = s
    return out
