"""Two runs in one folder, a full disk, a folder that is taken away: nothing lost, one line."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time

import pytest

from ...fuzzing import CASES
from .real_runs import finish, receipt
from .real_runs import folder as folder
from .real_runs import kept as kept
from .real_runs import start as start
from .real_runs import whole as whole

pytestmark = [
    pytest.mark.fuzz,
    pytest.mark.skipif(not CASES, reason="minutes of real runs: make fuzz"),
]


def ended(process):
    """The one line of a run that could not go on."""
    _, errors = process.communicate(timeout=600)
    assert process.returncode == 2 and errors.count("\n") == 1 and "zebroid:" in errors, errors
    return errors


def test_two_runs_at_once_in_one_folder_end_with_one_receipt(folder, start, whole):
    both = [start("both"), start("both")]
    for process in both:
        finish(process)
    assert receipt(folder, "both") == whole[0]
    assert not list((folder / "both").rglob(".draft-*"))
    assert not list((folder / "both" / "training").glob("*"))


@pytest.fixture
def disk(folder):
    """disk(bytes) -> a folder on a disk of that size, where one can be mounted."""
    mounted = []

    def mount(size):
        path = folder / f"disk-{size}"
        path.mkdir()
        words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(path)]
        try:
            subprocess.run(words, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("no disk can be mounted here")
        mounted.append(path)
        return path

    yield mount
    for path in mounted:
        subprocess.run(["umount", str(path)], check=True)


def test_a_full_disk_is_one_line_and_with_more_room_the_run_goes_on(
    folder, start, whole, disk, kept
):
    pages = [-(-f.stat().st_size // 4096) for f in (folder / "whole").rglob("*") if f.is_file()]
    where = disk(4096 * 4)
    for share in (0.2, 0.5, 0.8):  # of what a whole run takes
        words = ["mount", "-o", f"remount,size={int(share * sum(pages)) * 4096}", str(where)]
        subprocess.run(words, check=True, capture_output=True)
        before = kept(where.name)
        assert "No space left on device" in ended(start(where.name))
        assert before.items() <= kept(where.name).items()
        assert not list(where.rglob(".draft-*"))
    words = ["mount", "-o", "remount,size=8388608", str(where)]
    subprocess.run(words, check=True, capture_output=True)
    finish(start(where.name))
    assert receipt(folder, where.name) == whole[0]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of files there")
def test_a_file_that_may_grow_no_further_is_one_line(folder, start, whole, kept):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for most in (2_000, 4_500, 12_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        try:
            process = start("limited")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "File too large" in ended(process)
    finish(start("limited"))
    assert receipt(folder, "limited") == whole[0]


def test_a_folder_taken_away_meanwhile_loses_no_more_than_it_held(folder, start, whole, kept):
    out, process = folder / "gone", start("gone")
    while process.poll() is None and not kept("gone"):
        time.sleep(0.02)
    out.rename(folder / "taken")
    taken = kept("taken")
    assert taken
    process.communicate(timeout=600)
    assert process.returncode in (0, 2)
    shutil.rmtree(out, ignore_errors=True)
    (folder / "taken").rename(out)
    assert kept("gone") == taken
    finish(start("gone"))
    assert receipt(folder, "gone") == whole[0]
