"""Profile copy: find the prompts that are answered alike elsewhere, and copy their answer.

Of a prompt one or two words are replaced by others, and the rest is its *context*. The profile of
some words is what was answered in each context with them. Those whose profile agrees most with the
queried ones' vote, in the queried context, with their own answer. No fact of another predicate is
read, so no premise of any rule but a recursive one: this is reuse by likeness, as of collaborative
filtering (Resnick et al. 1994, doi:10.1145/192844.192905).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ...worlds.datalog.row_keys import begins, group, pack, ragged, stable_order
from .beside import PLACES, named
from .reading import Array, Integers, Reading
from .strategy import Ballot, Batch, sets

EXPONENTS = (1, 4)
CROWD = 400  # words that are answered alike in one context: more tell nothing, and cost the most


@dataclasses.dataclass(frozen=True)
class ProfileCopy:
    """The answer, in this context, of what was answered alike in other contexts.

    Votes n (n / shared)^e, of which the greatest counts, or n^e, which are added: n contexts with
    the same answer, of ``shared`` ones in which both were answered. Blind to all facts of other
    predicates, and to all premises.
    """

    name: str = "profile copy"
    family: str = "association"
    blind: str = "all examples of other cues"

    def settings(self, reading: Reading, batch: Batch) -> Iterator[tuple[str, Ballot]]:
        mine = reading.prompt[:, 0] == batch.cue
        prompt, local = reading.prompt[mine], batch.place[reading.answer[mine]]
        keep = local >= 0
        prompt, local = prompt[keep], local[keep]
        words = batch.given[:PLACES]
        for replaced in sets(words, 2):
            context = tuple(c for c in batch.given if c not in replaced)
            if not context or not len(prompt):
                continue
            table = Profiles.of(prompt, local, batch.prompt, replaced, context)
            row, value, n, shared = table.agreeing()
            shape = (len(batch.prompt), len(batch.value))
            for e in EXPONENTS:
                votes = np.zeros(shape[0] * shape[1])
                np.maximum.at(votes, row * shape[1] + value, n * (n / shared) ** e)
                yield f"{named(replaced)}, max, e = {e}", Ballot(votes.reshape(shape))
                added = np.bincount(row * shape[1] + value, n**e, shape[0] * shape[1])
                yield f"{named(replaced)}, sum, e = {e}", Ballot(added.reshape(shape))


@dataclasses.dataclass(frozen=True)
class Profiles:
    """Examples and questions of one cue, parted into the words replaced (*who*) and the context."""

    who: Integers  # [N] of each example
    where: Integers  # [N]
    value: Integers  # [N] its answer
    sought: Integers  # [n] who, of each question
    context: Integers  # [n]
    people: int
    contexts: int

    @classmethod
    def of(
        cls,
        prompt: Array,
        value: NDArray[np.integer],
        query: Array,
        replaced: tuple[int, ...],
        context: tuple[int, ...],
    ) -> Profiles:
        """``prompt`` int32 [N, 1 + w] of examples, ``query`` [n, 1 + w] of questions."""

        def numbers(places: tuple[int, ...]) -> tuple[Integers, int]:
            columns = zip(prompt[:, list(places)].T, query[:, list(places)].T)
            number, first = group(pack([np.concatenate(pair) for pair in columns]))
            return number, len(first)

        (who, people), (where, contexts) = numbers(replaced), numbers(context)
        n = len(prompt)
        return cls(who[:n], where[:n], value.astype(np.int64), who[n:], where[n:], people, contexts)

    def agreeing(self) -> tuple[Integers, Integers, Integers, Integers]:
        """(question, value, n, shared) of everyone who answers in the context of a question and
        agrees with whom it asks about in n > 0 of their shared contexts."""
        sought, number = np.unique(self.sought, return_inverse=True)
        alike = self._alike(sought)
        # everyone answering in the context of each question
        order = stable_order(self.where)
        start = begins(self.where[order], self.contexts)
        row, place = ragged(np.diff(start)[self.context])
        example = order[start[self.context[row]] + place]
        n = self._look_up(alike, number[row], self.who[example])
        keep = (n > 0) & (self.who[example] != self.sought[row])
        row, example, n = row[keep], example[keep], n[keep]
        shared = self._shared(sought[number[row]], self.who[example])
        return row, self.value[example], n, np.maximum(shared, n)

    def _alike(self, sought: Integers) -> sparse.csr_array:
        """[sought, people] in how many contexts they are answered alike, crowds left out."""
        number, first = group(pack([self.where, self.value]))
        crowd = np.bincount(number, minlength=len(first)) > CROWD
        keep = ~crowd[number]
        ones = np.ones(int(keep.sum()), np.int64)
        shape = (self.people, len(first))
        table = sparse.csr_array((ones, (self.who[keep], number[keep])), shape=shape)
        return sparse.csr_array(table[sought] @ table.T)

    def _look_up(self, alike: sparse.csr_array, row: Integers, column: Integers) -> Integers:
        """[k] the entries of ``alike`` at (row, column)."""
        alike.sort_indices()
        start = np.asarray(alike.indptr, np.int64)
        at = ragged(np.diff(start))[0] * self.people + np.asarray(alike.indices, np.int64)
        wanted = row * self.people + column
        if not len(at):
            return np.zeros(len(wanted), np.int64)
        place = np.minimum(np.searchsorted(at, wanted), len(at) - 1)
        return np.where(at[place] == wanted, np.asarray(alike.data)[place], 0)

    def _shared(self, one: Integers, other: Integers) -> Integers:
        """[k] in how many contexts both were answered."""
        number, first = group(np.concatenate([one, other]))
        some = np.concatenate([one, other])[first]
        local = np.full(self.people, -1)
        local[some] = np.arange(len(some))
        seen = np.zeros((len(some), self.contexts), bool)
        keep = local[self.who] >= 0
        seen[local[self.who[keep]], self.where[keep]] = True
        bits = np.packbits(seen, axis=1)
        out = np.zeros(len(one), np.int64)
        for at in range(0, len(one), 100_000):
            piece = slice(at, at + 100_000)
            both = bits[number[: len(one)][piece]] & bits[number[len(one) :][piece]]
            out[piece] = np.bitwise_count(both).sum(1)
        return out
