"""Clocks that stand in another year, run backwards or jump: a run ends as it does by a true one."""

from __future__ import annotations

import errno
import os
import time

from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.benchmarks.runner import run
from zebroid.benchmarks.runner.atomic_write import of_files, reason

YEAR = 365 * 86_400


def receipt(folder):
    (path,) = folder.glob("*/receipt.json")
    return Receipt.read(path).lasting


def test_neither_a_clock_before_1980_nor_one_that_jumps_changes_a_run(
    zebroid, suite, trained, tmp_path, monkeypatch, files
):
    path = suite()
    assert zebroid("run", path, "--out", "true")[0] == 0
    now, calls = time.time, []

    def false():
        calls.append(1)
        return now() - 60 * YEAR + (YEAR if len(calls) % 3 else -YEAR)

    monkeypatch.setattr(time, "time", false)
    monkeypatch.setattr(time, "time_ns", lambda: int(false() * 1e9))
    status, _, err = zebroid("run", path, "--out", "false", "--log", "jsonl")
    assert (status, err) == (0, "") and calls
    assert receipt(tmp_path / "false") == receipt(tmp_path / "true")
    for file in files(tmp_path / "true" / "cells"):  # the hour is in no file of a result
        one, other = (tmp_path / name / "cells" / file for name in ("true", "false"))
        assert file.endswith("cell.json") or one.read_bytes() == other.read_bytes()


def test_what_ran_out_of_time_is_a_missing_run_and_no_full_disk(zebroid, suite, monkeypatch):
    def late(*_, **__):
        raise TimeoutError("timed out after -3600.00 seconds.")

    monkeypatch.setattr(run, "train_cells", late)
    monkeypatch.setattr(run, "train_cell", late)
    status, out, err = zebroid("run", suite(), "--out", "out")
    assert status == 1 and "TimeoutError: timed out after -3600.00 seconds." in out
    assert "choose another folder" not in out + err


def test_only_errors_of_files_are_for_the_user_to_mend_on_a_disk():
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "out/cells")
    assert of_files(full) and reason(full).endswith("free, mend or choose another folder")
    for error in (
        TimeoutError("timed out"),
        TimeoutError(errno.ETIMEDOUT, "timed out"),
        InterruptedError("another training of the batch failed"),
        ConnectionResetError(errno.ECONNRESET, "reset"),
        OSError("of a library"),
    ):
        assert not of_files(error)
        assert "folder" not in reason(error) and "the same command goes on" in reason(error)
