"""Ranks are intervals: no order that chance could have made, and no mean over fewer worlds."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.eval.stats.rank_intervals import Mean, gap, ranked


def rows(**levels: list[float]) -> dict[str, dict[int, float]]:
    return {name: dict(enumerate(values)) for name, values in levels.items()}


def ends(mean: Mean) -> tuple[float, float]:
    assert mean.low is not None and mean.high is not None
    return mean.low, mean.high


def test_rows_that_are_surely_apart_have_one_rank_each():
    found = ranked(rows(low=[0.1, 0.12, 0.11], high=[0.8, 0.83, 0.82], mid=[0.5, 0.52, 0.5]))
    assert [(p.name, p.first, p.last, p.group) for p in found] == [
        ("high", 1, 1, 1),
        ("mid", 2, 2, 2),
        ("low", 3, 3, 3),
    ]
    assert found[0].score.mean == pytest.approx(0.8166667)
    low, high = ends(found[0].score)
    assert low < 0.8166667 < high


def test_what_chance_could_have_made_is_a_tie_whoever_has_the_larger_mean():
    found = ranked(rows(one=[0.5, 0.2, 0.6], other=[0.4, 0.3, 0.55], last=[0.05, 0.0, 0.1]))
    assert [p.name for p in found] == ["one", "other", "last"]
    # the second is surely above the last, and the first, which varies more, is not
    assert [(p.first, p.last) for p in found] == [(1, 3), (1, 2), (2, 3)]
    assert {p.group for p in found} == {1}


def test_pairs_of_worlds_see_a_difference_that_the_levels_of_worlds_hide():
    level, gains = np.array([0.1, 0.4, 0.7, 0.9]), np.array([0.05, 0.06, 0.05, 0.04])
    found = ranked(
        {
            "better": dict(enumerate(level + gains)),
            "base": dict(enumerate(level)),
        }
    )
    assert [(p.first, p.last) for p in found] == [(1, 1), (2, 2)]
    assert ends(found[0].score)[0] < found[1].score.mean  # their own intervals overlap widely


def test_equal_rows_share_all_and_stand_by_name():
    found = ranked(rows(b=[0.5, 0.5, 0.5], a=[0.5, 0.5, 0.5]))
    assert [(p.name, p.first, p.last, p.group) for p in found] == [("a", 1, 2, 1), ("b", 1, 2, 1)]


def test_a_mean_over_fewer_worlds_or_over_two_ranks_nothing():
    with pytest.raises(ValueError, match="different worlds"):
        ranked({"all": {0: 0.5, 1: 0.4, 2: 0.1}, "best": {0: 0.5, 1: 0.4}})
    with pytest.raises(ValueError, match="2 worlds, expected at least 3"):
        ranked(rows(one=[0.5, 0.4], other=[0.1, 0.2]))
    assert ranked({}) == []


def test_rows_of_equal_ability_are_seldom_apart_however_many_pairs_are_looked_at():
    rng, wrong = np.random.RandomState(0), 0
    for _ in range(150):
        noise = rng.normal(0.5, 0.1, (5, 5))
        found = ranked({str(i): dict(enumerate(row)) for i, row in enumerate(noise)})
        wrong += any((p.first, p.last) != (1, 5) for p in found)
    assert wrong / 150 <= 0.1


def test_one_world_has_no_interval():
    assert Mean.of({0: 0.4}) == Mean(0.4, None, None)


def test_a_gap_between_other_worlds_has_an_interval_by_welch():
    public, sealed = rows(a=[0.8, 0.82, 0.81], b=[0.3, 0.35, 0.25]).values()
    found = gap(public, sealed)
    assert found.mean == pytest.approx(0.51) and ends(found)[0] > 0.3
    low, high = ends(gap(public, {9: 0.8, 8: 0.83, 7: 0.79}))
    assert low < 0 < high
    assert gap(public, {9: 0.8}).low is None
    assert gap({0: 1.0, 1: 1.0, 2: 1.0}, {3: 1.0, 4: 1.0, 5: 1.0}) == Mean(0.0, 0.0, 0.0)
