"""Rule text -> Program. The language is stratified, range-restricted Datalog in clingo's syntax.

clingo's own parser reads the text, so the oracle and the engine see the same bytes; what Datalog
does not have is refused here, each with line, column and cure. A constant of another form than a
lower-case word or a number is quoted, "son-in-law" as in clingo or 'son-in-law'.

>>> program = parse("grand(X,Z) :- parent(X,Y), parent(Y,Z), X != Z.")
>>> program.rules[0].head, program.strata
(Atom(predicate='grand', terms=(Variable(name='X'), Variable(name='Z'))), (('grand',),))
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from clingo import String, SymbolType
from clingo import ast as clingo_ast

from .syntax import (
    Atom,
    Comparison,
    Constant,
    Program,
    Rule,
    RuleError,
    Term,
    Variable,
    arities,
    strata,
)

# comments and quoted constants; an apostrophe inside a word is part of a name
QUOTED = re.compile(
    r"""%\*.*?\*%|%[^\n]*|(?P<double>"(?:\\.|[^"\\\n])*")|(?<![\w'])'(?P<single>[^'\n]*)'""", re.S
)
Node = Any  # a node of clingo's syntax tree, whose stubs know no attribute of any

OPERATORS = {
    clingo_ast.ComparisonOperator.Equal: "=",
    clingo_ast.ComparisonOperator.NotEqual: "!=",
    clingo_ast.ComparisonOperator.LessThan: "<",
    clingo_ast.ComparisonOperator.LessEqual: "<=",
    clingo_ast.ComparisonOperator.GreaterThan: ">",
    clingo_ast.ComparisonOperator.GreaterEqual: ">=",
}


@functools.lru_cache(256)  # a suite makes the same worlds for each of its tables
def parse(text: str) -> Program:
    """The program of ``text``; raises RuleError for what is not Datalog."""
    text, quoted = _quoted(text)
    nodes = _read(text, quoted)
    lines = _without_comments(text, nodes)
    rules: list[Rule] = []
    for node in nodes:
        if node.ast_type == clingo_ast.ASTType.Rule:
            rules.append(_rule(node, lines))
        elif node.ast_type != clingo_ast.ASTType.Comment and str(node) != "#program base.":
            _refuse(node, f"{str(node)!r} is not a rule", "keep to rules `head :- body.`")
    if not rules:
        raise RuleError("1:1: no rule in the text; a world needs at least one `head :- body.`")
    return Program(tuple(rules), arities(rules), strata(tuple(rules)))


def _quoted(text: str) -> tuple[str, dict[tuple[int, int], str]]:
    """(the text with clingo's quotation marks, (line, column) -> the constant quoted there)."""
    names: dict[tuple[int, int], str] = {}

    def put(match: re.Match[str]) -> str:
        line, column = place = _place(text, match.start())
        if match["single"] is not None:
            if {*'"\\'} & {*match["single"]}:
                cure = 'quote it with ", and write \\" and \\\\ inside'
                raise RuleError(f"{line}:{column}: {match[0]} has a quotation mark inside; {cure}")
            name = match["single"]
        elif match["double"] is not None:
            name = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], match[0][1:-1])
        else:
            return match[0]
        if not name.strip() or name.startswith("?") or not name.isprintable():
            cure = "give text that can be read, and does not begin with ?, as variables do"
            raise RuleError(f"{line}:{column}: {match[0]} is no constant; {cure}")
        names[place] = name
        return match[0] if match["single"] is None else f'"{name}"'

    return QUOTED.sub(put, text), names


class _Names(clingo_ast.Transformer):
    """Quoted constants as they were written, where clingo was given stand-ins of letters."""

    def __init__(self, names: Mapping[tuple[int, int], str]) -> None:
        self.names = names

    def visit_SymbolicTerm(self, node: Node) -> Node:
        begin = node.location.begin
        name = self.names.get((begin.line, begin.column))
        return node if name is None else node.update(symbol=String(name))


def _read(text: str, quoted: Mapping[tuple[int, int], str]) -> list[Node]:
    """clingo's syntax tree of every statement and comment."""
    if "#include" in text:  # clingo would open the file
        line, column = _place(text, text.index("#include"))
        raise RuleError(f"{line}:{column}: '#include' is not a rule; put all rules into one text")
    # Outside a comment clingo refuses the stand-in where it stands. With the character itself its
    # logger would abort the process.
    plain = "".join(c if " " <= c <= "~" or c in "\t\n\r" else "\x01" for c in text)
    nodes: list[Node] = []
    problems: list[str] = []
    try:
        clingo_ast.parse_string(plain, nodes.append, logger=lambda _, m: problems.append(m))
    except RuntimeError:
        if not problems:
            raise
        where, _, what = problems[0].strip().removeprefix("<string>:").partition(": error: ")
        line, column = (int(part) for part in where.split("-")[0].split(":"))
        lines = text.split("\n")
        if line > len(lines):  # clingo ends every text with a line of its own
            line, column = len(lines), len(lines[-1]) + 1
        elif "\x01" in what:
            what = f"{lines[line - 1][column - 1]!r} is no character of a rule"
        what = " ".join(what.split())
        cure = "write rules in ASCII, as `head(X) :- body(X,Y).`"
        raise RuleError(f"{line}:{column}: {what}; {cure}") from None
    names = _Names(quoted)
    return [names.visit(n) if n.ast_type == clingo_ast.ASTType.Rule else n for n in nodes]


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def _without_comments(text: str, nodes: list[Node]) -> list[str]:
    """The lines, as clingo counts them, with blanks for every comment."""
    lines = text.split("\n")
    for node in nodes:
        if node.ast_type != clingo_ast.ASTType.Comment:
            continue
        begin, end = node.location.begin, node.location.end
        for at in range(begin.line - 1, min(end.line, len(lines))):
            first = begin.column - 1 if at == begin.line - 1 else 0
            last = end.column - 1 if at == end.line - 1 else len(lines[at])
            lines[at] = lines[at][:first] + " " * (last - first) + lines[at][last:]
    return lines


def _refuse(node: Node, what: str, cure: str) -> NoReturn:
    begin = node.location.begin
    raise RuleError(f"{begin.line}:{begin.column}: {what}; {cure}")


def _rule(node: Node, lines: list[str]) -> Rule:
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
        node.location.begin.column,
    )
    rule = _bind_equalities(rule)
    _check_safe(node, rule)
    return rule


def _source(node: Node, lines: list[str]) -> str:
    """The rule as written, white space folded."""
    begin, end = node.location.begin, node.location.end
    part = lines[begin.line - 1 : end.line]
    part[-1] = part[-1][: end.column - 1]
    part[0] = part[0][begin.column - 1 :]
    return " ".join(" ".join(part).split())


def _head(node: Node, fresh: Iterator[int]) -> Atom:
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


def _atom(node: Node, fresh: Iterator[int]) -> Atom:
    symbol = node.symbol  # the atom itself has no location in clingo's tree
    if symbol.ast_type == clingo_ast.ASTType.UnaryOperation:
        _refuse(symbol, f"{str(node)!r} is a classical negation", "use `not`, or a name of its own")
    if symbol.ast_type != clingo_ast.ASTType.Function or symbol.external:
        _refuse(symbol, f"{str(node)!r} is a pool or an external", "write one atom per literal")
    return Atom(symbol.name, tuple(_term(a, fresh) for a in symbol.arguments))


def _term(node: Node, fresh: Iterator[int]) -> Term:
    if node.ast_type == clingo_ast.ASTType.Variable:
        return Variable(f"_{next(fresh)}" if node.name == "_" else node.name)
    if node.ast_type == clingo_ast.ASTType.SymbolicTerm:
        if node.symbol.type == SymbolType.Number:
            return Constant(str(node.symbol.number))
        if node.symbol.type == SymbolType.String:
            return Constant(node.symbol.string)
        if node.symbol.type == SymbolType.Function and not node.symbol.arguments:
            return Constant(node.symbol.name)
        _refuse(
            node, f"{str(node)!r} is no constant", "use a lower-case name, a number, or quote it"
        )
    if node.ast_type == clingo_ast.ASTType.Function:
        _refuse(
            node, f"{str(node)!r} is a function symbol", "use a predicate that names the result"
        )
    _refuse(node, f"{str(node)!r} is arithmetic or a pool", "sample it as base facts")


def _comparisons(node: Node, fresh: Iterator[int]) -> list[Comparison]:
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


def _check_safe(node: Node, rule: Rule) -> None:
    bound = set[str]().union(*(a.variables() for a in rule.positive))
    used = rule.head.variables()
    for c in rule.comparisons:
        used |= {t.name for t in (c.left, c.right) if isinstance(t, Variable)}
    for a in rule.negative:  # a wildcard under negation means "for no value"
        used |= {t.name for t in a.terms if isinstance(t, Variable) and not t.wildcard}
    if unsafe := sorted(used - bound):
        name = "_" if Variable(unsafe[0]).wildcard else unsafe[0]
        _refuse(
            node,
            f"variable {name} of {rule.text!r} is unsafe",
            "bind it in a positive premise",
        )
