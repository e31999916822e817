"""decide(program, facts) -> Decision: clingo's grounder as an independent second decider.

It reads each rule's text as written and shares no evaluation with the engine. clingo simplifies
what it knows to be true out of the rules that it shows, so every rule is given an auxiliary head
over all its variables, wildcards of positive premises included, and what is known of that head is
the list of the rule's true ground instances. Constants go in as their global ids, so that `<`
means the order in which they are declared.

>>> from .parser import parse
>>> facts = Facts.of({"kind": ["foal", "horse", "animal"]}, isa=("kind kind", [[0, 1], [1, 2]]))
>>> decide(parse("isa(X,Z) :- isa(X,Y), isa(Y,Z)."), facts).premises
array([[0, 2]], dtype=int32)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import clingo
import numpy as np
from clingo import ast as clingo_ast

from .facts import Array, Facts
from .syntax import Program

Column = tuple[str, int]  # ("variable", its place in the auxiliary head) or ("constant", its id)


@dataclasses.dataclass(frozen=True)
class Decision:
    """What clingo derives, in the order, shapes and types of a Closure's fields of these names."""

    predicates: tuple[str, ...]
    predicate: Array  # [F]
    arguments: Array  # [F, w]
    rule: Array  # [D]
    head: Array  # [D]
    premises: Array  # [D, m]


@dataclasses.dataclass(frozen=True)
class Instances:
    """A rule under its auxiliary head: where each atom's columns are found in that head."""

    name: str  # of the auxiliary predicate
    variables: int
    head: tuple[str, tuple[Column, ...]]
    positive: tuple[tuple[str, tuple[Column, ...]], ...]
    text: str  # two rules: what implies the auxiliary head, and the head that it implies


def decide(program: Program, facts: Facts) -> Decision:
    """Closure and derivations of ``facts`` under ``program``, by clingo.

    Unknown predicates and constants are the engine's to refuse: here they are empty, or a KeyError.
    """
    control, instances = load(program, facts)
    control.ground([("base", [])])
    assert all(a.is_fact for a in control.symbolic_atoms), "clingo left a stratified atom open"
    arity = _arity(program, facts)
    rows = read(control, arity | {i.name: i.variables for i in instances})
    return _decision(arity, rows, instances)


def load(program: Program, facts: Facts) -> tuple[clingo.Control, list[Instances]]:
    """clingo with rules and facts loaded and nothing grounded yet."""
    arity = _arity(program, facts)
    prefix = "instance"
    while any(p.startswith(prefix) for p in arity):
        prefix += "_"
    instances = [
        _instances(r.text, f"{prefix}{i}", facts.number) for i, r in enumerate(program.rules)
    ]
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join(i.text for i in instances))
    control.add("base", [], _text(facts))
    return control, instances


def read(control: clingo.Control, arity: Mapping[str, int]) -> dict[str, Array]:
    """Predicate -> int32 [n, arity], in no order, of what a grounded ``control`` knows.

    Through text, which takes half the time of asking each symbol for its arguments' numbers.
    """
    rows = {}
    for predicate, n in arity.items():
        atoms = control.symbolic_atoms.by_signature(predicate, n)
        if not n:  # of a rule without variables the auxiliary head; what has no argument at all
            rows[predicate] = np.zeros((sum(1 for _ in atoms), 0), np.int32)
            continue
        start = len(predicate) + 1
        text = ",".join([str(atom.symbol)[start:-1] for atom in atoms])
        rows[predicate] = np.fromstring(text, np.int32, sep=",").reshape(-1, n)
    return rows


def _arity(program: Program, facts: Facts) -> dict[str, int]:
    sampled = {p: rows.shape[1] for p, rows in facts.rows.items()}
    return dict(sorted({**program.arity, **sampled}.items()))


def _text(facts: Facts) -> str:
    lines = []
    for predicate, rows in facts.rows.items():
        arguments = f"({','.join(['%d'] * rows.shape[1])})" if rows.shape[1] else ""
        form = f"{predicate}{arguments}."
        lines += [form % tuple(row) for row in rows.tolist()]
    return "\n".join(lines)


class _Rewrite(clingo_ast.Transformer):
    """Constants become ids; wildcards that are not under `not` become variables."""

    def __init__(self, ids: Mapping[str, int], taken: set[str]) -> None:
        self.ids, self.taken = ids, taken
        self.variables: dict[str, int] = {}  # name -> place in the auxiliary head
        self.negative = False

    def visit_Literal(self, node: Any) -> Any:
        self.negative = bool(node.sign)
        changed = node.update(**self.visit_children(node))
        self.negative = False
        return changed

    def visit_Variable(self, node: Any) -> Any:
        name = node.name
        if name == "_":
            if self.negative:
                return node
            name = next(n for i in range(len(self.taken) + 1) if (n := f"W{i}") not in self.taken)
            self.taken.add(name)
        self.variables.setdefault(name, len(self.variables))
        return node.update(name=name)

    def visit_SymbolicTerm(self, node: Any) -> Any:
        symbol = node.symbol
        quoted = symbol.type == clingo.SymbolType.String
        name = symbol.string if quoted else str(symbol)
        return node.update(symbol=clingo.Number(self.ids[name]))


class _Names(clingo_ast.Transformer):
    """The variables that a rule names itself."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_Variable(self, node: Any) -> Any:
        self.names.add(node.name)
        return node


def _instances(text: str, name: str, ids: Mapping[str, int]) -> Instances:
    nodes: list[Any] = []
    clingo_ast.parse_string(text, nodes.append)
    (parsed,) = (n for n in nodes if n.ast_type == clingo_ast.ASTType.Rule)
    names = _Names()
    names.visit(parsed)
    rewrite = _Rewrite(ids, names.names)
    rule: Any = rewrite.visit(parsed)
    auxiliary = f"{name}({','.join(rewrite.variables)})" if rewrite.variables else name
    body = "; ".join(str(literal) for literal in rule.body)

    def atom(literal: Any) -> tuple[str, tuple[Column, ...]]:
        symbol = literal.atom.symbol
        columns = [
            ("variable", rewrite.variables[t.name])
            if t.ast_type == clingo_ast.ASTType.Variable
            else ("constant", t.symbol.number)
            for t in symbol.arguments
        ]
        return symbol.name, tuple(columns)

    premises = [
        atom(b)
        for b in rule.body
        if b.atom.ast_type == clingo_ast.ASTType.SymbolicAtom and not b.sign
    ]
    return Instances(
        name=name,
        variables=len(rewrite.variables),
        head=atom(rule.head),
        positive=tuple(premises),
        text=f"{auxiliary} :- {body}.\n{rule.head} :- {auxiliary}.",
    )


def _decision(
    arity: Mapping[str, int], known: Mapping[str, Array], rules: list[Instances]
) -> Decision:
    """Facts and derivations numbered and ordered as a Closure orders them."""
    width = max(arity.values())
    most = max((len(r.positive) for r in rules), default=0)
    rows = {p: np.unique(known[p], axis=0) for p in arity}
    starts = np.cumsum([0] + [len(rows[p]) for p in arity])
    start = dict(zip(arity, starts.tolist()))

    def ids(atom: tuple[str, tuple[Column, ...]], instances: Array) -> Array:
        predicate, columns = atom
        wanted = np.empty((len(instances), len(columns)), np.int32)
        for j, (kind, value) in enumerate(columns):
            wanted[:, j] = instances[:, value] if kind == "variable" else value
        both, inverse = np.unique(
            np.concatenate([rows[predicate], wanted]), axis=0, return_inverse=True
        )
        assert len(both) == len(rows[predicate]), "clingo derived from a fact that it does not know"
        return (inverse.reshape(-1)[len(rows[predicate]) :] + start[predicate]).astype(np.int32)

    tables = []
    for i, rule in enumerate(rules):
        instances = known[rule.name]
        table = np.full((len(instances), 2 + most), -1, np.int32)
        table[:, 0], table[:, 1] = ids(rule.head, instances), i
        for k, premise in enumerate(rule.positive):
            table[:, 2 + k] = ids(premise, instances)
        tables.append(table)
    derivations = np.concatenate([*tables, np.zeros((0, 2 + most), np.int32)])
    derivations = derivations[np.lexsort(derivations.T[::-1])]
    return Decision(
        predicates=tuple(arity),
        predicate=np.repeat(np.arange(len(arity), dtype=np.int32), [len(rows[p]) for p in arity]),
        arguments=np.concatenate(
            [
                np.pad(rows[p], ((0, 0), (0, width - n)), constant_values=-1)
                for p, n in arity.items()
            ]
        ),
        rule=derivations[:, 1],
        head=derivations[:, 0],
        premises=derivations[:, 2:],
    )
