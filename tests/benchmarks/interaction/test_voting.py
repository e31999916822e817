"""Votes: the commonest answer, shared between equals; what is malformed does not vote."""

from __future__ import annotations

import numpy as np
from zebroid.benchmarks.interaction.voting import verdict, voted


def test_the_commonest_answer_wins_and_equals_share():
    samples = np.array([[1, 1, -1, -1], [1, 2, 3, -1], [2, -1, -1, -1]], np.int32)
    answers, shares = voted(samples)
    assert np.allclose(shares.sum(0), 1)
    won = [{int(a): float(s) for a, s in zip(answers[:, q], shares[:, q]) if s} for q in range(4)]
    assert won == [{1: 1.0}, {1: 0.5, 2: 0.5}, {3: 1.0}, {-1: 1.0}]


def test_one_sample_is_its_own_vote():
    samples = np.array([[4, -1, 0]], np.int32)
    answers, shares = voted(samples)
    assert answers.tolist() == samples.tolist() and shares.tolist() == [[1, 1, 1]]


def test_scores_over_test_time_have_a_verdict_of_their_own():
    flops = np.geomspace(1, 100, 9)
    noise = np.array([[-0.005], [0.0], [0.005]])
    rising = 0.2 + 0.2 * np.log10(flops) + noise
    flat = np.full(9, 0.5) + noise
    assert verdict(flops, rising, 300).kind == "rising"
    assert verdict(flops, flat, 300).kind == "plateau"
