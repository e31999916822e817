"""Which runs of two sides are compared with which: rows by what they share, runs by their corpus.

Modes, models and plans that both sides have are compared with themselves; a field in which each
side has one value that the other has not is what the comparison is about. In a row, runs on the
same corpus are paired, by their seeds where both have them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from ...errors import UserError, listed
from ...printable import printable
from ..config.panel_names import names_of
from .sides import FIELDS, Answers, Side

Pair = tuple[Answers, Answers]


@dataclasses.dataclass(frozen=True)
class RowPair:
    """Pairs of runs of one place (world, size, exposure) and one row of each side."""

    place: str
    row: str  # what both have in common of mode, model and plan; empty: one row each
    corpora: Mapping[str, tuple[Pair, ...]]  # digest of a corpus -> its pairs
    by_seed: bool  # whether the runs of all pairs have equal seeds
    alone: tuple[int, int]  # runs of A and of B that have no counterpart


@dataclasses.dataclass(frozen=True)
class Pairing:
    """All that is compared, and what is left out."""

    pairs: tuple[RowPair, ...]
    differs: Mapping[str, tuple[str, str]]  # mode, model, plan -> what A has and what B has
    left_out: tuple[str, ...]  # a line each


def pairing(a: Side, b: Side) -> Pairing:
    """Raises UserError where nothing can be paired."""
    shared = {x.corpus for x in a.answers} & {x.corpus for x in b.answers}
    if not shared:
        raise UserError(
            f"A and B have no corpus in common: A has {_corpora(a)}, B has {_corpora(b)}; compare "
            "runs of the same world, size, exposure and seeds"
        )
    matched, differs, left_out = _fields(a, b)
    rows: dict[tuple[str, ...], list[list[Answers]]] = {}
    for number, one in enumerate((a, b)):
        for answers in one.answers:
            key = _place(answers), *(getattr(answers.cell, field) for field in matched)
            rows.setdefault(key, [[], []])[number].append(answers)
    both = {key: row for key, row in rows.items() if all(row)}
    first = {key[0]: row[0][0].cell for key, row in both.items()}
    names = dict(zip(first, names_of([*first.values()])))
    pairs = []
    for key, (mine, theirs) in both.items():
        found = _row(names[key[0]], key[1:], mine, theirs)
        if found.corpora:
            pairs.append(found)
    if not pairs:
        raise UserError(
            "A and B have no row in common on any corpus; name one of each: A#LABEL B#LABEL"
        )
    for number, name in enumerate("AB"):
        gone = sum(len(row[number]) for row in rows.values() if not all(row))
        gone += sum(pair.alone[number] for pair in pairs)
        gone += sum(
            len(both_[number])
            for both_ in both.values()
            if not {x.corpus for x in both_[0]} & {x.corpus for x in both_[1]}
        )
        if gone:
            left_out.append(f"{gone} runs of {name} have no counterpart, and are left out")
    return Pairing(tuple(pairs), differs, tuple(left_out))


def _fields(a: Side, b: Side) -> tuple[list[str], dict[str, tuple[str, str]], list[str]]:
    """(fields in which rows must agree, those that differ with both values, what is left out)."""
    matched, differs, left_out = [], {}, []
    for field in FIELDS:
        mine, theirs = a.values(field), b.values(field)
        common = [value for value in mine if value in theirs]
        if common:
            matched.append(field)
            only = [("A", v) for v in mine if v not in common]
            only += [("B", v) for v in theirs if v not in common]
            left_out += [f"{field} {v} is of {name} alone, and left out" for name, v in only]
        elif len(mine) == len(theirs) == 1:
            differs[field] = mine[0], theirs[0]
        else:
            raise UserError(
                f"A has {field} {printable(', '.join(mine), 120)}, B has "
                f"{printable(', '.join(theirs), 120)}: name one of each, as in A#{mine[0]} "
                f"B#{theirs[0]}"
            )
    return matched, differs, left_out


def _row(
    place: str, row: Sequence[str], mine: Sequence[Answers], theirs: Sequence[Answers]
) -> RowPair:
    corpora: dict[str, tuple[Pair, ...]] = {}
    by_seed, paired = True, 0
    for corpus in dict.fromkeys(x.corpus for x in mine):
        left = [x for x in mine if x.corpus == corpus]
        right = [x for x in theirs if x.corpus == corpus]
        if not right:
            continue
        seeds = {_seeds(x): x for x in right}
        pairs = [(x, seeds[_seeds(x)]) for x in left if _seeds(x) in seeds]
        if not pairs:  # seeds are exchangeable: any pairing holds, and this one is always the same
            by_seed = False
            pairs = [*zip(sorted(left, key=_seeds), sorted(right, key=_seeds))]
        corpora[corpus] = tuple(pairs)
        paired += len(pairs)
    alone = len(mine) - paired, len(theirs) - paired
    return RowPair(place, " ".join(row), corpora, by_seed, alone)


def _seeds(answers: Answers) -> tuple[int, ...]:
    return answers.cell.seeds.trained


def _place(answers: Answers) -> str:
    """World, size and exposure: equal for runs whose corpora differ by seeds alone."""
    cell = answers.cell
    return f"{cell.named_world}/{cell.size} {cell.exposure.record()}"


def _corpora(side: Side) -> str:
    found = dict.fromkeys(
        f"{a.cell.named_world}/{a.cell.size} seeds {a.cell.seeds.world},{a.cell.seeds.exposure}"
        for a in side.answers
    )
    return printable(listed([*found], 3), 330)
