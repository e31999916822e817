"""close(program, facts) -> Closure: the perfect model with every ground rule instance true in it.

Rules are compiled to SQL joins and evaluated semi-naively on DuckDB, stratum by stratum: in each
round one premise is new, those before it older, those after it any, so every ground instance is
found exactly once. What leaves is put into canonical order, equal on every thread count.
"""

from __future__ import annotations

import functools
import os

import duckdb
import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidWorld, suggest
from .closure import Closure, column_keys, derivations, heights, row_keys
from .facts import Array, Bools, Facts
from .interning import Numbering
from .row_keys import look_up, part_columns, stable_order
from .semijoin import JoinSizes, admitted, some_fit
from .syntax import Atom, Constant, Program, Rule, Variable


def connection(threads: int | None = None, in_order: bool = True) -> duckdb.DuckDBPyConnection:
    """A connection, to be closed, to a DuckDB in memory that this process keeps: to open another
    takes 18 ms, more than most closures of small worlds.

    What it registers and its temporary tables are seen by no other and gone with it; make no other
    tables. ``threads``: by default as many as there are cores. ``in_order``: whether rows keep the
    order in which they are inserted. For nothing from outside: it may read and write any file.
    """
    return _database(os.getpid(), threads, in_order).cursor()


@functools.cache
def _database(process: int, threads: int | None, in_order: bool) -> duckdb.DuckDBPyConnection:
    """That of a process: one that was forked has none of the threads of the other."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "preserve_insertion_order": in_order,
        "enable_external_file_cache": False,  # files change
    }
    if threads is not None:
        config["threads"] = threads
    return duckdb.connect(":memory:", config=config)


def close(program: Program, facts: Facts, threads: int | None = None) -> Closure:
    """The closure of ``facts`` under ``program``; the result is the same on every thread count.

    Raises UserError for a predicate that is neither sampled nor derived, an arity that differs
    between rules and rows, and a rule's constant that no sort holds.
    """
    arity = _checked_arities(program, facts)
    with connection(threads, in_order=False) as db:
        evaluation = _Evaluation(db, program, facts, arity)
        for stratum in program.strata:
            evaluation.run(stratum)
        return evaluation.closure()


def _checked_arities(program: Program, facts: Facts) -> dict[str, int]:
    arity = dict(program.arity)
    derived = {r.head.predicate for r in program.rules}
    for predicate, rows in facts.rows.items():
        if arity.setdefault(predicate, rows.shape[1]) != rows.shape[1]:
            raise InvalidWorld(
                f"{predicate} has {rows.shape[1]} arguments in the sampled facts and "
                f"{arity[predicate]} in the rules; make them agree"
            )
    for rule in program.rules:
        for atom in rule.positive + rule.negative:
            if atom.predicate not in derived and atom.predicate not in facts.rows:
                known, kind = derived | set(facts.rows), "predicate (neither sampled nor derived)"
                raise suggest(kind, atom.predicate, known)
    return arity


class _Evaluation:
    """A table per predicate, (id, a0.., round), and what each round finds, as arrays."""

    def __init__(
        self, db: duckdb.DuckDBPyConnection, program: Program, facts: Facts, arity: dict[str, int]
    ) -> None:
        self.db, self.program, self.facts, self.bare = db, program, facts, arity
        # what has no argument is a table of one column that holds 0
        self.arity = arity = {p: max(n, 1) for p, n in arity.items()}
        self.predicates = tuple(sorted(arity))
        self.table = {p: f"f{i}" for i, p in enumerate(self.predicates)}
        read = {a.predicate for r in program.rules for a in r.positive + r.negative}
        derived = {r.head.predicate for r in program.rules}
        # what no rule reads is numbered once, at the end
        many = len(facts.constants)
        self.numbering = {p: Numbering(self._sampled(p), many) for p in derived & read}
        self.found: list[list[dict[str, Array]]] = [[] for _ in program.rules]
        self.fresh: dict[str, list[list[Array]]] = {}  # columns of facts that no round has used
        self.sizes = JoinSizes(db, self.table, facts.number)
        for p in self.predicates:
            columns = ["id", *(f"a{j}" for j in range(arity[p])), "round"]
            db.execute(f"CREATE TEMP TABLE {self.table[p]} ({' INTEGER, '.join(columns)} INTEGER)")
            self._insert(p, list(self._sampled(p).T), 0, 0)

    def _sampled(self, p: str) -> Array:
        rows = self.facts.rows.get(p, np.zeros((0, self.bare[p]), np.int32))
        return rows if self.bare[p] else np.zeros((len(rows), 1), np.int32)

    def _insert(self, p: str, columns: list[Array], first: int, turn: int) -> None:
        """Rows, given as columns, with local ids from ``first``; they are new in round ``turn``."""
        number = len(columns[0])
        self.sizes.rows[p] += number
        if p in self.numbering:
            self.fresh.setdefault(p, []).append(columns)
        rows = {"id": np.arange(first, first + number, dtype=np.int32)}
        rows |= {f"a{j}": np.ascontiguousarray(column) for j, column in enumerate(columns)}
        rows["round"] = np.full(number, turn, np.int32)
        self.db.register("loaded", rows)
        self.db.execute(f"INSERT INTO {self.table[p]} SELECT * FROM loaded")
        self.db.unregister("loaded")

    def run(self, stratum: tuple[str, ...]) -> None:
        """Evaluate one stratum to its fixpoint."""
        recursive, grew, turn = [], False, 0
        fixed = frozenset(self.predicates) - {r.head.predicate for r in self.program.rules}
        for i, rule in enumerate(self.program.rules):
            if rule.head.predicate not in stratum:
                continue
            if loops := [k for k, a in enumerate(rule.positive) if a.predicate in stratum]:
                fit = {k: admitted(rule, k, self.facts, fixed) for k in loops}
                recursive.append((i, rule, fit))
            else:
                self.sizes.look_ahead(rule)
                self._derive(i, rule, [], -1)
        while recursive and (grew or turn == 0):
            grew, fresh = False, {p: self.fresh.pop(p, []) for p in stratum}
            for i, rule, loops in recursive:
                for new, fit in loops.items():
                    if not any(some_fit(c, fit) for c in fresh[rule.positive[new].predicate]):
                        continue
                    self.sizes.look_ahead(rule)
                    when = [f"t{new}.round = {turn}"]
                    when += [f"t{k}.round < {turn}" for k in loops if k < new]
                    when += [f"t{k}.round <= {turn}" for k in loops if k > new]
                    grew |= self._derive(i, rule, when, turn)
            turn += 1

    def _derive(self, number: int, rule: Rule, when: list[str], turn: int) -> bool:
        """Keep the instances of a rule that a round brings; whether some head is new."""
        p = rule.head.predicate
        found = self.db.execute(f"{self._select(rule)} {self._body(rule, when)}").fetchnumpy()
        found = {name: np.asarray(column, np.int32) for name, column in found.items()}
        if not len(found["h0"]):
            return False
        self.found[number].append(found)
        if p not in self.numbering:
            return False
        numbering = self.numbering[p]
        columns, first = [found.pop(f"h{k}") for k in range(self.arity[p])], numbering.count
        found["head"], new = numbering.number(columns)
        if len(new):
            self._insert(p, [c[new] for c in columns], first, turn + 1)
        return len(new) > 0

    def _select(self, rule: Rule) -> str:
        """Local ids of the premises and arguments of the head."""
        ids = [f"t{k}.id AS p{k}" for k in range(len(rule.positive))]
        ids += [f"{self._sql(rule, t)} AS h{k}" for k, t in enumerate(rule.head.terms)]
        ids += ["0 AS h0"] * (not rule.head.terms)
        return "SELECT " + ", ".join(ids)

    def _body(self, rule: Rule, when: list[str]) -> str:
        """FROM .. WHERE ..: the join of the positive premises, filtered by all the others."""
        tables = [f"{self.table[a.predicate]} t{k}" for k, a in enumerate(rule.positive)]
        where = list(when)
        for k, atom in enumerate(rule.positive):
            for j, term in enumerate(atom.terms):
                if isinstance(term, Constant) or rule.binding(term.name) != (k, j):
                    where.append(f"t{k}.a{j} = {self._sql(rule, term)}")
        for c in rule.comparisons:
            operator = "<>" if c.operator == "!=" else c.operator
            where.append(f"{self._sql(rule, c.left)} {operator} {self._sql(rule, c.right)}")
        where += [self._absent(rule, a) for a in rule.negative]
        source = f"FROM {', '.join(tables)}" if tables else ""
        return source + (f" WHERE {' AND '.join(where)}" if where else "")

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
        if term.name not in self.facts.number:
            raise suggest(f"constant (in rule {rule.text!r})", term.name, self.facts.number)
        return str(self.facts.number[term.name])

    def closure(self) -> Closure:
        """What was found, in canonical order."""
        canonical: dict[str, Array] = {}  # predicate -> its local ids' canonical fact ids
        blocks, keys, sampled, start = (
            dict[str, range](),
            list[NDArray[np.int64]](),
            list[Bools](),
            0,
        )
        for p in self.predicates:
            key, canonical[p], is_base = self._numbered(p, start)
            blocks[p] = range(start, start + len(key))
            keys.append(key)
            sampled.append(is_base)
            start += len(key)
        arguments = self._arguments(blocks, keys)
        del keys  # what is done with is freed at once: new memory costs more than sorting it
        heads = {p: canonical[p] for p in self.numbering}  # the others' have their fact ids
        rule, head, premises = derivations(self.program, self.found, canonical, heads, blocks)
        is_base = np.concatenate(sampled)
        predicate = np.empty(start, np.int32)
        for number, block in enumerate(blocks.values()):
            predicate[block.start : block.stop] = number
        return Closure(
            program=self.program,
            base=self.facts,
            predicates=self.predicates,
            arity=self.bare,
            predicate=predicate,
            arguments=arguments.T,
            is_base=is_base,
            height=heights(is_base, head, premises),
            rule=rule,
            head=head,
            premises=premises,
        )

    def _arguments(self, blocks: dict[str, range], keys: list[NDArray[np.int64]]) -> Array:
        """[w, F] the columns that the keys of each predicate were made of, -1 padded."""
        out = np.full((max(self.bare.values()), sum(map(len, keys))), -1, np.int32)
        for (p, block), key in zip(blocks.items(), keys):
            columns = out[: self.bare[p], block.start : block.stop]
            part_columns(key, [len(self.facts.constants)] * len(columns), [*columns])
        return out

    def _numbered(self, p: str, start: int) -> tuple[NDArray[np.int64], Array, Bools]:
        """(keys in canonical order, fact id of each local id, is_base) of its facts; fact ids go
        from ``start``.

        What no rule reads gets its local ids here: the sampled rows, then each rule's heads, whose
        fact ids are put with what was found.
        """
        sampled, size, local = self._sampled(p), len(self.facts.constants), None
        heads: list[dict[str, Array]] = []
        if p in self.numbering:
            columns, local = self._table(p)
            keys = [column_keys(columns, size)]
            del columns
        else:
            names = [f"h{k}" for k in range(self.arity[p])]
            rules = zip(self.program.rules, self.found)
            heads = [f for rule, chunks in rules if rule.head.predicate == p for f in chunks]
            keys = [row_keys(sampled, size)]
            keys += [column_keys([found.pop(name) for name in names], size) for found in heads]
        ends = np.cumsum([len(one) for one in keys])
        there = [one for one in keys if len(one)]
        key = there[0] if len(there) == 1 else np.concatenate(keys)
        del keys, there
        order = stable_order(key)
        key = look_up(key, order)
        new = np.ones(len(key), bool)
        np.not_equal(key[1:], key[:-1], out=new[1:])
        rank = np.cumsum(new, dtype=np.int32)
        rank += np.int32(start - 1)
        number = np.empty(len(key), np.int32)
        number[order if local is None else local[order]] = rank
        del order, rank
        for found, begin, end in zip(heads, ends[:-1], ends[1:]):
            found["head"] = number[begin:end]
        key = np.compress(new, key)
        is_base = np.zeros(len(key), bool)
        is_base[number[: len(sampled)] - start] = True
        return key, number, is_base

    def _table(self, p: str) -> tuple[list[Array], Array]:
        """(columns [arity][n], local ids [n]) of a predicate that rules read."""
        found = self.db.execute(f"SELECT * EXCLUDE (round) FROM {self.table[p]}").fetchnumpy()
        return [found[f"a{j}"] for j in range(self.arity[p])], found["id"]
