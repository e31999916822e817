"""Permutations for what no rule reads: dealt like the truth, and nowhere equal to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def elsewhere(rng: np.random.RandomState, number: int, tables: int) -> NDArray[np.int64]:
    """[tables, number] permutations, none of which has a fixed point, nor any two a value in common
    at one place; uniform among those that may follow the ones before.

    >>> elsewhere(np.random.RandomState(0), 5, 2).shape
    (2, 5)
    """
    found = [np.arange(number)]
    for _ in range(tables):
        drawn = rng.permutation(number)
        while (drawn == np.stack(found)).any():  # e**k draws for the k-th, whatever the number
            drawn = rng.permutation(number)
        found.append(drawn)
    return np.stack(found)[1:]
