"""Which sorts stand at each argument of a predicate, and what a rule joins or compares in vain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from ....worlds.datalog.facts import Facts
from ....worlds.datalog.syntax import Atom, Constant, Program, Rule, Term, Variable

Sorts = frozenset[str]
Places = Mapping[tuple[str, int], Sorts]  # predicate, argument -> its sorts; absent: no facts


def _sorts_of_arguments(
    program: Program, facts: Facts, sort_of: Mapping[str, str]
) -> dict[tuple[str, int], Sorts]:
    """The sorts of the constants that stand, or by the rules may stand, at each argument."""
    found: dict[tuple[str, int], Sorts] = {}
    for predicate, rows in facts.rows.items():
        for place, column in enumerate(rows.T):
            here = {s for s, b in facts.sorts.items() if _any_in(column, b)}
            if here:
                found[predicate, place] = frozenset(here)
    grew = True
    while grew:
        grew = False
        for rule in program.rules:
            if any(
                (a.predicate, i) not in found for a in rule.positive for i, _ in enumerate(a.terms)
            ):
                continue  # no fact yet of some premise
            for place, term in enumerate(rule.head.terms):
                new = _of(rule, term, found, sort_of) | found.get(
                    (rule.head.predicate, place), frozenset()
                )
                if new and new != found.get((rule.head.predicate, place)):
                    found[rule.head.predicate, place] = new
                    grew = True
    return found


def mismatches(program: Program, facts: Facts) -> Iterator[str]:
    """What no constant can satisfy: a variable at arguments of different sorts, a constant where
    none of its sort stands, a comparison of two sorts. A text each."""
    sort_of = {facts.constants[i]: s for s, block in facts.sorts.items() for i in block}
    known = _sorts_of_arguments(program, facts, sort_of)
    for rule in program.rules:
        where = f"line {rule.line}: {rule.text}"
        for name in sorted(_variables(rule)):
            stands = [*_stands((*rule.positive, *rule.negative), Variable(name), known)]
            for place, sorts in stands[1:]:
                if not sorts & stands[0][1]:
                    yield (
                        f"{name} stands for a {_or(stands[0][1])} at {stands[0][0]} and for a "
                        f"{_or(sorts)} at {place} ({where})"
                    )
                    break
        for atom in (*rule.positive, *rule.negative):
            for place, term in enumerate(atom.terms):
                here = known.get((atom.predicate, place))
                if isinstance(term, Constant) and here and sort_of.get(term.name) not in here:
                    own = sort_of.get(term.name, "constant of no sort")
                    yield (
                        f"{term.name} is a {own}, and at {_name(atom, place)} stands a "
                        f"{_or(here)} ({where})"
                    )
        for c in rule.comparisons:
            left, right = (_of(rule, t, known, sort_of) for t in (c.left, c.right))
            if left and right and not left & right:
                yield f"{c.operator} compares a {_or(left)} with a {_or(right)} ({where})"


def _any_in(column: np.ndarray, block: range) -> bool:
    return bool(((column >= block.start) & (column < block.stop)).any())


def _variables(rule: Rule) -> set[str]:
    every = {t for a in (*rule.positive, *rule.negative) for t in a.terms}
    return {t.name for t in every if isinstance(t, Variable) and not t.wildcard}


def _stands(atoms: Iterable[Atom], term: Term, known: Places) -> Iterator[tuple[str, Sorts]]:
    """(where, the sorts there) of each occurrence, in predicates that have facts."""
    for atom in atoms:
        for place, other in enumerate(atom.terms):
            if other == term and (atom.predicate, place) in known:
                yield _name(atom, place), known[atom.predicate, place]


def _of(rule: Rule, term: Term, known: Places, sort_of: Mapping[str, str]) -> Sorts:
    """The sorts that a term may stand for: those of all positive premises that bind it."""
    if isinstance(term, Constant):
        return frozenset({sort_of[term.name]} if term.name in sort_of else ())
    at = [sorts for _, sorts in _stands(rule.positive, term, known)]
    return frozenset.intersection(*at) if at else frozenset()


def _name(atom: Atom, place: int) -> str:
    return f"place {place + 1} of {atom.predicate}"


def _or(sorts: Sorts) -> str:
    return " or ".join(sorted(sorts))
