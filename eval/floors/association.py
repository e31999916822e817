"""Association: answers by what was stated and not demonstrated, and by likeness of words.

Neither applies a rule. Stated, not demonstrated never reads a whole prompt; likeness never reads
the names of predicates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...worlds.datalog.row_keys import begins, group, ragged
from .beside import PLACES, answered, beside, given_parts, named
from .reading import Array, Bools, Integers, Reading, Texts
from .strategy import Ballot, Batch

EXPONENTS = (1, 4)
PIECE = 500_000  # votes cast at a time: what is in hand then fits a cache

Weight = tuple[NDArray[np.float32], Integers]  # [m, W] of words, and [n] the row of each question


@dataclasses.dataclass(frozen=True)
class StatedNotDemonstrated:
    """Stated / (1 + demonstrated): what statements put beside a part and conclusions do not.

    Blind to all of the prompt but the part: one or two of its words, never all of the prompt.
    """

    name: str = "stated, not demonstrated"
    family: str = "association"
    blind: str = "all but one or two words, or one word given"

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        for part in given_parts(batch):
            stated = beside(reading.texts.stated, batch, part).toarray()
            for by, counts in (
                ("beside", beside(reading.texts.conclusions, batch, part)),
                ("answered", answered(reading, batch, part, reading.demonstrated)),
            ):
                yield f"{by} {named(part)}", Ballot(stated / (1 + counts.toarray()))


@dataclasses.dataclass(frozen=True)
class Likeness:
    """A word resembles others by the words that stand beside both; what stands beside those and
    the rest of the prompt is the answer. They vote overlap^e / sqrt(neighbours), for all of it, for
    what is stated, or for what was never demonstrated beside the rest.

    Blind to the names of predicates, and to where in a text a word stands.
    """

    name: str = "likeness"
    family: str = "association"
    blind: str = "the names of predicates"

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        texts = reading.texts.nameless
        near = texts.neighbours.copy()
        near.data[:] = 1
        root = np.sqrt(np.maximum(np.asarray(near.sum(1)).ravel(), 1))
        weights: dict[int, list[Weight]] = {}
        for place in batch.given[:PLACES]:
            word, number = numbered(batch.prompt[:, place])
            overlap = (near[word] @ near.T).toarray()
            overlap[np.arange(len(word)), word] = 0  # what is stated of the word itself is known
            weights[place] = [((overlap**e / root).astype(np.float32), number) for e in EXPONENTS]
        for rest, places in rests(batch).items():
            demonstrated = self._demonstrated(texts, batch, rest)
            each = [(place, e) for place in places for e in EXPONENTS]
            mine = [w for place in places for w in weights[place]]
            found = zip(each, cast(texts, batch, rest, mine), cast(texts.stated, batch, rest, mine))
            for (place, e), votes, stated in found:
                who = f"like {place} beside {named(rest) or 'anything'}, e = {e}"
                yield who, Ballot(votes)
                yield f"{who}, as stated", Ballot(stated)
                yield f"{who}, never demonstrated", Ballot(np.where(demonstrated, 0, votes))

    @staticmethod
    def _demonstrated(texts: Texts, batch: Batch, rest: tuple[int, ...]) -> Bools:
        """[n, V] values that some conclusion puts beside the rest."""
        if not rest:
            word = texts.conclusions.word
            seen = np.zeros(len(batch.value), bool)
            place = batch.place[word[word >= 0]]
            seen[place[place >= 0]] = True
            return np.broadcast_to(seen, (len(batch.prompt), len(seen)))
        return beside(texts.conclusions, batch, rest).toarray() > 0


def rests(batch: Batch) -> dict[tuple[int, ...], list[int]]:
    """What must stand beside an answer -> the places whose word may then be another.

    All words of the prompt but one stand there, or a single one, or none where only one is given.
    """
    words = batch.given[:PLACES]
    out: dict[tuple[int, ...], list[int]] = {}
    for place in words:
        others = tuple(p for p in words if p != place)
        for rest in dict.fromkeys([others, *((p,) for p in others)]):
            out.setdefault(rest, []).append(place)
    return out


def cast(
    texts: Texts, batch: Batch, rest: tuple[int, ...], weights: Sequence[Weight]
) -> list[NDArray[np.float64]]:
    """For each (weight [m, W], number [n]) votes [n, V]: of each other word in a text that holds
    the rest of the prompt, for each value in it. Question q votes with row ``number[q]``.
    """
    n, values = len(batch.prompt), len(batch.value)
    if not rest:
        together = sparse.csr_array(texts.neighbours[:, batch.value])
        return [
            sparse.csr_array(sparse.csr_array(w) @ together).toarray()[number]
            for w, number in weights
        ]
    wanted, kind = np.unique(batch.prompt[:, list(rest)], axis=0, return_inverse=True)
    row, text = texts.holding(wanted)
    voter, value, of = _pairs(texts, batch, wanted, row, text)
    start = begins(of, len(wanted))  # of the votes that each wanted row calls for
    many = np.diff(start)[kind]
    ends = np.append(0, np.cumsum(many))
    out = [np.zeros(n * values) for _ in weights]
    first = 0
    while first < n:
        last = max(first + 1, int(np.searchsorted(ends, ends[first] + PIECE, "right")) - 1)
        question, place = ragged(many[first:last])
        entry = start[kind[first:last]][question] + place
        at, size = question * values + value[entry], (last - first) * values
        for votes, (weight, number) in zip(out, weights):
            cast_now = weight[number[first:last][question], voter[entry]]
            votes[first * values : last * values] = np.bincount(at, cast_now, size)
        first = last
    return [votes.reshape(n, values) for votes in out]


def _pairs(
    texts: Texts, batch: Batch, wanted: Array, row: Integers, text: Integers
) -> tuple[Integers, Integers, Integers]:
    """(voter, value, row) for each two different words of a text that are not wanted ones."""
    word = texts.word[text]
    free = word >= 0
    for column in wanted.T:
        free &= word != column[row][:, None]
    width, parts = word.shape[1], []
    for i in range(width):
        for j in range(width):
            if i != j:
                local = np.where(word[:, j] >= 0, batch.place[word[:, j]], -1)
                keep = free[:, i] & free[:, j] & (local >= 0) & (word[:, i] != word[:, j])
                parts.append((word[keep, i], local[keep], row[keep]))
    voter, value, of = (np.concatenate(column) for column in zip(*parts))
    order = np.argsort(of, kind="stable")
    return voter[order].astype(np.int64), value[order].astype(np.int64), of[order]


def steps(texts: Texts, words: Array) -> NDArray[np.float32]:
    """[m, W] where a random walk from each word stands after one step to a text and on to another
    word of it."""
    near = texts.neighbours[words].toarray()
    return near / np.maximum(near.sum(1, keepdims=True), 1)


def numbered(column: Array) -> tuple[Array, Integers]:
    """(distinct words, the number of each question's)."""
    number, first = group(column.astype(np.int64))
    return column[first], number
