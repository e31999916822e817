"""docs/reference/worlds.md: counted, not typed, and no world is left out."""

from __future__ import annotations

import re

import pytest
from zebroid import registry
from zebroid.benchmarks.docs import readme_blocks
from zebroid.benchmarks.docs.readme_blocks import rendered
from zebroid.errors import UserError
from zebroid.registry import make
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.novelty.rungs import LADDER

PAGE = "# Worlds\n\n<!-- worlds tiny -->\nold\n<!-- end of worlds -->\n\nend\n"


def rows(page):
    """world -> its cells."""
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    return {line.split("`")[1]: line.strip("| ").split(" | ")[1:] for line in lines}


@pytest.fixture
def two(monkeypatch):
    monkeypatch.setattr(registry, "worlds", lambda: ("acme.own-v1", "composition-v1", "zebra-v2"))


@pytest.mark.long
def test_every_built_in_world_has_its_questions_counted_by_rung(two):
    page = rendered(PAGE, registry.ROOT)
    assert page.startswith("# Worlds\n\n<!-- worlds tiny -->\n") and page.endswith("\nend\n")
    assert "old" not in page and rendered(page, registry.ROOT) == page
    found = rows(page)
    assert [*found] == ["composition-v1", "zebra-v2"]
    for name, cells in found.items():
        world = make(name)
        corpus = build_corpus(world, "tiny")
        for rung, cell in zip(LADDER, cells):
            number = len(corpus.of_rung(rung, pure=rung != "mixed"))
            assert cell.strip("*") == (f"{number:,}" if number else "–")
            assert cell.startswith("**") == (rung in world.rungs)
        assert cells[-1] == world.generalises


def test_a_page_that_cannot_be_filled_is_refused(two):
    with pytest.raises(UserError, match="did you mean 'tiny'"):
        rendered(PAGE.replace("tiny", "tniy"), registry.ROOT)


def test_the_command_fills_the_page_or_leaves_it_as_it_was(two, tmp_path, capsys):
    path = tmp_path / "worlds.md"
    path.write_text(PAGE)
    assert readme_blocks.main([str(path)]) == 0
    assert path.read_text() == rendered(PAGE, registry.ROOT)
    path.write_text(PAGE.replace("tiny", "tniy"))
    assert readme_blocks.main([str(path)]) == 2 and "old" in path.read_text()
    assert readme_blocks.main([str(tmp_path / "absent.md")]) == 2
    assert capsys.readouterr().err.count("\n") == 2


def test_the_page_lists_every_built_in_world():
    page = (registry.ROOT / "docs" / "reference" / "worlds.md").read_text("utf-8")
    assert [*rows(page)] == readme_blocks.builtin(), "run: make pages"
    assert re.search(r"<!-- worlds base -->", page)


@pytest.mark.parametrize("name", readme_blocks.builtin())
def test_every_built_in_world_says_what_it_generalises(name):
    assert make(name).generalises
