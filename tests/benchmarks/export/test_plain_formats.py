"""The files of exports, whatever is in them."""

from __future__ import annotations

import os

import pytest
from zebroid.benchmarks.export import portion
from zebroid.benchmarks.export.export import export


@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_every_file_is_for_whom_the_umask_says(mask, tmp_path):
    before = os.umask(mask)
    try:
        cells = portion.cells_of("composition-v1/tiny", "", questions=20)
        export(cells, tmp_path / "made", "tokens")
    finally:
        os.umask(before)
    files = [path for path in (tmp_path / "made").rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in files} == {0o666 & ~mask}
    assert sum(path.suffix == ".safetensors" for path in files) == 2
