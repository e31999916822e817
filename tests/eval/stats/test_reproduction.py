"""The interval of three initialisations: how often it refuses what is honest, and what is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special
from zebroid.eval.stats.reproduction import ALARM, prediction

QUESTIONS, CELLS = 300, 1_000


def alarms(draw, instruments: int, corpora: int = 1, forged: float = 0.0) -> float:
    """The share of cells with an instrument outside. ``draw``: rng, shape -> accuracies."""
    rng, refused = np.random.RandomState(0), 0
    for _ in range(CELLS):
        runs = draw(rng, (instruments, corpora, 4))
        refused += any(
            not prediction(of[0, :3], of[1:, :3], QUESTIONS, instruments).admits(of[0, 3] + forged)
            for of in runs
        )
    return refused / CELLS


def normal(rng, shape):
    return np.clip(0.5 + 0.03 * rng.standard_normal(shape), 0, 1)


def by_questions(share):
    return lambda rng, shape: rng.binomial(QUESTIONS, share, shape) / QUESTIONS


def log_odds(mean, sd):
    """Skewed near 1, as accuracies of trained models are."""

    def draw(rng, shape):
        share = special.expit(mean + sd * rng.standard_normal(shape))
        return rng.binomial(QUESTIONS, share, shape) / QUESTIONS

    return draw


def all_or_none(rng, shape):
    return (rng.random_sample(shape) < 0.5).astype(float)


@pytest.mark.parametrize(
    ("draw", "instruments", "corpora"),
    [
        (normal, 1, 1),
        (normal, 6, 1),
        (normal, 6, 3),
        (by_questions(0.5), 6, 1),
        (by_questions(0.999), 6, 2),
        (log_odds(3, 1), 1, 1),
        (log_odds(4, 1), 6, 3),
        (log_odds(3, 1.5), 6, 1),
        (log_odds(5, 1.5), 6, 1),
    ],
)
def test_an_honest_cell_is_refused_no_more_often_than_is_stated(draw, instruments, corpora) -> None:
    noise = 3 * np.sqrt(ALARM / CELLS)
    assert alarms(draw, instruments, corpora) <= ALARM + noise


def test_where_a_run_gets_all_or_nothing_about_one_in_eight_is_refused() -> None:
    assert alarms(all_or_none, 1) == pytest.approx(1 / 8, abs=0.035)


@pytest.mark.parametrize(("corpora", "refused"), [(1, 0.55), (2, 0.19), (3, 0.06)])
def test_six_abilities_that_a_run_has_or_not_are_refused_more_often(corpora, refused) -> None:
    assert alarms(all_or_none, 6, corpora) == pytest.approx(refused, abs=0.045)


def test_forged_accuracies_are_refused_the_more_cells_are_alike_the_smaller_they_may_be() -> None:
    assert alarms(by_questions(0.02), 6, forged=0.5) > 0.95
    one, four = (alarms(normal, 6, corpora, forged=0.2) for corpora in (1, 4))
    assert one < four and four > 0.95


def test_equal_runs_leave_room_for_the_chance_in_their_questions() -> None:
    found = prediction([1.0, 1.0, 1.0], [], QUESTIONS, 6)
    assert found.admits(0.994) and not found.admits(0.97)
    assert 0.97 < found.low < 1 and found.high == 1.0


def test_runs_that_scatter_widely_say_nothing() -> None:
    assert not prediction([0.2, 0.9, 0.5], [], QUESTIONS, 6).telling
    assert prediction([0.50, 0.51, 0.49], [], QUESTIONS, 6).telling
