"""Joint laws: named where they hold, with their constants; else there is none."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.eval.scaling.joint_fit import LAWS, joint
from zebroid.eval.scaling.joint_laws import DATA_CONSTRAINED, data_constrained
from zebroid.eval.stats.curve import Curve


def grid() -> np.ndarray:
    axes = np.meshgrid([1e4, 1e5, 1e6], np.geomspace(1e4, 1e7, 5), [1e4, 3e4, 1e5])
    x = np.stack([a.ravel() for a in axes])
    return x[:, x[1] >= x[2]]


def test_repeated_data_are_recognised_with_the_constants_of_their_law() -> None:
    x = grid()
    true = DATA_CONSTRAINED | {"A": 30.0, "B": 60.0}
    loss = data_constrained(x[0], x[1], x[2], true)
    rng = np.random.RandomState(0)
    runs = loss * np.exp(rng.normal(0, 0.01, (5, 1)) + rng.normal(0, 0.01, (5, len(loss))))
    curve = Curve.of(x, runs, "loss", ("N", "D", "U"), world=range(5))
    found = joint("recall", curve, draws=40)
    assert found.law == "data-constrained" and found.adequate
    value, low, high = found.constants["R_D"]
    assert low <= value <= high and low < true["R_D"] < high
    assert str(found).startswith("data-constrained; it misses what was held out by")


def test_where_no_law_holds_none_is_named() -> None:
    x = grid()
    rng = np.random.RandomState(1)
    jumps = np.where((np.log10(x[0]) + np.log10(x[2])).round() % 2 == 0, 0.9, 0.1)
    runs = np.clip(jumps + rng.normal(0, 0.01, (5, x.shape[1])), 0, 1)
    found = joint("instance", Curve.of(x, runs, axes=("N", "D", "U"), world=range(5)), draws=10)
    assert not found.adequate and found.law == "undecided"
    assert str(found).startswith("no law holds")


@pytest.mark.parametrize("axes", list(LAWS))
def test_a_few_points_are_refused(axes) -> None:
    x = np.geomspace(1e3, 1e5, 4)[None] * np.array([[1.0], [2.0], [0.5]])[: len(axes)]
    with pytest.raises(UserError, match="expected at least 5"):
        joint("instance", Curve.of(x, np.full((3, 4), 0.5), axes=axes), draws=0)
