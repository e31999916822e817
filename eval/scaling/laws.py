"""Laws of scaling over one axis: what each says, where it comes from, what its parameters mean.

All are written on what falls as ability grows: the error (1 - accuracy), or bits. With
u = ln(x / x0), x the amount spent (FLOPs, statements) and x0 the geometric mean of the points, each
law is a sum of exponentials whose coefficients enter linearly:

    y = sum_j beta_j exp(e_j(u; theta))

so that coefficients have a closed form for given theta, and value and slopes share their work.
K points, B fits at once (starts, bootstraps or curves), P parameters: the J linear ones first.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Slopes = Mapping[int, Floats]  # number of a nonlinear parameter -> d exponent / d parameter
Term = tuple[Floats, Slopes]  # exponent [K, B] of one exponential
FLAT: Slopes = {}


class Law(abc.ABC):
    """One law. ``evaluate`` and ``box`` see u [A, K, 1], the centred logarithms of A axes."""

    name: str
    linear: tuple[str, ...]  # names of the coefficients beta
    nonlinear: tuple[str, ...]  # names of theta
    axes: int = 1

    def __repr__(self) -> str:
        return self.name

    @abc.abstractmethod
    def box(self, u: Floats) -> tuple[Floats, Floats]:
        """(low, high) of theta [P - J]: where starts are drawn; bounds are three times as wide."""

    @abc.abstractmethod
    def terms(self, u: Floats, theta: Floats) -> Sequence[Term]:
        """J exponentials for theta [P - J, B]."""

    @abc.abstractmethod
    def constants(self, p: Floats, x0: Floats) -> dict[str, float]:
        """The parameters as published, from p [P] and the centres x0 [A]."""

    def centre(self, x: Floats) -> Floats:
        """[A] the x0 of points x [A, K]."""
        return np.exp(np.log(x).mean(1))

    def centred(self, x: Floats, x0: Floats) -> Floats:
        """u [A, K, 1] of points x [A, K]."""
        return np.log(x / x0[:, None])[:, :, None]

    def floors(self) -> Floats:
        """[J] least values of the coefficients; by default none falls below 0."""
        return np.zeros(len(self.linear))

    def bounds(self, u: Floats) -> tuple[Floats, Floats]:
        """(low, high) [P] beyond which no fit goes."""
        low, high = self.box(u)
        wide = high - low
        more = np.full(len(self.linear), np.inf)
        return np.append(self.floors(), low - wide), np.append(more, high + wide)

    def evaluate(self, u: Floats, p: Floats) -> Floats:
        """[K, B] values for p [P, B]."""
        n = len(self.linear)
        terms = self.terms(u, p[n:])
        return np.sum([p[j] * np.exp(np.minimum(e, 700.0)) for j, (e, _) in enumerate(terms)], 0)

    def slopes(self, u: Floats, p: Floats) -> tuple[Floats, Floats]:
        """(values [K, B], their slopes [P, K, B] by the parameters) for p [P, B]."""
        n = len(self.linear)
        value = np.zeros((u.shape[1], p.shape[1]))
        jacobian = np.zeros((len(p), *value.shape))
        for j, (exponent, down) in enumerate(self.terms(u, p[n:])):
            shape = np.exp(np.minimum(exponent, 700.0))
            part = p[j] * shape
            value += part
            jacobian[j] = shape
            for i, slope in down.items():
                jacobian[n + i] += part * slope
        return value, jacobian


def softplus(z: Floats) -> tuple[Floats, Floats]:
    """(ln(1 + e^z), its slope), without overflow."""
    e = np.exp(-np.abs(z))
    over = 1 / (1 + e)
    return np.maximum(z, 0) + np.log1p(e), np.where(z >= 0, over, e * over)


class Constant(Law):
    """y = a: no dependence at all, the null that every other law has to beat.

    a: the level.
    """

    name = "constant"
    linear, nonlinear = ("a",), ()

    def box(self, u: Floats) -> tuple[Floats, Floats]:
        return np.zeros(0), np.zeros(0)

    def terms(self, u: Floats, theta: Floats) -> Sequence[Term]:
        return [(np.zeros((u.shape[1], theta.shape[1])), FLAT)]

    def constants(self, p: Floats, x0: Floats) -> dict[str, float]:
        return {"a": float(p[0])}


class PowerLaw(Law):
    """y = a + b x^-c: what is left to learn shrinks by the same factor in every decade.

    Source: Hestness et al. 2017 (arXiv 1712.00409), Kaplan et al. 2020 (arXiv 2001.08361).
    a: the floor that no x gets below, 0 unless ``floor``; b: y - a at x = 1; c: the exponent.
    Without a floor ability goes on to perfection; with one it has a plateau at 1 - a.
    """

    nonlinear = ("c",)

    def __init__(self, floor: bool = False) -> None:
        self.floor = floor
        self.name = "power law with floor" if floor else "power law"
        self.linear = ("b", "a") if floor else ("b",)

    def box(self, u: Floats) -> tuple[Floats, Floats]:
        span = np.ptp(u)
        return np.array([0.0 if self.floor else -1 / span]), np.array([6 / span])

    def bounds(self, u: Floats) -> tuple[Floats, Floats]:
        low, high = super().bounds(u)
        low[-1] = 0.02 / np.ptp(u) if self.floor else low[-1]  # c = 0 would be a constant twice
        return low, high

    def terms(self, u: Floats, theta: Floats) -> Sequence[Term]:
        e = -theta[0] * u[0]
        power: Term = (e, {0: np.broadcast_to(-u[0], e.shape)})
        return [power, (np.zeros_like(e), FLAT)] if self.floor else [power]

    def constants(self, p: Floats, x0: Floats) -> dict[str, float]:
        b, c = p[0] * x0[0] ** p[-1], p[-1]
        return {"a": float(p[1]) if self.floor else 0.0, "b": float(b), "c": float(c)}


class Logistic(Law):
    """y = a + b / (1 + (x / m)^k): a sigmoid in ln x, the shape that H1 (induction) predicts.

    Source: Ruan et al. 2024 (arXiv 2405.10938), for ability over log compute. It is the bounded
    form of arXiv 2605.09189 on one axis: h = (x / m)^-k, E = a, L0 = a + b.
    a: y after the rise; a + b: y before it; m: where half of it is done; k: its steepness.
    """

    name = "logistic"
    linear, nonlinear = ("b", "a"), ("m", "s")

    def centre(self, x: Floats) -> Floats:
        """[A] the x0 of points x [A, K]."""
        return np.exp(np.log(x).mean(1))

    def centred(self, x: Floats, x0: Floats) -> Floats:
        """u [A, K, 1] of points x [A, K]."""
        return np.log(x / x0[:, None])[:, :, None]

    def floors(self) -> Floats:
        return np.array([-np.inf, 0.0])  # b < 0: ability is lost

    def box(self, u: Floats) -> tuple[Floats, Floats]:
        low, high, span = u.min(), u.max(), np.ptp(u)
        return np.array([low, np.log(0.01 * span)]), np.array([high, np.log(0.5 * span)])

    def bounds(self, u: Floats) -> tuple[Floats, Floats]:
        low, high = super().bounds(u)
        low[-2:], high[-2:] = (u.min(), np.log(0.005 * np.ptp(u))), (u.max(), np.log(np.ptp(u)))
        return low, high

    def terms(self, u: Floats, theta: Floats) -> Sequence[Term]:
        scale = np.exp(-theta[1])
        z = (u[0] - theta[0]) * scale
        soft, slope = softplus(z)
        return [(-soft, {0: slope * scale, 1: slope * z}), (np.zeros_like(z), FLAT)]

    def constants(self, p: Floats, x0: Floats) -> dict[str, float]:
        m, k = x0[0] * np.exp(p[2]), np.exp(-p[3])
        return {"a": float(p[1]), "b": float(p[0]), "m": float(m), "k": float(k)}


class BrokenPowerLaw(Law):
    """y = a + b x^-c0 prod_i (1 + (x / d_i)^(1 / f_i))^(-c_i f_i): power laws joined by bends.

    Source: Caballero et al. 2022, "Broken Neural Scaling Laws" (arXiv 2210.14891).
    a: floor (0 unless ``floor``); b: y - a at x = 1; c0: first exponent; d_i: where the i-th bend
    stands; c_i: by how much the exponent grows there; f_i: how wide the bend is (small: sharp).
    It covers slow, sudden and double descent, and rises before it falls. What stands beyond the
    last point is out of reach: a bend that no point has passed cannot be foreseen.
    """

    def __init__(self, breaks: int = 1, floor: bool = True) -> None:
        self.breaks, self.floor = breaks, floor
        bends = f"{breaks} break{'s' * (breaks > 1)}"
        self.name = f"broken power law, {bends}{'' if floor else ', no floor'}"
        self.linear = ("b", "a") if floor else ("b",)
        self.nonlinear = ("c0", *(f"{n}{i + 1}" for i in range(breaks) for n in "cdf"))

    def box(self, u: Floats) -> tuple[Floats, Floats]:
        low, high, span = u.min(), u.max(), np.ptp(u)
        first = np.array([-0.5, *[-2.0, 0, 0] * self.breaks]) / span
        last = np.array([2.0, *[12.0, 0, 0] * self.breaks]) / span
        for i in range(self.breaks):
            first[2 + 3 * i : 4 + 3 * i] = low, np.log(0.01 * span)
            last[2 + 3 * i : 4 + 3 * i] = high, np.log(0.4 * span)
        return first, last

    def bounds(self, u: Floats) -> tuple[Floats, Floats]:
        low, high = super().bounds(u)
        for i in range(self.breaks):
            at = len(self.linear) + 2 + 3 * i
            low[at : at + 2] = u.min(), np.log(0.005 * np.ptp(u))
            high[at : at + 2] = u.max(), np.log(np.ptp(u))
        return low, high

    def terms(self, u: Floats, theta: Floats) -> Sequence[Term]:
        e = -theta[0] * u[0]
        slopes: dict[int, Floats] = {0: np.broadcast_to(-u[0], e.shape)}
        for i in range(self.breaks):
            c, d, f = theta[1 + 3 * i], theta[2 + 3 * i], np.exp(theta[3 + 3 * i])
            z = (u[0] - d) / f
            soft, slope = softplus(z)
            soft *= f
            e = e - c * soft
            slopes[1 + 3 * i] = -soft
            slopes[2 + 3 * i] = c * slope
            slopes[3 + 3 * i] = c * (slope * z * f - soft)  # by ln f
        power: Term = (e, slopes)
        return [power, (np.zeros_like(e), FLAT)] if self.floor else [power]

    def constants(self, p: Floats, x0: Floats) -> dict[str, float]:
        theta = p[len(self.linear) :]
        found = {"a": p[1] if self.floor else 0.0, "b": p[0] * x0[0] ** theta[0], "c0": theta[0]}
        for i in range(self.breaks):
            c, d, f = theta[1 + 3 * i : 4 + 3 * i]
            found |= {f"c{i + 1}": c, f"d{i + 1}": x0[0] * np.exp(d), f"f{i + 1}": np.exp(f)}
        return {name: float(value) for name, value in found.items()}


CURVES: tuple[Law, ...] = (
    Constant(),
    PowerLaw(),
    PowerLaw(floor=True),
    Logistic(),
    BrokenPowerLaw(1),
    BrokenPowerLaw(2),
)
