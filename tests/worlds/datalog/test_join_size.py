"""A join that would not fit in memory is refused before it is made, and its rule is named."""

import time

import duckdb
import numpy as np
import pytest
from zebroid import memory
from zebroid.errors import InvalidWorld
from zebroid.worlds.datalog import semijoin
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.datalog.parser import parse


@pytest.fixture
def small_machine(monkeypatch):
    """A machine with ten million bytes."""
    monkeypatch.setattr(semijoin, "machine_bytes", lambda: 1e7)


def things(n, **tables):
    return Facts.of({"t": n}, **tables)


def test_every_pair_of_many_is_refused_at_once():
    facts = things(300_000, e=("t", np.arange(300_000)[:, None]))
    began = time.perf_counter()
    with pytest.raises(InvalidWorld) as found:
        close(parse("q(X) :- e(X).\npair(X,Y) :- e(X), e(Y), X != Y."), facts)
    text = str(found.value)
    assert text.startswith("line 2: pair(X,Y) :- e(X), e(Y), X != Y. has about 9e+10 instances")
    assert "\n" not in text and "join its premises on more variables" in text
    assert time.perf_counter() - began < 20


def test_a_hub_that_all_share_is_seen(small_machine):
    """Sixty thousand rows, all through one thing: on the average each joins with one."""
    spokes = np.stack([np.arange(3_000), np.zeros(3_000, int)], 1)
    facts = things(3_000, near=("t t", spokes))
    with pytest.raises(InvalidWorld, match=r"line 1: .* has about 9e\+06 instances"):
        close(parse("both(X,Y) :- near(X,Z), near(Y,Z)."), facts)


def test_a_recursion_is_refused_once_its_tables_have_grown(small_machine):
    ring = np.stack([np.arange(800), np.roll(np.arange(800), -1)], 1)
    rules = "path(X,Y) :- edge(X,Y).\npath(X,Z) :- path(X,Y), path(Y,Z)."
    with pytest.raises(InvalidWorld, match=r"line 2: path\(X,Z\)"):
        close(parse(rules), things(800, edge=("t t", ring)))


@pytest.mark.parametrize(
    "rules",
    [
        "p(X,Y) :- near(X,Z), far(Z,Y).",  # one fits each
        "p(X,Y) :- near(X,7), far(7,Y).",  # of all rows a constant leaves one
        "p(X,Y) :- near(X,X), far(Y,Y).",  # so does a variable that stands twice
    ],
)
def test_a_join_that_is_small_for_its_tables_is_made(rules, small_machine):
    n = 3_000
    ring = np.stack([np.arange(n), np.roll(np.arange(n), -1)], 1)
    facts = Facts.of({"t": [str(i) for i in range(n)]}, near=("t t", ring), far=("t t", ring))
    assert (
        len(close(parse(rules), facts).rule)
        == {True: n, False: 1 if "7" in rules else 0}["Z" in rules]
    )


def test_the_size_of_two_premises_is_exact_and_of_three_by_the_mean():
    rng = np.random.RandomState(0)
    one, two = rng.randint(20, size=(2, 400, 2))
    tables = {"one": "t0", "two": "t1"}
    with duckdb.connect(":memory:") as db:
        for name, rows in (("t0", one), ("t1", two)):
            db.register("rows", {f"a{j}": np.ascontiguousarray(c) for j, c in enumerate(rows.T)})
            db.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
            db.unregister("rows")

        def size(rule):
            return semijoin.estimated_rows(db, parse(rule).rules[0], tables, {})

        exact = (one[:, None, 1] == two[None, :, 0]).sum()
        assert size("p(X,Z) :- one(X,Y), two(Y,Z).") == pytest.approx(exact)
        three = (two[:, None, 1] == one[None, :, 0]).sum() / len(two) * exact
        assert size("p(X,W) :- one(X,Y), two(Y,Z), one(Z,W).") == pytest.approx(three)
        assert size("p(X,Z) :- one(X,Y), two(Z,W).") == 160_000


def test_bytes_for_people_and_a_machine_that_says_nothing(monkeypatch):
    assert memory.readable(3.2e9) == "3.2 GB" and memory.readable(5e10) == "50 GB"
    assert memory.machine_bytes() > 1e8
    monkeypatch.setattr(memory, "CGROUPS", ())
    monkeypatch.delattr(memory.os, "sysconf")
    assert memory.machine_bytes() >= 1e8
