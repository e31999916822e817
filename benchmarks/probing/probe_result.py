"""The mechanism of a configuration over its worlds: means with intervals, a JSON file, a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import numpy as np
import pydantic
from numpy.typing import NDArray

from ... import __version__
from ...eval.stats.intervals import WORLDS, student
from ..config.run_config import Cell
from ..runner.record_file import RecordFile, Strict
from .mechanism import MEASURES, Mechanism

Floats = NDArray[np.float64]
Line = Annotated[str, pydantic.Field(max_length=200)]
Share = Annotated[float, pydantic.Field(ge=0, le=1)] | None  # None: too few questions


class World(Strict):
    """What was measured of one training."""

    cell: str = pydantic.Field(pattern=r"^[0-9a-f]{64}$")
    accuracy: float = pydantic.Field(ge=0, le=1)
    questions: dict[Line, int]
    measures: dict[Line, list[list[Share]]]  # name -> layers of positions


class ProbeResult(RecordFile):
    """One configuration: a training in each of its worlds."""

    command = "probe"
    name: Line  # world/size, mode, model and plan
    version: Line  # of zebroid
    positions: list[Line]
    worlds: list[World]

    @classmethod
    def of(cls, measured: Sequence[tuple[Cell, Mechanism]]) -> ProbeResult:
        """Of trainings that differ in their seeds alone."""
        first, mechanism = measured[0]
        name = f"{first.named_world}/{first.size} {first.mode} {first.model} {first.plan}"
        worlds = [
            {
                "cell": cell.digest,
                "accuracy": one.accuracy,
                "questions": {n: int(k) for n, k in one.questions.items()},
                "measures": {n: _listed(one.measures[n]) for n in MEASURES},
            }
            for cell, one in measured
        ]
        return cls.model_validate(
            {
                "name": name,
                "version": __version__,
                "positions": list(mechanism.positions),
                "worlds": worlds,
            }
        )

    @property
    def accuracy(self) -> float:
        """Share of the questions that are answered rightly, a mean over worlds."""
        return float(np.mean([world.accuracy for world in self.worlds]))

    def measure(self, name: str) -> Floats:
        """[worlds, layers, positions] NaN where there were too few questions."""
        return np.array([w.measures[name] for w in self.worlds], float)

    def band(self, name: str) -> tuple[Floats, Floats, Floats]:
        """(mean, low, high) [layers, positions] over the worlds with enough questions; without
        three of them no interval, but NaN."""
        values = self.measure(name)
        fine = values[~np.isnan(values).any((1, 2))]
        nothing = np.full(values.shape[1:], np.nan)
        if not len(fine):
            return nothing, nothing, nothing
        mean = fine.mean(0)
        if len(fine) < WORLDS:
            return mean, nothing, nothing
        low, high = student(fine.reshape(len(fine), -1))
        shape = values.shape[1:]
        return mean, np.clip(low, 0, 1).reshape(shape), np.clip(high, 0, 1).reshape(shape)


def rows(result: ProbeResult) -> Iterator[Mapping[str, str]]:
    """Of every layer and position each measure with its interval, as text."""
    bands = {name: result.band(name) for name in MEASURES}
    layers = len(bands["read"][0])
    for layer in range(layers):
        for place, position in enumerate(result.positions):
            row = {"layer": str(layer), "position": position}
            for name, band in bands.items():
                row[name] = _text(*(float(one[layer, place]) for one in band))
            yield row


def _text(mean: float, low: float, high: float) -> str:
    if np.isnan(mean):
        return "too few"
    return f"{mean:.2f}" if np.isnan(low) else f"{mean:.2f} [{low:.2f}, {high:.2f}]"


def _listed(values: Floats) -> list[list[float | None]]:
    return [[None if np.isnan(v) else round(float(v), 6) for v in row] for row in values]
