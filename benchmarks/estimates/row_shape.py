"""row_shape(cell) -> how long the rows of a cell will be, from its world drawn as small as it has.

A row of a larger size has as many tokens, or a few more where proofs are longer; the words are the
constants of the size itself, of which only the facts are drawn.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ...registry import built_in
from ...worlds import build_corpus, encode, sample_questions
from ..config.run_config import Cell
from .closure_size import doubtful, estimate, extent


@dataclasses.dataclass(frozen=True)
class RowShape:
    """Of one row of a training."""

    tokens: int  # read, with the answer
    bearing: int  # positions at which the loss is computed
    words: int  # of the vocabulary


LEAST = RowShape(2, 1, 0)  # a query and its answer
LARGEST = RowShape(128, 96, 5_000)  # beyond the worlds of this package at size small


def row_shape(cell: Cell) -> RowShape:
    """The shape of the rows of a cell; LEAST where its world cannot be drawn."""
    world = cell.load_world()
    size = min(world.sizes, key=lambda name: extent(world.arguments(name)))
    try:
        corpus = build_corpus(world, size, seeds=(0, 0))
        tokens = encode(corpus, cell.mode, np.sort(sample_questions(corpus, 1, 0)))
        more = _constants(cell) - len(corpus.closure.base.constants)
    except Exception:  # a stranger's code, at a size of which nobody thought
        return LEAST
    bearing = int(np.asarray(tokens.loss).any(axis=0).sum())
    return RowShape(tokens.train.shape[1], bearing, len(tokens.vocabulary) + max(0, round(more)))


def _constants(cell: Cell) -> float:
    """Of the world at the size of a cell; by estimate where that may be too big to be drawn."""
    world = cell.load_world()
    if doubtful(world, cell.size, outside=cell.world not in built_in("world")):
        found = estimate(world, cell.size)
        if found is not None:
            return found.constants
    return len(world.facts(cell.size, 0).constants)
