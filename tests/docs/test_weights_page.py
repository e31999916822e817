"""docs/guides/weights.md is run: its suite is trained, and its Python executed, in order."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest
import zebroid
from zebroid import cli

from .prose import blocks

ROOT = Path(zebroid.__file__).resolve().parent
TEXT = (ROOT / "docs" / "guides" / "weights.md").read_text("utf-8")
BLOCKS = blocks(TEXT)


@pytest.mark.slow
def test_the_blocks_of_the_page_run_in_order(tmp_path, monkeypatch, capsys):
    assert [kind for kind, _, _ in BLOCKS] == ["toml", "bash", "python", "python", "python"]
    assert TEXT.count("```") == 2 * len(BLOCKS)
    monkeypatch.chdir(tmp_path)
    (tmp_path / BLOCKS[0][1]).write_text(BLOCKS[0][2])
    monkeypatch.setattr(sys, "argv", BLOCKS[1][2].split())
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert not left.value.code
    capsys.readouterr()
    (tmp_path / "block.py").write_text("\n".join(text for _, _, text in BLOCKS[2:]))
    runpy.run_path(str(tmp_path / "block.py"))
    displayed = capsys.readouterr().out
    assert "blocks.1.attention.qkv_3DD (3, 32, 32)" in displayed.splitlines()
