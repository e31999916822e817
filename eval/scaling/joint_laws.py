"""Joint laws: loss over model size, tokens and unique data at once, and what they say is optimal.

The same form as in ``laws``: sums of exponentials in the centred logarithms of the axes. N is the
number of parameters, D the tokens seen (statements read, repeats included), U the unique ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize_scalar

from ...errors import UserError
from .laws import FLAT, Floats, Law, Term, softplus

# Hoffmann et al. 2022 (arXiv 2203.15556), approach 3
CHINCHILLA = {"E": 1.69, "A": 406.4, "B": 410.7, "alpha": 0.34, "beta": 0.28}
# Muennighoff et al. 2023 (arXiv 2305.16264), from the constants in huggingface/datablations
DATA_CONSTRAINED = {
    "E": float(np.exp(0.6254804)),
    "A": float(np.exp(6.255414)),
    "B": float(np.exp(7.3049974)),
    "alpha": 0.3526596,
    "beta": 0.3526596,
    "R_D": 15.387756,
    "R_N": 5.309743,
}


class Chinchilla(Law):
    """L(N, D) = E + A / N^alpha + B / D^beta: size and data each take away a part of the loss.

    Source: Hoffmann et al. 2022 (arXiv 2203.15556). Axes: N, D; with ``axes`` 3 a third, U, does
    not matter: the null of the laws in which it does.
    E: the loss that remains; A, alpha: how it falls with size; B, beta: with data.
    """

    name = "Chinchilla"
    linear, nonlinear = ("A", "B", "E"), ("alpha", "beta")

    def __init__(self, axes: int = 2) -> None:
        self.axes = axes

    def box(self, u: Floats) -> tuple[Floats, Floats]:
        return np.zeros(2), 6 / np.ptp(u[:2, :, 0], axis=1)

    def terms(self, u: Floats, theta: Floats) -> Sequence[Term]:
        sized, read = -theta[0] * u[0], -theta[1] * u[1]
        return [
            (sized, {0: np.broadcast_to(-u[0], sized.shape)}),
            (read, {1: np.broadcast_to(-u[1], read.shape)}),
            (np.zeros_like(sized), FLAT),
        ]

    def constants(self, p: Floats, x0: Floats) -> dict[str, float]:
        a, b, e, alpha, beta = p
        found = {"E": e, "A": a * x0[0] ** alpha, "B": b * x0[1] ** beta}
        return {k: float(v) for k, v in (found | {"alpha": alpha, "beta": beta}).items()}


class DataConstrained(Law):
    """L = E + A / N'^alpha + B / D'^beta: repeated tokens and excess parameters are worth less.

        D' = U + U R_D (1 - exp(-(D/U - 1) / R_D))
        N' = U_N + U_N R_N (1 - exp(-(N/U_N - 1) / R_N))

    with U_N = min(N, the size that is optimal for U tokens read once). Source: Muennighoff et al.
    2023 (arXiv 2305.16264). Axes: N, D, U. E, A, alpha, B, beta: as in Chinchilla; R_D: the number
    of repeats after which 1 - 1/e of all their worth is used up; R_N: the same for parameters.
    """

    name = "data-constrained"
    linear, nonlinear = ("A", "B", "E"), ("alpha", "beta", "R_D", "R_N")
    axes = 3

    def centre(self, x: Floats) -> Floats:
        size, read, _ = super().centre(x)
        return np.array([size, read, read])  # tokens are compared with tokens

    def box(self, u: Floats) -> tuple[Floats, Floats]:
        ends = 6 / np.ptp(u[:2, :, 0], axis=1)
        return np.array([0.01, 0.01, *np.log([1, 1])]), np.array([*ends, *np.log([60, 60])])

    def bounds(self, u: Floats) -> tuple[Floats, Floats]:
        low, high = super().bounds(u)
        low[3:5] = 1e-3  # U_N divides by alpha
        return low, high

    def terms(self, u: Floats, theta: Floats) -> Sequence[Term]:
        """For the starts alone: size and data are taken to be balanced at the centre."""
        alpha, beta, repeats, excess = theta
        size, read, unique = u[0], u[1], np.minimum(u[1], u[2])
        fitting = np.minimum(size, beta * unique / alpha)
        sized = -alpha * (_worth(size - fitting, excess)[0] + fitting)
        data = -beta * (_worth(read - unique, repeats)[0] + unique)
        return [(sized, FLAT), (data, FLAT), (np.zeros_like(sized), FLAT)]

    def evaluate(self, u: Floats, p: Floats) -> Floats:
        return self.slopes(u, p)[0]

    def slopes(self, u: Floats, p: Floats) -> tuple[Floats, Floats]:
        a, b, e, alpha, beta, repeats, excess = p
        size, read, unique = u[0], u[1], np.minimum(u[1], u[2])  # what was not read is no data
        # where alpha A N^-alpha = beta B U^-beta, size and data are balanced
        ratio = np.log(np.maximum(alpha * a, 1e-300)) - np.log(np.maximum(beta * b, 1e-300))
        balanced = (ratio + beta * unique) / alpha
        fitting = np.minimum(size, balanced)
        more, by_more, by_excess = _worth(size - fitting, excess)
        again, _, by_repeats = _worth(read - unique, repeats)
        sized, data = more + fitting, again + unique
        small, few = np.exp(-alpha * sized), np.exp(-beta * data)
        value = e + a * small + b * few
        # N' follows the balanced size where N exceeds it
        pull = np.where(size > balanced, (1 - by_more) * -alpha * a * small, 0)
        by_fit = pull / alpha
        columns = [
            small + by_fit / np.maximum(a, 1e-300),
            few - by_fit / np.maximum(b, 1e-300),
            np.ones_like(value),
            -a * sized * small + by_fit * (1 / alpha - balanced),
            -b * data * few + by_fit * (unique - 1 / beta),
            -beta * b * few * by_repeats,
            -alpha * a * small * by_excess,
        ]
        return value, np.stack(columns)

    def constants(self, p: Floats, x0: Floats) -> dict[str, float]:
        a, b, e, alpha, beta, repeats, excess = p
        found = {"E": e, "A": a * x0[0] ** alpha, "B": b * x0[1] ** beta, "alpha": alpha}
        found |= {"beta": beta, "R_D": np.exp(repeats), "R_N": np.exp(excess)}
        return {k: float(v) for k, v in found.items()}


class Bounded(Law):
    """L = E + (L0 - E) h / (1 + h), h = a / N^alpha + b / D^beta + c N^gamma / U^delta.

    Source: arXiv 2605.09189. Bounded by guessing above and by what is left in the end below, as
    accuracies are; what is spent (D) and what there is to be read (U) count apart. Axes: N, D, U;
    without ``size`` D, U, and h = b / D^beta + c / U^delta.
    L0: loss at nothing; E: loss in the end; a, alpha: size; b, beta: reading; c, gamma, delta:
    overfitting, worse for a large model on few data.
    """

    linear = ("E", "L0")

    def __init__(self, size: bool = True) -> None:
        self.size, self.axes = size, 3 if size else 2
        self.name = "bounded" if size else "bounded, one size"
        read = ("b", "beta", "c", "delta")
        self.nonlinear = ("a", "alpha", *read, "gamma") if size else read

    def box(self, u: Floats) -> tuple[Floats, Floats]:
        span = np.maximum(np.ptp(u[:, :, 0], axis=1), 1e-6)
        n, d, c = span if self.size else (1.0, *span)
        low = np.array([-4, 0, -4, 0, -4, 0, 0.0])
        high = np.array([2, 8 / n, 2, 8 / d, 2, 8 / c, 4 / n])
        at = slice(None) if self.size else slice(2, 6)
        return low[at], high[at]

    def bounds(self, u: Floats) -> tuple[Floats, Floats]:
        low, high = super().bounds(u)
        powers = [i for i, n in enumerate(self.nonlinear) if len(n) > 1]
        low[2 + np.array(powers)] = 0.0
        return low, high

    def terms(self, u: Floats, theta: Floats) -> Sequence[Term]:
        size, read, unique = u if self.size else (None, *u)
        at = 2 if self.size else 0
        parts = [theta[at] - theta[at + 1] * read, theta[at + 2] - theta[at + 3] * unique]
        if size is not None:
            parts[1] = parts[1] + theta[6] * size
            parts.insert(0, theta[0] - theta[1] * size)
        stack = np.stack(np.broadcast_arrays(*parts))
        top = stack.max(0)
        weights = np.exp(stack - top)
        total = weights.sum(0)
        h = top + np.log(total)
        share = weights / total
        down: dict[int, Floats] = {}
        for i, along in enumerate(u):
            down |= {2 * i: share[i], 2 * i + 1: -share[i] * along}
        if size is not None:
            down[6] = share[2] * size
        below, slope = softplus(h)
        above = below - h  # ln(1 + 1/h)
        return [
            (-below, {i: -slope * v for i, v in down.items()}),
            (-above, {i: (1 - slope) * v for i, v in down.items()}),
        ]

    def constants(self, p: Floats, x0: Floats) -> dict[str, float]:
        found = {"E": p[0], "L0": p[1]} | dict(zip(self.nonlinear, p[2:]))
        axis = dict(zip("abc" if self.size else "bc", x0))
        powers = {"a": found.get("alpha", 0.0), "b": found["beta"], "c": found["delta"]}
        for name, centre in axis.items():
            found[name] = np.exp(found[name]) * centre ** powers[name]
        if self.size:
            found["c"] = found["c"] * x0[0] ** -found["gamma"]
        return {k: float(v) for k, v in found.items()}


SURFACES: tuple[Law, ...] = (Chinchilla(), DataConstrained(), Bounded())


def _worth(over: Floats, log_r: Floats) -> tuple[Floats, Floats, Floats]:
    """ln(1 + R (1 - exp(-(e^over - 1) / R))): what e^over readings are worth, in single ones.

    And its slopes by ``over`` and ``log_r``. ``over`` below 0 counts as 0.
    """
    r, repeats = np.exp(log_r), np.expm1(np.clip(over, 0, 700.0))
    left = np.exp(-repeats / r)
    worth = 1 + r * (1 - left)
    by_r = (worth - 1 - left * repeats) / worth
    return np.log(worth), left * (1 + repeats) / worth, by_r


def data_constrained(
    size: ArrayLike, read: ArrayLike, unique: ArrayLike, constants: Mapping[str, float]
) -> Floats:
    """Loss for N parameters, D tokens read and U unique ones; ``constants`` as published."""
    c = constants
    p = np.array(
        [c["A"], c["B"], c["E"], c["alpha"], c["beta"], np.log(c["R_D"]), np.log(c["R_N"])]
    )
    axes = np.broadcast_arrays(*(np.log(np.asarray(v, float)) for v in (size, read, unique)))
    u = np.stack([a.reshape(-1, 1) for a in axes])
    return DataConstrained().evaluate(u, p[:, None]).reshape(axes[0].shape)


def optimum(flops: float, unique: float, constants: Mapping[str, float]) -> tuple[float, float]:
    """(parameters N, tokens D) of least loss with 6 N D = ``flops`` and ``unique`` tokens."""
    if not (flops > 6 and unique > 0):
        raise UserError(
            f"got {flops} FLOPs and {unique} tokens, expected more than 6, and more than 0"
        )
    found = minimize_scalar(
        lambda n: float(data_constrained(np.exp(n), flops / 6 / np.exp(n), unique, constants)),
        bounds=(0.0, np.log(flops / 6)),
        method="bounded",
        options={"xatol": 1e-10},
    )
    size = float(np.exp(found.x))
    return size, flops / 6 / size
