"""Findings about graphs, laws and metrics, in small: they hold, and vanish without a cause."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.benchmarks.replications.finding import Computed
from zebroid.benchmarks.replications.symbolic import (
    broken_law,
    coverage_data,
    mirage,
    percolation_threshold,
    tool_queries,
)
from zebroid.eval.verdicts.replication import INVALID, NOT, REPRODUCED, judge_finding


def drawn(module, draws, *how):
    """The quantities of some draws of a finding, measured in small."""
    return Computed(lambda draw: module.measure(draw, *how), draws).quantities()


def means(module, draws, *how):
    found = drawn(module, draws, *how)
    return {name: np.mean([*quantity.values.values()]) for name, quantity in found.items()}


def judged(module, draws, *how):
    finding = module.FINDING
    return judge_finding(finding.claims, finding.nulls, drawn(module, draws, *how)).verdict


def test_the_threshold_grows_with_the_root_of_what_can_be_linked_and_with_nothing_else():
    mean = means(percolation_threshold, 3, (200, 800, 3200), 2)
    assert mean["exponent"] == pytest.approx(0.5, abs=0.12)
    assert abs(mean["exponent, never linked"]) < 0.12
    assert mean["ratio"] == pytest.approx(1.15, abs=0.15)


def test_queries_grow_with_the_root_below_the_threshold_alone():
    mean = means(tool_queries, 8, (300, 3_000, 30_000), 60)
    assert mean["below"] == pytest.approx(0.5, abs=0.1) and abs(mean["above"]) < 0.1
    assert mean["blocks"] > 0.4 and mean["queries above"] < 5 < mean["queries blocks"]


def test_a_null_of_tools_that_links_everything_is_caught(monkeypatch):
    """Planted: blocks that are one giant component save queries without the cause."""
    own = tool_queries._parts

    def planted(rng, n, name):
        return np.zeros(n, np.int64) if name == "blocks" else own(rng, n, name)

    monkeypatch.setattr(tool_queries, "_parts", planted)
    assert judged(tool_queries, 4, (300, 3_000), 30) == INVALID


def test_things_of_one_component_need_the_least_of_queries():
    rng = np.random.RandomState(0)
    assert tool_queries.queries(rng, np.zeros(10, np.int64)) == 1
    assert np.mean([tool_queries.queries(rng, np.arange(400)) for _ in range(50)]) > 10


def test_a_break_is_foretold_by_a_law_that_breaks_and_gains_nothing_without_one():
    assert judged(broken_law, 4) == REPRODUCED


def test_a_law_without_a_break_in_its_place_is_caught(monkeypatch):
    monkeypatch.setattr(broken_law, "BrokenPowerLaw", lambda breaks: broken_law.PowerLaw())
    assert judged(broken_law, 3) == NOT


def test_one_token_makes_no_mirage(monkeypatch):
    assert judged(mirage, 8, 1_000) == REPRODUCED
    monkeypatch.setattr(mirage, "LONG", 1)
    assert judged(mirage, 8, 1_000) == NOT
    steep = np.repeat([0.0, 1.0], [10, 15])
    assert mirage.sharpness(steep) == 1 and mirage.sharpness(np.linspace(0, 1, 25)) < 0.2


def test_data_that_connect_pairs_grow_with_the_square_and_more_if_more_must_be_shared():
    mean = means(coverage_data, 3, (16, 32, 64), 3)
    assert mean["1 shared"] == pytest.approx(2.0, abs=0.25)
    assert mean["3 shared"] - mean["1 shared"] > 0.15
    assert mean["3 shared, hub"] - mean["1 shared, hub"] < 0.15


def test_pairs_are_connected_by_as_many_third_tokens_as_are_needed():
    seen = np.eye(4, dtype=bool)
    assert not coverage_data.connected(seen, 1), "nobody shares any"
    seen[:3, 0] = True
    assert coverage_data.connected(seen, 1) and not coverage_data.connected(seen, 2)


def test_draws_are_numbered_and_each_is_named_before_it_is_measured():
    begun = []
    found = Computed(lambda draw: {"begun": len(begun), "draw": draw}, 3).quantities(begun.append)
    assert begun == [0, 1, 2] and found["begun"].values == {"0": 1, "1": 2, "2": 3}
    assert found["draw"].values == {"0": 0, "1": 1, "2": 2}
