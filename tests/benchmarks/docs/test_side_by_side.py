"""Models of several receipts in one table of a page: those that answered the same questions."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from pathlib import Path

import pytest
import zebroid
from zebroid.benchmarks.docs import readme_tables
from zebroid.errors import UserError

RECEIPTS = Path(zebroid.__file__).resolve().parent / "docs" / "receipts"
WHICH = "composition-v1/tiny"


@pytest.fixture
def page(tmp_path):
    for name in ("language-models-scratch", "language-models-text"):
        shutil.copytree(RECEIPTS / name, tmp_path / name.rpartition("-")[2])

    def write(words):
        path = tmp_path / "page.md"
        path.write_text(
            f"A\n<!-- language-models settings {words} -->\n<!-- end of language-models -->\nB\n"
        )
        return path

    return write


def test_every_model_has_a_row_below_the_floor_and_a_line_of_data(page, tmp_path):
    path = page(f"{WHICH} scratch text")
    assert readme_tables.side_by_side(path) == 0
    text = path.read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    names = [row.split("|")[1].strip() for row in rows]
    assert names == ["model", "floor", "decoder-s, direct", "decoder-s, chain", "text-llama"]
    assert text.startswith("A\n<!--") and text.endswith("models -->\nB\n")
    assert "Not measured" not in text and (tmp_path / "figures").is_dir()
    with next((tmp_path / "data").glob("*.csv")).open(newline="") as file:
        data = [*csv.DictReader(file)]
    assert {row["model"] for row in data} == {"decoder-s", "outside.text-llama"}
    assert all(0 <= float(r["low"]) <= float(r["mean"]) <= float(r["high"]) <= 1 for r in data)
    before = text
    assert readme_tables.side_by_side(path) == 0 and path.read_text() == before


def test_a_receipt_that_is_not_there_is_named_beside_the_others(page):
    path = page(f"{WHICH} scratch context")
    assert readme_tables.side_by_side(path) == 0
    text = path.read_text()
    assert "Not measured yet: there is no receipt in `context`." in text and "decoder-s" in text


def test_what_no_rule_gets_in_context_is_a_table(page):
    path = page(f"{WHICH} scratch")
    path.write_text(path.read_text().replace(f"settings {WHICH} scratch", f"in-context {WHICH} 10"))
    assert readme_tables.side_by_side(path) == 0
    lines = path.read_text().splitlines()
    rows = [line.split("|") for line in lines if line.startswith("| ")]
    assert [row[1].strip() for row in rows] == ["instrument", "instance", "constituent", "schema"]
    assert all(0 < float(row[3]) < 0.9 for row in rows[1:])


def test_a_world_of_which_no_receipt_has_a_model_is_one_line(page, capsys):
    path = page("zebra-v2/tiny scratch text")
    before = path.read_text()
    assert readme_tables.side_by_side(path) == 2 and path.read_text() == before
    assert "no models of 'zebra-v2/tiny'; give the receipts of that" in capsys.readouterr().err


def test_models_that_answered_other_questions_stand_in_no_common_table(page, monkeypatch, tmp_path):
    real = readme_tables.models

    def fewer(receipt):
        for model in real(receipt):
            other = model.cell.model.startswith("outside.")
            cell = dataclasses.replace(model.cell, questions=39) if other else model.cell
            yield dataclasses.replace(model, cell=cell)

    monkeypatch.setattr(readme_tables, "models", fewer)
    with pytest.raises(UserError, match="answered other questions than decoder-s; give all"):
        list(readme_tables.settings(tmp_path, f"{WHICH} scratch text"))
