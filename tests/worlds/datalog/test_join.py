"""Joins of rule bodies, against loops over all facts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zebroid.worlds.datalog import join
from zebroid.worlds.datalog.join import Query, solve
from zebroid.worlds.datalog.parser import parse

NAMES = {name: i for i, name in enumerate("abcd")}
BODIES = (
    "p(X,Y), q(Y,Z)",
    "p(X,Y), q(W,Z)",
    "p(X,X), q(X,Z)",
    "p(X,a), q(Y,Z), Y != Z",
    "p(X,Y), q(Y,Z), not p(Z,X)",
    "p(X,Y), q(Y,Z), X < Z, not q(Z,_)",
)
tables = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=8, unique=True)


def slow(rule, facts, start):
    """{(prompt, Z)} by trying every binding of every variable."""
    variables = sorted({v for a in rule.positive for v in a.variables()})
    out = set()
    for (number, x), values in itertools.product(
        enumerate(start), itertools.product(range(4), repeat=len(variables))
    ):
        bound = dict(zip(variables, values))

        def row(atom, bound=bound):
            return tuple(
                NAMES[t.name] if t.name in NAMES else bound.get(t.name) for t in atom.terms
            )

        if bound["X"] != x or any(row(a) not in facts[a.predicate] for a in rule.positive):
            continue
        if any(
            all(w is None or w == f for w, f in zip(row(a), fact))
            for a in rule.negative
            for fact in facts[a.predicate]
        ):
            continue
        sides = [(bound[c.left.name], c.operator, bound[c.right.name]) for c in rule.comparisons]
        if all(a != b if o == "!=" else a < b for a, o, b in sides):
            out.add((number, bound["Z"]))
    return out


@pytest.mark.parametrize("body", BODIES)
@settings(max_examples=40, deadline=None)
@given(p=tables, q=tables, start=st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_a_join_equals_trying_every_binding(body: str, p, q, start) -> None:
    (rule,) = parse(f"h(X,Z) :- {body}.").rules
    query = Query(rule.positive, rule.negative, rule.comparisons)
    rows = {n: np.array(t, np.int32).reshape(-1, 2) for n, t in (("p", p), ("q", q))}
    given_ = {"": np.arange(len(start), dtype=np.int32), "X": np.array(start, np.int32)}
    found = solve(query, rows, NAMES, given_, ("Z",))
    assert found is not None
    pairs = list(zip(found[""].tolist(), found["Z"].tolist()))
    assert len(pairs) == len({*pairs})
    assert {*pairs} == slow(rule, {"p": {*p}, "q": {*q}}, start)


def test_what_is_never_bound_has_no_answer() -> None:
    (rule,) = parse("h(X,Z) :- p(X,Y), q(Y,Z).").rules
    start = {"": np.zeros(1, np.int32), "X": np.zeros(1, np.int32)}
    rows = {"p": np.zeros((1, 2), np.int32)}
    assert solve(Query(rule.positive[:1]), rows, NAMES, start, ("Z",)) is None


def test_a_join_that_is_too_large_is_given_up_or_thinned(monkeypatch) -> None:
    monkeypatch.setattr(join, "MOST", 50)
    monkeypatch.setattr(join, "FEW", 20)
    (rule,) = parse("h(X,Z) :- p(X,Y), q(W,Z).").rules
    many = np.array(list(itertools.product(range(4), repeat=2)), np.int32)
    start = {"": np.arange(4, dtype=np.int32), "X": np.arange(4, dtype=np.int32)}
    query, rows = Query(rule.positive), {"p": many, "q": many}
    assert solve(query, rows, NAMES, start, ("Y", "W", "Z")) is None
    thinned = solve(query, rows, NAMES, start, ("Y", "W", "Z"), np.random.RandomState(0))
    assert thinned is not None and 0 < len(thinned["Z"]) <= 20
    assert {*thinned[""].tolist()} == {0, 1, 2, 3}  # every prompt keeps its share
