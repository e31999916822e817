"""What can stand as a premise at all, and how large a join will be: looked at before any join.

A join of few rows costs milliseconds, mostly in planning it. In a long recursion half of the joins
would find nothing, for the new facts are of no relation that the rule's other premises name.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import numpy as np

from ...errors import InvalidWorld
from ...memory import machine_bytes, readable
from .facts import Array, Bools, Facts
from .syntax import Atom, Constant, Rule, Variable

DOUBT = 10  # times the memory that the estimate of three premises or more exceeds
ROW = 16  # bytes that an instance of a rule takes at least, beside 8 for each of its numbers


def admitted(rule: Rule, place: int, facts: Facts, fixed: frozenset[str]) -> dict[int, Bools]:
    """Column of the premise at ``place`` -> which constants may stand there, bool [C].

    By the constants of the premise itself, and by its other premises over ``fixed`` predicates,
    whose facts are the sampled ones: each variable shared must stand in some row of theirs.
    """
    number = facts.number
    out: dict[int, Bools] = {}
    for j, term in enumerate(rule.positive[place].terms):
        allowed = np.ones(len(number), bool)
        if isinstance(term, Constant):
            allowed = np.arange(len(number)) == number.get(term.name, -1)
        for atom in rule.positive:
            rows = facts.rows.get(atom.predicate)
            if atom.predicate not in fixed or rows is None or isinstance(term, Constant):
                continue
            for i, t in enumerate(atom.terms):
                if isinstance(t, Constant):
                    rows = rows[rows[:, i] == number.get(t.name, -1)]
            for i, t in enumerate(atom.terms):
                if t == term:
                    allowed &= np.bincount(rows[:, i], minlength=len(number)) > 0
        if not allowed.all():
            out[j] = allowed
    return out


def some_fit(columns: Sequence[Array], fit: dict[int, Bools]) -> bool:
    """Whether some row, given as columns [arity][n], may stand there."""
    fits = np.ones(len(columns[0]), bool)
    for j, allowed in fit.items():
        fits &= allowed[columns[j]]
    return bool(fits.any())


class JoinSizes:
    """How many rows the tables of an evaluation have, and how large a join of them would be."""

    def __init__(
        self,
        db: duckdb.DuckDBPyConnection,
        table: Mapping[str, str],
        constant: Mapping[str, int],
    ) -> None:
        """``table``: predicate -> its table; ``constant`` -> its id."""
        self.db, self.table, self.constant = db, table, constant
        self.rows = dict.fromkeys(table, 0)  # predicate -> rows of its table
        self.looked_at: dict[str, int] = {}  # rule -> rows of its premises at the last look

    @functools.cached_property
    def room(self) -> float:
        """Bytes that this machine has, read once."""
        return machine_bytes()

    def look_ahead(self, rule: Rule) -> None:
        """Raises InvalidWorld, with the rule and the estimate, for a join that would not fit in
        memory; looked at again when tables have doubled.

        Of two premises the size is exact, but for comparisons and negations; of more it is a guess,
        which has to exceed the memory tenfold.
        """
        many = [self.rows[a.predicate] for a in rule.positive]
        if len(many) < 2 or sum(many) < 2 * self.looked_at.get(rule.text, 0):
            return
        self.looked_at[rule.text] = max(sum(many), 1)
        width, room = ROW + 8 * (len(many) + len(rule.head.terms)), self.room
        if float(np.prod(np.array(many, float))) * width <= room:
            return
        rows = estimated_rows(self.db, rule, self.table, self.constant)
        if rows * width > room * (1 if len(many) == 2 else DOUBT):
            raise InvalidWorld(
                f"line {rule.line}: {rule.text} has about {rows:.2g} instances, which take "
                f"{readable(rows * width)}, and this machine has {readable(room)}; sample fewer "
                "facts, or join its premises on more variables"
            )


def estimated_rows(
    db: duckdb.DuckDBPyConnection,
    rule: Rule,
    table: Mapping[str, str],
    constant: Mapping[str, int],
) -> float:
    """How many ways there are to join the positive premises of a rule.

    Each premise is joined with the earlier one of which it shares the most variables, exactly; what
    it shares with others thins the result as if values were independent.
    """
    rows = 1.0
    source = [_fitting(atom, table, constant) for atom in rule.positive]
    many = [_scalar(db, f"SELECT count(*) FROM {s}") for s in source]
    for k, atom in enumerate(rule.positive):
        before = [(j, _shared(other, atom)) for j, other in enumerate(rule.positive[:k])]
        j, pairs = max(before, key=lambda found: len(found[1]), default=(0, []))
        if not pairs:
            rows *= many[k]
            continue
        left, right = ([f"a{p[side]}" for p in pairs] for side in (0, 1))
        both = (
            f"SELECT coalesce(sum(x.n::DOUBLE * y.n), 0) FROM {_counted(source[j], left)} x "
            f"JOIN {_counted(source[k], right)} y ON "
            + " AND ".join(f"x.{p} = y.{q}" for p, q in zip(left, right))
        )
        rows *= _scalar(db, both) / max(many[j], 1)
        for other, (i, place) in _further(rule, k, {p[1] for p in pairs}):
            columns = (source[other], f"a{i}"), (source[k], f"a{place}")
            counts = [_scalar(db, f"SELECT count(DISTINCT {c}) FROM {s}") for s, c in columns]
            rows /= max(*counts, 1)
    for c in rule.comparisons:
        rows *= 1.0 if c.operator == "!=" else 0.5
    return rows


def _shared(one: Atom, other: Atom) -> list[tuple[int, int]]:
    """Places at which two atoms have the same variable, each variable once."""
    found: dict[str, tuple[int, int]] = {}
    for i, term in enumerate(one.terms):
        for j, t in enumerate(other.terms):
            if isinstance(term, Variable) and t == term:
                found.setdefault(term.name, (i, j))
    return [*found.values()]


def _further(rule: Rule, k: int, known: set[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """(premise, its place and that of premise ``k``) of each variable of premise ``k``, at places
    that are not ``known`` already, that an earlier premise binds."""
    for place, term in enumerate(rule.positive[k].terms):
        if isinstance(term, Variable) and place not in known:
            j, i = rule.binding(term.name)
            if j < k:
                yield j, (i, place)


def _fitting(atom: Atom, table: Mapping[str, str], constant: Mapping[str, int]) -> str:
    """The rows that fit an atom's own constants, and its variables that stand twice in it."""
    where = []
    for i, term in enumerate(atom.terms):
        if isinstance(term, Constant):
            where.append(f"a{i} = {constant.get(term.name, -1)}")
        elif term in atom.terms[:i]:
            where.append(f"a{i} = a{atom.terms.index(term)}")
    name = table[atom.predicate]
    return f"(SELECT * FROM {name} WHERE {' AND '.join(where)})" if where else name


def _counted(source: str, columns: Sequence[str]) -> str:
    names = ", ".join(dict.fromkeys(columns))
    return f"(SELECT {names}, count(*) AS n FROM {source} GROUP BY {names})"


def _scalar(db: duckdb.DuckDBPyConnection, query: str) -> float:
    row = db.execute(query).fetchone()
    return float(row[0]) if row else 0.0
