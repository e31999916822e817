"""The page of a suite that ranks: from receipts alone, and what it says while they are missing."""

from __future__ import annotations

import dataclasses
import shutil

import pytest
from zebroid.benchmarks.board import core_tables
from zebroid.benchmarks.board.entered import enter
from zebroid.benchmarks.board.entries import entries
from zebroid.benchmarks.config.suite import load_suite

PAGE = "".join(
    f"<!-- core {name} {{suite}} -->\n<!-- end of core -->\n\n"
    for name in ("columns", "predictions", "profiles", "reliability")
)
PREDICTIONS = """
[[predictions]]
by = "H1"
model = "decoder-xs"
column = "chain: constituent"
expected = "above"

[[predictions]]
by = "H2"
model = "mlp-xs"
column = "chain: constituent"
than = "decoder-xs"
expected = "not above"

[[predictions]]
by = "H2"
model = "gru-xs"
column = "chain: constituent"
expected = "above"

[plans"""


@pytest.fixture
def page(made, tmp_path):
    """page(*models) -> the lines of a page beside the receipts of these."""
    folder = made()
    text = (folder.parents[1] / "ranks.toml").read_text()
    text = text.replace('"composition"', '"chain"').replace('["direct", "chain"]', '"chain"')
    suite = tmp_path / "ranks.toml"
    suite.write_text(text.replace("\n[plans", PREDICTIONS))

    def lines(*models):
        for model in models:
            source = made() if model == "decoder-xs" else made("--model", model)
            shutil.copytree(source, tmp_path / "receipts" / model, dirs_exist_ok=True)
        path = tmp_path / "page.md"
        path.write_text(PAGE.format(suite=suite))
        assert core_tables.fill(path) == 0
        return path.read_text().splitlines()

    return lines


def row(lines, start):
    (found,) = [line for line in lines if line.startswith(f"| {start} |")]
    return [cell.strip() for cell in found.strip("|").split("|")]


def test_without_receipts_the_page_says_so(page):
    lines = page()
    assert row(lines, "chain: constituent")[3:6] == ["ranked", "–", "–"]
    assert row(lines, "chain: schema")[3] == "headroom"
    assert any("there is no receipt of `ranks`" in line for line in lines)
    assert any("it needs 3 models, and has 0" in line for line in lines)
    assert sum("not measured" in line for line in lines) == 3


def test_models_stand_in_the_order_of_their_scores(page):
    lines = page("mlp-xs", "decoder-xs", "lstm-xs")
    (header,) = [line for line in lines if line.startswith("| column | decoder")]
    assert header == "| column | decoder-xs | lstm-xs | mlp-xs |"
    means = [
        float(cell.strip("*").split(" ")[0])
        for cell in row(lines, "**mean over ranked columns**")[1:]
    ]
    assert means == sorted(means, reverse=True) and means[0] == 1.0


def test_predictions_are_judged_by_the_receipts(page):
    lines = page("mlp-xs", "decoder-xs", "lstm-xs")
    outcomes = [line.rsplit("|", 2)[1].strip() for line in lines if "on chain: constituent" in line]
    assert outcomes == ["holds", "holds", "not measured"]


def test_reliability_counts_pairs_that_surely_differ(page):
    lines = page("mlp-xs", "decoder-xs", "lstm-xs")
    start = next(i for i, line in enumerate(lines) if "split halves" in line)
    found = row(lines[start:], "chain: constituent")
    assert found[0] == "chain: constituent" and float(found[1]) > 0.9
    assert found[2] == "–" and found[5] == "no"  # nobody trained again: no retest, not ranked


def test_a_model_that_lacks_a_column_says_nothing_of_reliability(page, tmp_path):
    page("mlp-xs", "decoder-xs", "lstm-xs")
    suite = load_suite(str(tmp_path / "ranks.toml"))
    found = core_tables.measured(suite, tmp_path / "receipts")
    assert len([*core_tables.discrimination(suite, found, ())]) > 2
    gone = dataclasses.replace(found[2].scores[0], trained=None)
    part = dataclasses.replace(found[2], scores=(gone, *found[2].scores[1:]))
    (line,) = core_tables.discrimination(suite, [*found[:2], part], ())
    assert "it needs 3 models, and has 2" in line


def test_another_suites_receipt_is_judged_where_it_has_a_column_whole_and_has_no_mean(
    page, tmp_path
):
    page("mlp-xs", "decoder-xs")
    path = tmp_path / "ranks.toml"
    table = path.read_text().partition("[[cells]]")[2].partition("[[predictions]]")[0]
    more = table.replace('"chain"', '"half"', 1) + "exposure = { demonstrated = 0.5 }\n"
    text = path.read_text().replace('id = "ranks"', 'id = "more"')
    path.write_text(text.replace("[[predictions]]", f"[[cells]]{more}\n[[predictions]]", 1))
    lines = page()
    lines = lines[next(i for i, line in enumerate(lines) if "on chain: constituent" in line) :]
    assert row(lines, "half: constituent")[1:] == ["– †", "– †"]
    assert row(lines, "**mean over ranked columns**")[1:] == ["**–**", "**–**"]
    outcomes = [line.rsplit("|", 2)[1].strip() for line in lines if "on chain: constituent" in line]
    assert outcomes == ["holds", "holds", "not measured"]
    receipts = enter([tmp_path / "receipts"]).entered
    assert entries(load_suite(str(path)), receipts) == ([], []), "no entry of a board"


def test_receipts_of_another_grid_are_no_rows(page, made, tmp_path):
    shutil.copytree(made("--set", "plan.steps=90"), tmp_path / "receipts" / "other")
    lines = page()
    assert any("there is no receipt of `ranks`" in line for line in lines)
    assert load_suite(str(tmp_path / "ranks.toml")).columns
