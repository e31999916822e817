"""Tables of Markdown: one emitter, whose cells begin no column, no line and no HTML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import zebroid
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from zebroid.benchmarks.docs.writing.markdown_table import markdown_table

ROOT = Path(zebroid.__file__).resolve().parent
CELL = st.text(st.sampled_from("ab |\\`<>*\n\t&/"), max_size=12)


def lines(*rows, **options):
    header = [f"c{i}" for i in range(len(rows[0]))]
    return [*markdown_table(header, rows, **options)]


def html(text):
    return MarkdownIt("commonmark").enable("table").render(text)


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("a|b", r"a\|b"),
        (r"a\|b", r"a\|b"),  # escaped already
        (r"a\\|b", r"a\\\|b"),  # the backslash is, the pipe is not
        ("a\nb\r\n  c", "a b c"),
        ("<script>", r"\<script>"),
        (r"\<b>", r"\<b>"),
        ("`a<b>|c`", r"`a<b>\|c`"),  # code is text already
        ("`<b>``", r"`\<b>``"),  # and this is no code
        ("**0.92** ± 0.03°", "**0.92** ± 0.03°"),
    ],
)
def test_a_cell_is_escaped_once(cell, written):
    assert lines([cell, "x"])[2] == f"| {written} | x |"


def test_an_empty_cell_is_one_space_and_numbers_stand_to_the_right():
    table = [*markdown_table(["", "n"], [["", "1"]], right=(1,))]
    assert table == ["| | n |", "|---|---:|", "| | 1 |"]


def test_a_table_without_rows_has_its_head():
    assert [*markdown_table(["a", "b"], [])] == ["| a | b |", "|---|---|"]


def test_a_row_of_other_length_is_refused():
    with pytest.raises(ValueError, match="a row of 1 cells in a table of 2 columns"):
        list(markdown_table(["a", "b"], [["x"]]))


def test_a_cell_with_a_pipe_and_a_script_stays_text():
    page = html("\n".join(lines(["x | <script>alert(1)</script>", "y"])))
    assert "<script" not in page
    assert "<td>x | &lt;script&gt;alert(1)&lt;/script&gt;</td>" in page


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=3))
def test_no_cell_leaves_its_place(rows):
    written = lines(*rows)
    assert len(written) == 2 + len(rows) and not any("\n" in line for line in written)
    page = html("\n".join(written))
    known = {"table", "thead", "tbody", "tr", "th", "td", "strong", "em", "code"}
    assert {*re.findall(r"</?(\w+)", page)} <= known
    assert page.count("<td>") == 2 * len(rows)


def test_no_other_file_writes_tables_of_its_own():
    paths = [p for folder in ("benchmarks", "docs", "eval") for p in (ROOT / folder).rglob("*.py")]
    rule = re.compile(r"""["']\|\s?-{3}|["']\| ["'] \+""")
    mine = [path.name for path in paths if rule.search(path.read_text("utf-8"))]
    assert mine == ["markdown_table.py"]
