"""A query in a process of its own: whatever it does, it ends in time, and in one line."""

from __future__ import annotations

import sys
import time

import pytest
from zebroid.benchmarks.queries import confined_query
from zebroid.errors import UserError

from .test_query import one as one

START_AND_END = 8.0  # seconds that a process takes to start and to be ended, on a busy machine


ENDLESS = {
    "chunks without end": "SELECT count(*) FROM range(100000000000) a, range(1000) b",
    # one call of a function, between whose rows DuckDB looks for nothing
    "one value": "SELECT levenshtein(repeat('x', 400000), repeat('y', 400000))",
    "a later row": "SELECT levenshtein(repeat('x', n), 'y' || repeat('z', n)) "
    "FROM (SELECT CASE WHEN range < 5000 THEN 1 ELSE 400000 END AS n FROM range(9000))",
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_query_without_end_is_ended(one, kind):
    begin = time.monotonic()
    with (
        pytest.raises(UserError, match=r"not answered within 0\.5 s; ask for less"),
        confined_query.answered(one[1], ENDLESS[kind], 0.5) as (_, found),
    ):
        begin = time.monotonic()
        for _ in found:
            pass
    assert time.monotonic() - begin < START_AND_END


@pytest.mark.parametrize(
    "sql",
    (
        "SELECT length(repeat('x', 3000000000))",
        pytest.param(
            "SELECT list(a.range) FROM range(100000000) a, range(10) b", marks=pytest.mark.long
        ),
        pytest.param("SELECT list(repeat('x', 19000)) FROM range(20000)", marks=pytest.mark.long),
    ),
)
def test_a_query_that_takes_too_much_memory_is_one_line(one, sql):
    with (
        pytest.raises(UserError, match="ask for less") as refused,
        confined_query.answered(one[1], sql, 30) as (_, found),
    ):
        next(found)
    assert "\n" not in str(refused.value)


def test_a_process_that_is_gone_is_one_line(one, monkeypatch):
    def gone(*_):
        return [sys.executable, "-c", "import os; os.abort()"]

    monkeypatch.setattr(confined_query.bounded_child, "command", gone)
    with (
        pytest.raises(UserError, match="was ended by SIGABRT; ask for less"),
        confined_query.answered(one[1], "SELECT 1", 5),
    ):
        pass


def test_whoever_reads_the_rows_may_take_his_time(one):
    with confined_query.answered(one[1], "FROM range(3000)", 0.8) as (_, found):
        next(found)
        time.sleep(1)
        assert sum(1 for _ in found) == 2_999
