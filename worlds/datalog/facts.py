"""Facts: constants in sorts, and the sampled base facts over them, as integer arrays."""

from __future__ import annotations

import dataclasses
import functools
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import InvalidWorld
from .row_keys import group, pack
from .tables import named, table_of

Array = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True)
class Facts:
    """Base facts. Ids of constants are global; a sort is one contiguous block of them.

    ``rows[p]`` is int32 [n, arity of p], unique and sorted; constants are ordered as declared,
    and that order is what ``<`` in a rule means. The constructor takes what it is given, for the
    engine's sake: ``Facts.of`` refuses wrong input, and ``zebroid check`` looks at what was made.
    """

    constants: tuple[str, ...]
    sorts: Mapping[str, range]
    rows: Mapping[str, Array]

    @functools.cached_property
    def number(self) -> Mapping[str, int]:
        """Constant -> its id."""
        return {name: i for i, name in enumerate(self.constants)}

    @classmethod
    def of(cls, sorts: Mapping[str, int | Sequence[str]], **rows: tuple[str, ArrayLike]) -> Facts:
        """Facts from sorts (a size, or names) and rows of *local* indices under a signature.

        A table is an array of integers [n, k], or n rows of k, for a signature of k sorts; ``[]``
        holds no rows. A predicate without arguments, ``raining=("", [[]])``, has one row or none.
        Raises UserError, with the predicate and the first bad row or the sort and the first bad
        name, for anything else: nothing is reshaped, rounded or read from text. A transposed table
        is recognised by its width, one of k rows cannot be: name its axes.

        >>> Facts.of({"kind": ["horse", "zebra"], "sign": 2}, bears=("kind sign", [[1, 0]])).rows
        {'bears': array([[1, 2]], dtype=int32)}
        """
        constants, blocks = named(sorts)
        return cls(constants, blocks, {p: _rows(p, given, blocks) for p, given in rows.items()})

    def replace(self, **rows: Array) -> Facts:
        """The same constants with these predicates' rows instead."""
        return dataclasses.replace(self, rows={**self.rows, **rows})


def _rows(predicate: str, given: Any, sorts: Mapping[str, range]) -> Array:
    """int32 [n, k] global ids, unique and sorted."""
    if not (isinstance(given, tuple | list) and len(given) == 2 and isinstance(given[0], str)):
        raise InvalidWorld(
            f"{predicate}: got {type(given).__name__}, expected a pair of signature and rows; "
            f'give {predicate}=("sort sort", rows)'
        )
    signature, table = given
    names = signature.split()
    unknown = [s for s in names if s not in sorts]
    if unknown:
        raise InvalidWorld(
            f"{predicate}: sort {unknown[0]!r} is not declared; known: {list(sorts)}"
        )
    if not names:
        return _nullary(predicate, table)
    local = table_of(f"{predicate}({signature})", table, len(names))
    sizes = np.array([len(sorts[s]) for s in names])
    outside = (local < 0) | (local >= sizes)
    if outside.any():
        row = int(np.flatnonzero(outside.any(1))[0])
        place = int(np.flatnonzero(outside[row])[0])
        raise InvalidWorld(
            f"{predicate}({signature}): row {row} is {local[row].tolist()}, whose place {place} is "
            f"outside the sorts' sizes {sizes.tolist()}; rows hold local indices, from 0 in each "
            "sort"
        )
    ids = local + [sorts[s].start for s in names]
    return ids[group(pack(list(ids.T)))[1]].astype(np.int32)


def _nullary(predicate: str, table: Any) -> Array:
    """int32 [0 or 1, 0] of a predicate without arguments, which is a fact or is not."""
    if not isinstance(table, Sequence | np.ndarray) or [*map(len, table)] not in ([], [0]):
        raise InvalidWorld(
            f"{predicate}: the signature is empty, and the rows are {reprlib.repr(table)}; name a "
            "sort for each argument, or give [[]] where it is true and [] where it is not"
        )
    return np.zeros((len(table), 0), np.int32)
