"""fit(curve, laws) -> Fits: laws through measured points, chosen by how they extrapolate.

A law is chosen first by its error on held-out points, the last that were measured, for a law that
cannot foretell them explains nothing; among those that foretell them equally well, by AICc (Hurvich
& Tsai 1989, doi:10.1093/biomet/76.2.297).

Simulated coverage of the 95% intervals within the points and a decade beyond them, three laws with
the noise of trained models: .98 to 1 with 3 runs, .94 to 1 with 5, .97 to 1 with 15.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..registry import UserError
from ..worlds.streams import stream
from .descent import Problem, descend, solve
from .laws import CURVES, Law
from .measured import LOG, Curve, Floats

LEAST = 5  # points below which no law is fitted
DRAWS = 1_000
ALIKE = 1.0  # standard errors: extrapolations nearer to each other than this are equally good
SURE = 0.9  # weight from which points are attributed to one law


@dataclasses.dataclass(frozen=True)
class Fit:
    """One law through one curve."""

    law: Law
    curve: Curve
    parameters: Floats  # [P] in the law's own coordinates
    draws: Floats  # [P, n] of the resampled curves
    aicc: float
    extrapolation: float  # root mean square error on the held-out points, in standard errors
    missed: float  # the same error in the units of the curve
    weight: float  # share of belief among the laws fitted

    @property
    def constants(self) -> dict[str, float]:
        """Parameter -> value, as the law's source writes them."""
        return self.law.constants(self.parameters, self.law.centre(self.curve.x))

    def predict(self, x: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """(best fit, low, high) [M] of the 95% interval at x [M] or [A, M]."""
        values = self.drawn(x)
        low, high = np.quantile(values[:, 1:] if len(values.T) > 1 else values, (0.025, 0.975), 1)
        return values[:, 0], np.minimum(low, values[:, 0]), np.maximum(high, values[:, 0])

    def drawn(self, x: ArrayLike) -> Floats:
        """[M, 1 + n] the best fit and every resampled one at x, within what can be measured."""
        spent = np.asarray(x, float).reshape(len(self.curve.axes), -1)
        u = self.law.centred(spent, self.law.centre(self.curve.x))
        every = np.concatenate([self.parameters[:, None], self.draws], axis=1)
        values = self.law.evaluate(u, every)
        return np.clip(1 - values, 0, 1) if self.curve.kind == "accuracy" else np.maximum(values, 0)


@dataclasses.dataclass(frozen=True)
class Fits:
    """All laws through one curve, the chosen one first."""

    curve: Curve
    fits: tuple[Fit, ...]
    refused: Mapping[str, str]  # law -> why it was not fitted

    @property
    def best(self) -> Fit:
        return self.fits[0]

    @property
    def attributed(self) -> str:
        """The law that the points are surely of, or "undecided"."""
        return self.best.law.name if self.best.weight >= SURE else "undecided"

    def of(self, name: str) -> Fit | None:
        return next((fit for fit in self.fits if fit.law.name == name), None)

    def predict(self, x: ArrayLike) -> tuple[Floats, Floats, Floats]:
        """(mean, low, high) [M] over laws by their weights and over their resampled fits."""
        drawn = [(fit.weight, fit.drawn(x)) for fit in self.fits if fit.weight > 1e-3]
        total = sum(w for w, _ in drawn)
        centre = np.sum([w / total * v[:, 0] for w, v in drawn], axis=0)
        every = np.concatenate([v for _, v in drawn], axis=1)
        weights = np.concatenate([np.full(v.shape[1], w / v.shape[1]) for w, v in drawn])
        low, high = _quantiles(every, weights, (0.025, 0.975))
        return centre, np.minimum(low, centre), np.maximum(high, centre)


def fit(curve: Curve, laws: Sequence[Law] = CURVES, *, draws: int = DRAWS) -> Fits:
    """Every law of as many axes as the curve, with ``draws`` resampled fits each.

    The last fifth of the points, at least two, choose among the laws; a law of P parameters needs
    P + 2 points before those. Raises UserError where there are too few points for any.
    """
    return fit_all([curve], laws, draws=draws)[0]


def fit_all(
    curves: Sequence[Curve], laws: Sequence[Law] = CURVES, *, draws: int = DRAWS
) -> tuple[Fits, ...]:
    """``fit`` of many curves of one kind over the same x, their descents done at once.

    Raises UserError where the curves differ in kind or x, or have too few points.
    """
    if not curves:
        return ()
    first, points = curves[0], curves[0].points
    for curve in curves:
        if curve.kind != first.kind or not np.array_equal(curve.x, first.x):
            raise UserError("got curves of several kinds or points; fit them apart")
    if points < LEAST:
        raise UserError(f"got {points} points, expected at least {LEAST}: no law fits fewer")
    still = [a for a, x in zip(first.axes, first.x) if np.ptp(x) == 0]
    if still:
        raise UserError(f"{still[0]} is the same at all points; vary it, or leave the axis out")
    held = max(2, points // 5)
    refused = {}
    for law in laws:
        size = len(law.linear) + len(law.nonlinear)
        if law.axes != len(first.axes):
            refused[law.name] = f"it has {law.axes} axes, the curve {len(first.axes)}"
        elif points - held < size + 2:
            refused[law.name] = f"it needs {size + 2 + held} points, there are {points}"
    fitted = [law for law in laws if law.name not in refused]
    if not fitted:
        raise UserError(f"no law fits: {'; '.join(f'{k}: {v}' for k, v in refused.items())}")
    rng = stream("fit", first.kind, points)
    samples = [curve.resampled(draws, rng) for curve in curves]
    found = [_fit(law, curves, samples, points - held) for law in fitted]
    return tuple(Fits(c, _ranked(fits), refused) for c, fits in zip(curves, zip(*found)))


def _fit(
    law: Law, curves: Sequence[Curve], samples: Sequence[tuple[Floats, Floats]], until: int
) -> list[Fit]:
    """One law through each curve, the points from ``until`` on held out to see how it foretells."""
    first = curves[0]
    mean = np.stack([curve.mean for curve in curves], axis=1)
    full = _problem(law, first, mean, np.ones_like(mean), np.stack([c.se for c in curves], axis=1))
    p, loss = solve(law, full)
    early, _ = solve(law, full.points(slice(None, until)))
    ahead = full.points(slice(until, None))
    value = law.evaluate(ahead.u, early)
    if first.kind == "accuracy":
        value = np.clip(value, 0, 1)
    extrapolation = np.sqrt((ahead.residual(value)[0] ** 2).mean(0))
    missed = np.sqrt(((value - ahead.y) ** 2).mean(0))
    size, points = len(p) + 1, first.points  # the noise is estimated as well
    aicc = points * np.log(np.maximum(loss, 1e-12) / points)
    aicc += 2 * size + 2 * size * (size + 1) / (points - size - 1)
    fits = []
    for i, curve in enumerate(curves):
        draws = np.zeros((len(p), 0))
        if samples[i][0].size:
            resampled = _problem(law, curve, *samples[i], curve.se[:, None])
            near = np.tile(p[:, [i]], samples[i][0].shape[1])
            # it begins near its end: more steps move no interval by a tenth of its width
            draws = descend(law, resampled, near, steps=20, enough=1e-4)[0]
        told = float(aicc[i]), float(extrapolation[i]), float(missed[i])
        fits.append(Fit(law, curve, p[:, i], draws, *told, weight=0.0))
    return fits


def _problem(law: Law, curve: Curve, mean: Floats, weight: Floats, se: Floats) -> Problem:
    """Fitting means [K, B], whose standard errors are [K, 1 or B], at the points of ``curve``."""
    log = LOG[curve.kind]
    y = 1 - mean if curve.kind == "accuracy" else np.maximum(mean, 1e-9)
    if log is not None:
        se = se / (y + log)
    return Problem(law.centred(curve.x, law.centre(curve.x)), y, weight, se, log)


def _ranked(fits: Sequence[Fit]) -> tuple[Fit, ...]:
    """Ordered by choice, with weights: Akaike's among those that extrapolate equally well."""
    best = min(f.extrapolation for f in fits)
    alike = np.array([f.extrapolation <= np.hypot(best, ALIKE) for f in fits])
    aicc = np.array([f.aicc for f in fits])
    weights = np.where(alike, np.exp((aicc[alike].min() - aicc) / 2), 0)
    weights /= weights.sum()
    told = [dataclasses.replace(f, weight=float(w)) for f, w in zip(fits, weights)]
    return tuple(sorted(told, key=lambda f: (-f.weight, f.extrapolation)))


def _quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> list[Floats]:
    """Weighted quantiles of each row of values [M, n]."""
    order = np.argsort(values, axis=1)
    total = np.cumsum(weights[order], axis=1) / weights.sum()
    ranked = np.take_along_axis(values, order, axis=1)
    place = [np.minimum((total < q).sum(1), values.shape[1] - 1) for q in at]
    return [ranked[np.arange(len(values)), p] for p in place]
