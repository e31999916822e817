"""Logs and weights changed at random: read, or one line."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.config.suite import load_suite
from zebroid.benchmarks.runner import weight_files
from zebroid.benchmarks.runner.tracker import JsonLines, log_path
from zebroid.errors import UserError

from ...fuzzing import fuzz, garbled
from ..conftest import TINY

PIECES = ("{", "}", "[", "]", '"', ":", ",", "\n", "1e400", "NaN", "9" * 5_000, "null", "[" * 5_000)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """(a folder of logs, a cell, its log, bytes of a file of weights)"""
    folder = tmp_path_factory.mktemp("files")
    (folder / "tiny.toml").write_text(TINY)
    cell = load_suite(str(folder / "tiny.toml")).cells[0]
    log = JsonLines(folder / "logs")
    for step in (10, 20):
        log.scalars(cell, step, {"train/loss": 0.5, "accuracy/recall": 1.0})
    arrays = {"a.b": np.ones((1, 3), np.float32), "c": np.zeros((1, 2, 2), np.float32)}
    digest = weight_files.write(folder, arrays)
    return folder, cell, log_path(folder / "logs", cell, ".jsonl"), digest


@fuzz(50)
@given(st.integers(0, 2**32))
def test_no_change_of_a_log_ends_in_a_traceback(kept, seed):
    folder, cell, path, _ = kept
    before = path.read_bytes()
    try:
        path.write_text(garbled(before.decode(), seed, PIECES), "utf-8")
        JsonLines(folder / "logs").scalars(cell, 30, {"train/loss": 0.25})
    except UserError as error:
        assert "is damaged" in str(error) and "\n" not in str(error)
    finally:
        path.write_bytes(before)


@fuzz(50)
@given(st.integers(0, 2**32))
def test_no_change_of_the_bytes_of_weights_ends_in_a_traceback(kept, seed):
    folder, _, _, digest = kept
    chance, path = random.Random(seed), folder / weight_files.FILE
    before = path.read_bytes()
    data = bytearray(before)
    for _ in range(chance.choice((1, 2, 8))):
        at = chance.randrange(len(data))
        data[at : at + chance.choice((0, 1, 4))] = chance.randbytes(chance.choice((0, 1, 4)))
    path.write_bytes(bytes(data))
    try:
        assert {*weight_files.read(folder, digest)} == {"a.b", "c"} and bytes(data) == before
    except UserError as error:
        assert str(path) in str(error) and "\n" not in str(error)
    finally:
        path.write_bytes(before)
