"""Base predicates that state answers verbatim, under another name or in another order."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np

from ....worlds.corpus.corpus import Corpus
from ....worlds.datalog.facts import Array, Bools
from ....worlds.datalog.row_keys import pack
from ....worlds.datalog.syntax import Program
from ....worlds.novelty.rungs import RUNGS

FEWEST = 10  # answers of a predicate below which a share is chance


@dataclasses.dataclass(frozen=True)
class Verbatim:
    """A base predicate, the place in it of each argument of a derived one, and how many of the
    derived one's answers (not stated themselves) stand there so."""

    base: str
    places: tuple[int, ...]
    derived: str
    answers: int
    stated: int

    @property
    def share(self) -> float:
        return self.stated / self.answers


def verbatim(corpus: Corpus) -> Iterator[Verbatim]:
    """For each queried predicate and each base one, the order of arguments under which the base
    one's stated facts hold most answers to questions that are not recall.

    What a rule reads so (``keeps(X,V) :- own(X,V)``, or an inverse) gives no answer away: it is how
    the answer is derived.
    """
    c, rung = corpus.closure, corpus.certificate.rung
    novel = np.flatnonzero((rung > RUNGS.index("recall")) & (rung <= RUNGS.index("mixed")))
    facts = np.unique(corpus.fact[corpus.entries(novel)[2]])
    facts = facts[~c.is_base[facts]]
    for number in np.unique(c.predicate[facts]):
        derived = c.predicates[number]
        rows = c.arguments[facts[c.predicate[facts] == number], : c.arity[derived]]
        if len(rows) < FEWEST or rows.shape[1] < 2:
            continue
        for base, block in c.blocks.items():
            stated = block.start + np.flatnonzero(corpus.stated[block.start : block.stop])
            if base == derived or c.arity[base] < rows.shape[1] or not len(stated):
                continue
            table = c.arguments[stated, : c.arity[base]]
            found = [
                Verbatim(base, places, derived, len(rows), int(_there(rows, table, places).sum()))
                for places in itertools.permutations(range(table.shape[1]), rows.shape[1])
                if _alike(rows, table, places) and not _read(c.program, derived, base, places)
            ]
            if found:
                yield max(found, key=lambda v: v.stated)


def _alike(rows: Array, table: Array, places: tuple[int, ...]) -> bool:
    """Whether each column can hold what the other holds: their ranges of constants overlap."""
    return all(
        column.min() <= table[:, p].max() and table[:, p].min() <= column.max()
        for column, p in zip(rows.T, places)
    )


def _there(rows: Array, table: Array, places: tuple[int, ...]) -> Bools:
    """[n] which rows stand in the table, their columns at these ``places``."""
    both = [np.concatenate([column, table[:, p]]) for column, p in zip(rows.T, places)]
    key = pack(both)
    return np.isin(key[: len(rows)], key[len(rows) :])


def _read(program: Program, derived: str, base: str, places: tuple[int, ...]) -> bool:
    """Whether a rule for ``derived`` reads the whole head off one premise of ``base`` so."""
    return any(
        rule.head.predicate == derived
        and any(
            atom.predicate == base
            and all(atom.terms[p] == term for p, term in zip(places, rule.head.terms))
            for atom in rule.positive
        )
        for rule in program.rules
    )
