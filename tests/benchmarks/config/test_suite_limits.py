"""Suites that nobody could run: refused in one line, before a combination of theirs is made."""

from __future__ import annotations

import re
import time

import pytest
from zebroid.benchmarks.config import suite_limits
from zebroid.benchmarks.config.suite import load_suite
from zebroid.errors import UserError

from ..conftest import TINY

THOUSAND = [*range(1_000)]
SHARES = [n / 1_000 for n in THOUSAND]


def changed(**lines):
    """The tiny suite with the lines of these keys replaced, or added to its cells."""
    text = TINY
    for key, value in lines.items():
        line = f"{key} = {value}"
        text, found = re.subn(rf"^{key} = .*$", lambda _, line=line: line, text, flags=re.MULTILINE)
        text = text if found else text.replace("[[cells]]\n", f"[[cells]]\n{line}\n")
    return text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (changed(steps=10**23), "plan.steps is 100000000000000000000000; expected a whole number"),
        (changed(steps=2**31), "at most 2,147,483,647: give fewer"),
        (changed(evaluations=10**9), "plan.evaluations is 1000000000; expected a whole number, at"),
        (changed(evaluations=[*range(1, 10_002)], steps=10**5), "has 10,001 checkpoints"),
        (changed(batch=10**12), "plan.batch is 1000000000000"),
        (
            changed(steps=f"100\nlearning_rate = {10**300}"),
            "learning_rate is a number of 301 digits",
        ),
        (changed(questions=10**9), "cells.questions = 1000000000: "),
        (changed(seeds=f"{{ all = [{10**50}] }}"), "whole numbers from 0 to 4,294,967,295"),
        (changed(exposure="{ nontheorems = 1e9 }"), "exposure.nontheorems is 1000000000.0"),
        (changed(exposure="{ wordings = 1000000000 }"), "exposure.wordings is 1000000000"),
        (changed(exposure="{ given = { exemplified = nan } }"), "exposure.given sums to nan"),
        (
            changed(exposure="{ wordings = true }"),
            "wordings = True: a value has the wrong type",
        ),
        (changed(model='{ preset = "decoder-xs", layers = 1000000000 }'), "at most 1,000,000"),
        (changed(model='{ preset = "convolution-s", period = 99999 }'), "at most 30: dilations"),
        (changed(questions="9" * 6_000), "not TOML: Exceeds the limit"),
        (TINY + "x = " + "[" * 5_000 + "]" * 5_000, "nests deeper than 32 levels"),
        (changed(exposure="{ held = " + "[" * 99 + "]" * 99 + "}"), "nests deeper than 32 levels"),
        (TINY + "# " + "x" * 2**20, "bytes; expected at most 1,048,576"),
    ],
)
def test_a_number_that_no_training_can_have_is_one_line_with_the_cure(suite, text, why):
    with pytest.raises(UserError) as error:
        load_suite(suite(text))
    assert why in str(error.value) and "\n" not in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    ("lines", "axis"),
    [
        (
            {
                "seeds": f"{{ world = {THOUSAND}, exposure = {THOUSAND}, init = {THOUSAND}, "
                f"order = {THOUSAND} }}"
            },
            "seeds",
        ),
        ({"exposure": f"{{ held = {SHARES}, far = {SHARES}, coverage = {SHARES} }}"}, "exposure"),
        (
            {
                "model": f'{{ preset = "decoder-xs", width = {THOUSAND}, heads = {THOUSAND}, '
                f"layers = {THOUSAND} }}"
            },
            "model",
        ),
    ],
)
def test_a_thousand_million_combinations_are_counted_and_none_is_made(suite, zebroid, lines, axis):
    path, began = suite(changed(**lines)), time.perf_counter()
    with pytest.raises(UserError, match=rf",000,000,000 cells \(.*of {axis}.*at most 5,000: leave"):
        load_suite(path)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("lines", "axis"),
    [
        ({"plan": "[]"}, "plan"),
        ({"exposure": "{ held = [] }"}, "exposure"),
        ({"exposure": "[]"}, "exposure"),
        ({"model": '{ preset = "decoder-xs", width = [] }'}, "model"),
    ],
)
def test_an_empty_list_makes_no_cell_and_is_refused(suite, lines, axis):
    with pytest.raises(UserError, match=rf"tiny.toml:\d+: {axis} has an empty list"):
        load_suite(suite(changed(**lines)))


def test_the_largest_suite_that_is_allowed_is_read(suite, monkeypatch):
    monkeypatch.setattr(suite_limits, "CELLS", 50)
    text = changed(seeds=f"{{ all = {[*range(25)]} }}")
    assert len(load_suite(suite(text)).cells) == 50
    with pytest.raises(UserError, match=r"52 cells \(26 of seeds x 2 of mode\)"):
        load_suite(suite(changed(seeds=f"{{ all = {[*range(26)]} }}")))


@pytest.mark.parametrize("command", ["run", "scale"])
def test_run_and_dry_run_refuse_alike(suite, zebroid, trained, command):
    path = suite(changed(steps=10**23))
    for words in ((), ("--dry-run",)):
        status, out, err = zebroid(command, path, *words)
        assert (status, out, err.count("\n")) == (2, "", 1) and "plan.steps" in err
    assert not trained


def test_what_is_set_on_the_command_line_is_held_to_the_same(suite, zebroid, trained):
    for setting in ("plan.steps=1e23", "plan.evaluations=1000000000", "exposure.wordings=99999"):
        status, _, err = zebroid("run", suite(), "--set", setting)
        assert (status, err.count("\n")) == (2, 1), err
        assert setting.partition("=")[0] in err
    assert not trained
