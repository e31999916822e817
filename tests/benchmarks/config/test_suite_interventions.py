"""Interventions in suites and settings: an axis as any other; an error names file and line."""

from __future__ import annotations

import dataclasses

import pytest
from zebroid import registry
from zebroid.benchmarks.config.settings import of_world
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.explain.describe_world import describe
from zebroid.errors import UserError
from zebroid.worlds.interventions.intervention import PROMISES

SUITE = """
[suite]
id = "with"
title = "With and without"
cost_minutes = 1
expected = "alike"

[[cells]]
world = "composition-v1/tiny"
mode = "direct"
model = "decoder-xs"
plan = "quick"
exposure = { demonstrated = 0.5, interventions = GIVEN }

[plans.quick]
steps = 10
late = 0.5
"""


@pytest.fixture
def cells(tmp_path):
    """cells(given) -> those of a suite with these interventions."""

    def load(given):
        (tmp_path / "with.toml").write_text(SUITE.replace("GIVEN", given))
        return load_suite(str(tmp_path / "with.toml")).cells

    return load


def test_lists_multiply_and_what_is_neutral_is_no_other_cell(cells):
    plain, neutral, skew, both = '{ type = "skew", exponent = 0 }', "[]", "", ""
    skew = '{ type = "skew", exponent = 1 }'
    both = f'[{skew}, {{ type = "identity", share = 0.5 }}]'
    found = cells(f'[{neutral}, {plain}, "none", {skew}, [{skew}], {both}]')
    types = [tuple(one.type for one in cell.exposure.interventions) for cell in found]
    assert types == [(), ("skew",), ("identity", "skew")]
    assert "interventions" not in found[0].record()["exposure"]
    assert found[0].recipe.late == 0.5 and found[0].recipe.record()["late"] == 0.5
    for cell in found:
        assert type(cell).of(cell.record()) == cell


@pytest.mark.parametrize(
    "given, message",
    [
        ('[[{ type = "skw", exponent = 1 }]]', "unknown intervention 'skw'; did you mean 'skew'"),
        ('{ type = "skew", exponent = 9 }', "skew.exponent = 9; give a number from 0 to 3"),
        ("3", "a value has the wrong type; give a list of tables"),
        ("[]", "interventions|exposure has an empty list"),
    ],
)
def test_an_error_names_file_and_line(cells, given, message):
    with pytest.raises(UserError, match=message) as error:
        cells(given)
    line = next(n for n, text in enumerate(SUITE.splitlines(), 1) if "GIVEN" in text)
    text = str(error.value)
    assert "with.toml:" in text and "\n" not in text
    assert given == "[]" or f"with.toml:{line}:" in text


def test_show_says_what_is_changed_and_what_is_broken_by_design():
    setting = 'exposure.interventions=[{"type":"skew","exponent":1},{"type":"identity","share":1}]'
    text = describe(*of_world("composition-v1/tiny", [setting]))
    assert "interventions: identity (share 1.0), skew (exponent 1.0)" in text
    for promise in PROMISES:
        assert (
            f"By design of skew this promise is not kept, and the audit passes it over: {promise}"
            in text
        )
    plain = describe(*of_world("composition-v1/tiny", []))
    assert "interventions" not in plain and "By design" not in plain


def test_a_file_s_world_takes_interventions_as_any_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = "from zebroid.worlds.catalog.composition import Composition as C\n"
    (tmp_path / "mine.py").write_text(source + "class Mine(C):\n    id = 'acme.mine-v1'\n")
    setting = 'exposure.interventions={"type":"rephrasings","forms":2}'
    world, size, exposure = of_world("./mine.py", [setting])
    assert [one.type for one in exposure.interventions] == ["rephrasings"]
    assert dataclasses.replace(exposure, interventions=()) == world.default_exposure(size)
    assert registry.make("./mine.py").id == world.id
