"""Trends: changes are those of the line, paired by run; any axis may be the one that is spent."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.eval.stats.curve import Curve
from zebroid.eval.stats.trend import DECADE, HALF, change, decide, settles, window

FLOPS = np.geomspace(1e9, 1e12, 13)


def curve(runs, x=FLOPS, world=None, axes=("FLOPs",)) -> Curve:
    world = range(len(runs)) if world is None else world
    return Curve.of(x, np.asarray(runs), axes=axes, world=world)


def test_the_change_is_that_of_the_line_through_the_window() -> None:
    line = 0.3 + 0.1 * np.log10(FLOPS / FLOPS[0])
    found = change(curve([line, line + 0.1, line - 0.1]), DECADE)
    assert found is not None and found.points == 5
    assert (found.mean, found.low, found.high) == pytest.approx((0.1, 0.1, 0.1))
    short = change(curve([line] * 3), HALF)
    assert short is not None and short.mean == pytest.approx(0.05)


def test_a_window_reaches_at_least_as_far_back_as_its_name() -> None:
    x = np.array([1.0, 5.0, 20.0, 100.0])
    assert window(curve([[0.1] * 4] * 3, x), DECADE) == 1
    assert window(curve([[0.1] * 2] * 3, x[2:]), DECADE) is None
    assert change(curve([[0.1]] * 3, x[:1]), HALF) is None


def test_worlds_are_the_units_from_three_on() -> None:
    up = np.linspace(0, 0.1, 13)
    runs = [0.5 + s * up for s in (1, 1, 1, -1, -1, -1, 0, 0, 0)]
    pooled = change(curve(runs, world=[0] * 9), DECADE)
    nested = change(curve(runs, world=[0, 0, 0, 1, 1, 1, 2, 2, 2]), DECADE)
    assert pooled is not None and nested is not None
    assert nested.half > 2 * pooled.half and nested.mean == pytest.approx(pooled.mean)


def test_one_run_has_no_interval_and_no_verdict() -> None:
    found = decide(curve([np.full(13, 0.5)]))
    assert found.kind == "undecided" and "(one run)" in found.why


def test_a_plateau_says_which_slope_is_not_excluded_and_whether_it_surely_rises() -> None:
    slopes = np.array([0.02, 0.025, 0.035, 0.03, 0.02])
    found = decide(curve([0.5 + s * np.log10(FLOPS / FLOPS[0]) for s in slopes]))
    half = 2.776 * slopes.std(ddof=1) / 5**0.5
    assert found.kind == "plateau" and found.slope is not None and not found.slope.flat
    assert found.slope.largest == pytest.approx(slopes.mean() + half, abs=1e-3)
    assert found.why.startswith(
        f"no change of 0.1 a decade or more (95%); the largest slope not excluded is "
        f"{found.slope.largest:+.3f}; +0.03 [+0.02, +0.03] over the last decade of compute"
    )
    assert found.why.endswith("a slow rise surely")
    level = decide(curve([np.full(13, 0.5 + s) for s in slopes]))
    assert (
        level.slope is not None
        and level.slope.flat
        and level.why.startswith("flat, no change of 0.03 a decade or more (99%)")
    )
    down = decide(curve([0.5 - s * np.log10(FLOPS / FLOPS[0]) for s in slopes]))
    assert down.slope is not None
    assert down.slope.largest == pytest.approx(-found.slope.largest) and down.why.endswith(
        "a slow fall surely"
    )


def test_statements_can_be_what_is_spent() -> None:
    stated = np.geomspace(100, 10_000, 9)
    flat = curve([np.full(9, 0.5) + s for s in (-0.01, 0, 0.01)], stated, axes=("statements",))
    found = decide(flat)
    assert found.kind == "plateau" and found.why.endswith("decade of statements")
    late = np.where(stated < 5_000, 0.1, 0.9)
    found = decide(curve([late, late, late], stated, axes=("statements",)))
    assert found.kind == "undecided"
    assert found.budget == pytest.approx(10 * stated[stated >= 5_000][0])


@pytest.mark.parametrize(("sign", "kind"), [(1, "rising"), (-1, "fell")])
def test_what_has_surely_turned_back_neither_rises_nor_falls(sign: int, kind: str) -> None:
    loops = np.array([2.0, 4.0, 8.0, 12.0, 16.0])
    noise = np.array([[-0.01], [0.0], [0.01], [0.005], [-0.005]])
    runs = 0.5 + sign * (np.array([0.05, 0.2, 0.9, 0.8, 0.65]) - 0.5) + noise
    wobbles = noise * np.array([1.0, -1.0, 1.0, -1.0, 1.0])

    def found(runs):
        return decide(curve(runs + wobbles, loops, axes=("loops",)), curve(1 - runs, loops))

    assert found(runs).kind == "undecided" and found(runs).why.endswith("but it has turned back")
    onward = 0.5 + sign * (np.array([0.05, 0.2, 0.45, 0.55, 0.65]) - 0.5) + noise
    assert found(onward).kind == kind
    unsure = runs + np.array([[0.0, 0, 0, 0, s] for s in (-0.3, 0.3, 0.2, 0.1, -0.3)])
    assert "turned back" not in found(unsure).why


def test_a_hump_within_the_decade_is_no_plateau() -> None:
    hump = 0.5 + np.where(np.arange(13) == 10, 0.2, 0.0)
    rng = np.random.RandomState(0)
    assert decide(curve([hump + rng.normal(0, 0.005, 13) for _ in range(5)])).kind == "undecided"


def test_noise_is_not_taken_for_a_late_change_of_level() -> None:
    rng = np.random.RandomState(1)
    noisy = curve([0.5 + rng.normal(0, 0.04, 13) for _ in range(5)])
    assert settles(noisy) <= 2
    step = curve([np.where(FLOPS < 1e11, 0.2, 0.8) + rng.normal(0, 0.01, 13) for _ in range(5)])
    assert settles(step) == int((FLOPS < 1e11).sum())
