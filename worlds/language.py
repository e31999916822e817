"""Rule text -> Program. The language is stratified, range-restricted Datalog in clingo's syntax.

clingo's own parser reads the text, so the oracle and the engine see the same bytes; what Datalog
does not have is refused here, each with line, column and cure.

>>> program = parse("grand(X,Z) :- parent(X,Y), parent(Y,Z), X != Z.")
>>> program.rules[0].head, program.strata
(Atom(predicate='grand', terms=(Variable(name='X'), Variable(name='Z'))), (('grand',),))
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import NoReturn

from clingo import SymbolType
from clingo import ast as clingo_ast

from ..registry import UserError


class RuleError(UserError):
    """A rule outside the language: `line:column: what is wrong; the cure`."""


@dataclasses.dataclass(frozen=True)
class Variable:
    name: str  # a wildcard `_` is given a name of its own, such as `_1`


@dataclasses.dataclass(frozen=True)
class Constant:
    name: str


Term = Variable | Constant


@dataclasses.dataclass(frozen=True)
class Atom:
    predicate: str
    terms: tuple[Term, ...]

    def variables(self) -> set[str]:
        return {t.name for t in self.terms if isinstance(t, Variable)}


@dataclasses.dataclass(frozen=True)
class Comparison:
    left: Term
    operator: str  # one of OPERATORS; constants are ordered as they are declared
    right: Term


@dataclasses.dataclass(frozen=True)
class Rule:
    text: str  # as written: what is digested, shown, and stated
    head: Atom
    positive: tuple[Atom, ...]  # premises, in body order
    negative: tuple[Atom, ...]
    comparisons: tuple[Comparison, ...]
    line: int

    def binding(self, variable: str) -> tuple[int, int]:
        """(premise, argument) where a positive premise first binds ``variable``."""
        for i, atom in enumerate(self.positive):
            for j, term in enumerate(atom.terms):
                if term == Variable(variable):
                    return i, j
        raise UserError(f"variable {variable!r} is bound by no positive premise of: {self.text}")


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
        return Program(kept, self.arity, _strata(kept))


OPERATORS = {
    clingo_ast.ComparisonOperator.Equal: "=",
    clingo_ast.ComparisonOperator.NotEqual: "!=",
    clingo_ast.ComparisonOperator.LessThan: "<",
    clingo_ast.ComparisonOperator.LessEqual: "<=",
    clingo_ast.ComparisonOperator.GreaterThan: ">",
    clingo_ast.ComparisonOperator.GreaterEqual: ">=",
}


def parse(text: str) -> Program:
    """The program of ``text``; raises RuleError for what is not Datalog."""
    rules: list[Rule] = []
    lines = text.splitlines()

    def read(node: clingo_ast.AST) -> None:
        if node.ast_type == clingo_ast.ASTType.Rule:
            rules.append(_rule(node, lines))
        elif node.ast_type not in (clingo_ast.ASTType.Program, clingo_ast.ASTType.Comment):
            _refuse(node, f"{str(node)!r} is not a rule", "keep to rules `head :- body.`")

    problems: list[str] = []
    try:  # clingo's logger aborts the process on a syntax error beside non-ASCII text
        ascii_text = text.encode("ascii", "replace").decode()
        clingo_ast.parse_string(
            ascii_text, read, logger=lambda _, message: problems.append(message)
        )
    except RuntimeError as error:
        if isinstance(error.__cause__ or error, RuleError) or not problems:
            raise
        where, _, what = problems[0].strip().removeprefix("<string>:").partition(": error: ")
        where = where.split("-")[0]
        raise RuleError(f"{where}: {what}; write rules as `head(X) :- body(X,Y).`") from None
    if not rules:
        raise RuleError("1:1: no rule in the text; a world needs at least one `head :- body.`")
    return Program(tuple(rules), _arities(rules), _strata(tuple(rules)))


def _refuse(node: clingo_ast.AST, what: str, cure: str) -> NoReturn:
    begin = node.location.begin
    raise RuleError(f"{begin.line}:{begin.column}: {what}; {cure}")


def _rule(node: clingo_ast.AST, lines: list[str]) -> Rule:
    fresh = itertools.count(1)
    head = _head(node, fresh)
    if not node.body:
        _refuse(node, f"{str(node)!r} has no body", "give facts in sample(), rules need a body")
    positive: list[Atom] = []
    negative: list[Atom] = []
    comparisons: list[Comparison] = []
    for literal in node.body:
        if literal.ast_type != clingo_ast.ASTType.Literal:
            _refuse(literal, f"{str(literal)!r} is an aggregate or a condition", "use plain atoms")
        kind = literal.atom.ast_type
        if kind == clingo_ast.ASTType.Comparison:
            if literal.sign:
                _refuse(literal, f"{str(literal)!r} negates a comparison", "use the opposite one")
            comparisons += _comparisons(literal.atom, fresh)
        elif kind == clingo_ast.ASTType.SymbolicAtom and literal.sign < 2:
            (negative if literal.sign else positive).append(_atom(literal.atom, fresh))
        else:
            _refuse(literal, f"{str(literal)!r} is no atom", "use p(..), not p(..) or X != Y")
    rule = Rule(
        _source(node, lines),
        head,
        tuple(positive),
        tuple(negative),
        tuple(comparisons),
        node.location.begin.line,
    )
    rule = _bind_equalities(rule)
    _check_safe(node, rule)
    return rule


def _source(node: clingo_ast.AST, lines: list[str]) -> str:
    """The rule as written, comments left out and white space folded."""
    begin, end = node.location.begin, node.location.end
    part = lines[begin.line - 1 : end.line]
    part[-1] = part[-1][: end.column - 1]
    part[0] = part[0][begin.column - 1 :]
    return " ".join(" ".join(line.split("%")[0].split()) for line in part).strip()


def _head(node: clingo_ast.AST, fresh: Iterator[int]) -> Atom:
    head = node.head
    if head.ast_type == clingo_ast.ASTType.Disjunction:
        _refuse(head, f"{str(head)!r} is a disjunction", "write one rule per head")
    if head.ast_type != clingo_ast.ASTType.Literal:
        _refuse(head, f"{str(head)!r} is a choice or an aggregate", "write one atom as the head")
    if head.atom.ast_type != clingo_ast.ASTType.SymbolicAtom or head.sign:
        _refuse(
            head, f"{str(node)!r} derives no atom", "constraints are checks, not rules: drop it"
        )
    return _atom(head.atom, fresh)


def _atom(node: clingo_ast.AST, fresh: Iterator[int]) -> Atom:
    symbol = node.symbol  # the atom itself has no location in clingo's tree
    if symbol.ast_type == clingo_ast.ASTType.UnaryOperation:
        _refuse(symbol, f"{str(node)!r} is a classical negation", "use `not`, or a name of its own")
    if symbol.ast_type != clingo_ast.ASTType.Function or symbol.external:
        _refuse(symbol, f"{str(node)!r} is a pool or an external", "write one atom per literal")
    if not symbol.arguments:
        _refuse(symbol, f"{symbol.name!r} has no argument", "give each predicate at least one")
    return Atom(symbol.name, tuple(_term(a, fresh) for a in symbol.arguments))


def _term(node: clingo_ast.AST, fresh: Iterator[int]) -> Term:
    if node.ast_type == clingo_ast.ASTType.Variable:
        return Variable(f"_{next(fresh)}" if node.name == "_" else node.name)
    if node.ast_type == clingo_ast.ASTType.SymbolicTerm:
        if node.symbol.type == SymbolType.Number:
            return Constant(str(node.symbol.number))
        if node.symbol.type == SymbolType.Function and not node.symbol.arguments:
            return Constant(node.symbol.name)
        _refuse(node, f"{str(node)!r} is no constant", "use a lower-case name or a number")
    if node.ast_type == clingo_ast.ASTType.Function:
        _refuse(
            node, f"{str(node)!r} is a function symbol", "use a predicate that names the result"
        )
    _refuse(node, f"{str(node)!r} is arithmetic or a pool", "sample it as base facts")


def _comparisons(node: clingo_ast.AST, fresh: Iterator[int]) -> list[Comparison]:
    """A chain X < Y < Z is two comparisons."""
    terms = [_term(node.term, fresh)] + [_term(g.term, fresh) for g in node.guards]
    operators = [OPERATORS[g.comparison] for g in node.guards]
    return [Comparison(a, op, b) for a, op, b in zip(terms, operators, terms[1:])]


def _bind_equalities(rule: Rule) -> Rule:
    """`X = t`, with X bound by no positive premise, is a definition of X: put t in its place."""
    bound = set().union(*(a.variables() for a in rule.positive))
    for c in rule.comparisons:
        for var, term in ((c.left, c.right), (c.right, c.left)):
            if c.operator != "=" or not isinstance(var, Variable) or var.name in bound:
                continue
            if isinstance(term, Constant) or term.name in bound:
                rest = tuple(o for o in rule.comparisons if o is not c)
                return _bind_equalities(
                    _substitute(dataclasses.replace(rule, comparisons=rest), var, term)
                )
    return rule


def _substitute(rule: Rule, variable: Variable, term: Term) -> Rule:
    def put(t: Term) -> Term:
        return term if t == variable else t

    def atom(a: Atom) -> Atom:
        return Atom(a.predicate, tuple(put(t) for t in a.terms))

    return dataclasses.replace(
        rule,
        head=atom(rule.head),
        negative=tuple(atom(a) for a in rule.negative),
        comparisons=tuple(
            Comparison(put(c.left), c.operator, put(c.right)) for c in rule.comparisons
        ),
    )


def _check_safe(node: clingo_ast.AST, rule: Rule) -> None:
    if not rule.positive:
        _refuse(node, f"{rule.text!r} has no positive premise", "add the atom that binds it")
    bound = set().union(*(a.variables() for a in rule.positive))
    used = rule.head.variables()
    for c in rule.comparisons:
        used |= {t.name for t in (c.left, c.right) if isinstance(t, Variable)}
    for a in rule.negative:  # a wildcard under negation means "for no value"
        used |= {name for name in a.variables() if not name.startswith("_")}
    if unsafe := sorted(used - bound):
        _refuse(
            node,
            f"variable {unsafe[0].split('_')[0] or '_'} of {rule.text!r} is unsafe",
            "bind it in a positive premise",
        )


def _arities(rules: list[Rule]) -> dict[str, int]:
    arity: dict[str, int] = {}
    for rule in rules:
        for atom in (rule.head, *rule.positive, *rule.negative):
            if arity.setdefault(atom.predicate, len(atom.terms)) != len(atom.terms):
                raise RuleError(
                    f"{rule.line}:1: {atom.predicate} has {len(atom.terms)} arguments here and "
                    f"{arity[atom.predicate]} before; give the two predicates two names"
                )
    return arity


def _strata(rules: tuple[Rule, ...]) -> tuple[tuple[str, ...], ...]:
    """Strongly connected components of the derived predicates, in an order that fits."""
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
                    f"{rule.line}:1: {rule.head.predicate} depends on `not {atom.predicate}`, "
                    f"which depends on {rule.head.predicate}: unstratified; break the loop"
                )
    strata: list[tuple[str, ...]] = []
    placed: set[str] = set()
    while left := [p for p in derived if p not in placed]:
        p = next(p for p in left if all(p in reach[q] for q in reach[p] - placed))
        component = tuple(sorted({p} | {q for q in reach[p] - placed if p in reach[q]}))
        strata.append(component)
        placed |= set(component)
    return tuple(strata)


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
