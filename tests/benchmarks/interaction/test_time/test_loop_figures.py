"""Loops at test time: a line for each model as it was trained, and what one has over the other."""

from __future__ import annotations

import pytest
from zebroid.benchmarks.interaction import round_tables
from zebroid.benchmarks.interaction.test_time import loop_figures

WHO = {"cell": "a", "world": "w/tiny", "mode": "direct", "branch": "direct", "round": 0}
MODELS = {  # how much it gains a doubling, and its names at 2, 4 and 8 loops
    "m": (0.0, ("m[query_loops=2]", "m", "m[query_loops=8]")),
    "m[spread=3]": (0.1, ("m[query_loops=2,spread=3]", "m[spread=3]", "m[query_loops=8,spread=3]")),
}


@pytest.fixture
def page(tmp_path):
    rows = [
        WHO
        | {"cell": name, "model": name, "seed": str(seed), "rung": rung, "way": "loops"}
        | {"number": 2 << k, "flops": 1e5 * (2 << k), "questions": many, "floor": floor}
        | {"right": many * (0.3 + gain * k + seed / 100)}
        for gain, names in MODELS.values()
        for k, name in enumerate(names)
        for seed in range(3)
        for rung, many, floor in (
            ("constituent", 100, 0.21),
            ("recall", 100, 0.0),
            ("depth", 9, 0.1),
        )
    ]
    round_tables.write(tmp_path / "data/it", round_tables.TEST_TIME, rows)
    path = tmp_path / "page.md"
    path.write_text("<!-- loops scores data/it -->\n<!-- end of loops -->\n")
    return path


def lines(page):
    assert loop_figures.main([str(page)]) == 0
    split = [line.strip("|").split("|") for line in page.read_text().splitlines()]
    return {tuple(cell.strip() for cell in cells[1:3]): cells for cells in split if len(cells) > 5}


def test_each_model_has_its_scores_over_loops_its_floor_and_its_gain(page):
    found = lines(page)
    fixed, random = (found["constituent", f"`{name}`"] for name in MODELS)
    starts = [[cell.split()[0] for cell in line[3:7]] for line in (fixed, random)]
    assert starts == [["0.31", "0.31", "0.31", "+0.00"], ["0.31", "0.41", "0.51", "+0.10"]]
    assert fixed[7].strip() == random[7].strip() == "0.21"
    assert random[8].strip() == "rising", "in the order of loops, whatever their names"
    assert found["recall", "`m`"][7].strip() == "–"
    assert not any(rung == "depth" for rung, _ in found), "too few questions"
    assert (page.parent / "figures" / "it-loops.svg").is_file()


def test_the_difference_of_two_models_is_paired_over_seeds(page):
    """Seeds differ by .02 in both, which leaves no doubt in the difference."""
    difference = lines(page)["constituent", "`m[spread=3]` over `m`"]
    assert [cell.strip() for cell in difference[3:6]] == [
        "+0.00 ± 0.00",
        "+0.10 ± 0.00",
        "+0.20 ± 0.00",
    ]


def test_a_missing_table_is_one_line(tmp_path, capsys):
    path = tmp_path / "page.md"
    path.write_text("<!-- loops scores data/it -->\n<!-- end of loops -->\n")
    assert loop_figures.main([str(path)]) == 2
    assert "run the suite, and copy its tables" in capsys.readouterr().err
