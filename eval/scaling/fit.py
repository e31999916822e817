"""fit(curve, laws) -> Fits: laws through measured points, chosen by how they extrapolate.

A law is chosen first by its error on held-out points, the last that were measured, for a law that
cannot foretell them explains nothing; among those that foretell them equally well, by AICc (Hurvich
& Tsai 1989, doi:10.1093/biomet/76.2.297), on the curve and on other draws of its worlds and runs:
what only these worlds show is no evidence for a law. How often that names a wrong law is simulated
in docs/internals/verdict-errors.md.

Simulated coverage of the 95% intervals within the points and a decade beyond them, three laws with
the noise of trained models: .98 to 1 with 3 runs, .94 to 1 with 5, .97 to 1 with 15.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ...errors import UserError
from ...seeding import stream
from ..stats.curve import LOG, Curve, Floats
from .laws import CURVES, Law
from .least_squares import Problem, descend, solve

LEAST = 5  # points below which no law is fitted
DRAWS = 1_000
VOTES = 100  # other draws on which laws compete
ALIKE = 2.5  # standard errors: extrapolations nearer to each other than this are equally good
SURE = 0.95  # weight from which points are attributed to one law
ADEQUATE = 2.0  # mean square error, in standard errors, above which the law misses the points


@dataclasses.dataclass(frozen=True)
class Fit:
    """One law through one curve."""

    law: Law
    curve: Curve
    parameters: Floats  # [P] in the law's own coordinates
    draws: Floats  # [P, n] of the resampled curves
    aicc: float
    votes: Floats  # [V] AICc on other draws of worlds and runs
    misfit: float  # mean square error on all points, in standard errors, per degree of freedom
    extrapolation: float  # root mean square error on the held-out points, in standard errors
    missed: float  # the same error in the units of the curve
    weight: float  # share of the other draws on which it is the best; without any, Akaike's weight

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
        sure = self.best.weight >= SURE and self.best.misfit <= ADEQUATE
        return self.best.law.name if sure else "undecided"

    @property
    def astray(self) -> bool:
        """Whether the one law that bears the weight misses the points: no line is drawn of it."""
        return self.best.weight >= SURE and self.best.misfit > ADEQUATE

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


def fit(
    curve: Curve, laws: Sequence[Law] = CURVES, *, draws: int = DRAWS, held: int | None = None
) -> Fits:
    """Every law of as many axes as the curve, with ``draws`` resampled fits each.

    The ``held`` last points choose among the laws: by default a fifth, at least two; with 0, AICc
    alone. A law of P parameters needs P + 2 points before those, and P + 3 in all. Raises UserError
    where there are too few points for any.
    """
    return fit_all([curve], laws, draws=draws, held=held)[0]


def fit_all(
    curves: Sequence[Curve],
    laws: Sequence[Law] = CURVES,
    *,
    draws: int = DRAWS,
    held: int | None = None,
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
    held = ahead(points) if held is None else held
    refused = {}
    for law in laws:
        size = needs(law)
        if law.axes != len(first.axes):
            refused[law.name] = f"it has {law.axes} axes, the curve {len(first.axes)}"
        elif points < size + max(held, 1):
            refused[law.name] = f"it needs {size + max(held, 1)} points, there are {points}"
    fitted = [law for law in laws if law.name not in refused]
    if not fitted:
        raise UserError(f"no law fits: {'; '.join(f'{k}: {v}' for k, v in refused.items())}")
    rng = stream("fit", first.kind, points)
    samples = [curve.resampled(draws, rng) for curve in curves]
    found = [_fit(law, curves, samples, points - held) for law in fitted]
    return tuple(Fits(c, _ranked(fits), refused) for c, fits in zip(curves, zip(*found)))


def ahead(points: int) -> int:
    """How many of the last points are held out."""
    return max(2, points // 5)


def needs(law: Law) -> int:
    """Points without which a law is not fitted, beside those held out."""
    return len(law.linear) + len(law.nonlinear) + 2


def _fit(
    law: Law, curves: Sequence[Curve], samples: Sequence[tuple[Floats, Floats]], until: int
) -> list[Fit]:
    """One law through each curve, the points from ``until`` on held out to see how it foretells."""
    first = curves[0]
    mean = np.stack([curve.mean for curve in curves], axis=1)
    full = _problem(law, first, mean, np.ones_like(mean), np.stack([c.se for c in curves], axis=1))
    p, loss = solve(law, full)
    extrapolation = missed = np.zeros(len(curves))
    if until < first.points:
        early, _ = solve(law, full.points(slice(None, until)))
        left = full.points(slice(until, None))
        value = law.evaluate(left.u, early)
        if first.kind == "accuracy":
            value = np.clip(value, 0, 1)
        extrapolation = np.sqrt((left.residual(value)[0] ** 2).mean(0))
        missed = np.sqrt(((value - left.y) ** 2).mean(0))
    misfit = loss / (first.points - len(p))
    fits = []
    for i, curve in enumerate(curves):
        draws, votes = np.zeros((len(p), 0)), np.zeros(0)
        means, weights = samples[i]
        if means.size:
            # they begin near their end: more steps move no interval by a tenth of its width
            near = np.tile(p[:, [i]], means.shape[1])
            drawn = _problem(law, curve, means, weights, curve.se[:, None])
            draws = descend(law, drawn, near, steps=20, enough=1e-4)[0]
            if curve.sampled:
                some = means[:, :VOTES]
                drawn = _problem(law, curve, some, np.ones_like(some), curve.se[:, None])
                votes = descend(law, drawn, near[:, :VOTES], steps=20, enough=1e-4)[1]
        errors = float(misfit[i]), float(extrapolation[i]), float(missed[i])
        aicc, votes = _aicc(loss[i], law, curve), _aicc(votes, law, curve)
        fits.append(Fit(law, curve, p[:, i], draws, float(aicc), votes, *errors, weight=0.0))
    return fits


def _aicc(loss: Floats, law: Law, curve: Curve) -> Floats:
    size = len(law.linear) + len(law.nonlinear) + 1  # the noise is estimated as well
    fine = curve.points * np.log(np.maximum(loss, 1e-12) / curve.points)
    return fine + 2 * size + 2 * size * (size + 1) / (curve.points - size - 1)


def _problem(law: Law, curve: Curve, mean: Floats, weight: Floats, se: Floats) -> Problem:
    """Fitting means [K, B], whose standard errors are [K, 1 or B], at the points of ``curve``."""
    log = LOG[curve.kind]
    y = 1 - mean if curve.kind == "accuracy" else np.maximum(mean, 1e-9)
    if log is not None:
        se = se / (y + log)
    return Problem(law.centred(curve.x, law.centre(curve.x)), y, weight, se, log)


def _ranked(fits: Sequence[Fit]) -> tuple[Fit, ...]:
    """Ordered by weight, which only laws have that extrapolate as well as the best of them."""
    best = min(f.extrapolation for f in fits)
    alike = np.array([f.extrapolation <= np.hypot(best, ALIKE) for f in fits])
    aicc = np.where(alike, [f.aicc for f in fits], np.inf)
    weights = np.exp((aicc.min() - aicc) / 2)
    votes = np.stack([f.votes for f in fits])
    if votes.size:
        winner = np.where(alike[:, None], votes, np.inf).argmin(0)
        weights = np.bincount(winner, minlength=len(fits))
    weights = weights / weights.sum()
    weighed = [dataclasses.replace(f, weight=float(w)) for f, w in zip(fits, weights)]
    return tuple(sorted(weighed, key=lambda f: (-f.weight, f.extrapolation)))


def _quantiles(values: Floats, weights: Floats, at: Sequence[float]) -> list[Floats]:
    """Weighted quantiles of each row of values [M, n]."""
    order = np.argsort(values, axis=1)
    total = np.cumsum(weights[order], axis=1) / weights.sum()
    ranked = np.take_along_axis(values, order, axis=1)
    place = [np.minimum((total < q).sum(1), values.shape[1] - 1) for q in at]
    return [ranked[np.arange(len(values)), p] for p in place]
