"""Power of a paired comparison against simulation, and how many worlds one needs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from zebroid.eval.stats.power import ENOUGH, power, worlds_needed, worlds_to_bound


@pytest.mark.parametrize(
    ("effect", "spread", "worlds", "level"),
    [
        (0.1, 0.1, 8, 0.05),
        (0.1, 0.2, 8, 0.05),
        (0.3, 0.2, 8, 0.025),
        (-0.1, 0.1, 5, 0.05),
        (8.5, 1.0, 2, 0.05),
    ],
)
def test_power_is_that_of_simulated_t_tests(effect, spread, worlds, level):
    rng = np.random.RandomState(0)
    gaps = rng.normal(effect, spread, (20_000, worlds))
    found = (np.asarray(stats.ttest_1samp(gaps, 0, axis=1)[1]) < level).mean()
    assert power(effect, spread, worlds, level) == pytest.approx(found, abs=0.015)


def test_without_an_effect_power_is_the_level():
    assert power(0.0, 0.1, 8) == pytest.approx(0.05)


def test_far_from_0_power_is_1_and_never_undefined():
    for effect in np.geomspace(0.01, 1e6, 40):
        assert 0 < power(effect, 0.01, 8, 0.05 / 3) <= 1
    assert power(1e6, 0.01, 8) == 1 and power(0.1, 0.0, 8) == 1 and power(0.1, 0.1, 1) == 0


def test_as_many_worlds_are_named_as_give_power_and_one_fewer_does_not():
    needed = worlds_needed(0.1, 0.2)
    assert needed is not None
    assert power(0.1, 0.2, needed) >= ENOUGH > power(0.1, 0.2, needed - 1)
    assert worlds_needed(0.0, 0.2) is None and worlds_needed(1e-4, 1.0) is None


def test_so_many_worlds_hold_an_interval_within_its_room():
    needed = worlds_to_bound(0.1, 0.2)
    assert needed is not None

    def half(n):
        return stats.t.ppf(0.975, n - 1) * 0.2 / np.sqrt(n)

    assert half(needed) <= 0.1 < half(needed - 1)
    assert worlds_to_bound(-0.1, 0.2) is None
