"""docs/reference/published-splits.md: counted, not typed; a page that names no such world stays."""

import re

import pytest
from zebroid import registry
from zebroid.benchmarks.docs import split_tables
from zebroid.worlds.catalog.commands import Commands

PAGE = registry.ROOT / "docs" / "reference" / "published-splits.md"
TABLE = "# Splits\n\n<!-- splits of %s -->\nold\n<!-- end of splits -->\n\nend\n"


def numbers(page):
    """split -> its cells as numbers."""
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    table = [row for row in rows if len(row) == 3 + len(split_tables.COLUMNS)]
    return {
        name.strip("`"): [int(n.replace(",", "").replace("–", "0")) for n in cells]
        for name, *cells in table
    }


def test_every_queried_command_is_counted_on_one_rung(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(TABLE % "commands-v2/tiny", "utf-8")
    assert split_tables.fill(page) == 0
    text = page.read_text("utf-8")
    found = numbers(text)
    assert "old" not in text and [*found] == [*Commands.splits]
    for name, (demonstrated, queried, *rungs) in found.items():
        assert demonstrated and queried == sum(rungs) > 0, name


def test_the_page_has_every_split_of_scan():
    text = PAGE.read_text("utf-8")
    found = numbers(text)
    assert [*found] == [*Commands.splits] and "<!-- splits of commands-v2/scan -->" in text
    for _, queried, *rungs in found.values():
        assert queried == sum(rungs)
    instance = split_tables.COLUMNS.index("instance")
    assert found["length"][2:][instance] == 3_920


@pytest.mark.long
def test_the_page_is_what_is_counted():
    text = PAGE.read_text("utf-8")
    block = r"<!-- splits of commands-v2/scan -->\n\n(.*?)\n\n<!--"
    (table,) = re.findall(block, text, re.DOTALL)
    assert table.splitlines() == [*split_tables.split_table("commands-v2/scan")], "run: make pages"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("composition-v1/tiny", "composition-v1 has no named splits"),
        ("commands-v2/tniy", "did you mean 'tiny'"),
    ],
)
def test_a_page_that_cannot_be_filled_stays_as_it_was(tmp_path, capsys, name, message):
    page = tmp_path / "page.md"
    page.write_text(TABLE % name, "utf-8")
    assert split_tables.fill(page) == 2
    assert page.read_text("utf-8") == TABLE % name
    err = capsys.readouterr().err
    assert message in err and err.count("\n") == 1
