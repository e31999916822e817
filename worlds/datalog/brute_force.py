"""enumerate_model(program, facts) -> Model: the perfect model by trying all, in plain Python.

A third decider, slow and plainly right: it shares no evaluation with the engine (SQL on DuckDB) nor
with the oracle (clingo's grounder), and writes no rule anew for anybody else to read. Every rule is
tried on every choice of known facts, again and again, until nothing new follows.

>>> from .parser import parse
>>> facts = Facts.of({"kind": ["foal", "horse", "animal"]}, isa=("kind kind", [[0, 1], [1, 2]]))
>>> enumerate_model(parse("isa(X,Z) :- isa(X,Y), isa(Y,Z)."), facts).height["isa", 0, 2]
1
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from .facts import Facts
from .syntax import Atom, Program, Rule, Term, Variable

Fact = tuple[str | int, ...]  # predicate, constants
Derivation = tuple[int, Fact, tuple[Fact, ...]]  # rule, head, positive premises in body order
Binding = Mapping[str, int]  # variable -> constant

COMPARE = {
    "=": int.__eq__,
    "!=": int.__ne__,
    "<": int.__lt__,
    "<=": int.__le__,
    ">": int.__gt__,
    ">=": int.__ge__,
}


@dataclasses.dataclass(frozen=True)
class Model:
    """All that is true, with every true ground instance of every rule."""

    height: Mapping[Fact, int]  # of every true fact
    derivations: frozenset[Derivation]


def enumerate_model(program: Program, facts: Facts) -> Model:
    """The perfect model of ``facts`` under ``program``."""
    base = {(p, *row) for p, rows in facts.rows.items() for row in rows.tolist()}
    known = set(base)
    for stratum in program.strata:
        rules = [r for r in program.rules if r.head.predicate in stratum]
        grown = -1
        while grown < (grown := len(known)):
            index = Known(known, facts.number)
            known |= {head for rule in rules for head, _ in index.instances(rule)}
    index = Known(known, facts.number)
    derivations = frozenset(
        (number, head, premises)
        for number, rule in enumerate(program.rules)
        for head, premises in index.instances(rule)
    )
    return Model(_heights(base, derivations), derivations)


def _heights(base: Iterable[Fact], derivations: Iterable[Derivation]) -> dict[Fact, int]:
    """0 for a base fact, else 1 + the largest premise height, minimised: until nothing changes."""
    height = dict.fromkeys(base, 0)
    changed = True
    while changed:
        changed = False
        for _, head, premises in derivations:
            if all(p in height for p in premises):
                found = 1 + max((height[p] for p in premises), default=0)
                if found < height.get(head, found + 1):
                    height[head], changed = found, True
    return height


class Known:
    """Known facts, found by predicate and by what stands in one place."""

    def __init__(self, known: Iterable[Fact], constants: Mapping[str, int]) -> None:
        self.constants = constants
        self.found: dict[tuple[str | int, ...], list[Fact]] = {}
        for fact in known:
            for key in [(fact[0],), *((fact[0], i, c) for i, c in enumerate(fact[1:]))]:
                self.found.setdefault(key, []).append(fact)

    def instances(self, rule: Rule) -> Iterator[tuple[Fact, tuple[Fact, ...]]]:
        """(head, positive premises) of every true ground instance of ``rule``."""
        for binding, premises in self.matches(rule.positive, {}):
            if all(
                COMPARE[c.operator](self._value(c.left, binding), self._value(c.right, binding))
                for c in rule.comparisons
            ) and not any(True for a in rule.negative for _ in self._facts(a, binding)):
                terms = [self._value(t, binding) for t in rule.head.terms]
                yield (rule.head.predicate, *terms), premises

    def matches(
        self, atoms: tuple[Atom, ...], binding: Binding
    ) -> Iterator[tuple[Binding, tuple[Fact, ...]]]:
        """Every way to make all ``atoms`` known facts: what each variable stands for, the facts."""
        if not atoms:
            yield binding, ()
            return
        for fact, wider in self._facts(atoms[0], binding):
            for widest, rest in self.matches(atoms[1:], wider):
                yield widest, (fact, *rest)

    def _facts(self, atom: Atom, binding: Binding) -> Iterator[tuple[Fact, Binding]]:
        """Known facts that ``atom`` matches under ``binding``, with the binding that each needs."""
        keys: list[tuple[str | int, ...]] = [(atom.predicate,)]
        for i, term in enumerate(atom.terms):
            if not isinstance(term, Variable) or term.name in binding:
                keys.append((atom.predicate, i, self._value(term, binding)))
        for fact in min((self.found.get(key, []) for key in keys), key=len):
            wider = dict(binding)
            if all(self._fits(t, c, wider) for t, c in zip(atom.terms, fact[1:])):
                yield fact, wider

    def _fits(self, term: Term, constant: str | int, binding: dict[str, int]) -> bool:
        """Whether the constant may stand for the term, which ``binding`` then says."""
        if isinstance(term, Variable):
            return binding.setdefault(term.name, int(constant)) == constant
        return self.constants[term.name] == constant

    def _value(self, term: Term, binding: Binding) -> int:
        return binding[term.name] if isinstance(term, Variable) else self.constants[term.name]
