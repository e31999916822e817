"""Facts: constants in sorts, and the sampled base facts over them, as integer arrays."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..registry import UserError
from .keys import group, pack

Array = NDArray[np.int32]


@dataclasses.dataclass(frozen=True)
class Facts:
    """Base facts. Ids of constants are global; a sort is one contiguous block of them.

    ``rows[p]`` is int32 [n, arity of p], unique and sorted; constants are ordered as declared,
    and that order is what ``<`` in a rule means.
    """

    constants: tuple[str, ...]
    sorts: Mapping[str, range]
    rows: Mapping[str, Array]

    @classmethod
    def of(cls, sorts: Mapping[str, int | Sequence[str]], **rows: tuple[str, ArrayLike]) -> Facts:
        """Facts from sorts (a size, or names) and rows of *local* indices under a signature.

        >>> Facts.of({"kind": ["horse", "zebra"], "sign": 2}, bears=("kind sign", [[1, 0]])).rows
        {'bears': array([[1, 2]], dtype=int32)}
        """
        constants: list[str] = []
        blocks: dict[str, range] = {}
        for sort, members in sorts.items():
            names = [f"{sort}{i}" for i in range(members)] if isinstance(members, int) else members
            blocks[sort] = range(len(constants), len(constants) + len(names))
            constants += names
        if len(set(constants)) != len(constants):
            twice = next(c for i, c in enumerate(constants) if c in constants[:i])
            raise UserError(f"constant {twice!r} is named twice; give each constant one sort")
        return cls(
            tuple(constants),
            blocks,
            {p: _rows(p, signature, table, blocks) for p, (signature, table) in rows.items()},
        )

    def replace(self, **rows: Array) -> Facts:
        """The same constants with these predicates' rows instead."""
        return dataclasses.replace(self, rows={**self.rows, **rows})


def _rows(predicate: str, signature: str, table: ArrayLike, sorts: Mapping[str, range]) -> Array:
    names = signature.split()
    unknown = [s for s in names if s not in sorts]
    if unknown:
        raise UserError(f"{predicate}: sort {unknown[0]!r} is not declared; known: {list(sorts)}")
    given = np.asarray(table)
    if given.size and given.dtype.kind not in "iu":
        raise UserError(
            f"{predicate}({signature}): rows of {given.dtype}, expected integers; draw integers, "
            "for what is rounded differs between machines"
        )
    local = given.astype(np.int64).reshape(-1, len(names))
    sizes = np.array([len(sorts[s]) for s in names])
    if ((local < 0) | (local >= sizes)).any():
        row = local[((local < 0) | (local >= sizes)).any(1)][0]
        raise UserError(
            f"{predicate}({signature}): row {row.tolist()} is outside the sorts' sizes "
            f"{sizes.tolist()}; rows hold local indices, from 0 in each sort"
        )
    rows = local + [sorts[s].start for s in names]
    return rows[group(pack(list(rows.T)))[1]].astype(np.int32)
