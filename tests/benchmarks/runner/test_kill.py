"""The real thing, in processes of its own: run twice, run killed at random, compare receipts."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time

import pytest

from ...fuzzing import CASES
from .real_runs import finish, receipt
from .real_runs import folder as folder
from .real_runs import kept as kept
from .real_runs import start as start
from .real_runs import whole as whole

KILLS = 100 if CASES else 4


@pytest.mark.long
def test_the_same_suite_twice_gives_the_same_receipt(folder, whole):
    assert receipt(folder, "again") == whole[0]
    for name in ("questions.parquet", "answers.parquet", "curves.parquet", "scores.parquet"):
        (one,), (two,) = (list((folder / o).glob(f"*/{name}")) for o in ("whole", "again"))
        assert one.read_bytes() == two.read_bytes()


def names(path):
    """Names of all files and folders below a path; a folder may go while it is read."""
    return {f"{top}/{n}" for top, inner, own in os.walk(path) for n in (*inner, *own)}


def strike(process, out, seconds, chance):
    """Kills a run at a random moment, or just after something new appears in its folder, where it
    writes; whether it was killed."""
    moment = time.monotonic() + chance.uniform(0.2, 1.0) * seconds
    changes, before = chance.choice((0, 0, 0, chance.randint(1, 25))), names(out)
    while process.poll() is None and time.monotonic() < moment:
        if not changes:
            left = moment - time.monotonic()
            try:
                process.wait(timeout=max(0, left))
            except subprocess.TimeoutExpired:
                break
        elif (now := names(out)) != before:
            changes, before = changes - 1, now
            if not changes:
                break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


@pytest.mark.fuzz
@pytest.mark.long
def test_a_suite_killed_at_random_ends_with_the_receipt_of_one_that_was_not(
    folder, start, whole, kept
):
    expected, seconds = whole
    chance, killed, before = random.Random(CASES), 0, {}
    answers = kept("whole")
    assert len(answers) == 4
    # where one ended before its moment, the next begins from nothing: all are killed at any speed
    for _ in range(5 * KILLS):
        if strike(start("killed"), folder / "killed", seconds, chance):
            killed += 1
            now = kept("killed")
            assert before.items() <= now.items() <= answers.items()
            before = now
        else:
            assert receipt(folder, "killed") == expected
            shutil.rmtree(folder / "killed")
            before = {}
        if killed == KILLS:
            break
    print(f"{killed} kills")
    assert killed == KILLS
    finish(start("killed"))
    assert receipt(folder, "killed") == expected
    assert not list((folder / "killed").rglob(".draft-*"))
    assert not list((folder / "killed" / "training").glob("*"))
