"""Programs: rules of stratified, range-restricted Datalog, and what only all of them can show."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ...errors import InvalidWorld


class RuleError(InvalidWorld):
    """A rule outside the language: `line:column: what is wrong; the cure`."""


@dataclasses.dataclass(frozen=True)
class Variable:
    name: str  # a wildcard `_` is given a name of its own, such as `_1`

    @property
    def wildcard(self) -> bool:
        """Whether it was written `_`; `_X` is an ordinary variable, and `_1` none in clingo."""
        return self.name.startswith("_") and self.name[1:].isdigit()


@dataclasses.dataclass(frozen=True)
class Constant:
    name: str


Term = Variable | Constant


def word(term: Term) -> str:
    """A variable as `?X`, which no constant can be."""
    return f"?{term.name}" if isinstance(term, Variable) else term.name


@dataclasses.dataclass(frozen=True)
class Atom:
    predicate: str
    terms: tuple[Term, ...]

    def variables(self) -> set[str]:
        return {t.name for t in self.terms if isinstance(t, Variable)}

    def words(self) -> tuple[str, ...]:
        return (self.predicate, *map(word, self.terms))


@dataclasses.dataclass(frozen=True)
class Comparison:
    left: Term
    operator: str  # one of OPERATORS; constants are ordered as they are declared
    right: Term


@dataclasses.dataclass(frozen=True)
class Rule:
    text: str  # as written: what is digested, displayed, and stated
    head: Atom
    positive: tuple[Atom, ...]  # premises, in body order
    negative: tuple[Atom, ...]
    comparisons: tuple[Comparison, ...]
    line: int
    column: int = 1

    def binding(self, variable: str) -> tuple[int, int]:
        """(premise, argument) where a positive premise first binds ``variable``."""
        for i, atom in enumerate(self.positive):
            for j, term in enumerate(atom.terms):
                if term == Variable(variable):
                    return i, j
        raise InvalidWorld(f"no positive premise binds variable {variable!r} in {self.text!r}")

    def sentence(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The rule as words, head and body: what is read where a rule is stated."""
        body: list[str] = []
        for atom in self.positive:
            body += atom.words()
        for atom in self.negative:
            body += ["not", *atom.words()]
        for c in self.comparisons:
            body += [word(c.left), c.operator, word(c.right)]
        return self.head.words(), tuple(body)


@dataclasses.dataclass(frozen=True)
class Program:
    rules: tuple[Rule, ...]
    arity: Mapping[str, int]
    strata: tuple[tuple[str, ...], ...]  # derived predicates, each stratum after what it needs

    @property
    def negated(self) -> frozenset[str]:
        """Predicates that occur under negation, and all that these depend on."""
        needed = {a.predicate for r in self.rules for a in r.negative}
        while (
            more := {
                a.predicate
                for r in self.rules
                if r.head.predicate in needed
                for a in r.positive + r.negative
            }
            - needed
        ):
            needed |= more
        return frozenset(needed)

    def without(self, dropped: set[int]) -> Program:
        """The same program without these rules (indices), arities kept."""
        kept = tuple(r for i, r in enumerate(self.rules) if i not in dropped)
        return Program(kept, self.arity, strata(kept))


def arities(rules: list[Rule]) -> dict[str, int]:
    """Predicate -> its number of arguments; RuleError where two rules differ."""
    arity: dict[str, int] = {}
    for rule in rules:
        for atom in (rule.head, *rule.positive, *rule.negative):
            if arity.setdefault(atom.predicate, len(atom.terms)) != len(atom.terms):
                raise RuleError(
                    f"{rule.line}:{rule.column}: {atom.predicate} has {len(atom.terms)} arguments "
                    f"here and {arity[atom.predicate]} before; give the two predicates two names"
                )
    return arity


def strata(rules: tuple[Rule, ...]) -> tuple[tuple[str, ...], ...]:
    """Strongly connected components of the derived predicates, each after what it needs.

    Raises RuleError where a predicate depends on its own negation.
    """
    derived = sorted({r.head.predicate for r in rules})
    needs = {
        p: {a.predicate for r in rules if r.head.predicate == p for a in r.positive + r.negative}
        & set(derived)
        for p in derived
    }
    reach = {p: _reachable(p, needs) for p in derived}
    for rule in rules:
        for atom in rule.negative:
            if rule.head.predicate in reach.get(atom.predicate, ()):
                raise RuleError(
                    f"{rule.line}:{rule.column}: {rule.head.predicate} depends on "
                    f"`not {atom.predicate}`, which depends on {rule.head.predicate}: "
                    "unstratified; break the loop"
                )
    order: list[tuple[str, ...]] = []
    placed: set[str] = set()
    while left := [p for p in derived if p not in placed]:
        p = next(p for p in left if all(p in reach[q] for q in reach[p] - placed))
        component = tuple(sorted({p} | {q for q in reach[p] - placed if p in reach[q]}))
        order.append(component)
        placed |= set(component)
    return tuple(order)


def _reachable(start: str, needs: Mapping[str, set[str]]) -> set[str]:
    """Predicates that ``start`` depends on, itself only if it is recursive or negated by itself."""
    seen: set[str] = set()
    todo = list(needs[start])
    while todo:
        p = todo.pop()
        if p not in seen:
            seen.add(p)
            todo += needs[p]
    return seen
