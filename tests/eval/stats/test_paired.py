"""Differences are paired by world, and corrected where many are looked at."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from zebroid.eval.stats.intervals import shares
from zebroid.eval.stats.paired import holm, independent, paired


def test_a_difference_is_paired_by_world_and_sees_what_levels_hide() -> None:
    worlds = {w: np.array([level, level + 0.02]) for w, level in zip("abcd", (0.2, 0.4, 0.6, 0.8))}
    gains = dict(zip("abcd", (0.04, 0.05, 0.06, 0.05)))
    found = paired({w: runs + gains[w] for w, runs in worlds.items()}, worlds)
    assert found is not None and found.mean == pytest.approx(0.05)
    assert 0 < found.low < found.mean < found.high and found.p < 0.01
    expected = stats.ttest_1samp([*gains.values()], 0)
    assert found.p == pytest.approx(expected.pvalue)  # type: ignore[attr-defined]
    assert str(found) == "+0.05 [+0.04, +0.06]"


def test_only_worlds_that_both_have_are_paired_and_two_are_too_few() -> None:
    more = {w: np.array([0.5]) for w in "abc"}
    assert paired(more, {w: np.array([0.4]) for w in "bc"}) is None
    same = paired(more, more | {"d": np.array([0.9])})
    assert same is not None and (same.mean, same.p) == (0.0, 1.0)


def test_without_pairs_the_interval_and_its_chance_agree() -> None:
    rng = np.random.RandomState(0)

    def band(share):
        return shares([rng.uniform(size=(3, 1, 200)) < share], ["a"])

    near, far = (independent(band(0.5), band(other)) for other in (0.48, 0.1))
    assert near.low < 0 < near.high and near.p > 0.05
    assert far.low > 0 and far.p < 0.05


def test_holm_is_stricter_the_more_there_are() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.04]) == [0.04] and holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]
