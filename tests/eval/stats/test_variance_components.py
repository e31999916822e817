"""The variance of runs is split over the seeds that it comes with, or said to be open."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from zebroid.eval.stats.variance_components import split

GRID = [*itertools.product(range(4), range(3), range(2), range(2))]  # all four axes


def drawn(rng, seeds, **deviations):
    """[R] values with these standard deviations of axes, nested as in the model."""
    effects: dict[tuple, float] = {}
    keys = {"world": (0,), "exposure": (0, 1), "init": (0, 1, 2), "order": (0, 1, 3)}
    keys |= {"rest": (0, 1, 2, 3)}

    def effect(axis, seed):
        key = axis, *(seed[i] for i in keys[axis])
        return effects.setdefault(key, deviations[axis] * rng.standard_normal())

    return [0.5 + sum(effect(axis, seed) for axis in deviations) for seed in seeds]


def test_of_balanced_data_the_split_is_the_analysis_of_variance() -> None:
    seeds = [(w, 0, i, i) for w in range(3) for i in range(4)]
    y = np.random.RandomState(0).standard_normal((3, 4))
    found = split(y.ravel().tolist(), seeds)
    within = y.var(1, ddof=1).mean()
    between = y.mean(1).var(ddof=1) - within / 4
    assert [c.axes for c in found.components] == [("world",), ("init", "order")]
    assert [c.estimate for c in found.components] == pytest.approx([between, within])
    assert found.unidentified == {"exposure": "one seed"}


def test_components_are_found_without_bias_where_runs_are_missing_too() -> None:
    rng = np.random.RandomState(1)
    true = {"world": 0.3, "exposure": 0.2, "init": 0.1, "order": 0.05, "rest": 0.1}
    seeds = [seed for seed in GRID if seed not in {(0, 0, 0, 0), (2, 1, 1, 0), (3, 2, 1, 1)}]
    tries = [split(drawn(rng, seeds, **true), seeds) for _ in range(300)]
    assert not any(t.unidentified for t in tries)
    for number, (axis, deviation) in enumerate(true.items()):
        assert {t.components[number].axes for t in tries} == {(axis,)}
        estimates = [t.components[number].estimate for t in tries]
        noise = 4 * np.std(estimates) / np.sqrt(len(tries))
        assert np.mean(estimates) == pytest.approx(deviation**2, abs=noise)


def test_axes_that_vary_together_have_one_component() -> None:
    (found,) = split([0.1, 0.4, 0.3], [(n, n, n, n) for n in range(3)]).components
    assert found.name == "world + exposure + init + order" and found.groups == 3
    assert found.estimate == pytest.approx(np.var([0.1, 0.4, 0.3], ddof=1))


def test_an_axis_of_one_seed_is_not_identified() -> None:
    found = split([0.1, 0.2], [(0, 0, 0, 5), (0, 0, 1, 5)])
    assert [c.name for c in found.components] == ["init"]
    assert found.unidentified == dict.fromkeys(("world", "exposure", "order"), "one seed")


def test_one_run_identifies_nothing() -> None:
    found = split([0.5], [(0, 0, 0, 0)])
    assert not found.components and len(found.unidentified) == 4


def test_an_estimate_below_nothing_counts_as_nothing_and_is_marked() -> None:
    seeds = [(w, 0, i, i) for w in range(2) for i in range(2)]
    found = split([0.0, 1.0, 1.0, 0.0], seeds)
    world, runs = found.components
    assert world.negative and world.variance == 0 and found.share(world) == 0
    assert not runs.negative and found.share(runs) == 1
