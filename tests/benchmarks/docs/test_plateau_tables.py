"""Pages on scaling are computed: symbolic figures from worlds, all else from a sweep's receipt."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
import zebroid as package
from zebroid.benchmarks.docs import plateau_tables
from zebroid.benchmarks.docs.writing.doc_blocks import filled, pattern
from zebroid.benchmarks.docs.writing.small_multiples import GLYPHS, distinct
from zebroid.benchmarks.sweeps import analysis as scalings
from zebroid.benchmarks.sweeps import coverage, sweep_tables
from zebroid.errors import UserError
from zebroid.eval.scaling.percolation import sweep
from zebroid.registry import make

RESULTS = Path(package.__file__).resolve().parent / "docs" / "results"
PAGES = {path: path.read_text("utf-8") for path in sorted(RESULTS.glob("*.md"))}


def block(name: str, argument: str = "swept") -> str:
    return f"<!-- plateau {name} {argument} -->\nwas here\n<!-- end of plateau -->\n"


@pytest.fixture(scope="module")
def root(swept, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(swept, folder / "swept")
    return folder


@pytest.fixture(scope="module")
def tables(root):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scalings, "VOTES", 5)
        yield plateau_tables.tables(root)


def files(root, page):
    """(header, rows) of the data file that a page links, and its figure where it shows one."""
    (path,) = re.findall(r"\]\((data/[^)]+\.csv)\)", page)
    with (root / path).open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    drawn = re.findall(r"\]\((figures/[^)]+\.svg)\)", page)
    return header, rows, (root / drawn[0]).read_text("utf-8") if drawn else ""


# kind of block -> what its data hold when it is made of the sweep
MADE = {
    "verdicts": "composition-v1/tiny (demonstrated 0.9): direct decoder-s",
    "axes": "conclusions demonstrated",
    "levels": "400,000",
    "joint": "points over N, D, U",
    "exhausted": "composition-v1/tiny",
    "added": "chain",
    "percolation": "network-v2/tiny",
}


@pytest.mark.long
@pytest.mark.parametrize(("name", "message"), MADE.items())
def test_a_block_links_its_data(root, tables, name, message) -> None:
    page = filled(block(name), plateau_tables.KIND, tables)
    assert "was here" not in page and "|" not in page
    header, rows, _ = files(root, page)
    assert any(message in cell for row in rows for cell in row)
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.long
def test_every_cell_of_the_verdicts_bears_its_glyph_and_level(root, tables) -> None:
    page = filled(
        block("verdicts", "swept composition-v1/tiny direct"), plateau_tables.KIND, tables
    )
    header, rows, svg = files(root, page)
    kinds, levels = header.index("verdict"), header.index("configuration")
    assert rows and all("direct" in row[levels] for row in rows)
    displayed = re.findall(r">([▲■▼?]) (\d\.\d\d)<", svg)
    assert sorted(g for g, _ in displayed) == sorted(GLYPHS[row[kinds]] for row in rows)


def test_words_that_select_nothing_are_one_line(tables) -> None:
    with pytest.raises(UserError, match="has nothing of 'spoken'"):
        list(tables["verdicts"]("swept spoken"))


def test_labels_keep_what_tells_rows_apart() -> None:
    rows = [["small", "demonstrated 0.3", "direct"], ["small", "demonstrated 0.6", "direct"]]
    assert distinct(rows) == ["demonstrated 0.3", "demonstrated 0.6"] and distinct(rows[:1]) == [
        "small, demonstrated 0.3, direct"
    ]


def test_what_has_not_been_measured_is_marked_and_nothing_is_made_up(tables) -> None:
    for name in ("verdicts", "axes", "exhausted", "figure"):
        page = filled(block(name, "nowhere x"), plateau_tables.KIND, tables)
        assert "Not measured yet: there is no receipt in `nowhere" in page and "|" not in page


def test_a_figure_stands_in_the_page_once_it_is_drawn(root, tables) -> None:
    (root / "swept" / "figures").mkdir(exist_ok=True)
    (root / "swept" / "figures" / "ladder.svg").write_text("<svg/>")
    page = filled(block("figure", "swept ladder"), plateau_tables.KIND, tables)
    assert "![ladder](swept/figures/ladder.svg)" in page


def test_a_page_is_filled_in_place_or_left_alone(root, capsys) -> None:
    page = root / "page.md"
    page.write_text("# Title\n" + block("symbolic", "composition-v1/tiny") + "end\n")
    assert plateau_tables.main([str(page)]) == 0
    text = page.read_text()
    assert text.startswith("# Title\n") and text.endswith("end\n")
    _, rows, _ = files(root, text)
    assert ["composition-v1/tiny", "independent premises"] in [row[:2] for row in rows]
    page.write_text(block("axis"))
    assert plateau_tables.main([str(page)]) == 2
    assert "did you mean 'axes'?" in capsys.readouterr().err and page.read_text() == block("axis")


def test_the_docs_show_the_percolation_of_this_code() -> None:
    blocks = [(path, m) for path, page in PAGES.items() for m in pattern("plateau").finditer(page)]
    ((path, message),) = [(path, m) for path, m in blocks if m[2].startswith("symbolic")]
    assert {"network-v2/base", "network-v2/sparse", "composition-v1/laptop"} <= set(
        message[2].split()
    )
    _, rows, _ = files(path.parent, message[0])
    found = sweep(make("network-v2"), "tiny", coverage.GRID, plateau_tables.SEEDS)
    for row in sweep_tables.symbolic([found]).rows:
        assert list(row) in rows


def test_every_kind_of_block_is_filled_and_the_docs_name_no_other(tables) -> None:
    named = {m[2].split()[0] for page in PAGES.values() for m in pattern("plateau").finditer(page)}
    assert "symbolic" in named and named <= set(tables)
    assert set(tables) == {"symbolic", "figure", *MADE}
