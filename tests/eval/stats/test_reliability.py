"""Reliability: what noise, order and shifts do to it, and models that do not differ."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.eval.stats.paired import different
from zebroid.eval.stats.reliability import Reliability, retest, seen, split_halves
from zebroid.seeding import stream


def scores(models, worlds, noise, name="reliability"):
    """[M, W]: models spread evenly from 0 to 1, each world with noise of this deviation."""
    true = np.linspace(0, 1, models)[:, None]
    return true + noise * stream(name, models, worlds).normal(size=(models, worlds))


def known(value):
    """A number that is there."""
    assert value is not None
    return value


def test_models_that_differ_more_than_worlds_are_reliable():
    assert split_halves(scores(8, 5, 0.01)) == pytest.approx(1.0, abs=0.01)
    assert split_halves(scores(8, 5, 0.0)) == pytest.approx(1.0)


def test_noise_alone_is_not_reliable():
    found = [known(split_halves(scores(8, 6, 1.0, f"n{i}") - scores(8, 6, 0))) for i in range(40)]
    assert np.median(found) < 0.5


def test_split_halves_agree_with_alpha_where_they_are_balanced():
    """Cronbach: alpha is the mean over split halves, exactly so where items vary equally."""
    data = scores(200, 4, 0.4)
    item, total = data.var(0, ddof=1).sum(), data.sum(1).var(ddof=1)
    assert split_halves(data) == pytest.approx(4 / 3 * (1 - item / total), abs=0.01)


@pytest.mark.parametrize(
    "data", [np.zeros((2, 5)), np.zeros((6, 5)), np.arange(6.0)[:, None], np.ones((4, 4))]
)
def test_too_few_or_equal_models_have_none(data):
    assert split_halves(data) is None


def test_a_retest_that_orders_alike_and_shifts_is_not_the_same():
    first = np.linspace(0, 1, 6)
    assert retest(first, first) == pytest.approx(1.0)
    assert np.corrcoef(first, first + 0.5)[0, 1] == pytest.approx(1.0)
    assert known(retest(first, first + 0.5)) < 0.7
    assert known(retest(first, first[::-1])) < 0
    assert retest(first[:2], first[:2]) is None and retest(np.zeros(5), np.zeros(5)) is None


def test_a_column_is_ranked_only_where_both_are_known_and_high():
    assert Reliability(0.9, 0.8).ranked
    assert not Reliability(0.9, None).ranked and not Reliability(0.79, 0.95).ranked


def test_the_difference_that_is_seen_is_found_four_times_in_five():
    noise = [stream("seen", i).normal(size=(2, 5)) * 0.1 for i in range(300)]
    least = float(np.median([known(seen(one)) for one in noise]))
    found = [different(one + np.array([[0.0], [least]]))[0, 1] for one in noise]
    assert 0.7 < np.mean(found) < 0.9
    assert seen(np.zeros((1, 4))) is None and seen(np.ones((3, 4))) == 0.0
