"""Intervals: the unit is the run or the world, and no interval pretends to know too much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from zebroid.eval.stats.intervals import change, difference, means, shares, student, wilson

pytestmark = pytest.mark.smoke


def _runs(*levels: float, n: int = 200) -> np.ndarray:
    """bool [S, 1, n]: runs that are right on these shares of n questions."""
    return np.array([[np.arange(n) < round(level * n)] for level in levels])


def test_one_run_has_an_interval_over_questions() -> None:
    band = shares([_runs(0.5, n=100)], ["a"])
    assert band.over == "questions"
    assert band.at() == pytest.approx((0.5, 0.4038, 0.5962), abs=1e-4)  # Wilson, by hand


def test_few_runs_have_students_interval() -> None:
    band = shares([_runs(0.2, 0.5, 0.8, n=10_000)], ["a"])
    half = stats.t.ppf(0.975, 2) * 0.3 / np.sqrt(3)
    assert band.over == "runs"
    assert band.at() == pytest.approx((0.5, max(0, 0.5 - half), min(1, 0.5 + half)))


def test_runs_that_agree_are_not_certain() -> None:
    """Five runs at 0 of the same 47 questions leave what Wilson leaves on 47 questions."""
    band = shares([_runs(0, 0, 0, 0, 0, n=47)], ["a"])
    assert band.at() == pytest.approx((0, 0, float(wilson(np.array(0.0), 47)[1])))


def test_more_runs_of_one_world_are_no_more_questions() -> None:
    few, many = shares([_runs(0, 0)], ["a"]), shares([_runs(*[0] * 10)], ["a"])
    assert few.high == many.high


def test_from_three_worlds_on_worlds_are_the_unit() -> None:
    cells = [_runs(0.4, 0.4, n=5_000), _runs(0.5, 0.5, n=5_000), _runs(0.6, 0.6, n=5_000)]
    band = shares(cells, ["a", "b", "c"])
    low, high = student(np.array([[0.4], [0.5], [0.6]]))
    assert band.over == "worlds"
    assert band.at() == pytest.approx((0.5, low[0], high[0]))


def test_a_world_with_many_runs_weighs_no_more_than_another() -> None:
    cells = [_runs(*[0.9] * 8), _runs(0.3)]
    assert shares(cells, ["a", "b"]).at()[0] == pytest.approx(0.6)


def test_many_runs_are_resampled_without_a_warning_even_where_all_agree() -> None:
    levels = np.linspace(0.3, 0.7, 24)
    right = np.array([[np.arange(1_000) < 1_000 * v, np.ones(1_000, bool)] for v in levels])
    band = shares([right], ["a"])
    assert 0.4 < band.low[0] < 0.5 < band.high[0] < 0.6
    assert band.mean[1] == 1 and band.low[1] > 0.99


def test_students_interval_covers_about_as_often_as_it_says() -> None:
    means_of_runs = np.random.RandomState(0).beta(20, 20, size=(5, 4_000))
    low, high = student(means_of_runs)
    assert 0.92 < ((low <= 0.5) & (high >= 0.5)).mean() < 0.97


@given(
    st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=4), min_size=1, max_size=5),
)
def test_a_share_lies_in_its_interval_and_both_in_zero_to_one(hits: list[list[int]]) -> None:
    cells = [np.array([[np.arange(30) < h] for h in world]) for world in hits]
    band = shares(cells, [str(i) for i in range(len(cells))])
    mean, low, high = band.at()
    assert 0 <= low <= mean + 1e-12 and mean <= high + 1e-12 and high <= 1
    assert len(band.runs) == sum(len(world) for world in hits)


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_wilson_narrows_with_more_questions(share: float, n: int) -> None:
    low, high = wilson(np.array(share), n)
    lower, higher = wilson(np.array(share), 10 * n)
    assert low <= lower + 1e-12 and higher <= high + 1e-12


def test_bits_never_go_below_zero_nor_fail_on_one_question() -> None:
    band = means([np.full((1, 2, 1), 0.5)], ["a"])
    assert band.low.tolist() == [0, 0] and np.isinf(band.high).all()
    narrow = means([np.random.RandomState(0).exponential(1, (3, 1, 400))], ["a"])
    assert 0 < narrow.low[0] < 1 < narrow.high[0]


def test_differences_of_symmetric_intervals_add_by_squares() -> None:
    more, less = (shares([_runs(v, n=1_000)], ["a"]) for v in (0.7, 0.3))
    value, low, high = difference(more, less)
    assert value == pytest.approx(0.4)
    half = more.high[0] - more.mean[0], less.mean[0] - less.low[0]
    assert high - value == pytest.approx(np.hypot(*half))
    assert low > 0


def test_change_is_paired_by_run() -> None:
    """Runs far apart that all rise by 0.1 rise surely, though their levels overlap."""
    levels = np.array([[0.1, 0.2], [0.5, 0.6], [0.8, 0.9]])
    right = np.array([[np.arange(1_000) < 1_000 * v for v in run] for run in levels])
    assert change(shares([right], ["a"]), 0) == pytest.approx((0.1, 0.1, 0.1))
    assert difference(shares([right], ["a"]), shares([right], ["a"]), 1, 0)[1] < 0


def test_normalised_is_zero_at_chance_one_when_perfect_and_nan_where_chance_is_one() -> None:
    band = shares([_runs(0.25, 1.0)], ["a"])
    assert band.normalised(0.25).runs[:, 0].tolist() == [0.0, 1.0]
    assert np.isnan(band.normalised(1.0).mean).all()
