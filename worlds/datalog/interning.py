"""Numbering: rows of one predicate -> local ids, in order of arrival, as rounds bring them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .closure import column_keys, row_keys
from .facts import Array
from .row_keys import look_up

DENSE = 1 << 25  # possible rows up to which a table over all of them is kept: 128 MiB


class Numbering:
    """The rows of a derived predicate that are known so far; those sampled are the first."""

    def __init__(self, sampled: Array, constants: int) -> None:
        self.constants, self.count = constants, 0
        space = constants ** sampled.shape[1]
        # in a table a row costs one look; among too many possible ones it is searched for. It holds
        # ids + 1, for zeros take no memory until something is written beside them
        self.table = np.zeros(space, np.int32) if space <= DENSE else None
        self.known, self.ids = np.zeros(0, np.int64), np.zeros(0, np.int32)
        self._add(row_keys(sampled, constants))

    def number(self, rows: Sequence[Array]) -> tuple[Array, NDArray[np.int64]]:
        """(int32 [n] local ids of rows given as columns [arity][n], where the new ones stand)."""
        key = column_keys(rows, self.constants)
        ids = self._find(key)
        missing = np.flatnonzero(ids < 0)
        fresh = key[missing]
        if self.table is None:
            first = np.unique(fresh, return_index=True)[1]
        else:  # of equal rows the one written last stays; which, no result depends on
            turn = np.arange(len(fresh), dtype=np.int32)
            self.table[fresh] = turn
            first = np.flatnonzero(look_up(self.table, fresh) == turn)
        self._add(fresh[first])
        ids[missing] = self._find(fresh)
        return ids, missing[first]

    def _find(self, key: NDArray[np.int64]) -> Array:
        if self.table is not None:
            ids = look_up(self.table, key)
            ids -= 1
            return ids
        if not len(self.known):
            return np.full(len(key), -1, np.int32)
        at = np.minimum(np.searchsorted(self.known, key), len(self.known) - 1)
        return np.where(self.known[at] == key, self.ids[at], np.int32(-1))

    def _add(self, key: NDArray[np.int64]) -> None:
        """Number rows that are different and new."""
        ids = np.arange(self.count, self.count + len(key), dtype=np.int32)
        self.count += len(key)
        if self.table is not None:
            self.table[key] = ids + np.int32(1)
            return
        order = np.argsort(key)
        at = np.searchsorted(self.known, key[order])
        self.known = np.insert(self.known, at, key[order])
        self.ids = np.insert(self.ids, at, ids[order])
