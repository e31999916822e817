"""What can stand as a premise at all: a look at each column, before any join.

A join of few rows costs milliseconds, mostly in planning it. In a long recursion half of the joins
would find nothing, for the new facts are of no relation that the rule's other premises name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .facts import Array, Bools, Facts
from .syntax import Constant, Rule


def admitted(rule: Rule, place: int, facts: Facts, fixed: frozenset[str]) -> dict[int, Bools]:
    """Column of the premise at ``place`` -> which constants may stand there, bool [C].

    By the constants of the premise itself, and by its other premises over ``fixed`` predicates,
    whose facts are the sampled ones: each variable shared must stand in some row of theirs.
    """
    number = {c: i for i, c in enumerate(facts.constants)}
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
