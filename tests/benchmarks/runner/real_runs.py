"""Runs in processes of their own, as a user starts them: begun, ended, and what is kept of them."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner.result_store import Store

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


@pytest.fixture(scope="module")
def kept(folder):
    """kept(out) -> digest of every cell whose result is there whole, to that of its answers."""
    cells = load_suite(str(folder / "kill.toml")).cells

    def read(out):
        store = Store(folder / out)
        found = {cell.digest: store.load(cell) for cell in cells}
        return {d: result.predictions for d, result in found.items() if result is not None}

    return read
