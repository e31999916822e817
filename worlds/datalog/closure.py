"""A closure: all that follows from facts under a program, every derivation kept, as arrays."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidWorld
from .facts import Array, Bools, Facts
from .row_keys import BLOCK, begins, join_columns, look_up, sort_rows
from .syntax import Program, Rule

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


def derivations(
    program: Program,
    found: list[list[dict[str, Array]]],
    canonical: Mapping[str, Array],
    heads: Mapping[str, Array],
    blocks: Mapping[str, range],
) -> tuple[Array, Array, Array]:
    """(rule, head, premises), ordered by (head, rule, premises), of what was ``found``, which is
    gone afterwards: per rule parts with the local ids ``head`` and ``p0``.. of its instances.

    ``canonical``: predicate -> the fact id of each local id; ``heads``: the same for those whose
    ``head`` is a local id and no fact id yet; ``blocks``: predicate -> the range of its facts.
    """
    most = max((len(rule.positive) for rule in program.rules), default=0)
    number = sum(len(part["head"]) for parts in found for part in parts)
    used = [rule for rule, parts in zip(program.rules, found) if parts]
    lows, sizes = _spans(used, len(found), blocks, most)
    out = np.empty((2 + most, number), np.int32)
    sort_rows(_instances(program, found, canonical, heads, most), lows, sizes, out)
    return out[1], out[0], out[2:].T


def _spans(
    used: list[Rule], rules: int, blocks: Mapping[str, range], most: int
) -> tuple[list[np.int32], list[int]]:
    """(lowest value, how many values there may be) of head, rule and each premise."""
    columns = [[blocks[rule.head.predicate] for rule in used], [range(rules)]]
    for k in range(most):
        there = [blocks[r.positive[k].predicate] for r in used if k < len(r.positive)]
        columns.append(there + [range(-1, 0)] * (len(there) < len(used)))
    lows = [min((one.start for one in column), default=0) for column in columns]
    ends = [max((one.stop for one in column), default=1) for column in columns]
    return [np.int32(low) for low in lows], [end - low for low, end in zip(lows, ends)]


def _instances(
    program: Program,
    found: list[list[dict[str, Array]]],
    canonical: Mapping[str, Array],
    heads: Mapping[str, Array],
    most: int,
) -> Iterator[list[Array]]:
    """Head, rule and premises of all that was found, BLOCK at a time; it is gone afterwards."""
    for i, rule in enumerate(program.rules):
        tables = [canonical[atom.predicate] for atom in rule.positive]
        head = heads.get(rule.head.predicate)
        while found[i]:
            part = found[i].pop()
            for start in range(0, len(part["head"]), BLOCK):
                some = slice(start, start + BLOCK)
                local = part["head"][some]
                columns = [local if head is None else look_up(head, local)]
                columns.append(np.broadcast_to(np.int32(i), len(local)))
                columns += [look_up(t, part[f"p{k}"][some]) for k, t in enumerate(tables)]
                none = np.broadcast_to(np.int32(-1), len(local))
                yield columns + [none] * (most - len(tables))


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
