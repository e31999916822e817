"""A measured curve: runs at the same points, how noisy each point is, and other draws of the same.

Resampled are whole worlds, whole runs in them, and points (by random weights: the Bayesian
bootstrap of Rubin 1981, doi:10.1214/aos/1176345338, under which no point is ever wholly lost).
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from ...errors import UserError

Floats = NDArray[np.float64]
Kind = Literal["accuracy", "bits", "loss"]
# what is added before the logarithm in which a kind is compared; None: compared as it is
LOG: Mapping[str, float | None] = {"accuracy": None, "bits": 1.0, "loss": 0.0}
PRIOR = 4.0  # runs' worth of belief that all points are equally noisy


@dataclasses.dataclass(frozen=True)
class Curve:
    """What was measured: R runs at the same K points, as ``of`` makes them.

    Laws see accuracies as errors, 1 - y; bits are compared as ln(1 + y), as broken power laws were
    (arXiv 2210.14891), losses as ln y (arXiv 2203.15556).
    """

    x: Floats  # [A, K] what was spent at each point, above 0
    runs: Floats  # [R, K]
    kind: Kind
    axes: tuple[str, ...]
    world: NDArray[np.int64]  # [R] number of the world that each run saw
    questions: int  # behind each point; 0: not a share of questions

    @classmethod
    def of(
        cls,
        x: ArrayLike,
        runs: ArrayLike,
        kind: Kind = "accuracy",
        axes: Sequence[str] = ("FLOPs",),
        world: Sequence[object] | None = None,
        questions: int = 0,
    ) -> Curve:
        """From x [K] or [A, K] and runs [K] or [R, K], ordered by all that was spent.

        ``world``: a name for each run's world; without it all runs saw the same one. Raises
        UserError for points that no law could be fitted through.
        """
        spent, values = np.atleast_2d(np.asarray(x, float)), np.atleast_2d(np.asarray(runs, float))
        if spent.shape != (len(axes), values.shape[1]):
            raise UserError(
                f"got x of shape {np.shape(x)} and runs of shape {np.shape(runs)}, expected "
                f"({len(axes)}, points) and (runs, points)"
            )
        if kind not in get_args(Kind):
            raise UserError(f"got a curve of {kind!r}, expected one of {', '.join(get_args(Kind))}")
        for what, array in (("x", spent), ("runs", values)):
            bad = int((~np.isfinite(array)).sum())
            if bad:
                raise UserError(
                    f"{what}: {bad} of {array.size} are not finite numbers; leave out failed runs "
                    "and points that were not reached"
                )
        if not values.size or (spent <= 0).any():
            raise UserError("got no run, or a point at which nothing was spent; leave those out")
        if (values < 0).any() or (kind == "accuracy" and (values > 1).any()):
            raise UserError(f"got {kind} out of range; accuracies are shares, all else at least 0")
        names: list[object] = [0] * len(values) if world is None else list(world)
        if len(names) != len(values):
            raise UserError(f"got {len(names)} worlds for {len(values)} runs, expected one each")
        number = np.array([names.index(name) for name in names])
        number = np.unique(number, return_inverse=True)[1]
        order = np.argsort(np.log(spent).sum(0), kind="stable")
        return cls(spent[:, order], values[:, order], kind, tuple(axes), number, questions)

    @property
    def points(self) -> int:
        return self.x.shape[1]

    @property
    def sampled(self) -> bool:
        """Whether other draws of it differ: of several runs, or of one run's questions."""
        return len(self.runs) > 1 or (self.questions > 0 and self.kind == "accuracy")

    @property
    def worlds(self) -> int:
        return int(self.world.max()) + 1

    @functools.cached_property
    def mean(self) -> Floats:
        """[K] the mean over worlds of the mean over their runs."""
        return self.shares @ self.runs

    @functools.cached_property
    def shares(self) -> Floats:
        """[R] the share of each run in the mean."""
        return 1 / np.bincount(self.world)[self.world] / self.worlds

    @functools.cached_property
    def se(self) -> Floats:
        """[K] standard error of the mean at each point, the noise of few runs smoothed over points.

        What a run is above or below the others throughout is no noise of a point. Of one run it is
        that of its questions; where these are unknown, 1% of the range, a convention that makes all
        points equally good in the scale in which they are compared.
        """
        n, least = len(self.runs), max(1e-3 * float(np.ptp(self.mean)), 1e-9)
        if self.questions and self.kind == "accuracy":
            near = np.clip(self.mean, 1 / self.questions, 1 - 1 / self.questions)
            least = np.sqrt(near * (1 - near) / self.questions / n)
        elif n < 2:
            least = 10 * least
            log = LOG[self.kind]
            if log is not None:
                least = least * (self.mean + log) / (self.mean + log).mean()
        if n < 2:
            return np.zeros(self.points) + least
        jitter = self.runs - self.mean
        jitter -= jitter.mean(1, keepdims=True)
        own = (jitter**2).sum(0) / (n - 1)
        shared = (PRIOR * own.mean() + (n - 1) * own) / (PRIOR + n - 1)
        return np.maximum(np.sqrt(shared / n), least)

    def resampled(self, draws: int, rng: np.random.RandomState) -> tuple[Floats, Floats]:
        """(means, weights of the points) [K, draws]: other worlds, runs and points of the same.

        Means of few units are widened as Student's t is to the normal, and for the unit that
        resampling loses. One run has the noise of its questions.
        """
        n, k = self.runs.shape
        units = self.worlds if self.worlds > 1 else n
        if units > 1:
            wide = np.sqrt(units / (units - 1)) * stats.t.ppf(0.975, units - 1)
            wide /= stats.norm.ppf(0.975)
            means = self.mean + wide * (self._picked(draws, rng) - self.shares) @ self.runs
        elif self.questions and self.kind == "accuracy":
            means = rng.binomial(self.questions, self.mean, (draws, k)) / self.questions
        else:
            means = np.tile(self.mean, (draws, 1))
        weights = rng.exponential(size=(draws, k))
        weights *= k / weights.sum(1, keepdims=True)
        return np.ascontiguousarray(means.T), np.ascontiguousarray(weights.T)

    def _picked(self, draws: int, rng: np.random.RandomState) -> Floats:
        """[draws, R] the share of each run: worlds are drawn, then runs in them."""
        worlds = self.worlds
        drawn = rng.randint(0, worlds, (draws, worlds)) if worlds > 1 else np.zeros((draws, 1), int)
        share = np.zeros((draws, len(self.runs)))
        for place in drawn.T:
            for w in range(worlds):
                mine, here = np.flatnonzero(self.world == w), np.flatnonzero(place == w)
                for _ in mine:
                    taken = mine[rng.randint(0, len(mine), len(here))]
                    share[here, taken] += 1 / len(mine) / worlds
        return share
