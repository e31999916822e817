"""Rows of small integers as single numbers: what sorting and grouping a million rows rest on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.integer]
RUNS = 32  # ordered stretches up to which merging them beats sorting anew
BLOCK = 1 << 16  # rows at a time, in memory that is used again: at millions new memory costs more


def pack(columns: Sequence[Integers]) -> NDArray[np.int64]:
    """[n] one number per row, ordered as the rows are lexicographically.

    >>> pack([np.array([1, 0, 1]), np.array([-1, 5, 5])])
    array([ 7,  6, 13])
    """
    key = np.zeros(len(columns[0]), np.int64)
    if not len(key):
        return key
    span = 1
    for column in columns:
        low, high = int(column.min()), int(column.max())
        size = high - low + 1
        if span * size >= 2**62:  # no room: number the distinct prefixes first
            key, first = group(key)
            span = len(first)
        key = key * size + (column - low)
        span *= size
    return key


def join_columns(columns: Sequence[Integers], sizes: Sequence[int]) -> NDArray[np.int64]:
    """[n] one number per row of at least one column, whose values lie in [0, size) of each.

    The product of the sizes is below 2^63; ``part_columns`` gives the columns back.

    >>> join_columns([np.array([1, 0]), np.array([3, 4])], [2, 5])
    array([8, 4])
    """
    key = np.empty(len(columns[0]), np.int64)
    for start in range(0, len(key), BLOCK):
        some = slice(start, start + BLOCK)
        part = key[some]
        part[:] = columns[0][some]
        for column, size in zip(columns[1:], sizes[1:]):
            part *= size
            part += column[some]
    return key


def part_columns(
    key: NDArray[np.int64], sizes: Sequence[int], out: Sequence[NDArray[np.int32]]
) -> None:
    """Writes the columns that ``join_columns`` made ``key`` of into ``out``, [n] each."""
    if not len(out):
        return
    for start in range(0, len(key), BLOCK):
        some = slice(start, start + BLOCK)
        part = key[some]
        for column, size in zip(out[:0:-1], sizes[:0:-1]):
            before = part // size
            part = part - before * size
            column[some] = part
            part = before
        out[0][some] = part


def sort_rows(
    blocks: Iterable[Sequence[Integers]],
    lows: Sequence[np.int32],
    sizes: Sequence[int],
    out: NDArray[np.int32],
) -> None:
    """Writes the rows of all blocks, given as columns, into ``out`` [w, n], in lexicographic order.

    Values of each column lie in [low, low + size).
    """
    key, start = np.empty(out.shape[1], np.int64), 0
    fit = math.prod(sizes) < 2**63
    for columns in blocks:
        end = start + len(columns[0])
        if fit:
            key[start:end] = join_columns([c - low for c, low in zip(columns, lows)], sizes)
        else:
            out[:, start:end] = columns
        start = end
    if fit:
        key.sort()  # sorting the numbers themselves is several times faster than an argsort
        part_columns(key, sizes, [*out])
        for column, low in zip(out, lows):
            column += low
    else:
        del key
        order = stable_order(pack([*out]))
        for column in out:
            column[:] = column[order]


def look_up(table: NDArray[Any], at: Integers) -> NDArray[Any]:
    """``table[at]``, from -1 for the last; in half the time, for the numbers need no copy.

    >>> look_up(np.array([5, 6]), np.array([1, -1, 0]))
    array([6, 6, 5])
    """
    out = np.empty(len(at), table.dtype)
    for start in range(0, len(at), BLOCK):
        some = slice(start, start + BLOCK)
        np.take(table, at[some], out=out[some], mode="wrap")
    return out


def stable_order(key: Integers) -> NDArray[np.int64]:
    """[n] what ``np.argsort(key, kind="stable")`` gives, in about half the time.

    >>> stable_order(np.array([2, 1, 2, 1]))
    array([1, 3, 0, 2])
    """
    if np.count_nonzero(key[1:] < key[:-1]) < RUNS:
        return np.argsort(key, kind="stable")  # which merges runs
    bits = len(key).bit_length()
    low = int(key.min(initial=0))
    if (int(key.max(initial=0)) - low).bit_length() + bits > 62:
        return np.argsort(key, kind="stable")
    numbers = key.astype(np.int64) - low  # and their places behind them: all are different
    numbers <<= bits
    numbers |= np.arange(len(key))
    numbers.sort()
    numbers &= (1 << bits) - 1
    return numbers


def group(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(number [n], first [g]): equal keys get equal numbers, in key order; where each first stood.

    >>> group(np.array([30, 10, 30]))
    (array([1, 0, 1]), array([1, 0]))
    """
    if not len(key):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    low, high = int(key.min()), int(key.max())
    if high - low > 8 * len(key) + 1024:  # sparse: by sorting
        order = stable_order(key)
        new = np.diff(key[order], prepend=low - 1) > 0
        number = np.empty(len(key), np.int64)
        number[order] = np.cumsum(new) - 1
        return number, order[new]
    seen = np.zeros(high - low + 1, np.int64)
    seen[key - low] = 1
    number = (np.cumsum(seen) - 1)[key - low]
    first = np.empty(int(seen.sum()), np.int64)
    first[number[::-1]] = np.arange(len(key))[::-1]
    return number, first


def begins(ordered: Integers, size: int) -> NDArray[np.int64]:
    """[size + 1] where each number in [0, size) begins among ``ordered``; the last: their end.

    >>> begins(np.array([0, 0, 2]), 3)
    array([0, 2, 2, 3])
    """
    return np.append(0, np.cumsum(np.bincount(ordered, minlength=size)))


def ragged(counts: Integers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(row, place): row i repeated counts[i] times, with its places 0 .. counts[i] - 1.

    >>> ragged(np.array([2, 0, 1]))
    (array([0, 0, 2]), array([0, 1, 0]))
    """
    row = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(row))
    place -= np.repeat(np.cumsum(counts) - counts, counts)
    return row, place


def distinct(key: Integers) -> NDArray[np.int64]:
    """The distinct keys, ordered. Sorting beats NumPy's hashing `unique` several times over."""
    key = np.sort(key).astype(np.int64, copy=False)
    return key[np.diff(key, prepend=key[:1] - 1) > 0]


def among(key: NDArray[np.int64], ordered: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of ``key`` stand in ``ordered``; neither holds a negative number."""
    if not len(ordered) or not len(key):
        return np.zeros(len(key), bool)
    highest = max(int(ordered[-1]), int(key.max()))
    if highest <= 8 * (len(key) + len(ordered)):  # dense and from 0: a table is faster
        table = np.zeros(highest + 1, bool)
        table[ordered] = True
        return table[key]
    return ordered[np.minimum(np.searchsorted(ordered, key), len(ordered) - 1)] == key


def perhaps(key: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of ``key`` may stand in ``others``: all that do and few that don't, without sorting.

    >>> perhaps(np.array([1, 5]), np.array([9, 5]))
    array([False,  True])
    """
    mask = (1 << max(10, (8 * len(others)).bit_length())) - 1
    table = np.zeros(mask + 1, bool)
    table[others & mask] = True
    return table[key & mask]


class Keys:
    """A growing set of numbers: a few ordered runs, each twice as long as the next."""

    def __init__(self) -> None:
        self.runs: list[NDArray[np.int64]] = []

    def add(self, key: NDArray[np.int64]) -> None:
        """Numbers that are ordered and not in it."""
        while self.runs and len(self.runs[-1]) < 2 * len(key):
            key = np.sort(np.concatenate([self.runs.pop(), key]), kind="stable")  # merges runs
        self.runs.append(key)

    def holds(self, key: NDArray[np.int64]) -> NDArray[np.bool_]:
        """[n] which of ``key`` are in it.

        >>> keys = Keys(); keys.add(np.array([2, 5])); keys.holds(np.array([1, 5]))
        array([False,  True])
        """
        return np.logical_or.reduce([np.zeros(len(key), bool), *(among(key, r) for r in self.runs)])
