"""The tutorial is run: its files are written, its commands and its Python executed, in order."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import zebroid

from .prose import blocks

ROOT = Path(zebroid.__file__).resolve().parent
TEXT = (ROOT / "docs" / "guides" / "your-model.md").read_text("utf-8")
BLOCKS = blocks(TEXT)


def test_every_block_is_run():
    kinds = [(kind, bool(name)) for kind, name, _ in BLOCKS]
    assert {*kinds} == {("python", True), ("toml", True), ("bash", False), ("python", False)}
    assert TEXT.count("```") == 2 * len(BLOCKS)


@pytest.mark.slow
def test_the_model_passes_the_checks_as_the_tutorial_runs_them(tmp_path, monkeypatch, capsys):
    import runpy

    monkeypatch.chdir(tmp_path)
    for kind, name, text in BLOCKS:
        if kind == "python":
            (tmp_path / (name or "block.py")).write_text(text)
    try:
        runpy.run_path(str(tmp_path / "block.py"))
    finally:
        sys.modules.pop("linear", None)
    message = capsys.readouterr().out.splitlines()
    assert len(message) == 14 and all(line.startswith("ok ") for line in message)
    assert "formula over counted products: 1.00, 1.00, 1.00" in message[3]


@pytest.mark.slow
def test_all_blocks_run_in_order(environment, tmp_path):
    message = ""
    for kind, name, text in BLOCKS:
        if name:
            (tmp_path / name).write_text(text)
        elif kind == "bash":
            message += environment(text)
        else:
            (tmp_path / "block.py").write_text(text)
            message += environment("python block.py")
    assert "acme.linear keeps all 14 promises." in message
    assert "over 8 devices" in message
    assert re.search(r"acme.linear +\S*\d", message)
    assert list(tmp_path.glob("runs/second-*/receipt.json"))
