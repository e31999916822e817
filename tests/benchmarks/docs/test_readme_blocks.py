"""Blocks of README and of the headline table, from a receipt that is trained in no time."""

from __future__ import annotations

import re

import pytest
from zebroid.benchmarks.docs import readme_blocks, readme_tables
from zebroid.benchmarks.receipts.receipt import Receipt
from zebroid.errors import UserError

PAGE = "<!-- headline kept -->\n<!-- end of headline -->\n"


def rows(page: str) -> dict[str, list[str]]:
    """First column -> the others, of the table on a page."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


def test_a_score_stands_beside_its_floor_and_the_strategy_behind_it(swept, tmp_path, rewritten):
    def change(content):
        """The floor of instance, as where likeness answers it."""
        for panel in content["panels"]:
            for row in panel["rows"]:
                if "instance" in row["rungs"] and panel["name"].startswith("composition"):
                    row["rungs"]["instance"]["floor"]["value"] = 0.97

    rewritten(swept, tmp_path / "kept", change=change)
    page = readme_blocks.rendered(PAGE, tmp_path)
    table = rows(page)
    assert table["rung"] == ["floor, by which strategy", "**direct**", "**chain**"]
    assert table["`recall`"][0] == "–" and "floor" not in table["`recall`"][1]
    receipt = Receipt.read(tmp_path / "kept" / "receipt.json")
    panel = next(p for p in receipt.panels if p.name.startswith("composition"))
    direct = next(r for r in panel.rows if r.kind == "model" and r.label.startswith("direct"))
    floor = direct.rungs["constituent"].floor
    assert table["`constituent`"][0] == f"{floor.value:.2f}, {floor.strategy}"
    beside = (", normalised ", ", below the floor")
    assert all(any(b in cell for b in beside) for cell in table["`constituent`"][1:])
    assert all(cell.endswith(", reuse by likeness") for cell in table["`instance`"][1:])
    assert "chance" not in page and re.search(r"Suite `sweep`, \d+ trainings\.", page)


def test_a_headline_without_its_rows_is_one_line(swept, rewritten, tmp_path):
    assert "no receipt in `kept`" in readme_blocks.rendered(PAGE, tmp_path)

    def change(content):
        for panel in content["panels"]:
            panel["rows"] = [r for r in panel["rows"] if not r["label"].startswith("direct")]

    rewritten(swept, tmp_path / "kept", change=change)
    with pytest.raises(UserError, match="has no model 'direct'"):
        readme_blocks.rendered(PAGE, tmp_path)


def test_a_table_whose_receipt_is_missing_says_so(swept, tmp_path):
    page = "<!-- receipt kept/receipt.json -->\n<!-- end of receipt -->\n"
    assert "there is no receipt in `kept`" in readme_tables.filled(page, tmp_path)
    page = page.replace("kept", str(swept))
    assert "above the floor" in readme_tables.filled(page, tmp_path)
