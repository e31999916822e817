"""Figures of laws and sweeps: they show what was measured, and say where there is no law."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.figures import score_figures
from zebroid.eval.figures import sweep_figures as draw
from zebroid.eval.figures.fitted_laws import Fitted, fitted, named
from zebroid.eval.figures.heatmap import Strip, heat
from zebroid.eval.scaling.fit import fit
from zebroid.eval.scaling.joint_fit import joint
from zebroid.eval.scaling.percolation import Sweep
from zebroid.eval.scaling.percolation_jump import linked
from zebroid.eval.scaling.saturation import contrast
from zebroid.eval.stats.curve import Curve

FLOPS = np.geomspace(1e9, 1e12, 13)


def curve(top: float = 0.9, x=FLOPS, axes=("FLOPs",)) -> Curve:
    u = np.log10(x / x[0]) / np.log10(x[-1] / x[0])
    level = 0.02 + (top - 0.02) / (1 + np.exp(-14 * (u - 0.5)))
    rng = np.random.RandomState(0)
    runs = np.clip(level + rng.normal(0, 0.01, (5, len(x))), 0, 1)
    return Curve.of(x, runs, axes=axes, world=range(5), questions=300)


def band(found: Curve) -> np.ndarray:
    return np.stack([found.mean, found.mean - 0.02, found.mean + 0.02])


def test_the_heat_map_has_the_number_in_every_cell(row, composition_questions) -> None:
    scores = row(composition_questions, {"recall": 1.0, "instance": 0.5}, "mine").rungs
    strips = [Strip("one", "mine", dict(scores)), Strip("two", "other", {})]
    drawing = score_figures.svg(heat(strips, "title"))
    for label in ("1.00 ±", "0.50 ±", "mine", "other", "one", "two", "instance"):
        assert label in drawing
    with pytest.raises(ValueError, match="no row with a rung"):
        heat([Strip("two", "other", {})], "title")


def test_a_law_is_named_and_goes_on_dashed() -> None:
    found = curve()
    fits = fit(found, draws=40)
    panel = Fitted(FLOPS, band(found), 0.05, {"deducer": 1.0}, fits)
    drawn = fitted({"direct": {"instance": panel}}, "title")
    (axes,) = drawn.axes
    dashed = [line for line in axes.lines if line.get_linestyle() == "--"]
    assert len(dashed) == 1 and np.max(dashed[0].get_xdata()) == pytest.approx(1e13)
    assert named(fits) in score_figures.svg(drawn).replace("\n", " ") or "logistic" in named(fits)


def test_no_law_means_no_line_and_a_reason() -> None:
    short = FLOPS[:3]
    panel = Fitted(short, np.full((3, 3), 0.5), 0.05, {}, "no law: got 3 points")
    drawn = fitted({"direct": {"instance": panel}}, "title")
    assert "no law: got 3 points" in score_figures.svg(drawn)
    long = [line for line in drawn.axes[0].lines if np.max(line.get_xdata()) > short[-1]]
    assert not long
    with pytest.raises(ValueError, match="got no curve"):
        fitted({"direct": {}}, "title")


def test_laws_that_share_the_weight_are_all_named() -> None:
    fits = fit(curve(0.03), draws=40)
    label = named(fits)
    assert label.startswith(("law undecided", "sure: constant"))
    sure = dataclasses.replace(fits.best, weight=1.0, misfit=9.0)
    assert "misses the points" in named(dataclasses.replace(fits, fits=(sure,)))


def test_axes_are_drawn_with_their_levels_and_floors() -> None:
    path = draw.Path(np.array([30_000.0, 100_000, 400_000]), np.full((3, 3), 0.5), 0.1, "rising")
    other = dataclasses.replace(path, floor=0.3)
    rows = {
        "direct": {"0.1 demonstrated": {"instance": path}, "0.9 demonstrated": {"instance": other}}
    }
    drawing = score_figures.svg(draw.along(rows, "title", "parameters"))
    for label in ("30k", "100k", "400k", "parameters", "0.9 demonstrated", "floors"):
        assert label in drawing


def test_percolation_shows_deducer_threshold_and_models() -> None:
    at = np.array([0.1, 0.2, 0.3, 0.5])
    share = np.tile([0.02, 0.1, 0.6, 0.9], (5, 1))
    sweep = Sweep("network-v2/tiny", at, share, np.minimum(share * 2, 1), share, None, np.ones(5))
    found = linked("direct", sweep, share / 2, share * 0.8)
    drawing = score_figures.svg(draw.percolation(sweep, [found], "title"))
    for label in ("deducer", "giant component", "threshold", "direct: answers", found.answer):
        assert label in drawing
    smooth = dataclasses.replace(sweep, smooth=share)
    none = linked("direct", smooth, share / 2, share)
    drawing = score_figures.svg(draw.percolation(smooth, [none], "title"))
    assert "no threshold" in drawing and "p²" in drawing


def test_isoquants_are_drawn_between_points_and_name_the_law_or_none() -> None:
    x = np.stack([a.ravel() for a in np.meshgrid(np.geomspace(1e3, 1e6, 8), [1e2, 3e2, 1e3])])
    done = 0.5 * np.log(x[0] / 3e4) + 0.5 * np.log(x[1] / 3e2)
    runs = np.tile(0.05 + 0.9 / (1 + np.exp(-done)), (5, 1))
    rng = np.random.RandomState(0)
    noisy = np.clip(runs + rng.normal(0, 0.02, runs.shape), 0, 1)
    found = joint("instance", Curve.of(x, noisy, axes=("D", "U"), world=range(5)), draws=5)
    drawing = score_figures.svg(
        draw.isoquants({"decoder-s": {"instance": (found, 1e5, 1e6)}}, "title")
    )
    assert "statements in the corpus" in drawing and "FLOPs per run" in drawing
    label = found.fits.best.law.name if found.adequate else "none"
    assert f"{label}: instance" in " ".join(drawing.split())


def test_readings_mark_where_each_rung_has_settled() -> None:
    epochs = np.geomspace(1, 100, 13)
    stated, unstated = curve(1.0, epochs[:13] ** 0.5, ("epochs",)), curve(0.9, epochs, ("epochs",))
    stated = dataclasses.replace(stated, x=epochs[None] ** 0.5)
    found = contrast("instance", stated, unstated)
    assert found is not None
    bits = Curve.of(epochs, 6 * (1 - unstated.runs), "bits", axes=("epochs",), world=range(5))
    rows = {"direct": ({"recall": stated, "instance": unstated}, {"instance": bits})}
    drawn = draw.readings(rows, {"direct": [found]}, "title")
    upright = [
        line for line in drawn.axes[0].lines if np.ptp(np.asarray(line.get_xdata(), float)) == 0
    ]
    assert len(upright) == 2
    drawing = score_figures.svg(drawn)
    assert "stated (recall)" in drawing and "unstated: instance" in drawing and "epochs" in drawing


def test_no_line_is_drawn_of_a_law_that_misses_the_points() -> None:
    x = np.geomspace(1e9, 1e12, 5)  # enough for a constant alone
    runs = np.tile([0.02, 0.02, 0.5, 0.9, 0.95], (5, 1)) + np.arange(5)[:, None] * 1e-3
    found = Curve.of(x, runs, world=range(5), questions=300)
    fits = fit(found, draws=20)
    assert fits.astray and fits.attributed == "undecided"
    panel = Fitted(x, band(found), 0.05, {}, fits)
    (axes,) = fitted({"direct": {"instance": panel}}, "title").axes
    assert "misses the points" in named(fits)
    assert not [line for line in axes.lines if line.get_linestyle() == "--"]
