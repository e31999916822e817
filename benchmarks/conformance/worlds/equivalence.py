"""Predicates that the rules make the same, up to their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ....worlds.datalog.syntax import Atom, Program, Rule, Term, Variable


def equivalent(program: Program, sampled: Iterable[str]) -> dict[str, str]:
    """Derived predicate -> the one that it is the same as, if there is one.

    Two predicates are the same if neither is sampled and their rules are, or if one's only rule
    copies the other. A rule that turns arguments round makes no two predicates the same.
    """
    name: dict[str, str] = {}
    derived = sorted({r.head.predicate for r in program.rules} - {*sampled})
    changed = True
    while changed:
        changed = False
        meaning: dict[object, str] = {}
        for predicate in derived:
            rules = [r for r in program.rules if r.head.predicate == predicate]
            copied = _copied(rules[0]) if len(rules) == 1 else ""
            shapes = frozenset(_shape(r, predicate, name) for r in rules)
            same = name.get(copied, copied) or meaning.setdefault(shapes, predicate)
            if same != name.get(predicate, predicate):
                name[predicate], changed = same, True
    return name


def _copied(rule: Rule) -> str:
    """The predicate of which the rule is a mere renaming, if it is one."""
    terms = rule.head.terms
    plain = len(rule.positive) == 1 and not rule.negative and not rule.comparisons
    if plain and rule.positive[0].terms == terms and len({*terms}) == len(terms):
        return rule.positive[0].predicate if all(isinstance(t, Variable) for t in terms) else ""
    return ""


def _shape(rule: Rule, predicate: str, name: Mapping[str, str]) -> object:
    """The rule up to the names of its variables, of its own predicate and of equivalent ones."""
    number: dict[Term, int] = {}

    def terms(given: Iterable[Term]) -> tuple[object, ...]:
        return tuple(
            number.setdefault(t, len(number)) if isinstance(t, Variable) else t for t in given
        )

    def atoms(given: Iterable[Atom]) -> tuple[object, ...]:
        return tuple(
            ("" if a.predicate == predicate else name.get(a.predicate, a.predicate), terms(a.terms))
            for a in given
        )

    compared = tuple((terms([c.left, c.right]), c.operator) for c in rule.comparisons)
    return terms(rule.head.terms), atoms(rule.positive), atoms(rule.negative), compared
