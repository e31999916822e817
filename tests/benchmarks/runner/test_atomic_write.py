"""Writing: whole or not at all, and one line where it can't be done."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest
from zebroid.benchmarks.runner import atomic_write


def test_a_folder_appears_whole_or_not_at_all(tmp_path, files):
    with pytest.raises(RuntimeError), atomic_write.folder(tmp_path / "sub" / "cell") as draft:
        (draft / "half").write_text("half")
        raise RuntimeError
    assert files(tmp_path) == []
    with atomic_write.folder(tmp_path / "sub" / "cell") as draft:
        (draft / "whole").write_text("whole")
        assert not (tmp_path / "sub" / "cell").exists()
    assert files(tmp_path) == ["sub/cell/whole"]


def test_a_file_is_replaced_whole_or_kept(tmp_path, files):
    final = tmp_path / "file"
    final.write_text("old")
    with pytest.raises(RuntimeError), atomic_write.file(final) as draft:
        draft.write_text("ne")
        raise RuntimeError
    assert (final.read_text(), files(tmp_path)) == ("old", ["file"])
    with atomic_write.file(final) as draft:
        draft.write_text("new")
    assert (final.read_text(), files(tmp_path)) == ("new", ["file"])


def test_what_the_dead_left_half_written_is_swept(tmp_path, files):
    dead, host = 2**22 + 1, atomic_write.HOST  # above the largest process id of Linux
    (tmp_path / f".draft-{dead}-{host}-cell").mkdir()
    (tmp_path / f".draft-{dead}-{host}-cell" / "half").write_text("half")
    (tmp_path / f".draft-{dead}-{host}-file").write_text("half")
    neighbours = [f".draft-{os.getppid()}-{host}-file", f".draft-{dead}-elsewhere-file"]
    for name in neighbours:
        (tmp_path / name).write_text("at work")
    with atomic_write.file(tmp_path / "mine") as draft:
        draft.write_text("mine")
    assert files(tmp_path) == [*sorted(neighbours), "mine"]


def test_a_full_disk_is_one_line_and_nothing_half_written(
    zebroid, suite, trained, monkeypatch, tmp_path, files
):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(np.lib.format, "write_array", full)
    status, _, err = zebroid("run", suite(), "--out", "out")
    assert status == 2
    assert err.count("\n") == 1
    assert "No space left on device" in err and "out/cells" in err and "--out" in err
    assert files(tmp_path / "out") == []


@pytest.mark.parametrize("name", ["answers.parquet", "report.html", "receipt.json"])
def test_a_disk_full_at_the_end_keeps_cells_and_leaves_no_half_written_file(
    zebroid, suite, trained, monkeypatch, tmp_path, files, name
):
    sync = atomic_write._sync

    def full(path):
        if path.name.endswith(name):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        sync(path)

    monkeypatch.setattr(atomic_write, "_sync", full)
    status, _, err = zebroid("run", suite(), "--out", "out")
    assert status == 2
    assert err.count("\n") == 1 and name in err and "No space left" in err
    left = files(tmp_path / "out")
    assert not [f for f in left if f.endswith(name) or "draft" in f]
    # the receipt follows the files that it names, and goes before the report
    assert any(f.endswith("receipt.json") for f in left) is (name == "report.html")
    monkeypatch.setattr(atomic_write, "_sync", sync)
    assert zebroid("run", suite(), "--out", "out")[0] == 0
    assert len(trained) == 4


def test_an_unwritable_folder_is_reported_before_any_work(zebroid, suite, trained, tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, _, err = zebroid("run", suite(), "--out", "file/out")
    assert status == 2
    assert err.count("\n") == 1 and "file" in err and "--out" in err
    assert trained == []
