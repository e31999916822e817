"""Suites: what a file expands to, and that every error in it names the file and the line."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path

import pytest
from zebroid import registry
from zebroid.benchmarks.config.changed_suite import changed
from zebroid.benchmarks.config.run_config import Cell
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.config.toml_location import locate
from zebroid.errors import UserError

TINY = (Path(__file__).parents[1] / "tiny.toml").read_text("utf-8")
GRID = """
[suite]
id = "grid"
title = "Grid"
cost_minutes = 1
expected = "nothing"

[[cells]]
world = ["composition-v1/tiny", "composition-v1/small"]
mode = ["direct", "chain"]
model = "decoder-xs"
plan = "short"
seeds = { world = [0, 1], init = [5, 6, 7], order = [8, 9, 10] }

[plans.short]
steps = 10
"""


def test_lists_multiply_and_init_is_paired_with_order(suite):
    cells = load_suite(suite(GRID)).cells
    assert len(cells) == 2 * 2 * 2 * 3
    assert {(c.seeds.init, c.seeds.order) for c in cells} == {(5, 8), (6, 9), (7, 10)}
    assert len({c.digest for c in cells}) == len(cells)


def test_cells_of_one_corpus_stand_side_by_side(suite):
    corpora = [c.corpus for c in load_suite(suite(GRID)).cells]
    changes = sum(a != b for a, b in itertools.pairwise(corpora))
    assert changes == len(set(corpora)) - 1


def test_a_list_within_an_exposure_multiplies_and_none_means_none(suite):
    text = GRID.replace("[plans", 'exposure = { held = [0.2, 0.3], twin = "none" }\n[plans')
    exposures = [c.exposure for c in load_suite(suite(text)).cells]
    assert {e.held for e in exposures} == {0.2, 0.3}
    assert {e.twin for e in exposures} == {None}


def test_exposure_starts_from_the_worlds_own(suite):
    text = GRID.replace("[plans", "exposure = { coverage = 0.5 }\n[plans")
    own = registry.make("composition-v1").default_exposure("tiny")
    found = next(c.exposure for c in load_suite(suite(text)).cells if c.size == "tiny")
    assert found == dataclasses.replace(own, coverage=0.5)


def test_a_cell_names_the_published_split_that_it_is_of(suite):
    text = GRID.replace('["composition-v1/tiny", "composition-v1/small"]', '"commands-v2/tiny"')
    table = "exposure = { split = [%s] }\n[plans"
    found = suite(text.replace("[plans", table % '"length", "add-jump"'))
    cells = load_suite(found).cells
    assert [*dict.fromkeys(c.exposure.split for c in cells)] == ["length", "add-jump"]
    again = [Cell.of(json.loads(json.dumps(cell.record()))) for cell in cells]
    assert again == [*cells] and cells[0].record()["exposure"]["split"] == "length"
    assert len({cell.digest for cell in cells}) == len(cells)
    wrong = suite(text.replace("[plans", table % '"lenght"'))
    with pytest.raises(UserError, match=r"toml:\d+: unknown split of commands-v2 'lenght'; did"):
        load_suite(wrong)
    other = suite(GRID.replace("[plans", table % '"length"'))
    with pytest.raises(UserError, match=r":\d+: .* composition-v1 has no named splits"):
        load_suite(other)
    with pytest.raises(UserError, match=r"--set exposure\.split: .*no named splits"):
        changed(load_suite(suite(GRID)), "", "", ["exposure.split=length"])


def test_a_cell_spells_out_all_that_may_change(suite):
    record = load_suite(suite(GRID)).cells[0].record()
    assert record["recipe"]["optimizer"] == "adamw"
    assert record["exposure"]["coverage"] == 1.0
    assert record["spec"]["width"] == 32
    assert record["spec"]["ratio"] == 4  # a default, which may change
    assert record["spec"]["positions"] == {"type": "rotary", "version": 1, "far": 10_000.0}


def test_a_cell_reads_back_from_its_record(suite):
    text = GRID.replace("[plans", 'exposure = { held = 0.2, twin = "random labels" }\n[plans')
    for cell in load_suite(suite(text)).cells:
        again = Cell.of(json.loads(json.dumps(cell.record())))
        assert again == cell and again.digest == cell.digest


def test_digest_is_that_of_the_cells_not_of_the_file(suite):
    plain = load_suite(suite(GRID)).digest
    assert (
        load_suite(suite(GRID.replace("Grid", "Other").replace("\n\n", "\n# note\n"))).digest
        == plain
    )
    assert load_suite(suite(GRID.replace("steps = 10", "steps = 11"))).digest != plain


def test_a_plan_by_another_name_gives_the_same_cells(suite):
    cells = load_suite(suite(GRID)).cells
    renamed = load_suite(suite(GRID.replace("short", "brief"))).cells
    assert [c.digest for c in renamed] == [c.digest for c in cells]


def test_equal_cells_of_two_tables_are_one(suite):
    table = GRID[GRID.index("[[cells]]") : GRID.index("[plans")]
    twice = load_suite(suite(GRID.replace("[plans", table + "[plans")))
    assert twice.cells == load_suite(suite(GRID)).cells


def test_shares_split_the_cells(suite):
    grid = load_suite(suite(GRID))
    parts = [grid.select(share=f"{i}/5") for i in range(1, 6)]
    assert sorted(c.digest for p in parts for c in p) == sorted(c.digest for c in grid.cells)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_only_filters_by_any_name(suite):
    grid = load_suite(suite(GRID))
    assert {c.mode for c in grid.select(["mode=chain"])} == {"chain"}
    assert {c.size for c in grid.select(["world=composition-v1/tiny"])} == {"tiny"}
    assert {c.seeds.init for c in grid.select(["mode=chain", "seeds.init=6"])} == {6}


@pytest.mark.parametrize(
    ("only", "share", "expected_message"),
    [
        (["mode=chian"], "", "admits none"),
        (["mod=chain"], "", "did you mean 'mode'?"),
        (["chain"], "", "expected key=value"),
        ([], "0/3", "1 <= i <= n"),
        ([], "4/3", "1 <= i <= n"),
        ([], "half", "such as 1/4"),
    ],
)
def test_a_selection_that_makes_no_sense_is_refused(suite, only, share, expected_message):
    with pytest.raises(UserError, match=expected_message):
        load_suite(suite(GRID)).select(only, share)


def test_a_suite_runs_on_another_world_in_its_own_exposure(suite):
    moved = changed(load_suite(suite(GRID)), "zebra-v2/base")
    assert {(c.world, c.size) for c in moved.cells} == {("zebra-v2", "base")}
    assert moved.cells[0].exposure == registry.make("zebra-v2").default_exposure("base")
    assert len(moved.cells) == 2 * 2 * 3  # both sizes became one


def test_cells_keep_their_size_on_another_world_that_has_it(suite):
    grid = load_suite(suite(GRID.replace("v1/tiny", "v1/laptop")))
    moved = changed(grid, "zebra-v2")  # which has no laptop
    assert {c.size for c in grid.cells} == {"laptop", "small"}
    assert {c.size for c in moved.cells} == {"tiny", "small"}
    assert len(moved.cells) == len(grid.cells)


@pytest.mark.parametrize(
    ("old", "new", "line", "expected_message"),
    [
        ('title = "Grid"', 'titel = "Grid"', 4, "'titel'; did you mean 'title'?"),
        ('expected = "nothing"', "", 2, "suite.expected is missing"),
        ("cost_minutes = 1", "cost_minutes = -1", 5, "greater than 0"),
        ('id = "grid"', "id = 3", 3, "suite.id = 3"),
        ('model = "dec', 'modell = "dec', 11, "did you mean 'model'?"),
        ("composition-v1/small", "compositoin-v1/small", 9, "did you mean 'composition-v1'?"),
        ("composition-v1/small", "composition-v1/smal", 9, "did you mean 'small'?"),
        ('"chain"', '"chian"', 10, "did you mean 'chain'?"),
        ("decoder-xs", "decodr-xs", 11, "did you mean 'decoder-xs'?"),
        ('plan = "short"', 'plan = "shrt"', 12, "did you mean 'short'?"),
        ("init =", "inti =", 13, "did you mean 'init'?"),
        ("[5, 6, 7]", "[5, 6]", 13, "equally many"),
        ("[5, 6, 7]", "[-5, 6, 7]", 13, "whole numbers from 0"),
        ("steps = 10", "step = 10", 16, "did you mean 'steps'?"),
        ("steps = 10", "steps = 0", 16, "at least 1"),
        ("[plans", "exposure = { hled = 0.1 }\n[plans", 15, "did you mean 'held'?"),
        ("[plans", "exposure = { held = 7 }\n[plans", 15, "give a share"),
        ("[plans", 'exposure = { held = "a" }\n[plans', 15, "wrong type"),
        ("[plans.", "[plan.", 15, "did you mean 'plans'?"),
    ],
)
def test_an_error_names_file_line_and_cure(suite, old, new, line, expected_message):
    path = suite(GRID.replace(old, new))
    with pytest.raises(UserError) as error:
        load_suite(path)
    message = str(error.value)
    assert "\n" not in message
    assert expected_message in message
    assert message.startswith(f"{path}:{line}:")


def test_broken_toml_names_file_and_line(suite):
    path = suite(GRID.replace('mode = ["direct"', 'mode = "direct"]['))
    with pytest.raises(UserError, match=r"tiny\.toml: not TOML: .*line 10"):
        load_suite(path)


def test_a_key_in_the_third_table_of_cells_is_found_there():
    text = "[[cells]]\na = 1\n[[cells]]\na = 1\n[[cells]]\nb = 2\na = 1\n"
    assert locate(text, ("cells", 2, "a")) == 7
    assert locate(text, ("cells", 1, "missing")) == 3


@pytest.mark.parametrize("name", registry.suites())
def test_built_in_suites_read_like_an_appendix(name):
    found = load_suite(name)
    assert found.id == name
    assert found.cells
    header = registry.suite(name).read_text().partition("[suite]")[0]
    assert f"zebroid run {name}" in header or f"zebroid scale {name}" in header
    assert "minutes" in header or " s " in header


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("short", "night run", "plan 'night run': expected at most 64 letters, digits"),
        ("short", "a/../b", "plan 'a/../b': expected at most 64 letters"),
        ("short", "é", "plan 'é': expected at most 64 letters"),
        ("short", "a" * 65, "expected at most 64 letters, digits"),
        ("short", "<b>", "the first a letter or digit; rename it"),
        ('id = "tiny"', 'id = "../tiny"', "suite.id = '../tiny': expected at most 60 of a-z"),
        ('id = "tiny"', f'id = "{"a" * 61}"', "expected at most 60 of a-z"),
    ],
)
def test_names_that_no_receipt_may_have_are_refused_as_the_suite_is_read(suite, old, new, kind):
    text = TINY.replace("plans.short", 'plans."short"').replace(old, new)
    with pytest.raises(UserError) as error:
        load_suite(suite(text))
    line = str(error.value)
    assert kind in line and "\n" not in line and "tiny.toml:" in line


def test_values_set_behind_a_name_may_not_make_it_endless(suite):
    long = ",".join(str(n) for n in range(1, 90))
    with pytest.raises(UserError, match="expected at most 200 letters"):
        changed(load_suite(suite(TINY)), settings=[f"plan.evaluations=[{long}]"])
