"""algebra-v1: what follows is true in the real table, and what is stated doesn't follow."""

import numpy as np
import pytest
from zebroid import registry
from zebroid.seeding import stream
from zebroid.worlds.catalog.algebra import LAWS, tables
from zebroid.worlds.corpus.corpus import CONCLUSION

WORLD = "algebra-v1"
HOLDS = {  # law -> whether it holds of p, s and x under the product m
    "associative": lambda m, p, s, x: m[m[p, s], x] == m[p, m[s, x]],
    "distributive": lambda m, p, s, x: m[m[p, s], m[p, x]] == m[p, m[s, x]],
    "commutative": lambda m, p, s, x: m[p, s] == m[s, p],
    "involutory": lambda m, p, s, x: m[p, m[p, s]] == s,
}


@pytest.fixture(scope="module")
def drawn():
    """The real tables of size tiny, seed 0."""
    size = registry.make(WORLD).sizes["tiny"]
    return tables(stream(WORLD, "tiny", "world", 0), size["algebras"], size["order"], 0.8)


def _cells(closure):
    """(algebra, row, column, product) of every cell, as local numbers."""
    starts = [closure.base.sorts[s].start for s in ("algebra", *["element"] * 3)]
    return closure.rows("op") - np.array(starts)


def test_every_cell_that_follows_is_true_in_the_real_table(drawn, corpus):
    cells = _cells(corpus(WORLD).split.truth)
    assert len(cells) > 900
    for algebra, row, column, product in cells.tolist():
        assert drawn[algebra].table[row, column] == product


@pytest.mark.parametrize("law", LAWS)
def test_every_table_obeys_its_law(law, drawn):
    mine = [a.table for a in drawn if a.law == law]
    assert mine and {len(a.table) for a in drawn} <= {8, 9}
    for m in mine:
        assert HOLDS[law](m, *np.indices((len(m),) * 3)).all()


def test_a_law_is_not_true_of_every_table(drawn):
    for law, holds in HOLDS.items():
        assert not all(holds(a.table, *np.indices((len(a.table),) * 3)).all() for a in drawn), law


def test_no_stated_cell_follows_from_the_others(corpus):
    gold = corpus(WORLD, "small").split.gold
    assert not (gold.closure.is_base & (gold.best >= 0)).any()
    assert (gold.best >= 0).sum() > 5_000


def test_no_theorem_is_demonstrated_of_an_algebra_whose_law_is_only_stated(corpus):
    made = corpus(WORLD)
    stated = {
        p[1][0][1]
        for p, w in zip(made.split.gold.patterns, made.split.presentation)
        if w == "stated"
    }
    constants, examples = made.closure.base.constants, made.examples
    demonstrated = examples.prompt[examples.kind == CONCLUSION, 1].tolist()
    assert stated and not stated & {constants[g] for g in demonstrated}
    queried = {constants[g] for g in made.prompt[made.of_rung("axiom"), 1].tolist()}
    assert queried <= stated and len(queried) > 1


def test_two_rows_of_the_group_of_three_follow_from_one(make_world):
    """1 + 1 is called 2, so 2 + x = 1 + (1 + x); of a table without a law nothing follows."""
    facts = "built({0},n1,n1,n2) op({0},n1,n0,n1) op({0},n1,n1,n2) op({0},n1,n2,n0) "
    laws = "law(a,associative) law(b,distributive) law(b,commutative) law(b,involutory) "
    world = make_world(
        type(registry.make(WORLD)).rules, laws + facts.format("a") + facts.format("c")
    )
    closure = world.closure("tiny", 0)
    names = np.array(closure.base.constants)
    derived = closure.arguments[(closure.height > 0) & ~closure.is_base]
    assert {" ".join(names[row]) for row in derived} == {"a n2 n0 n2", "a n2 n1 n0", "a n2 n2 n1"}


def test_a_quandle_row_follows_by_distributivity(make_world):
    """The quandle of order three, x * y = -x - y: 2 = 0 * 1, and (0 1)(0 x) = 0 (1 x)."""
    cells = " ".join(f"op(q,n{x},n{y},n{(-x - y) % 3})" for x in (0, 1) for y in range(3))
    laws = "law(q,distributive) law(b,associative) law(b,commutative) law(b,involutory) "
    world = make_world(type(registry.make(WORLD)).rules, f"{laws} built(q,n0,n1,n2) {cells}")
    closure = world.closure("tiny", 0)
    names = np.array(closure.base.constants)
    derived = closure.arguments[~closure.is_base]
    assert {" ".join(names[row]) for row in derived} == {"q n2 n0 n1", "q n2 n1 n0", "q n2 n2 n2"}
