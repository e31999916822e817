"""The page on interventions is run: its suite is read, its Python prints what it says."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import runpy
from pathlib import Path

import zebroid
from zebroid.benchmarks.config.settings import tables_of
from zebroid.benchmarks.config.suite import load_suite
from zebroid.worlds.interventions.interventions_given import TYPES, interventions

from .prose import blocks

ROOT = Path(zebroid.__file__).resolve().parent
TEXT = (ROOT / "docs" / "guides" / "interventions.md").read_text("utf-8")
BLOCKS = blocks(TEXT)


def of(kind):
    (found,) = (text for one, _, text in BLOCKS if one == kind)
    return found


def test_every_intervention_stands_in_the_table_with_its_fields_and_neutral_value():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \| (\d+) \|", TEXT, re.MULTILINE)
    assert {type for type, *_ in rows} == {*TYPES}
    for type, about, neutral in rows:
        fields = {field.name: field for field in dataclasses.fields(TYPES[type])}
        assert re.findall(r"`(\w+)`", about) == [*fields]
        none = fields[TYPES[type].strength].metadata["neutral"]
        assert (len(none) if isinstance(none, tuple) else none) == int(neutral)


def test_the_suite_compares_two_worlds_with_and_without_an_intervention(tmp_path):
    path = tmp_path / "bridges.toml"
    path.write_text(of("toml"), "utf-8")
    cells = load_suite(str(path)).cells
    assert len(cells) == 12 and len({cell.world for cell in cells}) == 2
    given = [cell.exposure.interventions for cell in cells]
    assert given.count(()) == given.count(interventions({"type": "identity", "share": 1})) == 6


def test_the_settings_of_the_command_line_are_interventions():
    found = re.findall(r"--set '([^']*)'", of("bash"))
    tables = [tables_of([one])["exposure"]["interventions"] for one in found]
    assert [one.type for table in tables for one in interventions(table)] == [
        "skew",
        "rephrasings",
        "mixture",
    ]


def test_the_python_prints_what_the_page_says(tmp_path):
    (tmp_path / "block.py").write_text(of("python"), "utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(tmp_path / "block.py"))
    assert printed.getvalue() == of("text")
