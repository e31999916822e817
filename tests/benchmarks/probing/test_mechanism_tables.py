"""The page on mechanism names, of each training, where before the last layer most is used."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.benchmarks.probing import mechanism_tables
from zebroid.benchmarks.probing.mechanism import MEASURES
from zebroid.benchmarks.probing.probe_result import ProbeResult


@pytest.fixture
def kept(tmp_path):
    """kept(plan, accuracy, name=[layers][positions], ...) keeps the result of three worlds."""

    def keep(plan, accuracy, **shares):
        nothing = np.zeros((3, 2)).tolist()
        worlds = [
            {
                "cell": f"{world:064x}",
                "accuracy": accuracy,
                "questions": dict.fromkeys(MEASURES, 40),
                "measures": dict.fromkeys(MEASURES, nothing) | shares,
            }
            for world in range(3)
        ]
        content = {"name": f"hops/small direct model {plan}", "version": "1", "worlds": worlds}
        result = ProbeResult.model_validate(content | {"positions": ["cue", "given 1"]})
        (tmp_path / "probes").mkdir(exist_ok=True)
        result.write(tmp_path / "probes" / f"{plan}.json")

    return keep


def summary(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("<!-- mechanism summary probes -->\n<!-- end of mechanism -->\n")
    assert mechanism_tables.main([str(path)]) == 0
    lines = [line for line in path.read_text().splitlines() if line.startswith("| hops")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_place_is_where_most_is_mediated_between_the_first_layer_and_the_last(kept, tmp_path):
    mediated = [[0.8, 0.0], [0.2, 0.6], [0.0, 0.9]]  # of embeddings, and of what is given out
    kept("long", 0.9, mediated=mediated, read=[[0.0, 0.0], [0.9, 0.7], [1.0, 1.0]])
    (row,) = summary(tmp_path)
    assert row[1:4] == ["0.90", "1 of 2", "given 1"]
    assert row[4].startswith("0.70") and row[4 + MEASURES.index("mediated")].startswith("0.60")


def test_without_right_answers_it_is_where_most_is_read_and_the_least_trained_stands_first(
    kept, tmp_path
):
    none = [[None, None]] * 3
    kept("a", 0.9)
    kept("b", 0.0, mediated=none, read=[[0.1, 0.2], [0.3, 0.1], [0.0, 0.0]])
    rows = summary(tmp_path)
    assert [row[0].split()[-1] for row in rows] == ["b", "a"]
    assert rows[0][2:4] == ["1 of 2", "cue"] and "too few" in rows[0]
