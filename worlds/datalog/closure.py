"""A closure: all that follows from facts under a program, every derivation kept, as arrays."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidWorld
from .facts import Array, Bools, Facts
from .row_keys import BLOCK, begins, join_columns, look_up
from .syntax import Program

MANY = 0.8  # of the derivations left, for which they are not copied


@dataclasses.dataclass(frozen=True)
class Closure:
    """All that follows, with proofs. F facts, D derivations, w widest arity, m most premises.

    Facts are ordered by (predicate, arguments), derivations by (head, rule, premises).
    """

    program: Program
    base: Facts
    predicates: tuple[str, ...]  # sorted names
    arity: Mapping[str, int]
    predicate: Array  # [F] index into predicates
    arguments: Array  # [F, w] constant ids, -1 padded
    is_base: Bools  # [F]
    height: Array  # [F] 0 for a base fact, else 1 + the largest premise height, minimised
    rule: Array  # [D] index into program.rules
    head: Array  # [D] fact
    premises: Array  # [D, m] facts: positive premises in body order, -1 padded

    @functools.cached_property
    def blocks(self) -> dict[str, range]:
        """Predicate -> the range of its facts."""
        ends = np.searchsorted(self.predicate, np.arange(len(self.predicates) + 1))
        return {p: range(int(ends[i]), int(ends[i + 1])) for i, p in enumerate(self.predicates)}

    @functools.cached_property
    def first(self) -> NDArray[np.int64]:
        """[F + 1] where the derivations of each fact begin."""
        return begins(self.head, len(self.predicate))

    def rows(self, predicate: str) -> Array:
        """int32 [n, arity]: the arguments of all facts of ``predicate``."""
        block = self.blocks[predicate]
        return self.arguments[block.start : block.stop, : self.arity[predicate]]

    def find(self, predicate: str, arguments: Array) -> NDArray[np.int64]:
        """[n] fact ids of ``arguments`` int32 [n, arity] under ``predicate``; -1 where not true."""
        block, size = self.blocks[predicate], len(self.base.constants)
        known = row_keys(self.rows(predicate), size)
        wanted = row_keys(arguments, size)
        if not len(known):
            return np.full(len(wanted), -1)
        at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        return np.where(known[at] == wanted, at + block.start, -1)


def heights(is_base: Bools, head: Array, premises: Array) -> Array:
    """[F] least heights: in round t all is known whose premises were known in round t - 1."""
    height = is_base.astype(np.int32)
    height -= 1
    known = np.append(is_base, True)  # the last element answers for the padding -1
    heads, turn = head, 0
    # columns are 3x as fast as rows; and what is known in full is not read again
    columns = [column for column in premises.T if not _all(known, column)]
    while True:
        left = ~look_up(known, heads)
        number = np.count_nonzero(left)
        if number < MANY * len(heads):  # else to copy them costs more than to look at them again
            heads = np.compress(left, heads)
            columns = [np.compress(left, column) for column in columns]
        turn += 1
        ready = np.ones(len(heads), bool)
        for column in columns:
            ready &= look_up(known, column)
        new = np.compress(ready, heads)
        new = new[~known[new]]
        if not len(new):
            return height
        height[new] = turn
        known[new] = True


def _all(known: Bools, column: Array) -> bool:
    blocks = range(0, len(column), BLOCK)
    return all(look_up(known, column[start : start + BLOCK]).all() for start in blocks)


def row_keys(rows: Array, size: int) -> NDArray[np.int64]:
    """[n] one number per row that orders as the rows do. Rows hold ids in [0, size)."""
    return column_keys(list(rows.T), size) if rows.shape[1] else np.zeros(len(rows), np.int64)


def column_keys(columns: Sequence[Array], size: int) -> NDArray[np.int64]:
    """The same of rows that are given as columns, at least one."""
    if size ** len(columns) >= 2**63:
        raise InvalidWorld(
            f"{size} constants in {len(columns)} places are more than 2^63 possible facts; "
            "use fewer constants or split the predicate"
        )
    return join_columns(columns, [size] * len(columns))
