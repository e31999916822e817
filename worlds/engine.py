"""close(program, facts) -> Closure: the perfect model with every ground rule instance true in it.

Rules are compiled to SQL joins and evaluated semi-naively on DuckDB, stratum by stratum: in each
round one premise is new, those before it older, those after it any, so every ground instance is
found exactly once. What leaves is put into canonical order, equal on every thread count.
"""

from __future__ import annotations

import duckdb
import numpy as np
from numpy.typing import NDArray

from ..registry import UserError, suggest
from .closure import Closure, heights, row_keys
from .facts import Array, Facts
from .program import Atom, Constant, Program, Rule, Variable


def close(program: Program, facts: Facts, threads: int | None = None) -> Closure:
    """The closure of ``facts`` under ``program``; the result is the same on every thread count.

    Raises UserError for a predicate that is neither sampled nor derived, an arity that differs
    between rules and rows, and a rule's constant that no sort holds.
    """
    arity = _checked_arities(program, facts)
    with duckdb.connect(":memory:") as db:
        if threads is not None:
            db.execute(f"SET threads = {int(threads)}")
        db.execute("SET preserve_insertion_order = false")
        evaluation = _Evaluation(db, program, facts, arity)
        for stratum in program.strata:
            evaluation.run(stratum)
        return evaluation.closure()


def _checked_arities(program: Program, facts: Facts) -> dict[str, int]:
    arity = dict(program.arity)
    derived = {r.head.predicate for r in program.rules}
    for predicate, rows in facts.rows.items():
        if arity.setdefault(predicate, rows.shape[1]) != rows.shape[1]:
            raise UserError(
                f"{predicate} has {rows.shape[1]} arguments in the sampled facts and "
                f"{arity[predicate]} in the rules; make them agree"
            )
    for rule in program.rules:
        for atom in rule.positive + rule.negative:
            if atom.predicate not in derived and atom.predicate not in facts.rows:
                raise suggest(
                    "predicate (neither sampled nor derived)",
                    atom.predicate,
                    derived | set(facts.rows),
                )
    return arity


class _Evaluation:
    """A table per predicate, (id, a0.., round), and one per rule, (p0.., h0.., round)."""

    def __init__(
        self, db: duckdb.DuckDBPyConnection, program: Program, facts: Facts, arity: dict[str, int]
    ) -> None:
        self.db, self.program, self.facts, self.arity = db, program, facts, arity
        self.predicates = tuple(sorted(arity))
        self.table = {p: f"f{i}" for i, p in enumerate(self.predicates)}
        self.count: dict[str, int] = {}
        read = {a.predicate for r in program.rules for a in r.positive + r.negative}
        # what no rule reads is only numbered, which NumPy does faster, at the end
        self.last = {r.head.predicate for r in program.rules} - read
        self.found: dict[int, dict[str, Array]] = {}  # rule -> its rows, of those
        self.constant = {c: i for i, c in enumerate(facts.constants)}
        for p in self.predicates:
            rows = facts.rows.get(p, np.zeros((0, arity[p]), np.int32))
            columns = {"id": np.arange(len(rows), dtype=np.int32)}
            columns |= {f"a{j}": np.ascontiguousarray(rows[:, j]) for j in range(arity[p])}
            columns["round"] = np.zeros(len(rows), np.int32)
            db.register("loaded", columns)
            db.execute(f"CREATE TABLE {self.table[p]} AS SELECT * FROM loaded")
            db.unregister("loaded")
            self.count[p] = len(rows)
        for i, rule in enumerate(program.rules):
            columns_of = [f"p{k} INTEGER" for k in range(len(rule.positive))]
            columns_of += [f"h{k} INTEGER" for k in range(len(rule.head.terms))]
            db.execute(f"CREATE TABLE d{i} ({', '.join(columns_of)}, round INTEGER)")

    def run(self, stratum: tuple[str, ...]) -> None:
        """Evaluate one stratum to its fixpoint."""
        rules = [(i, r) for i, r in enumerate(self.program.rules) if r.head.predicate in stratum]
        for i, rule in rules:
            if not any(a.predicate in stratum for a in rule.positive):
                self.db.execute(f"INSERT INTO d{i} {self._select(rule)}, -1 {self._body(rule)}")
        grew = self._absorb(rules, stratum, -1)
        turn = 0
        recursive = [(i, r) for i, r in rules if any(a.predicate in stratum for a in r.positive)]
        while recursive and (grew or turn == 0):
            for i, rule in recursive:
                loops = [k for k, a in enumerate(rule.positive) if a.predicate in stratum]
                for new in loops:
                    when = [f"t{new}.round = {turn}"]
                    when += [f"t{k}.round < {turn}" for k in loops if k < new]
                    when += [f"t{k}.round <= {turn}" for k in loops if k > new]
                    self.db.execute(
                        f"INSERT INTO d{i} {self._select(rule)}, {turn} {self._body(rule, when)}"
                    )
            grew = self._absorb(recursive, stratum, turn)
            turn += 1

    def _absorb(self, rules: list[tuple[int, Rule]], stratum: tuple[str, ...], turn: int) -> bool:
        """Add the heads derived in this round that are not known yet; whether there were any."""
        grew = False
        for p in stratum:
            columns = range(self.arity[p])
            heads = " UNION ".join(
                f"SELECT DISTINCT {', '.join(f'h{k}' for k in columns)} FROM d{i} "
                f"WHERE round = {turn}"
                for i, r in rules
                if r.head.predicate == p
            )
            if not heads or p in self.last:
                continue
            table, unknown = self.table[p], ""
            if self.count[p]:
                # of a table DuckDB knows the size, and then it hashes these few, not all old rows
                self.db.execute(f"CREATE OR REPLACE TEMP TABLE found AS {heads}")
                same = " AND ".join(f"old.a{k} = new.h{k}" for k in columns)
                heads = "SELECT * FROM found"
                unknown = f"WHERE NOT EXISTS (SELECT 1 FROM {table} old WHERE {same})"
            found = self.db.execute(
                f"INSERT INTO {table} SELECT {self.count[p]} + row_number() OVER () - 1, new.*, "
                f"{turn + 1} FROM ({heads}) new {unknown}"
            ).fetchone()
            self.count[p] += found[0] if found else 0
            grew |= bool(found and found[0])
        return grew

    def _select(self, rule: Rule) -> str:
        ids = [f"t{k}.id" for k in range(len(rule.positive))]
        return "SELECT " + ", ".join(ids + [self._sql(rule, t) for t in rule.head.terms])

    def _body(self, rule: Rule, when: list[str] | None = None) -> str:
        """FROM .. WHERE ..: the join of the positive premises, filtered by all the others."""
        tables = [f"{self.table[a.predicate]} t{k}" for k, a in enumerate(rule.positive)]
        where = list(when or ())
        for k, atom in enumerate(rule.positive):
            for j, term in enumerate(atom.terms):
                if isinstance(term, Constant) or rule.binding(term.name) != (k, j):
                    where.append(f"t{k}.a{j} = {self._sql(rule, term)}")
        for c in rule.comparisons:
            operator = "<>" if c.operator == "!=" else c.operator
            where.append(f"{self._sql(rule, c.left)} {operator} {self._sql(rule, c.right)}")
        where += [self._absent(rule, a) for a in rule.negative]
        return f"FROM {', '.join(tables)}" + (f" WHERE {' AND '.join(where)}" if where else "")

    def _absent(self, rule: Rule, atom: Atom) -> str:
        same = [
            f"n.a{j} = {self._sql(rule, t)}"
            for j, t in enumerate(atom.terms)
            if isinstance(t, Constant) or not t.wildcard  # a wildcard matches all
        ]
        where = f" WHERE {' AND '.join(same)}" if same else ""
        return f"NOT EXISTS (SELECT 1 FROM {self.table[atom.predicate]} n{where})"

    def _sql(self, rule: Rule, term: Variable | Constant) -> str:
        if isinstance(term, Variable):
            k, j = rule.binding(term.name)
            return f"t{k}.a{j}"
        if term.name not in self.constant:
            raise suggest(f"constant (in rule {rule.text!r})", term.name, self.constant)
        return str(self.constant[term.name])

    def closure(self) -> Closure:
        """What was found, in canonical order."""
        width = max(self.arity.values())
        canonical: dict[str, Array] = {}  # predicate -> its local ids' canonical fact ids
        arguments, is_base, start = [], [], 0
        for p in self.predicates:
            columns, number, sampled = self._numbered(p)
            canonical[p] = number + np.int32(start)
            arguments.append(columns)
            is_base.append(sampled)
            start += len(sampled)
        base = np.concatenate(is_base)
        rule, head, premises = self._derivations(canonical, start)
        predicate = np.repeat(np.arange(len(is_base), dtype=np.int32), [len(b) for b in is_base])
        return Closure(
            program=self.program,
            base=self.facts,
            predicates=self.predicates,
            arity=self.arity,
            predicate=predicate,
            arguments=_padded(arguments, width),
            is_base=base,
            height=heights(base, head, premises),
            rule=rule,
            head=head,
            premises=premises,
        )

    def _numbered(self, p: str) -> tuple[Array, Array, NDArray[np.bool_]]:
        """(columns [arity, n] in canonical order, canonical number of each local id, is_base [n]).

        The local ids of ``last`` predicates are the sampled rows, then each rule's heads in turn.
        """
        sampled = self.facts.rows.get(p, np.zeros((0, self.arity[p]), np.int32))
        if p in self.last:
            parts, end = [sampled.T], len(sampled)
            for i, rule in enumerate(self.program.rules):
                if rule.head.predicate == p:
                    found = self.db.execute(f"SELECT * EXCLUDE (round) FROM d{i}").fetchnumpy()
                    parts.append(np.stack([found[f"h{k}"] for k in range(self.arity[p])]))
                    start, end = end, end + parts[-1].shape[1]
                    self.found[i] = found | {"head": np.arange(start, end, dtype=np.int32)}
            columns, local = np.concatenate(parts, axis=1), np.arange(end)
        else:
            found = self.db.execute(f"SELECT * EXCLUDE (round) FROM {self.table[p]}").fetchnumpy()
            columns, local = np.stack([found[f"a{j}"] for j in range(self.arity[p])]), found["id"]
        key = row_keys(columns.T, len(self.facts.constants))
        order = np.argsort(key)
        new = np.diff(key[order], prepend=-1) > 0
        number = np.empty(len(key), np.int32)
        number[local[order]] = np.cumsum(new) - 1
        columns = columns[:, order[new]]
        is_base = np.zeros(columns.shape[1], bool)
        is_base[number[: len(sampled)]] = True
        return columns, number, is_base

    def _derivations(self, canonical: dict[str, Array], facts: int) -> tuple[Array, Array, Array]:
        most = max(len(r.positive) for r in self.program.rules) if self.program.rules else 0
        tables: list[list[Array]] = []  # per rule: head, premises, sorted
        for i, rule in enumerate(self.program.rules):
            p = rule.head.predicate
            found = self.found.pop(i) if i in self.found else self._joined(i, rule)
            columns = [canonical[p][found["head"]]]
            columns += [canonical[a.predicate][found[f"p{k}"]] for k, a in enumerate(rule.positive)]
            tables.append(_sorted(columns, facts))
        if not tables:
            return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros((0, 0), np.int32)
        head = np.concatenate([t[0] for t in tables])
        # each rule's rows are sorted by head already; a stable merge of them is the order wanted
        order = np.argsort(head, kind="stable") if len(tables) > 1 else slice(None)
        rule = np.repeat(np.arange(len(tables), dtype=np.int32), [len(t[0]) for t in tables])
        premises = np.empty((most, len(head)), np.int32).T  # whole columns lie together
        for k in range(most):
            padding = [np.broadcast_to(np.int32(-1), len(t[0])) for t in tables]
            column = [t[1 + k] if 1 + k < len(t) else none for t, none in zip(tables, padding)]
            premises[:, k] = np.concatenate(column)[order]
        return rule[order], head[order], premises

    def _joined(self, number: int, rule: Rule) -> dict[str, Array]:
        """The local ids of heads and premises of a rule's derivations."""
        p = rule.head.predicate
        ids = ", ".join(f"d.p{k} AS p{k}" for k in range(len(rule.positive)))
        same = " AND ".join(f"d.h{k} = f.a{k}" for k in range(self.arity[p]))
        return self.db.execute(
            f"SELECT f.id AS head, {ids} FROM d{number} d JOIN {self.table[p]} f ON {same}"
        ).fetchnumpy()


def _padded(blocks: list[Array], width: int) -> Array:
    """[F, width] blocks of columns [arity, n] below one another, -1 padded, columns contiguous."""
    out = np.full((width, sum(b.shape[1] for b in blocks)), -1, np.int32)
    start = 0
    for block in blocks:
        out[: len(block), start : start + block.shape[1]] = block
        start += block.shape[1]
    return out.T


def _sorted(columns: list[Array], size: int) -> list[Array]:
    """The columns with their rows in lexicographic order; values lie in [0, size)."""
    bits = max(1, int(size - 1).bit_length())
    if bits * len(columns) > 63:
        order = np.lexsort(columns[::-1])
        return [c[order] for c in columns]
    key = columns[0].astype(np.int64)
    for column in columns[1:]:  # in place: at millions of rows, new memory costs more than the sum
        key <<= bits
        key |= column
    key.sort()  # sorting the numbers themselves is several times faster than an argsort
    parts = []
    for _ in columns:
        parts.append((key & ((1 << bits) - 1)).astype(np.int32))
        key >>= bits
    return parts[::-1]
