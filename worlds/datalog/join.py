"""Conjunctive queries over tables of facts: the bodies of rules, joined for many prompts at once.

Each step joins the atom of which the most is known, then forgets what no later step needs, so that
a premise that was blanked costs its different values and not its facts. B bindings.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .facts import Array, Bools
from .row_keys import begins, group, pack, ragged, stable_order
from .syntax import Atom, Comparison, Constant, Variable

MOST = 3_000_000  # bindings of one step: a query that needs more is given up
FEW = 60_000  # bindings of one step that are drawn where a sample will do
COMPARE = {
    "=": np.equal,
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}

Bindings = dict[str, Array]  # variable -> int32 [B] constants; "" is the number of the prompt


@dataclasses.dataclass(frozen=True)
class Query:
    """Atoms that must hold, atoms that must not, and comparisons."""

    atoms: tuple[Atom, ...]
    negative: tuple[Atom, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


class Matches(NamedTuple):
    """What fits an atom, for each of B bindings."""

    columns: dict[str, Array]  # of the atom's different rows, by variable
    starts: NDArray[np.int64]  # [B] where in ``order`` those of each binding begin
    many: NDArray[np.int64]  # [B] how many they are
    order: NDArray[np.int64]  # of the rows


def solve(
    query: Query,
    tables: Mapping[str, Array],
    number: Mapping[str, int],
    start: Bindings,
    wanted: Sequence[str],
    thin: np.random.RandomState | None = None,
) -> Bindings | None:
    """The different bindings of ``wanted`` variables for each prompt, beginning with ``start``.

    ``tables``: predicate -> int32 [n, arity]; ``number``: the id of each constant's name. None
    where a wanted variable is never bound, or where a step has more than MOST bindings; with
    ``thin`` FEW of them are drawn by it instead. Negative atoms and comparisons some variable of
    which is never bound are left out.
    """
    left, bound = list(query.atoms), start
    while left:
        needed = {atom: _needed(query, left, atom, wanted) for atom in left}
        atom, found = _next(left, bound, tables, number, needed)
        left.remove(atom)
        joined = _join(bound, atom, found, needed[atom], thin)
        if joined is None:
            return None
        bound = joined
    if not {*wanted} <= bound.keys():
        return None
    keep = np.ones(len(bound[""]), bool)
    for c in query.comparisons:
        sides = [_side(t, bound, number) for t in (c.left, c.right)]
        if sides[0] is not None and sides[1] is not None:
            keep &= COMPARE[c.operator](sides[0], sides[1])
    for atom in query.negative:
        if all(t.wildcard or t.name in bound for t in atom.terms if isinstance(t, Variable)):
            keep &= ~_present(bound, atom, tables, number)
    return _distinct({v: bound[v][keep] for v in ("", *wanted)})


def _needed(query: Query, left: Sequence[Atom], atom: Atom, wanted: Sequence[str]) -> set[str]:
    """The variables that are wanted, or stand in what is left to be joined or held against."""
    others = list(left)
    others.remove(atom)
    out = {"", *wanted}.union(*(other.variables() for other in (*others, *query.negative)))
    for c in query.comparisons:
        out |= {t.name for t in (c.left, c.right) if isinstance(t, Variable)}
    return out


def _next(
    left: Sequence[Atom],
    bound: Bindings,
    tables: Mapping[str, Array],
    number: Mapping[str, int],
    needed: Mapping[Atom, set[str]],
) -> tuple[Atom, Matches]:
    """The atom with the fewest unbound variables, of these the one that leaves fewest bindings; and
    its matches."""
    unbound = [len(atom.variables() - bound.keys()) for atom in left]
    fewest = [atom for atom, many in zip(left, unbound) if many == min(unbound)]
    best: tuple[Atom, Matches] | None = None
    for atom in fewest:
        found = _matches(bound, atom, tables, number, needed[atom])
        if best is None or found.many.sum() < best[1].many.sum():
            best = atom, found
    assert best is not None, "there is an atom left"
    return best


def _side(term: Variable | Constant, bound: Bindings, number: Mapping[str, int]):
    if isinstance(term, Constant):
        return number.get(term.name, -1)
    return bound.get(term.name)


def _table(
    atom: Atom, tables: Mapping[str, Array], number: Mapping[str, int], keep: set[str]
) -> tuple[dict[str, Array], int]:
    """(columns of the variables in ``keep``, rows): what fits the atom's constants, each once."""
    rows = tables.get(atom.predicate)
    if rows is None or not len(rows):
        return {v: np.zeros(0, np.int32) for v in atom.variables() & keep}, 0
    first: dict[str, int] = {}
    fits = np.ones(len(rows), bool)
    for place, term in enumerate(atom.terms):
        if isinstance(term, Constant):
            fits &= rows[:, place] == number.get(term.name, -1)
        elif term.name in first:
            fits &= rows[:, place] == rows[:, first[term.name]]
        else:
            first[term.name] = place
    rows = rows[fits]
    columns = {v: rows[:, place] for v, place in first.items() if v in keep}
    if not columns:
        return {}, min(len(rows), 1)
    distinct = _distinct(columns)
    return distinct, len(next(iter(distinct.values())))


def _join(
    bound: Bindings,
    atom: Atom,
    found: Matches,
    needed: set[str],
    thin: np.random.RandomState | None,
) -> Bindings | None:
    columns, starts, many, order = found
    total = int(many.sum())
    if thin is not None and total > FEW:
        drawn = ((np.arange(FEW) + thin.random_sample(FEW)) * (total / FEW)).astype(np.int64)
        ends = np.cumsum(many)
        at = np.searchsorted(ends, drawn, "right")
        place = drawn - (ends[at] - many[at])
    elif total > MOST:
        return None
    else:
        at, place = ragged(many)
    row = order[starts[at] + place]
    out = {v: column[at] for v, column in bound.items() if v in needed}
    out |= {v: column[row] for v, column in columns.items() if v in needed and v not in bound}
    lost = (bound.keys() | atom.variables()) - out.keys()
    return _distinct(out) if lost else out  # else they differ as they did


def _matches(
    bound: Bindings,
    atom: Atom,
    tables: Mapping[str, Array],
    number: Mapping[str, int],
    needed: set[str],
) -> Matches:
    common = sorted(atom.variables() & bound.keys())
    columns, rows = _table(atom, tables, number, needed | {*common})
    count = len(bound[""])
    if not common:
        return Matches(columns, np.zeros(count, np.int64), np.full(count, rows), np.arange(rows))
    key = group(pack([np.concatenate([columns[v], bound[v]]) for v in common]))[0]
    order = stable_order(key[:rows])
    first = begins(key[:rows][order], len(key))
    return Matches(columns, first[key[rows:]], np.diff(first)[key[rows:]], order)


def _present(
    bound: Bindings, atom: Atom, tables: Mapping[str, Array], number: Mapping[str, int]
) -> Bools:
    """[B] whether some fact is as the atom says."""
    common = sorted(atom.variables() & bound.keys())
    columns, rows = _table(atom, tables, number, {*common})
    if not common or not rows:
        return np.full(len(bound[""]), rows > 0)
    key = group(pack([np.concatenate([columns[v], bound[v]]) for v in common]))[0]
    seen = np.zeros(len(key), bool)
    seen[key[:rows]] = True
    return seen[key[rows:]]


def _distinct(bound: Bindings) -> Bindings:
    first: NDArray[np.int64] = np.sort(group(pack(list(bound.values())))[1])
    return {v: column[first] for v, column in bound.items()}
