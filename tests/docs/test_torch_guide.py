"""The guide for models from anywhere is run: a decoder in PyTorch, and one by a Trainer.

Needs the extra `torch`: `make test-outside-torch`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import zebroid

from .prose import blocks

ROOT = Path(zebroid.__file__).resolve().parent
TEXT = (ROOT / "docs" / "guides" / "outside-models.md").read_text("utf-8")
BLOCKS = blocks(TEXT)
NEEDED = ("torch", "transformers", "accelerate")
LONGEST = 60


def test_every_block_is_run_and_no_program_is_long():
    assert [(kind, name) for kind, name, _ in BLOCKS] == [
        ("python", "decoder.py"),
        ("bash", ""),
        ("bash", ""),
        ("python", "trainer.py"),
        ("bash", ""),
    ]
    assert TEXT.count("```") == 2 * len(BLOCKS)
    assert all(len(text.splitlines()) <= LONGEST for kind, _, text in BLOCKS if kind == "python")


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in NEEDED), reason="needs the extra torch"
)
def test_both_models_learn_their_corpus_and_get_a_declared_row(tmp_path):
    commands = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    offline = {"HF_HUB_OFFLINE": "1", "HOME": str(tmp_path / "home"), "PATH": commands}
    environment = {**os.environ, **offline, "OMP_NUM_THREADS": "1", "COLUMNS": "200"}
    message = ""
    for kind, name, text in BLOCKS:
        if kind == "python":
            (tmp_path / name).write_text(text)
            continue
        words = ["bash", "-euc", text]
        found = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert found.returncode == 0, found.stdout + found.stderr
        message += found.stdout
    assert "\nverified as declared: " in message
    assert "| outside.torch-decoder, direct (declared) | 1 | declared | 1 |" in message
    rows = re.findall(
        r"^(?:torch-decoder|trainer) direct(?: \(untrained\))? +(\S+)±", message, re.MULTILINE
    )
    assert len(rows) == 2 and all(float(recall) > 0.9 for recall in rows), message
    assert len([*tmp_path.glob("runs/outside-*/receipt.json")]) == 2
