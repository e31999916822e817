"""Receipts and labels changed at random, compared: a table, or one line, and never a traceback."""

from __future__ import annotations

import hashlib
import json
import random
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.comparison import comparison_report
from zebroid.errors import UserError

from ...fuzzing import fuzz, garbled
from ..receipts.hostile import read
from ..receipts.test_receipt_fuzz import spoilt

PIECES = ("#", "", " ", "chain", "direct", "\x00", "\x1b[2J", "/", "..", "é", "[bold]", "=1+1")
TABLES = ("answers.parquet", "questions.parquet")


@pytest.fixture
def spoiling(finished, tmp_path, monkeypatch):
    """A copy of a receipt; the unchanged one, side A, is read once for all cases."""
    folder, side = tmp_path / "spoilt", comparison_report.side
    shutil.copytree(finished, folder)
    first = side("A", f"{finished}#direct")
    monkeypatch.setattr(
        comparison_report, "side", lambda name, text: first if name == "A" else side(name, text)
    )
    return folder


@fuzz(30)
@given(seed=st.integers(0, 2**32))
def test_no_change_of_a_receipt_or_a_label_ends_in_a_traceback(finished, spoiling, capsys, seed):
    chance, folder = random.Random(seed), spoiling
    content, whole = read(finished), (finished / "receipt.json").read_bytes()
    name = chance.choice((*TABLES, "receipt.json", ""))
    data = spoilt((finished / (name or "receipt.json")).read_bytes(), chance)
    (folder / "receipt.json").write_bytes(data if name == "receipt.json" else whole)
    if name in TABLES:
        (folder / name).write_bytes(data)
        content["files"][name] = hashlib.sha256(data).hexdigest()
        (folder / "receipt.json").write_text(json.dumps(content))
    label = garbled("#chain", seed, PIECES) if chance.random() < 0.5 else "#chain"
    form = chance.choice(("csv", "json", "table"))
    try:
        comparison_report.run(f"{finished}#direct", f"{folder}{label}", form)
    except UserError as error:
        assert "\n" not in str(error)
    finally:
        for table in TABLES:
            (folder / table).write_bytes((finished / table).read_bytes())
    assert "\x1b" not in "".join(capsys.readouterr())
