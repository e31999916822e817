"""How many random cases are tried: what a test says, and what `make fuzz` says; outside tests."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import zebroid

from .fuzzing import garbled

ROOT = Path(zebroid.__file__).resolve().parent
CODE = """
import importlib.util, sys
spec = importlib.util.spec_from_file_location("fuzzing", sys.argv[1])
fuzzing = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fuzzing)
from hypothesis import given, strategies as st
counts = [0, 0]
seen = set()

@fuzzing.fuzz(30)
@given(st.integers(0, 2**32))
def known(number):
    counts[0] += 1
    seen.add(number)

@fuzzing.fuzz(20, new=True)
@given(st.integers(0, 2**32))
def new(number):
    counts[1] += 1

known(), new()
assert [mark.name for mark in known.pytestmark] == ["fuzz"]
print(*counts, sum(seen))
"""


def cases(number):
    words = [sys.executable, "-c", CODE, str(ROOT / "tests" / "fuzzing.py")]
    env = {"ZEBROID_FUZZ": number}
    found = subprocess.run(words, capture_output=True, text=True, check=True, env=env)
    return found.stdout.split()


def test_a_test_says_how_many_cases_a_run_tries_and_they_stay_the_same():
    first, again = cases("0"), cases("0")
    assert first[:2] == ["30", "20"] and first == again


def test_make_fuzz_says_how_many_cases_every_door_is_tried_with():
    first, again = cases("77"), cases("77")
    assert first[:2] == again[:2] == ["77", "77"] and first[2] != again[2]
    assert "ZEBROID_FUZZ=10000" in (ROOT / "Makefile").read_text("utf-8")


def test_garbled_text_is_the_same_for_the_same_seed_and_mostly_another_text():
    found = [garbled("a = 1\n", seed, "[]") for seed in range(50)]
    assert found == [garbled("a = 1\n", seed, "[]") for seed in range(50)]
    assert len({*found}) > 20


@pytest.mark.parametrize("name", ["lacking", "dev", "gpu"])
def test_only_extras_with_tests_of_their_own_are_tested_outside(name):
    assert name not in outside()


def outside():
    text = (ROOT / "Makefile").read_text("utf-8")
    (names,) = re.findall(r"^OUTSIDE := (.+)$", text, re.MULTILINE)
    return {n: re.findall(rf"^OUTSIDE_{n} := (.+)$", text, re.MULTILINE) for n in names.split()}


def test_every_extra_but_tools_and_accelerators_is_tested_outside():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = outside()
    assert {*found} == {*project["optional-dependencies"]} - {"dev", "gpu"}
    assert all((ROOT / path).exists() for (paths,) in found.values() for path in paths.split())
