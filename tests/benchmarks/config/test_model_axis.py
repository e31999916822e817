"""A suite's axis over the fields of a model's spec."""

from __future__ import annotations

import json

import pytest
from zebroid import registry
from zebroid.benchmarks.config.run_config import Cell, run_batches
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.sweeps import axes
from zebroid.errors import UserError

GRID = """
[suite]
id = "grid"
title = "Grid"
cost_minutes = 1
expected = "nothing"

[[cells]]
world = "composition-v1/tiny"
mode = "direct"
model = { preset = "looped-s", loops = 8, query_loops = [8, 12, 16] }
plan = "short"

[plans.short]
steps = 10
"""
TABLE = '{ preset = "looped-s", loops = 8, query_loops = [8, 12, 16] }'


def names(suite, model):
    return [cell.model for cell in load_suite(suite(GRID.replace(TABLE, model))).cells]


def test_lists_in_a_table_multiply(suite):
    assert names(suite, TABLE) == [
        "looped-s[loops=8]",
        "looped-s[loops=8,query_loops=12]",
        "looped-s[loops=8,query_loops=16]",
    ]
    table = '{ preset = ["looped-xs", "looped-s"], loops = [4, 2], tied = true }'
    assert names(suite, table) == [
        "looped-xs[tied=true]",
        "looped-xs[loops=2,tied=true]",
        "looped-s[tied=true]",
        "looped-s[loops=2,tied=true]",
    ]


def test_names_and_tables_stand_in_one_list(suite):
    model = '["mlp-s", { preset = "loops-8", query_loops = [8, 2] }, "loops-8[query_loops=4]"]'
    mixed = ["mlp-s", "loops-8", "loops-8[query_loops=2]", "loops-8[query_loops=4]"]
    assert names(suite, model) == mixed


def test_parts_are_fields_too(suite):
    ways = '["rotary", "absolute", { type = "rotary", far = 100 }]'
    found = names(suite, f'{{ preset = "decoder-xs", positions = {ways} }}')
    assert found[:2] == ["decoder-xs", "decoder-xs[positions=absolute]"]
    assert registry.find_model(found[2]).thing.positions.far == 100


def test_cells_of_equal_training_share_it_and_loops_are_an_axis(suite):
    cells = load_suite(suite(GRID)).cells
    assert len({cell.training for cell in cells}) == 1 and len([*run_batches(cells)]) == 1
    assert axes.varied(cells) == ["loops"]
    assert {cell.trained_model for cell in cells} == {"looped-s[loops=8]"}
    assert [cell.loops for cell in cells] == [8, 12, 16]


def test_what_a_model_is_called_is_no_part_of_a_cell(suite):
    one = load_suite(suite(GRID.replace(TABLE, '"loops-8[query_loops=12]"'))).cells
    spelled_out = '{ preset = "looped-s", loops = 8, tied = true, query_loops = 12 }'
    other = load_suite(suite(GRID.replace(TABLE, spelled_out))).cells
    assert [c.digest for c in one] == [c.digest for c in other] and one[0].model != other[0].model


def test_a_cell_of_a_changed_model_reads_back_from_its_record(suite):
    for cell in load_suite(suite(GRID)).cells:
        again = Cell.of(json.loads(json.dumps(cell.record())))
        assert again == cell and again.load_spec() == registry.model(cell.model)


def test_cells_are_selected_by_the_whole_name(suite):
    found = load_suite(suite(GRID)).select(["model=looped-s[loops=8,query_loops=12]"])
    assert [cell.loops for cell in found] == [12]


@pytest.mark.parametrize(
    ("model", "line", "message"),
    [
        ('{ preset = "loopd-s", loops = 8 }', 11, "unknown model 'loopd-s'; did you mean"),
        ('{ preset = "looped-s", lops = 8 }', 11, "field of looped 'lops'; did you mean 'loops'?"),
        ('{ preset = "looped-s", loops = [4, 0] }', 11, "expected a whole number, at least 1"),
        ('{ preset = "looped-s", loops = "8" }', 11, "'loops' is '8'; expected a whole number"),
        ('{ prest = "looped-s", loops = 8 }', 11, "did you mean 'preset'?"),
        ("{ }", 11, "an empty table; expected a name, a table such as { preset"),
        ("3", 11, "cells.model = 3: expected a name, a table such as { preset"),
        ("[]", 11, "expected a name, a table"),
        ("[3]", 11, "expected a name, a table"),
        ("{ preset = 3 }", 11, "preset = 3; expected the name of a model"),
        ('[\n"mlp-s",\n{ preset = "looped-s", lops = 8 }]', 13, "did you mean 'loops'?"),
        ('["mlp-s", "loops-8[query_lops=3]"]', 11, "did you mean 'query_loops'?"),
        ('{ preset = "mlp-s", loops = 8 }', 11, "unknown field of mlp 'loops'"),
    ],
)
def test_an_error_names_file_line_and_cure(suite, model, line, message):
    path = suite(GRID.replace(TABLE, model))
    with pytest.raises(UserError) as error:
        load_suite(path)
    found = str(error.value)
    assert found.startswith(f"{path}:{line}:") and message in found and "\n" not in found
