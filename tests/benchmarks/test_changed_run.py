"""zebroid run --model and --set: receipts that say what they are, and are verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from zebroid import registry
from zebroid.benchmarks.receipts.receipt import Receipt


def receipt_of(folder):
    (path,) = folder.glob("out/*/receipt.json")
    return path, Receipt.read(path)


def test_a_run_with_another_model_is_no_run_of_the_suite(zebroid, suite, trained, tmp_path, inside):
    line = ("run", suite(), "--model", "loops-8[query_loops=12]", "--out", "out")
    status, out, err = zebroid(*line)
    assert (status, err) == (0, "") and "loops-8[query_loops=12]" in out
    assert {cell.model for cell in trained} == {"loops-8[query_loops=12]"}
    path, receipt = receipt_of(tmp_path)
    assert receipt.suite.id == "tiny+loops-8-query_loops=12" and "loops-8" in receipt.suite.title
    assert path.parent.name == f"{receipt.suite.id}-{receipt.suite.digest[:8]}"
    status, out, _ = zebroid("verify", path)
    assert status == 0 and "no built-in suite of that name" in out
    page = path.with_name("report.html").read_text()
    assert "zebroid run tiny --model" in page and "loops-8[query_loops=12]" in page


def test_a_world_with_a_parameter_is_drawn_anew_from_its_receipt(
    zebroid, suite, trained, tmp_path, inside
):
    zebroid("run", suite(), "--set", "world.entities=12", "--out", "out")
    path, receipt = receipt_of(tmp_path)
    assert {cell.cell["size"] for cell in receipt.cells} == {"tiny[entities=12]"}
    assert all(
        panel.name.startswith("composition-v1/tiny[entities=12]") for panel in receipt.panels
    )
    status, out, _ = zebroid("verify", path)
    assert status == 0 and "have the digests of the receipt" in out
    zebroid("run", suite(), "--out", "plain")
    (plain,) = tmp_path.glob("plain/*/receipt.json")
    there = {cell.corpus for cell in Receipt.read(plain).cells}
    assert not there & {cell.corpus for cell in receipt.cells}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--model", "mlp-xs"), "which answers questions of tiny, as in this version"),
        (("--set", "world.entities=12"), "its questions are not those of tiny"),
    ],
)
def test_a_built_in_suite_is_known_by_its_questions_whatever_model_answers(
    zebroid, suite, trained, tmp_path, inside, monkeypatch, change, words
):
    path = Path(suite())
    zebroid("run", path, *change, "--out", "out")
    monkeypatch.setattr(registry, "suites", lambda: ("tiny",))
    monkeypatch.setattr(registry, "suite", lambda name: path)
    status, out, _ = zebroid("verify", receipt_of(tmp_path)[0])
    assert status == 0 and words in out


def test_a_parameter_that_was_changed_in_a_receipt_is_found(
    zebroid, suite, trained, tmp_path, inside
):
    zebroid("run", suite(), "--set", "world.entities=12", "--out", "out")
    path, _ = receipt_of(tmp_path)
    text = path.read_text().replace("tiny[entities=12]", "tiny[entities=13]")
    path.write_text(text)
    status, out, _ = zebroid("verify", path)
    assert status == 1 and "cells[0].digest: receipt " in out


@pytest.mark.parametrize("size", ["tiny[entities=1e999]", "tiny[quark=1]", "tiny[entities=x]"])
def test_a_receipt_with_a_size_that_is_none_is_one_line(
    zebroid, suite, trained, tmp_path, inside, size
):
    zebroid("run", suite(), "--out", "out")
    path, _ = receipt_of(tmp_path)
    content = json.loads(path.read_text())
    for cell in content["cells"]:
        cell["cell"]["size"] = size
    path.write_text(json.dumps(content))
    status, out, err = zebroid("verify", path)
    assert status in (1, 2) and "Traceback" not in out + err


def test_a_dry_run_names_what_is_set(zebroid, suite):
    _, out, _ = zebroid(
        "run", suite(), "--dry-run", "--set", "plan.steps=7", "--set", "world.entities=12"
    )
    assert "composition-v1/tiny[entities=12] direct decoder-xs short[steps=7] seeds" in out
    assert "tiny+plan.steps=7+world.entities=12@" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--set", "world.entites=3"), "did you mean 'entities'?"),
        (("--model", "decodr-s"), "unknown model 'decodr-s'; did you mean 'decoder-s'?"),
        (("--model", "decoder-s[layrs=2]"), "did you mean 'layers'?"),
        (("--model", "./nowhere.py"), "no model file './nowhere.py'"),
    ],
)
def test_what_cannot_be_run_is_one_line(zebroid, suite, words, message):
    status, out, err = zebroid("run", suite(), *words)
    assert (status, out) == (2, "") and message in err and err.count("\n") == 1


def test_show_and_check_take_parameters(zebroid):
    words = ("--set", "world.entities=12", "--set", "exposure.held=0.25")
    status, out, err = zebroid("show", "composition-v1/tiny", *words)
    assert (status, err) == (0, "")
    assert "- **tiny[entities=12]**: entities 12, relations 8" in out and "25% of those" in out
    status, out, _ = zebroid("check", "composition-v1", "--size", "tiny", *words[:2], "--json")
    found = json.loads(out)
    assert status == 0 and found["sizes"] == ["tiny[entities=12]"] and found["passed"]
    done = {check["name"] for check in found["checks"]}
    assert {"corpus", "processes", "floors"} <= done
    for command in (("show", "composition-v1"), ("check", "composition-v1")):
        status, _, err = zebroid(*command, "--set", "world.entites=12")
        assert status == 2 and "did you mean 'entities'?" in err and err.count("\n") == 1
    status, _, err = zebroid("check", "composition-v1", "--set", "plan.steps=3")
    assert status == 2 and "unknown target of --set 'plan'" in err
