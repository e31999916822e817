"""Forecasts: physics bounds compute, bands are never lines, and doubt makes them wider."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.eval.figures.forecast_figures import branches
from zebroid.eval.figures.score_figures import svg
from zebroid.eval.forecasting.forecast import (
    BRANCHES,
    NAMES,
    Branch,
    Forecast,
    affordable,
    forecast,
)
from zebroid.eval.forecasting.scenario import (
    Compute,
    Conclusions,
    Data,
    Quantity,
    Queries,
    Scenario,
)
from zebroid.eval.stats.curve import Curve

FLOPS = np.geomspace(1e9, 1e12, 16)


def sure(value: float) -> Quantity:
    return Quantity(value, value, value, "a test")


def about(value: float, factor: float = 2.0) -> Quantity:
    return Quantity(value, value / factor, value * factor, "a test")


SCENARIO = Scenario(
    title="test",
    start=2026.0,
    years=20.0,
    compute=Compute(
        today=sure(5e26),
        growth=Quantity(4.5, 4.0, 5.0, "a test"),
        power=about(1e11, 10),
        energy=about(2e-12),
        efficiency=Quantity(1.4, 1.3, 1.6, "a test"),
        least_energy=about(2e-16, 10),
        bits_erased=about(300.0, 10),
        temperature=300.0,
    ),
    data=Data(
        about(1.5e13),
        Quantity(2.2, 1.8, 3.0, "a test"),
        about(3e14),
        Quantity(0.1, 0, 0.3, "a test"),
    ),
    conclusions=Conclusions(about(0.5, 10)),
    queries=Queries(about(3600.0, 10), about(1e5, 10), about(1e4, 10)),
)


def curve(level: np.ndarray, x=FLOPS, seed: int = 0, axes=("FLOPs",)) -> Curve:
    rng = np.random.RandomState(seed)
    spread = rng.normal(0, 0.03, (5, 1)) + rng.normal(0, 0.02, (5, len(level)))
    right = rng.binomial(300, np.clip(level + spread, 0, 1)) / 300
    return Curve.of(x, right, axes=axes, world=range(5), questions=300)


def sigmoid(top: float, middle: float) -> np.ndarray:
    return top / (1 + np.exp(-6 * (np.log10(FLOPS) - middle)))


@pytest.fixture(scope="module")
def plateau() -> Forecast:
    return forecast("instance", curve(sigmoid(0.6, 10)), SCENARIO)


def of(found: Forecast, name: str) -> Branch:
    return next(b for b in found.branches if b.name == name)


def draws(**more: float) -> dict[str, np.ndarray]:
    values = {n: getattr(getattr(SCENARIO, n.split(".")[0]), n.split(".")[1]).value for n in NAMES}
    return {n: np.array([v]) for n, v in (values | more).items()}


def test_landauers_limit_at_room_temperature() -> None:
    assert SCENARIO.compute.landauer == pytest.approx(2.871e-21, rel=1e-3)


def test_energy_falls_to_its_floor_and_no_further() -> None:
    t = np.array([[0.0], [10.0], [40.0], [80.0]])
    found = affordable(SCENARIO, draws(), t)[:, 0]
    per_year = 1e11 * 365.25 * 86_400
    assert found[0] == pytest.approx(per_year / 2e-12 / 5e26)
    assert found[1] == pytest.approx(found[0] * 1.4**10)
    assert found[2] == found[3] == pytest.approx(per_year / 2e-16 / 5e26)


def test_erasure_is_the_floor_where_engineering_has_none() -> None:
    erased = {"compute.least_energy": 1e-30, "compute.bits_erased": 1000.0}
    found = affordable(SCENARIO, draws(**erased), np.array([[200.0]]))[0, 0]
    assert found == pytest.approx(1e11 * 365.25 * 86_400 / (1000 * 2.871e-21) / 5e26, rel=1e-3)


def test_every_branch_has_a_band_and_none_is_a_line(plateau: Forecast) -> None:
    assert [b.name for b in plateau.branches] == list(BRANCHES)
    for branch in plateau.branches:
        for values in (branch.ability, branch.compute, branch.data):
            assert (values[1] <= values[0]).all() and (values[0] <= values[2]).all()
        assert (branch.ability[2] - branch.ability[1] > 0.02).all()


def test_all_branches_begin_where_the_measurement_ends(plateau: Forecast) -> None:
    starts = np.array([b.ability[0, 0] for b in plateau.branches])
    assert starts == pytest.approx(starts[0]) and starts[0] == pytest.approx(0.6, abs=0.05)


def test_an_exhausted_corpus_keeps_its_plateau_whatever_compute_does(plateau: Forecast) -> None:
    exhausted = of(plateau, "data exhausted")
    assert exhausted.ability[0, -1] == pytest.approx(0.6, abs=0.05)
    assert exhausted.compute[0, -1] > 1e12 and (exhausted.data == 1).all()


def test_physics_bounds_compute_and_what_it_brings(plateau: Forecast) -> None:
    bound, joint = of(plateau, "compute-bound"), of(plateau, "joint growth")
    assert (bound.compute <= joint.compute * (1 + 1e-9)).all()
    assert bound.compute[0, -1] < 1e-3 * joint.compute[0, -1]
    assert (bound.ability <= joint.ability + 1e-9).all()


def test_what_a_model_writes_never_outgrows_its_compute() -> None:
    eager = dataclasses.replace(SCENARIO, conclusions=Conclusions(sure(1e6)))
    found = of(forecast("instance", curve(sigmoid(0.9, 10)), eager), "self-produced")
    stock = 2 * 3e14 * 2 / 1.5e13  # at its highest
    assert (found.data[2] <= found.compute[2] + stock * 2).all()


def test_without_exponent_data_change_nothing() -> None:
    flat = dataclasses.replace(SCENARIO.data, exponent=sure(0.0))
    found = forecast("instance", curve(sigmoid(0.6, 10)), dataclasses.replace(SCENARIO, data=flat))
    assert of(found, "joint growth").ability == pytest.approx(of(found, "data exhausted").ability)
    assert set(found.partings().values()) == {None}


def test_measured_data_part_the_branches_at_a_date() -> None:
    """Points of a world in which the corpus, not compute, is what limits ability."""
    axes = np.meshgrid(np.geomspace(1e9, 1e12, 8), [0.1, 0.2, 0.4, 0.8])
    spent, share = (a.ravel() for a in axes)
    h = (spent / 3e9) ** -1.0 + 0.25 * share**-0.6
    level = 1 - (0.02 + 0.95 * h / (1 + h))
    surface = curve(level, np.stack([spent, share]), seed=1, axes=("FLOPs", "demonstrated"))
    last = Curve.of(
        spent[share == 0.8], surface.runs[:, surface.x[1] == 0.8], world=range(5), questions=300
    )
    found = forecast("instance", last, SCENARIO, surface=surface)
    assert not any("scenario's" in note for note in found.notes)
    at = found.partings()["data exhausted", "joint growth"]
    assert at is not None
    date, spent_by = at
    assert 2026 < date < 2046 and spent_by > 1
    index = found.parting("data exhausted", "joint growth")
    assert index is not None
    exhausted, joint = of(found, "data exhausted"), of(found, "joint growth")
    assert (joint.ability[1, index:] > exhausted.ability[2, index:]).all()


def test_an_open_verdict_is_noted_and_widens_the_bands(plateau: Forecast) -> None:
    level = curve(sigmoid(0.6, 10))
    open_ = forecast("instance", level, SCENARIO, undecided="no positive control")
    assert (plateau.verdict, open_.verdict) == ("plateau", "undecided")
    assert any("no positive control" in note for note in open_.notes)
    decided, doubtful = of(plateau, "data exhausted"), of(open_, "data exhausted")
    wider = (doubtful.ability[2] - doubtful.ability[1]) - (decided.ability[2] - decided.ability[1])
    assert wider[-1] > 0.1 and (wider > -0.02).all()


def test_few_runs_leave_the_verdict_open() -> None:
    alone = Curve.of(FLOPS, sigmoid(0.6, 10), questions=300)
    found = forecast("instance", alone, SCENARIO)
    assert found.verdict == "undecided" and any("1 run" in note for note in found.notes)


@pytest.mark.parametrize("points", [1, 4])
def test_too_few_points_are_refused_in_one_line(points: int) -> None:
    with pytest.raises(UserError, match="nothing to forecast from") as refused:
        forecast("instance", curve(sigmoid(0.6, 10)[-points:], FLOPS[-points:]), SCENARIO)
    assert "\n" not in str(refused.value)


def test_branches_that_meet_again_are_not_separated() -> None:
    years = np.arange(2026.0, 2031.0)
    low = np.stack([np.full(5, 0.2), np.full(5, 0.1), np.full(5, 0.3)])
    high = low + np.array([0, 0.5, 0.5, 0, 0.5])
    one = np.ones((3, 5))
    pair = (Branch("a", low, one, one), Branch("b", high, one, one))
    found = Forecast("instance", years, pair, "plateau", ())
    assert found.parting("a", "b") == 4
    assert found.partings() == {("a", "b"): (2030.0, 1.0)}


def test_equal_input_gives_equal_branches(plateau: Forecast) -> None:
    again = forecast("instance", curve(sigmoid(0.6, 10)), SCENARIO)
    assert np.array_equal(again.branches[3].ability, plateau.branches[3].ability)


def test_a_quantity_lies_in_its_interval_as_often_as_it_says() -> None:
    z = np.random.RandomState(0).normal(size=20_000)
    for quantity in (Quantity(3.0, 1.0, 30.0, "x"), Quantity(0.1, 0.0, 0.4, "x")):
        found = quantity.draws(z)
        assert np.median(found) == pytest.approx(quantity.value, rel=0.05)
        inside = (found >= quantity.low) & (found <= quantity.high)
        assert 0.94 < inside.mean() < 0.99
        assert (found >= 0).all()


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ((1, 2, 3, "x"), "low <= value <= high"),
        ((1, 0, float("inf"), "x"), "finite"),
        ((0, -1, 1, "x"), "none below 0"),
        ((1, 0, 2, " "), "source"),
    ],
)
def test_a_quantity_without_sense_or_source_is_refused(numbers, message) -> None:
    with pytest.raises(ValueError, match=message):
        Quantity(*numbers)


def test_the_figure_shows_every_branch_of_every_rung_and_its_doubts(plateau: Forecast) -> None:
    text = svg(branches([plateau, dataclasses.replace(plateau, rung="depth")], "a title"))
    for name in BRANCHES:
        assert name.upper() in text
    assert "95% intervals" in text and "not separable" in text and "depth" in text
    with pytest.raises(ValueError, match="no forecast"):
        branches([], "a title")
