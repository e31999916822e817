"""What tests of findings share: a planted finding as a file, with changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .planted import PLANTED

Planted = Callable[..., Path]


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    """planted((old, new), ...) -> the path of the planted finding's file with these changes."""

    def write(*changes: tuple[str, str]) -> Path:
        text = PLANTED
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "planted.toml"
        path.write_text(text)
        return path

    return write
