"""The guide to replications is run: its finding is read, its Python is a finding that holds."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import zebroid
from zebroid.benchmarks.replications.finding import READINGS, Trained
from zebroid.benchmarks.replications.finding_file import read_finding
from zebroid.eval.verdicts.replication import judge_finding

from .prose import blocks

ROOT = Path(zebroid.__file__).resolve().parent
TEXT = (ROOT / "docs" / "guides" / "replications.md").read_text("utf-8")


def of(kind):
    return [text for one, _, text in blocks(TEXT) if one == kind]


def test_the_finding_of_the_page_is_one(tmp_path):
    path = tmp_path / "proof-helps.toml"
    path.write_text(of("toml")[0], "utf-8")
    finding = read_finding(path)
    assert finding.id == "proof-helps" and isinstance(finding.measured, Trained)
    assert len(finding.measured.suite.cells) == 16


def test_every_reading_stands_in_the_table():
    table = TEXT.partition("| reading |")[2].partition("\n\n")[0]
    named = [name for line in table.splitlines() for name in re.findall(r"`([a-z ]+)`", line[:40])]
    assert {*named} == {*READINGS}


def test_the_computed_finding_of_the_page_holds(tmp_path):
    path = tmp_path / "findings.py"
    path.write_text(of("python")[0], "utf-8")
    finding = runpy.run_path(str(path))["BIRTHDAY"]
    found = finding.measured.quantities()
    assert judge_finding(finding.claims, finding.nulls, found).verdict == "reproduced"
