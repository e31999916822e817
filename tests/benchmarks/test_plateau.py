"""docs/plateau.md is computed: symbolic tables from worlds, all else from a sweep's receipt."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import zebroid as package
from zebroid.benchmarks import plateau, scaling_tables
from zebroid.benchmarks import scaling as scalings
from zebroid.benchmarks.blocks import filled, pattern
from zebroid.eval.percolation import sweep
from zebroid.registry import make

PAGE = Path(package.__file__).resolve().parent / "docs" / "plateau.md"


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
        yield plateau.tables(root)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("verdicts", "composition-v1/tiny (shown 0.9): direct decoder-s"),
        ("axes", "conclusions shown"),
        ("levels", "400,000"),
        ("joint", "points over N, D, U"),
        ("exhausted", "stated: epochs"),
        ("added", "chain"),
        ("percolation", "network-v1/tiny"),
    ],
)
def test_tables_of_a_receipt_are_tables(tables, name, told) -> None:
    page = filled(block(name), plateau.KIND, tables)
    assert told in page and "was here" not in page
    rows = [line for line in page.splitlines() if line.startswith("|")]
    widths = {len(re.split(r"(?<!\\)\|", row)) for row in rows}
    assert len(rows) > 2 and len(widths) == 1


def test_what_has_not_been_measured_is_said_and_nothing_is_made_up(tables) -> None:
    for name in ("verdicts", "axes", "exhausted", "figure"):
        page = filled(block(name, "nowhere x"), plateau.KIND, tables)
        assert "Not measured yet: there is no receipt in `nowhere" in page and "|" not in page


def test_a_figure_stands_in_the_page_once_it_is_drawn(root, tables) -> None:
    (root / "swept" / "figures").mkdir(exist_ok=True)
    (root / "swept" / "figures" / "ladder.svg").write_text("<svg/>")
    page = filled(block("figure", "swept ladder"), plateau.KIND, tables)
    assert "![ladder](swept/figures/ladder.svg)" in page


def test_a_page_is_filled_in_place_or_left_alone(root, capsys) -> None:
    page = root / "page.md"
    page.write_text("# Title\n" + block("symbolic", "composition-v1/tiny") + "end\n")
    assert plateau.main([str(page)]) == 0
    text = page.read_text()
    assert text.startswith("# Title\n") and text.endswith("end\n")
    assert "composition-v1/tiny | independent premises" in text
    page.write_text(block("axis"))
    assert plateau.main([str(page)]) == 2
    assert "did you mean 'axes'?" in capsys.readouterr().err and page.read_text() == block("axis")


def test_the_docs_show_the_percolation_of_this_code() -> None:
    page = PAGE.read_text("utf-8")
    (told,) = (m for m in pattern("plateau").finditer(page) if m[2].startswith("symbolic"))
    assert {"network-v1/base", "network-v1/sparse", "composition-v1/laptop"} <= set(told[2].split())
    found = sweep(make("network-v1"), "tiny", scalings.GRID, plateau.SEEDS)
    for row in scaling_tables.symbolic([found]).rows:
        assert "| " + " | ".join(row) + " |" in told[0]


def test_the_docs_name_every_table_there_is() -> None:
    named = {m[2].split()[0] for m in pattern("plateau").finditer(PAGE.read_text("utf-8"))}
    assert named == set(plateau.tables(PAGE.parent))
