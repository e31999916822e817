"""Suites changed at random: a suite, or one line that names the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.config.suite import Suite, load_suite
from zebroid.errors import InvalidSuite

from ...fuzzing import fuzz, garbled
from ..conftest import TINY

PIECES = (
    *("[", "]", "{", "}", '"', "=", "\n", "\x00", "\x1b[2J", "\u202e", "é", "-", "1e400", "nan"),
    *("[[cells]]\n", "[plans.x]\n", "true", "[]", "{}", "10", "0", "-1", "0.5", '"zebra-v2"'),
    *("exposure = { coverage = 0.5 }\n", "questions = 9\n", "keep_weights = true\n", "steps"),
)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("suites") / "fuzzed.toml"


@fuzz(300)
@given(st.integers(0, 2**32))
def test_no_change_of_a_suite_ends_in_a_traceback(file, seed):
    file.write_text(garbled(TINY, seed, PIECES), "utf-8")
    try:
        found = load_suite(str(file))
    except InvalidSuite as error:
        assert str(error).startswith(str(file)) and str(error).isprintable()
    else:
        assert isinstance(found, Suite) and found.cells
