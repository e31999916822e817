"""A scenario: how fast compute and data grow, what limits them, and how sure each number is.

Every number is a ``Quantity`` with an interval and a source. Compute and data count in multiples of
today's: a forecast carries the curve of a receipt along, as if its budgets grew as the world's do.
"""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np

from ..stats.curve import Floats

BOLTZMANN = 1.380649e-23  # J/K, exact (SI)
YEAR = 365.25 * 86_400.0  # seconds
NORMAL = 1.959964  # standard deviations from the median to the end of a 95% interval
STRICT = {"extra": "forbid", "strict": True}  # how the door that reads it must take it


@dataclasses.dataclass(frozen=True)
class Quantity:
    """A number with its 95% interval. Raises ValueError where value lies outside it."""

    value: float
    low: float
    high: float
    source: str

    __pydantic_config__: ClassVar = STRICT

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"expected low <= value <= high, got {self.low}, {self.high}")
        if not np.isfinite([self.low, self.value, self.high]).all() or self.low < 0:
            raise ValueError("expected finite numbers, none below 0")
        if not self.source.strip():
            raise ValueError("expected a source: where the number comes from, or 'assumption: why'")

    def draws(self, z: Floats) -> Floats:
        """The quantity at standard normal scores z: log-normal on each side of its value, or normal
        where its interval reaches 0."""
        if self.low > 0:
            up, down = np.log(self.high / self.value), np.log(self.value / self.low)
            return self.value * np.exp(np.where(z > 0, up, down) * z / NORMAL)
        side = np.where(z > 0, self.high - self.value, self.value - self.low)
        return np.maximum(self.value + side * z / NORMAL, 0)


@dataclasses.dataclass(frozen=True)
class Compute:
    """The compute of one training, and the physics that bounds it."""

    today: Quantity  # FLOPs of the largest training
    growth: Quantity  # times a year
    power: Quantity  # W, the most that one training may draw
    energy: Quantity  # J per FLOP, today, all overhead included
    efficiency: Quantity  # times a year by which that falls
    least_energy: Quantity  # J per FLOP that engineering may reach
    bits_erased: Quantity  # bits per FLOP whose erasure Landauer's principle charges for
    temperature: float  # K

    __pydantic_config__: ClassVar = STRICT

    def __post_init__(self) -> None:
        for name in ("today", "growth", "power", "energy", "efficiency", "least_energy"):
            if getattr(self, name).low <= 0:
                raise ValueError(f"{name}: expected more than 0")
        if not self.temperature > 0:
            raise ValueError(f"temperature: expected kelvins above 0, got {self.temperature}")

    @property
    def landauer(self) -> float:
        """J per bit erased: k T ln 2 (Landauer 1961, doi:10.1147/rd.53.0183)."""
        return BOLTZMANN * self.temperature * float(np.log(2))


@dataclasses.dataclass(frozen=True)
class Data:
    """What there is to be read."""

    today: Quantity  # statements (tokens) that the largest training reads
    growth: Quantity  # times a year
    stock: Quantity  # that exist at all
    exponent: (
        Quantity  # d of: what compute cannot teach shrinks as data^-d; where it isn't measured
    )

    __pydantic_config__: ClassVar = STRICT

    def __post_init__(self) -> None:
        for name in ("today", "growth", "stock"):
            if getattr(self, name).low <= 0:
                raise ValueError(f"{name}: expected more than 0")


@dataclasses.dataclass(frozen=True)
class Conclusions:
    """Statements that a model adds to its own corpus."""

    yearly: Quantity  # written for each statement held; those that are right count

    __pydantic_config__: ClassVar = STRICT


@dataclasses.dataclass(frozen=True)
class Queries:
    """Statements won by queries, one at a time: to people, experiments, the world."""

    seconds: Quantity  # that one answer takes
    parallel: Quantity  # queries at the same time
    worth: Quantity  # statements read that one answer replaces

    __pydantic_config__: ClassVar = STRICT

    def __post_init__(self) -> None:
        if self.seconds.low <= 0:
            raise ValueError("seconds: expected more than 0; an answer takes time")


@dataclasses.dataclass(frozen=True)
class Scenario:
    title: str
    start: float  # year of today's budgets
    years: float  # how far the branches go
    compute: Compute
    data: Data
    conclusions: Conclusions
    queries: Queries

    __pydantic_config__: ClassVar = STRICT

    def __post_init__(self) -> None:
        if not 0 < self.years <= 200:
            raise ValueError(f"years: expected more than 0 and at most 200, got {self.years}")
        if not 1900 <= self.start <= 2200:
            raise ValueError(f"start: expected a year, got {self.start}")
