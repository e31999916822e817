"""Receipts and labels changed at random, compared: a table, or one line, and never a traceback."""

from __future__ import annotations

import hashlib
import json
import random
import shutil

from hypothesis import given
from hypothesis import strategies as st
from zebroid.benchmarks.comparison import comparison_report
from zebroid.errors import UserError

from ...fuzzing import fuzz, garbled
from ..receipts.hostile import read
from ..receipts.test_receipt_fuzz import spoilt

PIECES = ("#", "", " ", "chain", "direct", "\x00", "\x1b[2J", "/", "..", "é", "[bold]", "=1+1")
TABLES = ("answers.parquet", "questions.parquet")


@fuzz(10)
@given(seed=st.integers(0, 2**32))
def test_no_change_of_a_receipt_or_a_label_ends_in_a_traceback(finished, tmp_path, capsys, seed):
    chance, folder = random.Random(seed), tmp_path / "spoilt"
    shutil.copytree(finished, folder, dirs_exist_ok=True)
    content = read(finished)
    name = chance.choice((*TABLES, "receipt.json", ""))
    if name in TABLES:
        data = spoilt((finished / name).read_bytes(), chance)
        (folder / name).write_bytes(data)
        content["files"][name] = hashlib.sha256(data).hexdigest()
        (folder / "receipt.json").write_text(json.dumps(content))
    elif name:
        (folder / name).write_bytes(spoilt((finished / name).read_bytes(), chance))
    label = garbled("#chain", seed, PIECES) if chance.random() < 0.5 else "#chain"
    form = chance.choice(("csv", "json", "table"))
    try:
        comparison_report.run(f"{finished}#direct", f"{folder}{label}", form)
    except UserError as error:
        assert "\n" not in str(error)
    assert "\x1b" not in "".join(capsys.readouterr())
