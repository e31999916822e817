"""Columns of a suite: which answers they take, and what can be none."""

from __future__ import annotations

import dataclasses

import pytest
from zebroid.benchmarks.config.changed_suite import changed
from zebroid.benchmarks.config.suite import load_suite
from zebroid.errors import InvalidSuite, UserError


def test_a_table_gives_a_column_for_each_mode_and_instrument(ranks):
    found = [(c.name, c.mode, c.rung, c.ranked) for c in ranks().columns]
    assert sorted(found) == [
        ("comparison: constituent after", "chain", "constituent", True),
        ("comparison: constituent after", "direct", "constituent", True),
        ("comparison: schema after", "chain", "schema", False),
        ("comparison: schema after", "direct", "schema", False),
    ]


def test_a_column_holds_cells_of_its_place_whatever_trained_them(ranks):
    suite = ranks()
    column = next(c for c in suite.columns if c.mode == "chain")
    other = changed(suite, model="gru-xs", settings=["plan.steps=7"])
    assert {cell.mode for cell in other.cells if column.holds(cell)} == {"chain"}
    assert sum(map(column.holds, other.cells)) == 2 and other.columns == suite.columns
    held = changed(suite, settings=["exposure.held=0.3"])
    assert not any(map(column.holds, held.cells))
    fewer = [dataclasses.replace(cell, questions=7) for cell in suite.cells]
    assert not any(map(column.holds, fewer))


def test_columns_are_no_part_of_what_a_suite_is(ranks):
    assert ranks().digest == ranks('columns = ["constituent after"]\n', "").digest


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("constituent after", "constituent", r":15: unknown instrument of comparison-v2 'const"),
        ('"schema after"', '"constituent after"', "given twice"),
        ('name = "comparison"\n', "", r":14: columns need a heading; give .* a name"),
        ("v2/small", "v2/tiny", "comparison-v2/tiny is for tests; rank by another size"),
        (
            '"comparison-v2/small"',
            '["comparison-v2/small", "order-v2/small"]',
            "give each world a table of its own",
        ),
    ],
)
def test_what_can_be_no_column_is_refused(ranks, old, new, message):
    with pytest.raises(InvalidSuite, match=message):
        ranks(old, new)


def test_whether_a_suite_may_be_cited_is_true_or_false(ranks):
    assert ranks().citable and not ranks('"nothing"', '"nothing"\ncitable = false').citable
    with pytest.raises(UserError, match=r"citable = 'no'"):
        ranks('"nothing"', '"nothing"\ncitable = "no"')
    assert not load_suite("smoke").citable and load_suite("headline-v2").citable
