"""`zebroid replicate`: true findings hold; planted false ones and planted nulls are caught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from zebroid.benchmarks.replications.finding_file import read_finding
from zebroid.benchmarks.replications.finding_result import FindingResult, judged, results
from zebroid.benchmarks.runner import run
from zebroid.errors import UserError

from ..conftest import pretend

RESULT = Path("runs/replications/planted.json")


FALSE = (('more = "high"\nless = "low"', 'more = "low"\nless = "high"'),)
STANDS = (('more = "chain-recall"\nless = "direct-recall"', 'more = "high"\nless = "low"'),)


def test_a_finding_runs_is_kept_and_a_planted_false_one_and_a_planted_null_are_caught(
    zebroid, trained, planted
):
    path = planted()
    status, out, _ = zebroid("replicate", str(path))
    assert status == 0 and "planted: reproduced (every claim holds" in out
    assert "claim 1: +" in out and "4 worlds" in out and len(trained) == 8
    finding, kept = read_finding(path), FindingResult.read(RESULT)
    assert kept.criterion == finding.criterion and kept.missing == 0
    assert judged(finding, kept).verdict == "reproduced" and {*results(RESULT.parent)}
    status, again, _ = zebroid("replicate", str(path))
    assert status == 0 and len(trained) == 8 and "kept" in again, "nothing is trained twice"
    status, out, _ = zebroid("replicate", str(planted(*FALSE)))
    assert "planted: not reproduced (claim 1 is surely on the other side" in out
    status, out, _ = zebroid("replicate", str(planted(*STANDS)))
    assert "planted: invalid (null 1 does not vanish" in out and len(trained) == 8
    status, out, _ = zebroid("replicate", str(planted(("recall = 0.8", "recall = 0.99"))))
    assert "planted: undecided (not learned: recall" in out
    with pytest.raises(UserError, match="replicate it again"):
        judged(read_finding(planted(("bound = 0.2", "bound = 0.3"))), kept)


def test_cells_that_fail_leave_a_finding_undecided_and_are_named(
    zebroid, trained, planted, monkeypatch
):
    def some(cell, corpora, watch, draft=None, layout="", **options):
        if cell.seeds.world == 3 and cell.mode == "chain":
            raise RuntimeError("planted failure")
        return pretend(cell, corpora, watch, draft, **options)

    monkeypatch.setattr(run, "train_cell", some)
    status, out, _ = zebroid("replicate", str(planted()))
    assert status == 1 and "undecided (1 cells gave nothing)" in out and "planted failure" in out


def test_an_interrupted_run_keeps_what_is_done(zebroid, trained, planted, monkeypatch):
    made = []

    def stopped(cell, corpora, watch, draft=None, layout="", **options):
        made.append(cell)
        if len(made) == 3:
            raise KeyboardInterrupt
        return pretend(cell, corpora, watch, draft, **options)

    monkeypatch.setattr(run, "train_cell", stopped)
    status, out, _ = zebroid("replicate", str(planted()))
    assert status == 130 and "the same command goes on" in out
    status, out, _ = zebroid("replicate", str(planted()))
    assert status == 0 and len(made) == 2 + 1 + 6


def test_names_are_listed_and_wrong_words_are_one_line(zebroid, planted):
    status, out, _ = zebroid("replicate", "--list")
    assert status == 0 and "percolation-threshold" in out and "which-hop" in out and "core" in out
    status, out, _ = zebroid("replicate", str(planted()), "--dry-run")
    assert status == 0 and "planted: about 0.1 minutes; 8 cells, 0 kept" in out
    for words, line in (
        ((), "--list prints them"),
        (("--core", "--all"), "--list prints them"),
        (("which-hopp",), "did you mean 'which-hop'"),
        (("nowhere.toml",), "give one that is there"),
        (("which-hop", "--list"), "give it alone"),
    ):
        status, _, err = zebroid("replicate", *words)
        assert status == 2 and line in err and err.count("\n") == 1


def test_a_computed_finding_is_measured_and_kept(zebroid):
    status, out, _ = zebroid("replicate", "emergence-mirage")
    assert status == 0 and "emergence-mirage: reproduced" in out
    content = json.loads(RESULT.with_name("emergence-mirage.json").read_text())
    assert len(content["quantities"]["exact match"]["values"]) == 8 and content["recall"] == {}


def test_a_result_that_is_none_is_refused(tmp_path):
    path = tmp_path / "odd.json"
    for text in ("[]", '{"finding": "x"}', "\u00e9"):
        path.write_text(text, "utf-8")
        with pytest.raises(UserError, match="is not a result of `zebroid replicate`"):
            FindingResult.read(path)
