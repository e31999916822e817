"""Many nonlinear least squares at once: starts by closed form, then batched Levenberg-Marquardt.

Variable projection (Golub & Pereyra 1973, doi:10.1137/0710036) finds the starts: for each of many
theta the coefficients are solved for, and the best theta of every part of the box is kept. From all
starts of all problems Levenberg-Marquardt (Marquardt 1963, doi:10.1137/0111030) goes down at once,
under Huber's loss (1964, doi:10.1214/aoms/1177703732): P parameters, K points, B problems. SciPy's
least_squares does one problem a call.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from .laws import Floats, Law

HUBER = 1.345  # standard errors; 95% as efficient as squares where the noise is normal
DRAWN, KEPT = 512, 16  # starts looked at, and gone down from
BLOCK = 150_000  # slopes at once: what a core's cache holds; the whole takes up to twice as long
STEPS, ENOUGH = 60, 1e-6  # of a descent: the most, and the relative gain below which it ends


@dataclasses.dataclass(frozen=True)
class Problem:
    """B problems over the same points: (y - law) / se is to be small, in the scale of ``log``."""

    u: Floats  # [A, K, 1]
    y: Floats  # [K, B]
    weight: Floats  # [K, B]; 1 is one point
    se: Floats  # [K, 1 or B] in the units of the scale
    log: float | None = None  # compared are ln(y + log); None: y itself

    def only(self, at: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Problem:
        """Some of the problems (indices or bools)."""
        se = self.se if self.se.shape[1] == 1 else self.se[:, at]
        return dataclasses.replace(self, y=self.y[:, at], weight=self.weight[:, at], se=se)

    def points(self, at: slice) -> Problem:
        """The same problems on some of the points."""
        return Problem(self.u[:, at], self.y[at], self.weight[at], self.se[at], self.log)

    def residual(self, value: Floats) -> tuple[Floats, Floats | float]:
        """(residuals [K, B] in standard errors, d residual / d value)."""
        if self.log is None:
            return (value - self.y) / self.se, 1 / self.se
        inside = np.maximum(value + self.log, 1e-12)
        return (np.log(inside) - np.log(self.y + self.log)) / self.se, 1 / (inside * self.se)

    def loss(self, value: Floats) -> Floats:
        """[B] twice the summed Huber loss: the sum of squares where no residual is large."""
        return huber(self.residual(value)[0], self.weight)


def huber(r: Floats, weight: Floats) -> Floats:
    size = np.abs(r)
    return (weight * np.where(size <= HUBER, r * r, HUBER * (2 * size - HUBER))).sum(0)


def solve(law: Law, problem: Problem, kept: int = KEPT) -> tuple[Floats, Floats]:
    """(parameters [P, B], losses [B]) of the best descent from ``kept`` starts of each problem."""
    first = starts(law, problem, kept)  # [P, S, B]
    count, b = first.shape[1:]
    index = np.tile(np.arange(b), count)
    p, loss = descend(law, problem.only(index), first.reshape(len(first), -1))
    best = loss.reshape(count, b).argmin(0)
    at = best * b + np.arange(b)
    return p[:, at], loss[at]


def starts(law: Law, problem: Problem, kept: int = KEPT) -> Floats:
    """[P, S, B] starts: in each of S shares of a Sobol sequence over the box, the best theta."""
    low, high = law.box(problem.u)
    if not len(low):
        theta, kept = np.zeros((0, 1)), 1
    else:
        unit = qmc.Sobol(len(low), scramble=False).random(DRAWN)
        theta = low[:, None] + (high - low)[:, None] * unit.T
    shapes = [np.exp(np.minimum(e, 700.0)) for e, _ in law.terms(problem.u, theta)]
    weight = problem.weight / problem.se**2
    if problem.log is not None:  # to first order, a residual of logarithms is a relative one
        weight = weight / (problem.y + problem.log) ** 2
    beta, loss = coefficients(shapes, problem.y, weight, law.floors())
    share = loss.reshape(kept, -1, loss.shape[1])
    at = share.argmin(1) + np.arange(kept)[:, None] * share.shape[1]  # [S, B]
    chosen = beta[:, at, np.arange(loss.shape[1])]
    return np.concatenate([chosen, theta[:, at]])


def coefficients(
    shapes: list[Floats], y: Floats, weight: Floats, floors: Floats
) -> tuple[Floats, Floats]:
    """(beta [J, G, B], loss [G, B]) of the least squares of y [K, B] on J shapes [K, G].

    Coordinates are solved for in turn, none below its floor: a few rounds do for a start.
    """
    n = len(shapes)
    cross = [[(a * b).T @ weight for b in shapes] for a in shapes]  # [J][J] of [G, B]
    right = [a.T @ (weight * y) for a in shapes]
    beta = np.zeros((n, *right[0].shape))
    for _ in range(1 if n == 1 else 40):
        for j in range(n):
            rest = right[j] - sum(cross[j][i] * beta[i] for i in range(n) if i != j)
            beta[j] = np.maximum(rest / np.maximum(cross[j][j], 1e-300), floors[j])
    loss = (weight * y * y).sum(0) - 2 * sum(beta[j] * right[j] for j in range(n))
    loss = loss + sum(beta[i] * beta[j] * cross[i][j] for i in range(n) for j in range(n))
    return beta, loss


def descend(
    law: Law, problem: Problem, p: Floats, steps: int = STEPS, enough: float = ENOUGH
) -> tuple[Floats, Floats]:
    """(parameters [P, B], losses [B]) after Levenberg-Marquardt from p [P, B], within bounds."""
    low, high = (b[:, None] for b in law.bounds(problem.u))
    p = np.clip(p, low, high)
    block = max(1, BLOCK // (len(p) * len(problem.y)))
    parts = [slice(i, i + block) for i in range(0, p.shape[1], block)]
    with np.errstate(over="ignore", invalid="ignore"):  # a step that leaves the numbers is refused
        done = [
            _descended(law, problem.only(at), p[:, at], (low, high), steps, enough) for at in parts
        ]
    return np.concatenate([d[0] for d in done], axis=1), np.concatenate([d[1] for d in done])


def _descended(
    law: Law, problem: Problem, p: Floats, bounds: tuple[Floats, Floats], steps: int, enough: float
) -> tuple[Floats, Floats]:
    found, losses = p.copy(), np.full(p.shape[1], np.inf)
    live, here = np.arange(p.shape[1]), problem
    damping = np.full(p.shape[1], 1e-2)
    value, jacobian = law.slopes(here.u, p)
    loss = here.loss(value)
    for _ in range(steps):
        new = np.clip(p + _step(here, value, jacobian, p, bounds, damping), *bounds)
        value_new, jacobian_new = law.slopes(here.u, new)
        loss_new = here.loss(value_new)
        better = loss_new < loss  # False for NaN
        gain = np.where(better, loss - loss_new, 0.0)
        damping = np.where(better, damping * 0.2, damping * 8)
        over = (better & (gain <= enough * loss)) | (damping > 1e8)
        p = np.where(better, new, p)
        value, jacobian = (
            np.where(better, value_new, value),
            np.where(better, jacobian_new, jacobian),
        )
        loss = np.where(better, loss_new, loss)
        if over.any():
            found[:, live[over]], losses[live[over]] = p[:, over], loss[over]
            keep = ~over
            live, p, loss, damping = live[keep], p[:, keep], loss[keep], damping[keep]
            value, jacobian, here = value[:, keep], jacobian[:, :, keep], here.only(keep)
        if not len(live):
            break
    found[:, live], losses[live] = p, loss
    return found, losses


def _step(
    problem: Problem,
    value: Floats,
    jacobian: Floats,
    p: Floats,
    bounds: tuple[Floats, Floats],
    damping: Floats,
) -> Floats:
    """[P, B] the damped Gauss-Newton step; parameters pressed against a bound stay there."""
    r, slope = problem.residual(value)
    pull = problem.weight * np.minimum(1, HUBER / np.maximum(np.abs(r), 1e-300))
    scaled = jacobian * slope
    pulled = scaled * pull
    n = len(p)
    gradient = np.einsum("pkb,kb->pb", pulled, r)
    hessian = np.empty((n, n, p.shape[1]))
    for i in range(n):
        for j in range(i, n):
            hessian[i, j] = hessian[j, i] = (pulled[i] * scaled[j]).sum(0)
    stuck = ((p <= bounds[0]) & (gradient > 0)) | ((p >= bounds[1]) & (gradient < 0))
    gradient[stuck] = 0
    hessian *= ~stuck[:, None] & ~stuck
    diagonal = hessian[np.arange(n), np.arange(n)]
    hessian[np.arange(n), np.arange(n)] = diagonal * (1 + damping) + 1e-12 + stuck
    return -cholesky_solve(hessian, gradient)


def cholesky_solve(a: Floats, b: Floats) -> Floats:
    """[P, B] solutions of a [P, P, B] x = b [P, B], all B at once; ``a`` symmetric, positive."""
    n = len(b)
    lower = np.zeros_like(a)
    for j in range(n):
        rest = a[j, j] - (lower[j, :j] ** 2).sum(0)
        lower[j, j] = np.sqrt(np.maximum(rest, 1e-30 + 1e-14 * a[j, j]))
        for i in range(j + 1, n):
            lower[i, j] = (a[i, j] - (lower[i, :j] * lower[j, :j]).sum(0)) / lower[j, j]
    x = np.zeros_like(b)
    for i in range(n):
        x[i] = (b[i] - (lower[i, :i] * x[:i]).sum(0)) / lower[i, i]
    for i in reversed(range(n)):
        x[i] = (x[i] - (lower[i + 1 :, i] * x[i + 1 :]).sum(0)) / lower[i, i]
    return x
