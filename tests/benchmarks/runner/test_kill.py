"""The real thing, in processes of its own: run twice, run killed at random, compare receipts."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from zebroid.benchmarks.receipts.receipt import Receipt

SUITE = """
[suite]
id = "kill"
title = "Kill"
cost_minutes = 1
expected = "the same receipt, whatever happens on the way"

[[cells]]
world = "composition-v1/tiny"
mode = ["direct", "chain"]
model = "decoder-xs"
plan = "short"
questions = 20
seeds = { init = [0, 1], order = [0, 1] }

[plans.short]
steps = 60
batch = 64
evaluations = 3
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("kill")
    (path / "kill.toml").write_text(SUITE)
    return path


@pytest.fixture(scope="module")
def start(folder):
    """start(out) -> a process that runs the suite; compiled programs are kept in this folder."""

    def begin(out):
        words = ["-m", "zebroid.cli", "run", "kill.toml", "--out", out]
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
        environment.pop("XLA_FLAGS", None)  # other tests ask for several devices
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


def finish(process):
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors


def receipt(folder, out):
    (path,) = (folder / out).glob("*/receipt.json")
    return Receipt.read(path).lasting


@pytest.fixture(scope="module")
def whole(folder, start):
    """The receipt of an uninterrupted run, and how long one takes that compiles nothing."""
    finish(start("whole"))
    began = time.monotonic()
    finish(start("again"))
    return receipt(folder, "whole"), time.monotonic() - began


@pytest.mark.slow
def test_the_same_suite_twice_gives_the_same_receipt(folder, whole):
    assert receipt(folder, "again") == whole[0]
    for name in ("questions.parquet", "answers.parquet", "curves.parquet", "scores.parquet"):
        (one,), (two,) = (list((folder / o).glob(f"*/{name}")) for o in ("whole", "again"))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.slow
def test_a_suite_killed_five_times_ends_with_the_receipt_of_one_that_was_not(folder, start, whole):
    expected, seconds = whole
    moments = random.Random(0)
    killed = 0
    # where one ended before its moment, the next begins from nothing: five are killed at any speed
    for _ in range(20):
        process = start("killed")
        try:
            process.wait(timeout=moments.uniform(0.2, 0.9) * seconds)
            shutil.rmtree(folder / "killed")
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.communicate()
        if killed == 5:
            break
    assert killed == 5
    finish(start("killed"))
    assert receipt(folder, "killed") == expected
    assert not list((folder / "killed").rglob(".draft-*"))
    assert not list((folder / "killed" / "training").glob("*"))
