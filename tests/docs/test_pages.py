"""Pages of the documentation: links lead somewhere, nothing is left out, sentences are short."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import zebroid
from zebroid.benchmarks.docs.__main__ import FILLS, marks, pages

from .prose import mean_length, sentences

DOCS = Path(zebroid.__file__).resolve().parent / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_" not in path.parts[-2][:1])
TEXTS = {path: path.read_text("utf-8") for path in PAGES}
CONCEPTS = [path for path in PAGES if path.parent.name == "concepts" and path.stem != "index"]
CLAIMS = [
    path
    for path in PAGES
    if path.parent.name == "results" and path.stem not in ("index", "headline-table", "floors")
]


def name(path):
    return str(path.relative_to(DOCS))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_links_lead_somewhere(path):
    plain = re.sub(r"^```.*?^```", "", TEXTS[path], flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", plain):
        assert target.startswith("https://") or (path.parent / target).exists(), target


def test_every_page_stands_in_a_table_of_contents():
    listed = set()
    for path, text in TEXTS.items():
        for body in re.findall(r"^```\{toctree\}\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            names = [line for line in body.splitlines() if line and not line.startswith(":")]
            listed |= {(path.parent / f"{line}").resolve() for line in names}
    missing = {path.with_suffix("").resolve() for path in PAGES} - listed
    assert missing == {(DOCS / "index").resolve()}


@pytest.mark.parametrize("path", CONCEPTS, ids=name)
def test_a_concept_has_a_picture_and_a_worked_example_about_the_zebra(path):
    assert re.search(r"!\[[^\]]{10,}\]\(\.\./pictures/\w+\.svg\)", TEXTS[path])
    example = TEXTS[path].partition("## Worked example")[2]
    assert "zebra" in example or "horse" in example


# claims that no receipt is behind -> what stands there instead
BEHIND = {
    "percolation": r"^<!-- plateau symbolic .+ -->$",  # computed from worlds alone
    "replications": r"^<!-- replications table .+ -->$",  # kept results of findings
    "mechanism": r"^<!-- mechanism results .+ -->$",  # kept results of probes
    "version-2": r"\]\(version-1/answers\.parquet\)",  # answers of models, scored anew
    "beyond": r"^<!-- beyond .+ -->$",  # tables of rounds
    "learning-rates": r"\]\(data/learning-rates-v1/receipt\.json\)",  # no entry of the board
    "language-models": r"^<!-- language-models settings .+ -->$",  # several receipts
}


@pytest.mark.parametrize("path", CLAIMS, ids=name)
def test_a_claim_is_a_sentence_a_figure_and_its_receipt(path):
    text = TEXTS[path]
    assert re.search(r"^\*\*Claim\.\*\* .+", text, re.MULTILINE)
    made = r"<!-- (rescored|replications|mechanism|beyond|tools|forecast) [^\n]+ -->.*?<!-- end of"
    typed = re.sub(made, "", text, flags=re.DOTALL)
    assert typed.count("\n|") <= 16, "long tables are data files"
    if path.stem == "version-2":
        assert re.search(r"^<!-- rescored rows .+ -->$", text, re.MULTILINE), "no computed table"
    elif not _unmeasured(text):
        assert re.search(r"!\[.+\]\(.+\.svg\)", text)
    if path.stem in BEHIND:
        assert re.search(BEHIND[path.stem], text, re.MULTILINE)
    elif not _unmeasured(text):
        assert re.search(r"\(\.\./receipts/[\w-]+/receipt\.json\)", text)


def _unmeasured(text):
    """Whether none of a page's blocks has its receipt: then it names the suite to be run."""
    blocks = re.findall(
        r"^<!-- (?:results|mechanism) .+ -->\n(.*?)<!-- end of", text, re.M | re.DOTALL
    )
    waits = bool(blocks) and all("Not measured yet" in block for block in blocks)
    return waits and bool(re.search(r"`zebroid run [\w-]+", text))


@pytest.mark.parametrize("path", [DOCS / "index.md", DOCS / "start.md", *CONCEPTS], ids=name)
def test_sentences_are_short(path):
    assert mean_length(TEXTS[path]) <= 20


def test_the_measure_of_sentences_sees_long_ones_and_no_code():
    long = "One two three four five. " + "word " * 40 + "end.\n\n```\na b c d e f\n```\n| a | b |\n"
    assert [len(s.split()) for s in sentences(long)] == [5, 41]
    assert mean_length("- [One](x) two.\n- Three `a b c` four.\n") == 2.5


def test_every_computed_block_has_a_command_that_fills_it():
    found = {mark for page in pages() for mark in marks(page.read_text("utf-8"))}
    assert found == set(FILLS)


def test_data_files_are_tables_that_a_page_links():
    linked = {
        (path.parent / target).resolve()
        for path, text in TEXTS.items()
        for target in re.findall(r"\]\(((?:results/)?data/[^)]+\.csv)\)", text)
    }
    kept = {path.resolve() for path in (DOCS / "results" / "data").glob("*.csv")}
    assert kept == linked and kept
    for path in kept:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) > 1 and {len(row) for row in rows} == {len(rows[0])}, path.name


def test_figures_of_results_stand_on_a_page():
    displayed = {
        (path.parent / target).resolve()
        for path, text in TEXTS.items()
        for target in re.findall(r"\]\((figures/[^)]+\.svg)\)", text)
    }
    assert {p.resolve() for p in (DOCS / "results" / "figures").glob("*.svg")} == displayed


def test_words_of_tables_are_explained_beside_the_marks():
    """What a cell or a row of a table of scores is called."""
    from zebroid.benchmarks.report import table

    folder = Path(zebroid.__file__).resolve().parent / "docs" / "concepts"
    text = (folder / "floors.md").read_text("utf-8")
    marks = text[text.index("- **Marks**") : text.index("- **Profile**")]
    for word in (table.BELOW, table.LIKENESS, "untraced", "tracer"):
        assert word in marks
