"""lowest(…).proof(fact) -> the lowest proof of a fact within given kinds of novelty.

A rung is decided over all proofs that use no other kind of novelty than its own. The lowest proof
of all may use others, and would contradict the rung; so the search runs over the same rows and
allowances as ``rungs.provable``, with one set of kinds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..datalog.facts import Array, Bools
from .derivations import Proofs
from .rungs import KINDS, ReadOff, allowed_sets

UNREACHED = np.iinfo(np.int32).max


@dataclasses.dataclass(frozen=True)
class Step:
    """A fact under one label, and the row that derives it; a leaf has none."""

    state: int
    fact: int
    label: int  # 0: a stated base fact, 1 + p: what follows by pattern p
    row: int  # of ``Rows``, -1: a leaf
    derivation: int  # -1: a leaf
    height: int  # steps from the leaves
    premises: tuple[Step, ...]  # the open ones, in the order of the body

    @property
    def leaf(self) -> bool:
        return self.row < 0

    def steps(self) -> Iterator[Step]:
        """This one and all below it, each once, the highest first."""
        seen: set[int] = set()
        todo: list[Step] = [self]
        while todo:
            step = todo.pop()
            if step.state not in seen:
                seen.add(step.state)
                yield step
                todo += step.premises[::-1]


@dataclasses.dataclass(frozen=True)
class LowestProofs:
    """The first of the lowest proofs of every state S that has one, within one set of kinds."""

    proofs: Proofs
    height: Array  # [S] steps from the leaves, UNREACHED where there is no proof
    row: NDArray[np.int64]  # [S] -1: a leaf, or no proof

    def proof(self, fact: int) -> Step | None:
        """The lowest proof of a fact; of labels that are equally low the first. None: there is
        none. A leaf is its own."""
        states = self.proofs.states
        first, last = int(states.first[fact]), int(states.first[fact + 1])
        state = first + int(self.height[first:last].argmin())
        return None if self.height[state] == UNREACHED else self._step(state, {})

    def _step(self, state: int, known: dict[int, Step]) -> Step:
        if state not in known:
            states, rows = self.proofs.states, self.proofs.rows
            row = int(self.row[state])
            below = rows.premises[row] if row >= 0 else ()
            known[state] = Step(
                state,
                int(states.fact[state]),
                int(states.label[state]),
                row,
                int(rows.derivation[row]) if row >= 0 else -1,
                int(self.height[state]),
                tuple(self._step(int(premise), known) for premise in below if premise >= 0),
            )
        return known[state]


def lowest(
    proofs: Proofs, read: ReadOff, leaves: Bools, stated_patterns: Bools, kinds: int
) -> LowestProofs:
    """All lowest proofs that use no novelty but of the ``kinds``, a bitmask over KINDS.

    ``leaves`` [F]: demonstrated and written conclusions; ``stated_patterns`` [P]: those given as a
    sentence. Round t of the iteration finds the states whose lowest proof has t steps.
    """
    states, rows = proofs.states, proofs.rows
    fits = allowed_sets(proofs, read, stated_patterns) >> np.uint16(kinds) & 1 > 0
    ends = (proofs.closure.is_base | leaves)[states.fact]
    height = np.append(np.where(ends, 0, UNREACHED), 0).astype(np.int32)  # and of the padding -1
    row = np.full(len(states.fact), -1)
    active = np.flatnonzero(fits & (height[rows.head] == UNREACHED))
    most = None if kinds >> KINDS.index("depth") & 1 else read.height
    turn = 0
    while len(active) and (most is None or turn < most):
        turn += 1
        ready = active[(height[rows.premises[active]] < turn).all(1)]
        heads, first = np.unique(rows.head[ready], return_index=True)
        if not len(heads):
            break
        height[heads], row[heads] = turn, ready[first]
        active = active[height[rows.head[active]] == UNREACHED]
    return LowestProofs(proofs, height[:-1], row)
