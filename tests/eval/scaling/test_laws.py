"""Laws: what is coded is the published formula, with right slopes, and published optima follow."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.eval.scaling.fit import fit
from zebroid.eval.scaling.joint_laws import (
    CHINCHILLA,
    DATA_CONSTRAINED,
    SURFACES,
    Bounded,
    Chinchilla,
    DataConstrained,
    data_constrained,
    optimum,
)
from zebroid.eval.scaling.laws import CURVES, BrokenPowerLaw, Law
from zebroid.eval.stats.curve import Curve

LAWS = (*CURVES, *SURFACES, BrokenPowerLaw(1, floor=False), Bounded(size=False))


def published(law: Law, c: dict[str, float], x: np.ndarray) -> np.ndarray:
    """The formula as its source prints it."""
    if law.name == "constant":
        return np.full(x.shape[1], c["a"])
    if law.name == "logistic":
        return c["a"] + c["b"] / (1 + (x[0] / c["m"]) ** c["k"])
    if law.name == "Chinchilla":
        return c["E"] + c["A"] / x[0] ** c["alpha"] + c["B"] / x[1] ** c["beta"]
    if law.name == "data-constrained":
        size, read, unique = x
        g = (c["alpha"] * c["A"] / (c["beta"] * c["B"])) ** (1 / (c["alpha"] + c["beta"]))
        fitting = np.minimum((unique * g) ** (c["beta"] / c["alpha"]) * g, size)
        again, more = read / unique - 1, size / fitting - 1
        data = unique * (1 + c["R_D"] * (1 - np.exp(-again / c["R_D"])))
        sized = fitting * (1 + c["R_N"] * (1 - np.exp(-more / c["R_N"])))
        return c["E"] + c["A"] / sized ** c["alpha"] + c["B"] / data ** c["beta"]
    if law.name.startswith("bounded"):
        size = x[0] if len(x) == 3 else 1.0
        h = c["b"] / x[-2] ** c["beta"] + c["c"] * size ** c.get("gamma", 0) / x[-1] ** c["delta"]
        h = h + (c["a"] / size ** c["alpha"] if len(x) == 3 else 0)
        return c["E"] + (c["L0"] - c["E"]) * h / (1 + h)
    y = c["b"] * x[0] ** -c.get("c0", c.get("c", 0))
    for i in range(1, 1 + getattr(law, "breaks", 0)):
        y *= (1 + (x[0] / c[f"d{i}"]) ** (1 / c[f"f{i}"])) ** (-c[f"c{i}"] * c[f"f{i}"])
    return c["a"] + y


def drawn(law: Law, several: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(x [A, 25], u, parameters [P, several]) from the law's own box."""
    rng = np.random.RandomState(3)
    x = np.exp(rng.uniform(0, 5, (law.axes, 25)))
    if law.name == "data-constrained":
        x[2] = x[1] / np.exp(rng.uniform(0, 4, 25))
    u = law.centred(x, law.centre(x))
    low, high = law.box(u)
    theta = low + (high - low) * rng.uniform(0.05, 0.95, (several, len(low)))
    beta = rng.uniform(0.2, 1, (several, len(law.linear)))
    return x, u, np.concatenate([beta, theta], axis=1).T


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_a_law_is_its_published_formula(law: Law) -> None:
    x, u, p = drawn(law)
    for column in p.T:
        constants = law.constants(column, law.centre(x))
        assert law.evaluate(u, column[:, None])[:, 0] == pytest.approx(published(law, constants, x))


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_slopes_are_those_of_the_values(law: Law) -> None:
    _, u, p = drawn(law)
    value, jacobian = law.slopes(u, p)
    assert value == pytest.approx(law.evaluate(u, p))
    for i in range(len(p)):
        step = np.zeros_like(p)
        step[i] = 1e-6
        change = (law.evaluate(u, p + step) - law.evaluate(u, p - step)) / 2e-6
        assert jacobian[i] == pytest.approx(change, rel=1e-5, abs=1e-6)


def test_the_constants_of_chinchilla_come_back_from_its_own_points() -> None:
    axes = np.meshgrid(np.geomspace(5e7, 1e10, 6), np.geomspace(1e9, 1e12, 8))
    size, read = (a.ravel() for a in axes)
    loss = CHINCHILLA["E"] + CHINCHILLA["A"] / size ** CHINCHILLA["alpha"]
    loss += CHINCHILLA["B"] / read ** CHINCHILLA["beta"]
    found = fit(Curve.of([size, read], loss, "loss", ("N", "D")), [Chinchilla()], draws=0)
    assert found.best.constants == pytest.approx(CHINCHILLA, rel=1e-6)
    assert found.best.extrapolation < 1e-6


def test_the_constants_of_repeated_data_come_back_from_their_own_points() -> None:
    axes = np.meshgrid(np.geomspace(5e7, 1e10, 5), np.geomspace(1e9, 1e12, 6), [1e9, 1e10, 1e11])
    x = np.stack([a.ravel() for a in axes])
    x = x[:, x[1] >= x[2]]
    loss = data_constrained(x[0], x[1], x[2], DATA_CONSTRAINED)
    found = fit(Curve.of(x, loss, "loss", ("N", "D", "U")), [DataConstrained()], draws=0)
    assert found.best.constants == pytest.approx(DATA_CONSTRAINED, rel=1e-4)


def test_the_bounded_form_comes_back_from_its_own_accuracies() -> None:
    axes = np.meshgrid([1e4, 4e4, 1.6e5], np.geomspace(1e5, 1e8, 6), [1e3, 2e3, 4e3, 8e3])
    x = np.stack([a.ravel() for a in axes])
    true = {"E": 0.05, "L0": 0.95, "a": 540.0, "alpha": 0.5, "b": 3e6, "beta": 1.0}
    true |= {"c": 115.0, "delta": 1.2, "gamma": 0.3}
    error = published(Bounded(), true, x)
    found = fit(Curve.of(x, 1 - error, axes=("N", "D", "U")), [Bounded()], draws=0)
    assert found.best.constants == pytest.approx(true, rel=1e-4)


def test_the_worked_optimum_for_25_billion_unique_tokens() -> None:
    """README of huggingface/datablations: 9.49 epochs of 25e9 tokens, 7.02e9 parameters."""
    size, read = optimum(1e22, 25e9, DATA_CONSTRAINED)
    assert read / 25e9 == pytest.approx(9.49, abs=0.005)
    assert size == pytest.approx(7.02e9, rel=0.002)


def test_with_data_without_end_the_optimum_is_that_of_single_reading() -> None:
    c = DATA_CONSTRAINED
    size, read = optimum(1e22, 1e15, c)
    balance = c["alpha"] * c["A"] * size ** -c["alpha"] / (c["beta"] * c["B"] * read ** -c["beta"])
    assert balance == pytest.approx(1, rel=1e-4)
    # excess parameters lose their worth sooner than repeats: short of data, models are smaller
    assert optimum(1e22, 25e9, c)[0] < size


def test_repeats_end_by_being_worth_nothing() -> None:
    loss = data_constrained(1e9, 1e9 * np.array([1, 4, 16, 256, 4096]), 1e9, DATA_CONSTRAINED)
    assert (np.diff(loss) <= 0).all()
    assert loss[0] - loss[1] > 100 * (loss[3] - loss[4])


def test_no_budget_has_no_optimum() -> None:
    with pytest.raises(UserError, match="expected more than"):
        optimum(0, 1e9, DATA_CONSTRAINED)
