"""Differences are paired by world, and corrected where many are looked at."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from zebroid.eval.stats.intervals import shares
from zebroid.eval.stats.paired import by_question, different, holm, independent, paired
from zebroid.seeding import stream


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


def test_pairs_differ_only_where_every_world_says_so():
    found = different(np.array([[0.9, 0.91, 0.89, 0.9], [0.5, 0.52, 0.5, 0.51], [0.1, 0.9, 0, 1]]))
    assert found[0, 1] and found[1, 0] and not found[0, 2] and not found.diagonal().any()
    assert not different(np.zeros((3, 4))).any() and not different(np.zeros((3, 1))).any()


def test_what_differs_by_the_order_of_a_sum_alone_does_not_differ():
    assert 0.1 + 0.2 != 0.3
    assert not different(np.array([[0.1 + 0.2] * 4, [0.3] * 4])).any()
    assert different(np.array([[0.31] * 4, [0.3] * 4])).any()


def test_equal_rows_are_seldom_called_different():
    false = sum(different(stream("equal", i).normal(size=(5, 5))).any() for i in range(400))
    assert false / 400 < 0.08


def answers(rng, share, shape):
    return (rng.uniform(size=shape) < share).astype(float)


def test_questions_are_paired_where_one_run_of_each_answered_them() -> None:
    base = answers(np.random.RandomState(0), 0.5, (1, 300))
    better = base.copy()
    better[0, :30] = 1.0  # the same but on some of the first thirty
    gap = better - base
    found = by_question([gap], ["a"])
    assert (found.over, found.questions) == ("questions", 300)
    assert found.difference.mean == pytest.approx(gap.mean()) and found.difference.low > 0
    n, b = gap.shape[1], gap.sum()  # Bonett and Price: one discordant pair added on each side
    p12, p21 = (b + 1) / (n + 2), 1 / (n + 2)
    half = 1.959964 * np.sqrt((p12 + p21 - (p12 - p21) ** 2) / (n + 2))
    assert found.difference.high - found.difference.mean == pytest.approx(half)


def test_equal_answers_have_an_interval_all_the_same() -> None:
    found = by_question([np.zeros((3, 40))], ["a"]).difference
    assert found.mean == 0 and found.low < -0.02 and found.high > 0.02 and found.p == 1


def test_the_unit_is_the_world_from_three_on_and_never_narrower_than_questions() -> None:
    worlds = [np.full((2, 400), gain) for gain in (0.1, 0.3, 0.5)]
    three = by_question(worlds, ["a", "b", "c"])
    assert three.over == "worlds" and three.difference.low < 0.0 < 0.3 < three.difference.high
    runs = np.concatenate([np.full((1, 400), gain) for gain in (0.1, 0.3, 0.5)])
    two = by_question([runs, runs], ["a", "b"])
    assert two.over == "runs" and two.difference.low < 0.3
    alike = by_question([np.full((5, 9), 0.2)], ["a"])  # runs of no spread, few questions
    assert alike.over == "runs" and alike.difference.low < 0 and alike.difference.p > 0.05


def test_a_paired_interval_covers_as_often_as_it_says() -> None:
    rng, covered = np.random.RandomState(3), 0
    for _ in range(400):
        shared = rng.uniform(size=(3, 1, 100))
        gaps = [answers(rng, 0.8 * s, (2, 100)) - answers(rng, 0.6 * s, (2, 100)) for s in shared]
        found = by_question(gaps, ["a", "b", "c"]).difference
        covered += found.low <= 0.1 <= found.high
    assert covered / 400 > 0.93
