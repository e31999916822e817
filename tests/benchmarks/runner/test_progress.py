"""What a run displays: what is compiled is named, and a speed is one without compilation."""

from __future__ import annotations

import io
import itertools
import os
import types

import pytest
from zebroid.benchmarks.config.run_config import Seeds
from zebroid.benchmarks.report.plain_console import PlainConsole
from zebroid.benchmarks.runner import progress


def cell(digest):
    names = {"world": "zebra-v2", "size": "tiny", "mode": "chain", "model": "mlp-s", "plan": "p"}
    return types.SimpleNamespace(digest=digest, seeds=Seeds(0, 0, 0, 0), **names)


@pytest.fixture
def lines(monkeypatch):
    """lines(seconds between one look at the clock and the next, cells) -> what is printed."""

    def made(seconds, cells):
        clock = itertools.count(0, seconds)
        monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(clock)))
        file = io.StringIO()
        with progress.Displayed(PlainConsole(file=file, width=200), len(cells)) as watch:
            for one in cells:
                watch.stage(one, "corpus")
                watch.stage(one, "compiling")
                watch.step(one, 1, 10, 3.0, 1.0)
                watch.step(one, 10, 10, 4_708.0, 1.0)
                watch.done(one, "trained")
        return file.getvalue().splitlines()

    return made


def test_what_is_compiled_first_is_named_and_what_compiling_took_stands_beside_the_speed(lines):
    first, *done = lines(30, [cell("a"), cell("b")])
    assert first == "1/2 zebra-v2/tiny chain mlp-s: compiling, which may take a minute"
    assert len(done) == 2 and all(": trained in " in line for line in done)
    assert done[0].endswith("s, 30 of them compiling; 4,708 examples/s at the end")


def test_what_was_compiled_before_takes_no_seconds_that_are_worth_a_word(lines):
    done = lines(0.1, [cell("a")])[1]
    assert "compiling" not in done and done.endswith("; 4,708 examples/s at the end")


def test_the_command_line_silences_the_compilers_alarms_unless_the_user_says_otherwise(
    zebroid, monkeypatch
):
    for given, found in ((None, "3"), ("0", "0")):
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", given or "")
        if given is None:
            monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
        assert zebroid("--version")[0] == 0
        assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == found
