"""Models over percolation: a jump at the threshold, apart from it, or no answer."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.scaling.percolation import Sweep, sweep
from zebroid.eval.scaling.percolation_jump import APART, AT, NONE, UNDECIDED, linked, shifted
from zebroid.worlds.catalog.composition import Composition

COVERAGES = np.array([0.1, 0.15, 0.2, 0.3, 0.5])
WORLDS = 5


def step(at: float, top: float = 0.9) -> np.ndarray:
    """[5, 5] shares that grow fastest in the gap after coverage ``at``."""
    share = np.where(at + 1e-9 < COVERAGES, top, 0.02)
    return np.tile(share, (WORLDS, 1))


def world(at: float, recursive: bool = True) -> Sweep:
    share = step(at)
    return Sweep("w/s", COVERAGES, share, share, share, None if recursive else share, np.ones(5))


def linked_to(sweep_: Sweep, share: np.ndarray):
    return linked("direct", sweep_, share, sweep_.derivable)


def test_a_jump_in_the_same_gap_is_at_the_threshold() -> None:
    found = linked_to(world(0.15), step(0.15, top=0.4))
    assert found.answer == AT
    assert found.jump is not None and found.threshold is not None
    assert found.jump[0] == pytest.approx(found.threshold[0]) == pytest.approx(0.175)
    mean, low, high = found.ratio or (0, 0, 0)
    assert mean == pytest.approx(1) and low < 0.9 and high > 1.1  # no finer than the gap


def test_a_jump_three_gaps_away_is_apart() -> None:
    found = linked_to(world(0.1), step(0.3))
    assert found.answer == APART and "times the deducer's coverage" in found.why


def test_jumps_that_scatter_decide_nothing() -> None:
    rng = np.random.RandomState(0)
    share = np.stack([step(at)[0] for at in rng.permutation([0.1, 0.15, 0.2, 0.3, 0.3])])
    assert linked_to(world(0.15), share).answer == UNDECIDED


def test_a_model_that_answers_nothing_has_no_jump() -> None:
    found = linked_to(world(0.15), step(0.15, top=0.1))
    assert (found.answer, found.jump) == (UNDECIDED, None) and "no jump" in found.why


def test_few_worlds_are_behind_no_answer() -> None:
    whole = world(0.15)
    few = whole.only([0, 1])
    found = linked("direct", few, step(0.15)[:2], few.derivable)
    assert found.answer == UNDECIDED and "at least 3" in found.why


def test_without_recursion_there_is_no_threshold_to_sit_at() -> None:
    found = linked_to(world(0.15, recursive=False), step(0.15))
    assert found.answer == NONE and "p^2" in found.why


def test_a_jump_moves_with_the_threshold_of_another_world() -> None:
    near, far = linked_to(world(0.1), step(0.1)), linked_to(world(0.3), step(0.3))
    answer, why = shifted(near, far)
    assert answer == "as predicted" and "factor of 3.20" in why
    stays = linked_to(world(0.3), step(0.1))
    assert shifted(near, stays)[0] == "not as predicted"
    nothing = linked_to(world(0.3), step(0.3, top=0.05))
    assert shifted(near, nothing)[0] == UNDECIDED


def test_a_small_move_is_not_distinguished_from_none() -> None:
    one, other = linked_to(world(0.1), step(0.1)), linked_to(world(0.15), step(0.15))
    wide = dataclasses.replace(one, jump=(0.125, 0.1, 0.2))
    assert shifted(wide, other)[0] == UNDECIDED


def test_the_deducer_is_at_its_own_threshold_and_seeds_are_paired() -> None:
    found = sweep(Composition(), "tiny", [0.3, 0.6, 1.0], [(0, 1), (2, 2)])
    again = sweep(Composition(), "tiny", [0.3, 1.0], [2])
    assert np.array_equal(found.only([1]).at([0.3, 1.0]).derivable, again.derivable)
    assert found.total.tolist() == [16 * 8 * 8] * 2
