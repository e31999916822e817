"""Stated against unstated answers over epochs: paired by run, and only where both change."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.eval.scaling.saturation import SHARE, contrast, settles_at, spread
from zebroid.eval.stats.curve import Curve

EPOCHS = np.geomspace(1, 100, 13)


def sigmoid(middle: float, runs: int = 5, apart: float = 0.05, top: float = 1.0) -> Curve:
    """Runs that have half of their ability at ``middle`` epochs, ``apart`` decades around it."""
    when = np.log10(middle) + apart * np.linspace(-1, 1, runs)[:, None]
    y = top / (1 + np.exp(-10 * (np.log10(EPOCHS) - when)))
    return Curve.of(EPOCHS, y, axes=("epochs",), world=range(runs))


def test_a_curve_settles_where_nine_tenths_of_its_change_are_made() -> None:
    line = np.linspace(0, 1, 13)
    found = settles_at(Curve.of(EPOCHS, line, axes=("epochs",)))
    assert found is not None
    assert np.exp(found[0]) == pytest.approx(100**SHARE)


def test_what_follows_is_learned_after_what_is_stated() -> None:
    found = contrast("instance", sigmoid(3), sigmoid(30))
    assert found is not None and found.goes_on
    mean, low, high = found.ratio
    assert low < mean < high and mean == pytest.approx(10, rel=0.1)
    assert found.then[0] < 0.1  # hardly begun when the stated facts have settled
    assert "goes on after recall" in str(found)


def test_what_is_learned_together_does_not_go_on() -> None:
    rng = np.random.RandomState(0)
    both = []
    for _ in range(2):
        curve = sigmoid(10)
        both.append(Curve.of(EPOCHS, np.clip(curve.runs + rng.normal(0, 0.02, (5, 13)), 0, 1)))
    found = contrast("instance", *both)
    assert found is not None and not found.goes_on
    assert "not surely later" in str(found)


def test_a_rung_that_is_never_learned_is_no_contrast() -> None:
    assert contrast("constituent", sigmoid(3), sigmoid(30, top=0.05)) is None
    flat = Curve.of(EPOCHS, np.full((5, 13), 3.0), "bits", axes=("epochs",), world=range(5))
    assert settles_at(flat) is None


def test_bits_fall_as_accuracies_rise() -> None:
    def bits(curve: Curve) -> Curve:
        return Curve.of(EPOCHS, 6 * (1 - curve.runs), "bits", axes=("epochs",), world=range(5))

    found = contrast("instance", bits(sigmoid(3)), bits(sigmoid(30)))
    assert found is not None and found.goes_on
    assert found.stated.change < -5


def test_one_run_has_no_interval_and_shows_nothing() -> None:
    found = contrast("instance", sigmoid(3, runs=1), sigmoid(30, runs=1))
    assert found is not None and not found.goes_on
    assert spread(found.ratio).endswith("(one run)")


def test_a_run_that_never_changes_settles_at_once() -> None:
    runs = np.stack([np.linspace(0, 1, 13), np.full(13, 0.5)])
    found = settles_at(Curve.of(EPOCHS, runs))
    assert found is not None and found[1] == np.log(EPOCHS[0])
