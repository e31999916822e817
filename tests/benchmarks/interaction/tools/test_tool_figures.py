"""The table of looks: score over budgets, beside what a deducer with the same looks could reach."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.interaction import round_tables
from zebroid.benchmarks.interaction.tools import tool_figures
from zebroid.benchmarks.interaction.tools.tool_table import TOOLS

PAGE = "# Page\n\n<!-- tools looks data/some -->\n<!-- end of tools -->\n"


def row(seed, allowed, right, needed_looks=1, branch="sensor", lies=0.0, **more):
    numbers = {"round": 0, "needed": -1, "none": 0, "malformed": 0, "flops": 1e11, "floor": 0.05}
    own = {"cell": f"{branch}{seed}", "world": "acme-v1/tiny[things=4]", "mode": "tools"}
    own |= {"model": "decoder-xs", "seed": str(seed), "plan": "short", "rung": "unknowable"}
    counts = {"questions": 40, "right": right, "calls": 160, "looks": 40 * min(allowed, 2)}
    who = {"branch": branch, "lies": lies, "allowed": allowed, "needed_looks": needed_looks}
    return numbers | own | counts | who | more


@pytest.fixture
def filled(tmp_path):
    """filled(rows) -> the page that they make."""

    def make(rows):
        folder = tmp_path / "data" / "some"
        folder.mkdir(parents=True)
        round_tables.write(folder, TOOLS, rows)
        page = tmp_path / "page.md"
        page.write_text(PAGE)
        assert tool_figures.main([str(page)]) == 0
        assert (tmp_path / "figures" / "some-looks.svg").is_file()
        lines = [line.split("|") for line in page.read_text().splitlines() if "acme" in line]
        return {tuple(cell.strip() for cell in line[2:4]): line[4:-1] for line in lines}

    return make


def test_each_budget_has_a_line_with_looks_made_and_what_a_deducer_reaches(filled):
    rows = [
        row(seed, allowed, 0 if allowed < needed else 36, needed)
        for seed in range(3)
        for allowed in (0, 1, 2)
        for needed in (1, 2)
    ]
    found = filled(rows)
    assert [*found] == [("sensor", "0"), ("sensor", "1"), ("sensor", "2")]
    scores = {budget: [cell.strip() for cell in line[:3]] for (_, budget), line in found.items()}
    assert scores["0"] == ["0.00", "0.00 ± 0.00", "0.00 ± 0.00"]
    assert scores["1"] == ["1.00", "0.45 ± 0.00", "0.50 ± 0.00"]
    assert scores["2"] == ["2.00", "0.90 ± 0.00", "1.00 ± 0.00"]


def test_who_cannot_look_and_who_lies_stand_apart_and_no_look_that_helps_counts_for_nobody(filled):
    rows = [
        row(0, 2, 20),
        row(0, 2, 0, needed_looks=-1),
        row(0, 2, 10, lies=0.3),
        row(0, 0, 1, branch="without tools"),
    ]
    found = filled(rows)
    assert found["sensor", "2"][2].strip() == "0.50 ± 0.00", "half of all can be reached"
    assert found["sensor, lies 0.3", "2"][1].strip() == "0.25 ± 0.00"
    assert [cell.strip() for cell in found["without tools", "–"][:3]] == ["–", "0.03 ± 0.00", "–"]
