"""row_shape(cell) -> how long the rows of a cell will be, from its world drawn as small as it has.

A row of a larger size has as many tokens, or a few more where proofs are longer; the words are the
constants of the size itself, of which only the facts are drawn.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from ...seeding import stream
from ...worlds import build_corpus, encode, sample_questions
from ..config.run_config import Cell


@dataclasses.dataclass(frozen=True)
class RowShape:
    """Of one row of a training."""

    tokens: int  # read, with the answer
    bearing: int  # positions at which the loss is computed
    words: int  # of the vocabulary


LEAST = RowShape(2, 1, 0)  # a query and its answer
LARGEST = RowShape(512, 384, 100_000)  # beyond all of this package


def row_shape(cell: Cell) -> RowShape:
    """The shape of the rows of a cell; LEAST where its world cannot be drawn."""
    world = cell.load_world()
    size = min(world.sizes, key=lambda name: _extent(world.arguments(name)))
    try:
        corpus = build_corpus(world, size, seeds=(0, 0))
        questions = np.sort(sample_questions(corpus, 1, 0))
        tokens = encode(corpus, cell.mode, questions)
        facts = world.sample(stream(world.id, cell.size, "estimate"), **world.arguments(cell.size))
        more = len(facts.constants) - len(corpus.closure.base.constants)
    except Exception:  # a stranger's code, at a size of which nobody thought
        return LEAST
    bearing = int(np.asarray(tokens.loss).any(axis=0).sum())
    words = len(tokens.vocabulary) + max(0, more)
    return RowShape(int(tokens.train.shape[1]), bearing, words)


def _extent(arguments: dict[str, object]) -> float:
    """The product of the numbers of a size."""
    found = 1.0
    for value in arguments.values():
        numbers = value if isinstance(value, (tuple, list)) else (value,)
        found *= max([1, *(n for n in numbers if type(n) is int)])
    return found
