"""Suites of any numbers, scenarios changed at random: read within bounds, or one line."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.config import scenario_file
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.config.suite_limits import CELLS
from zebroid.benchmarks.estimates import feasible, training_memory
from zebroid.errors import InvalidSuite, UserError
from zebroid.eval.forecasting.scenario import Scenario

from ...fuzzing import fuzz, garbled
from ..conftest import TINY

NUMBERS = st.one_of(
    st.integers(-3, 20),
    st.integers(),
    st.sampled_from([10**9, 2**31 - 1, 2**31, 2**32, 2**63, 2**64, 10**23, 10**300, 10**4_000]),
    st.floats(),
    st.booleans(),
    st.sampled_from(['"none"', "[]", "{}", '"muon"']),
)
FIELDS = {
    "plan": (
        "steps",
        "flops",
        "batch",
        "microbatch",
        "warmup",
        "evaluations",
        "learning_rate",
        "late",
    ),
    "exposure": (
        "coverage",
        "held",
        "far",
        "phi",
        "nontheorems",
        "wordings",
        "demonstrated_height",
        "interventions",
    ),
    "model": ("width", "layers", "heads", "ratio"),
    "cells": ("questions", "seeds"),
}
PLACES = st.lists(
    st.sampled_from([(table, key) for table, keys in FIELDS.items() for key in keys]),
    min_size=1,
    max_size=4,
    unique=True,
)
PIECES = (
    "[",
    "]",
    "{",
    "}",
    '"',
    "=",
    "\n",
    "1e400",
    "nan",
    "inf",
    "-1",
    "9" * 30,
    "[a]",
    "\ud800",
)


def toml(value):
    """A value of Python, or a text that is TOML already, as it stands in a file."""
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return str(value).lower() if isinstance(value, bool) else str(value)


def written(places, values):
    """The tiny suite with these values, one or a list of many, in these places."""
    tables = {name: {} for name in FIELDS}
    for (table, key), value in zip(places, values):
        tables[table][key] = toml(value)
    seeds = tables["cells"].pop("seeds", None)
    cells = {"questions": "40"} | tables["cells"]
    if seeds is not None:
        cells["seeds"] = f"{{ all = {seeds if seeds.startswith('[') else f'[{seeds}]'} }}"
    for name in ("exposure", "model"):
        inner = ", ".join(f"{key} = {value}" for key, value in tables[name].items())
        cells[name] = "{ %s }" % (f'preset = "decoder-xs", {inner}' if name == "model" else inner)
    cells["model"] = cells["model"].replace(", }", " }")
    plan = {"steps": "100", "batch": "32"} | tables["plan"]
    lines = [TINY.partition("[[cells]]")[0], "[[cells]]", 'world = "composition-v1/tiny"']
    lines += ['mode = "direct"', 'plan = "short"']
    lines += [f"{key} = {value}" for key, value in cells.items()]
    lines += ["[plans.short]", *(f"{key} = {value}" for key, value in plan.items())]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("limits") / "fuzzed.toml"


@fuzz(30)
@given(PLACES, st.lists(NUMBERS | st.lists(NUMBERS, max_size=40), min_size=4, max_size=4))
def test_a_suite_of_any_numbers_is_within_the_limits_or_one_line(file, places, values):
    file.write_text(written(places, values), "utf-8")
    try:
        found = load_suite(str(file))
    except InvalidSuite as error:
        line = str(error)
        assert line.startswith(str(file)) and line.isprintable() and len(line) < 1_000
        return
    assert 1 <= len(found.cells) <= CELLS
    needs = [training_memory.need(cell).bytes for cell in found.cells]
    assert all(0 < need < 1e30 for need in needs)
    assert 0 < feasible.least_minutes(found.cells) < math.inf
    try:
        feasible.check(found.cells)
    except UserError as error:
        assert "\n" not in str(error) and "give" in str(error)


@fuzz(60)
@given(st.integers(0, 2**32))
def test_no_change_of_a_scenario_ends_in_a_traceback(file, seed):
    text = garbled(scenario_file.DEFAULT.read_text("utf-8"), seed, PIECES)
    file.write_text(text, "utf-8", errors="surrogatepass")
    try:
        assert isinstance(scenario_file.load(file), Scenario)
    except UserError as error:
        assert str(file) in str(error) and "\n" not in str(error)
