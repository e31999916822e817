"""Theories up to renaming: exactly those that a bijection of their constants carries over."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zebroid.seeding import stream
from zebroid.worlds.datalog import isomorphism
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.isomorphism import theories_up_to_renaming
from zebroid.worlds.datalog.parser import parse

PLAIN = "p(E,X,Y) :- e(E,X,Y), k(E,X)."
THINGS, SIGNS = 4, 2


def _numbers(theories, rules=PLAIN, things=THINGS):
    """The numbers of theories, each a pair of rows (X, Y) of `e` and (X, S) of `k`."""
    rows = [[(t, *row) for t, theory in enumerate(theories) for row in theory[i]] for i in (0, 1)]
    sorts = {"tale": len(theories), "thing": things, "sign": SIGNS}
    facts = Facts.of(sorts, e=("tale thing thing", rows[0]), k=("tale thing", rows[1]))
    return theories_up_to_renaming(close(parse(rules), facts, threads=1), "tale").tolist()


def _renamed(theory, new):
    return ({(new[x], new[y]) for x, y in theory[0]}, {(new[x],) for (x,) in theory[1]})


def _same_slowly(one, other, things=THINGS):
    """Whether one of all bijections carries the facts of one onto those of the other."""
    both = ({*map(tuple, other[0])}, {*map(tuple, other[1])})
    return any(_renamed(one, new) == both for new in itertools.permutations(range(things)))


PAIRS = st.tuples(st.integers(0, THINGS - 1), st.integers(0, THINGS - 1))
THEORY = st.tuples(st.frozensets(PAIRS, max_size=5), st.frozensets(st.tuples(PAIRS.map(min))))


@settings(max_examples=15, deadline=None)
@given(st.lists(THEORY, min_size=2, max_size=6))
def test_two_theories_are_the_same_where_some_bijection_says_so(theories):
    numbers = _numbers(theories)
    for (i, one), (j, other) in itertools.combinations(enumerate(theories), 2):
        assert (numbers[i] == numbers[j]) == _same_slowly(one, other)


@settings(max_examples=15, deadline=None)
@given(THEORY, st.permutations(range(THINGS)), PAIRS)
def test_a_renamed_copy_is_the_same_and_a_changed_fact_is_not(theory, new, pair):
    changed = (theory[0] ^ {pair}, theory[1])
    same, copy, other = _numbers([theory, _renamed(theory, new), changed])
    assert same == copy != other


def _cycles(*sizes):
    """Directed cycles side by side."""
    starts = np.append(0, np.cumsum(sizes))[:-1]
    return [(s + i, s + (i + 1) % n) for s, n in zip(starts.tolist(), sizes) for i in range(n)]


def test_colours_alone_tell_no_two_triangles_from_a_hexagon_and_the_search_does():
    assert _numbers([(_cycles(6), []), (_cycles(3, 3), []), (_cycles(6), [])], things=6) == [
        0,
        1,
        0,
    ]


def test_as_many_constants_as_are_alike_cost_no_search_of_all_their_orders():
    star = [(0, i) for i in range(1, 40)]
    other = [(39, i) for i in range(39)]
    assert _numbers([(star, []), (other, []), (other[1:], [])], things=40) == [0, 0, 1]


def test_where_the_search_would_be_long_theories_count_as_the_same(monkeypatch):
    pair = [(_cycles(6), []), (_cycles(3, 3), [])]
    monkeypatch.setattr(isomorphism, "TRIALS", 1)
    assert _numbers(pair, things=6) == [0, 0]


def test_a_constant_that_a_rule_names_stays_itself():
    theories = [([(0, 1)], []), ([(2, 3)], []), ([(3, 0)], [])]
    assert _numbers(theories) == [0, 0, 0]
    assert _numbers(theories, PLAIN + " q(E,X) :- e(E,thing0,X).") == [0, 1, 2]


def test_constants_that_are_compared_keep_their_order():
    """As in 0 < 1 and 2 < 3, but not in 3 > 0; between named numbers their place matters too."""
    theories = [([(0, 1)], []), ([(2, 3)], []), ([(3, 0)], [])]
    ordered = PLAIN + " up(E,X) :- e(E,X,Y), X < Y."
    assert _numbers(theories, ordered) == [0, 0, 1]
    assert _numbers(theories, ordered + " low(E,X) :- e(E,X,Y), X < thing2.") == [0, 1, 2]
    assert _numbers(theories, PLAIN + " up(E,X) :- e(E,X,Y), X != Y.") == [0, 0, 0]


def test_an_episode_that_stands_in_its_own_facts_is_itself():
    sorts = {"tale": 3, "thing": 2}
    rows = [[0, 0, 0], [1, 1, 1], [2, 0, 1]]
    facts = Facts.of(sorts, of=("tale tale thing", rows))
    closure = close(parse("p(E,X) :- of(E,E,X)."), facts, threads=1)
    assert theories_up_to_renaming(closure, "tale").tolist() == [0, 0, 1]


def test_sorts_are_not_mixed_and_an_empty_theory_is_one():
    sorts = {"tale": 5, "thing": 2, "sign": 2}
    rows = {"is": ("tale thing sign", [[0, 0, 1], [1, 1, 0], [2, 0, 0], [2, 1, 0]])}
    closure = close(parse("p(E,X) :- is(E,X,_)."), Facts.of(sorts, **rows), threads=1)
    assert theories_up_to_renaming(closure, "tale").tolist() == [0, 0, 1, 2, 2]


@pytest.mark.parametrize("size", [200, 2_000])
def test_many_renamed_copies_are_found_in_a_moment(size):
    rng = stream("test", "copies", 0)
    theories = []
    for number in range(size):
        links = [(i, (i * i + number % 20) % 12) for i in range(12)]
        new = rng.permutation(12).tolist()
        theories.append(_renamed((links, [(number % 20 % 12,)]), new))
    numbers = np.array(_numbers(theories, things=12)).reshape(-1, 20)
    assert (numbers == numbers[0]).all()
