"""Sorting and searching rows of integers: as NumPy's plain ways, dense or sparse, near or far."""

import numpy as np
import pytest
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.parser import parse
from zebroid.worlds.datalog.row_keys import (
    BLOCK,
    Keys,
    group,
    join_columns,
    look_up,
    part_columns,
    sort_rows,
    stable_order,
)
from zebroid.worlds.datalog.semijoin import admitted, some_fit
from zebroid.worlds.novelty.questions import find_prompts

RNG = np.random.default_rng(0)
KEYS = {
    "none": np.zeros(0, np.int64),
    "one": np.array([-5]),
    "dense": RNG.integers(-9, 9, 500),
    "sparse": RNG.integers(-(2**40), 2**40, 500).repeat(2),
    "too far apart to pack": np.array([2**62, -(2**62), 0, 2**62]),
    "two ordered runs": np.sort(RNG.integers(0, 99, (2, 200)), axis=1).ravel(),
    "short integers": RNG.integers(0, 9, 99).astype(np.int32),
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_the_stable_order_is_that_of_numpy(key):
    np.testing.assert_array_equal(stable_order(key), np.argsort(key, kind="stable"))


@pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK + 3])
def test_columns_come_back_from_the_numbers_that_they_were_joined_to(size):
    sizes = [2, 2**30, 2**31]
    columns = [RNG.integers(0, n, size).astype(np.int32) for n in sizes]
    key = join_columns(columns, sizes)
    assert np.array_equal(np.argsort(key, kind="stable"), np.lexsort(columns[::-1]))
    out = np.empty((3, size), np.int32)
    part_columns(key, sizes, [*out])
    np.testing.assert_array_equal(out, columns)


@pytest.mark.parametrize("high", [9, 2**30], ids=["as one number", "too wide for one number"])
def test_rows_are_sorted_as_numpy_sorts_them(high):
    lows, sizes = np.array([5, -1, 0], np.int32), [high, 7, high]
    columns = [low + RNG.integers(0, n, BLOCK + 9) for low, n in zip(lows, sizes)]
    columns = np.array(columns, np.int32)
    out = np.empty_like(columns)
    sort_rows(([*columns[:, :9]], [*columns[:, 9:]]), [*lows], sizes, out)
    np.testing.assert_array_equal(out, columns[:, np.lexsort(columns[::-1])])
    assert np.any(out != columns)


def test_minus_one_looks_the_last_up():
    table, at = RNG.integers(0, 9, 50), RNG.integers(-1, 50, 2 * BLOCK + 1).astype(np.int32)
    np.testing.assert_array_equal(look_up(table, at), table[at])


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_equal_keys_share_a_number_and_the_first_place_is_the_least(key):
    _, first, number = np.unique(key, return_index=True, return_inverse=True)
    for mine, numpys in zip(group(key), (number, first)):
        np.testing.assert_array_equal(mine, numpys)


def test_a_growing_set_holds_what_was_added_and_nothing_else():
    keys, inside = Keys(), set[int]()
    for number in (3, 40, 1, 1, 200, 7):
        new = np.setdiff1d(RNG.integers(0, 10**6, number), sorted(inside))
        keys.add(new)
        inside |= set(new.tolist())
        queries = np.concatenate([new, RNG.integers(0, 10**6, 50)])
        assert keys.holds(queries).tolist() == [k in inside for k in queries.tolist()]


@pytest.mark.parametrize("spread", [10, 10**8], ids=["dense", "sparse"])
def test_prompts_are_found_where_they_stand(spread):
    known = np.unique(RNG.integers(-1, spread, (200, 2)), axis=0)
    wanted = np.concatenate([known[::3], RNG.integers(-1, 2 * spread, (200, 2))])
    rows = {tuple(row): i for i, row in enumerate(known.tolist())}
    slow = [rows.get(tuple(row), -1) for row in wanted.tolist()]
    assert find_prompts(known, wanted).tolist() == slow
    assert -1 in slow and max(slow) > 0


def test_only_facts_that_another_premise_or_a_constant_admits_lead_to_a_join():
    program = parse("path(X,Z,K) :- kind(road,K), path(X,Y,K), edge(Y,Z,K).")
    facts = Facts.of(
        {"node": 3, "kind": ["path", "rail", "air"], "name": ["road", "sky"]},
        kind=("name kind", [[0, 0], [1, 2]]),
        edge=("node node kind", [[0, 1, 0], [1, 2, 1]]),
    )
    fit = admitted(program.rules[0], 1, facts, frozenset({"kind", "edge"}))
    assert {j: np.flatnonzero(allowed).tolist() for j, allowed in fit.items()} == {
        1: [0, 1],
        2: [3],
    }

    def fits(*row):
        return some_fit([np.array([c]) for c in row], fit)

    assert fits(2, 0, 3)
    assert not fits(2, 2, 3), "no edge leads on from there"
    assert not fits(2, 0, 4), "of a kind that the rule does not name"
    assert not some_fit([np.zeros(0, int)] * 3, fit)
