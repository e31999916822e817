"""What stands beside a part of a prompt: the counts that chance and association vote by.

A *part* is one or two of the prompt's places (place 0 is its cue), never the whole prompt. n
questions of one cue, V values of the answer's sort.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...worlds.datalog.row_keys import group, pack
from .reading import Array, Integers, Reading, Texts
from .strategy import Batch, sets

PLACES = 5  # given words that are read; longer prompts (spelled ones) are read by these alone


def parts_of(batch: Batch, most: int = 2) -> list[tuple[int, ...]]:
    """Every set of one to ``most`` places of the prompt, the cue among them, but for all of it."""
    places = batch.columns[: 1 + PLACES]
    return [part for part in sets(places, most) if len(part) < len(batch.columns)]


def given_parts(batch: Batch, most: int = 2) -> list[tuple[int, ...]]:
    """The same without the cue."""
    return [part for part in parts_of(batch, most) if 0 not in part]


def named(part: tuple[int, ...]) -> str:
    """The name of a part.

    >>> named((0, 2))
    'cue+2'
    """
    return "+".join("cue" if place == 0 else str(place) for place in part)


def beside(texts: Texts, batch: Batch, part: tuple[int, ...]) -> sparse.csr_array:
    """[n, V] in how many texts a value stands with this part, wherever in them.

    With the cue in the part only texts of its predicate count.
    """
    if 0 in part:
        texts = texts.only(texts.predicate == batch.predicate)
    places = [place for place in part if place]
    if not places:
        whole = _count(
            texts, batch, np.zeros(len(texts.word), np.int64), np.arange(len(texts.word))
        )
        return whole[np.zeros(len(batch.prompt), np.int64)]
    wanted = batch.prompt[:, places]
    number, first = group(pack(list(wanted.T)))
    row, text = texts.holding(wanted[first])
    return _count(texts, batch, row, text, wanted[first])[number]


def _count(
    texts: Texts, batch: Batch, row: Integers, text: Integers, apart: Array | None = None
) -> sparse.csr_array:
    """[rows, V] how often each value stands in the texts of each row; its own words are apart."""
    rows = 1 if apart is None else len(apart)
    word = texts.word[text]
    local = np.where(word >= 0, batch.place[word], -1)
    if apart is not None:
        for column in apart.T:
            local[word == column[row][:, None]] = -1
    at, place = np.nonzero(local >= 0)
    ones = np.ones(len(at), np.float32)
    shape = (rows, len(batch.value))
    return sparse.csr_array((ones, (row[at], local[at, place])), shape=shape)


def answered(
    reading: Reading, batch: Batch, part: tuple[int, ...], among: NDArray[np.bool_] | None = None
) -> sparse.csr_array:
    """[n, V] how often each value is the answer of an example that agrees on the part's places.

    ``among`` bool [N]: the examples that count; by default all.
    """
    here = np.ones(len(reading.answer), bool) if among is None else among
    prompt, local = reading.prompt[here], batch.place[reading.answer[here]]
    keep = local >= 0
    prompt, local = prompt[keep], local[keep]
    wanted = batch.prompt[:, list(part)]
    columns = zip(prompt[:, list(part)].T, wanted.T)
    number, first = group(pack([np.concatenate(pair) for pair in columns]))
    ones = np.ones(len(local), np.float32)
    shape = (len(first), len(batch.value))
    table = sparse.csr_array((ones, (number[: len(local)], local)), shape=shape)
    return table[number[len(local) :]]
