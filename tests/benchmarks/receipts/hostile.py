"""What tests change in receipts, as somebody might who wants to harm or to deceive."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from zebroid.benchmarks.config.run_config import Cell
from zebroid.benchmarks.config.suite import suite_digest
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.benchmarks.verification.verify import verify
from zebroid.errors import UserError

ANSWERS, QUESTIONS, CURVES = "answers.parquet", "questions.parquet", "curves.parquet"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def forged(finished, tmp_path):
    """A copy to change."""
    return Path(shutil.copytree(finished, tmp_path / "forged"))


@pytest.fixture
def drawn(monkeypatch):
    """Corpora are drawn once for all receipts of a test."""
    question_sets, question_set = {}, Corpora.question_set

    def once(self, cell):
        self._world(cell)  # which refuses what is not to be loaded
        if cell.question_set not in question_sets:
            question_sets[cell.question_set] = question_set(self, cell)
        return question_sets[cell.question_set]

    monkeypatch.setattr(Corpora, "question_set", once)


def read(folder):
    return json.loads((folder / "receipt.json").read_text())


def consistent(content):
    """Gives all cells, and the suite, the digests that their content has."""
    for cell in content["cells"]:
        cell["digest"] = Cell.of(cell["cell"]).digest
    content["suite"]["digest"] = suite_digest([c["cell"] for c in content["cells"]])
    return content


def replaced(folder, name, sql):
    """Puts another table there, whose digest the receipt has."""
    path, draft = folder / name, folder / "draft"
    with duckdb.connect(config={"threads": 2}) as db:
        db.execute(f"CREATE VIEW old AS SELECT * FROM '{path}'")
        noted = db.execute(f"SELECT key, value FROM parquet_kv_metadata('{path}')").fetchall()
        kept = ", ".join(
            f"\"{key.decode()}\": '{value.decode().replace(chr(39), 2 * chr(39))}'"
            for key, value in noted
        )
        db.execute(
            f"COPY ({sql}) TO '{draft}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{kept}}})"
        )
    draft.replace(path)
    content = read(folder)
    content["files"][name] = hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "receipt.json").write_text(json.dumps(content))


def outcome(folder):
    """Check -> its line, of those that did not pass; of what is no receipt, why it is none."""
    try:
        found = list(verify(folder))
    except UserError as error:
        return {"refused": str(error)}
    return {f.check: f.found for f in found if not f.passed}


def row(content, kind="model", label="direct"):
    rows = content["panels"][0]["rows"]
    return next(r for r in rows if (r["kind"], r["label"]) == (kind, label))
