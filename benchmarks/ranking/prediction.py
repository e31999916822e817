"""What a suite's authors predicted of its columns before it was run, and how that fared.

A prediction is ordinal: the normalised score of a model in a column is above something, or not. The
something is the floor, the same model in another column, or another model in the same column; both
sides are paired by world. A suite's predictions are judged together, each at 95% over all of them
(Bonferroni).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import pydantic

from ...errors import InvalidSuite, suggest
from ...eval.stats.intervals import LEVEL, WORLDS, student
from .column import Column

FLOOR = "floor"
NEAR = 0.05  # an interval that ends below this is "not above": less is no ability
OUTCOMES = ("holds", "fails", "undecided", "not measured")
# (model, name of a column) -> seed of a world -> normalised score
Scores = Mapping[tuple[str, str], Mapping[int, float]]


class Prediction(pydantic.BaseModel):
    """One table ``[[predictions]]`` of a suite."""

    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)
    by: str = pydantic.Field(min_length=1, max_length=40)  # "H1", "H2", or whose else it is
    model: str
    column: str
    expected: Literal["above", "not above"]
    than: str = FLOOR  # or another column, or another model

    def __str__(self) -> str:
        return f"{self.model} on {self.column} is {self.expected} {self._than}"

    @property
    def _than(self) -> str:
        return "the floor" if self.than == FLOOR else self.than


@dataclasses.dataclass(frozen=True)
class Judgement:
    """A prediction, and what the run says of it."""

    prediction: Prediction
    outcome: str  # one of OUTCOMES
    mean: float | None  # of the paired difference; None: not measured
    low: float | None  # of its interval, at 95% over all predictions of the suite
    high: float | None


def check(predictions: Sequence[Prediction], columns: Sequence[Column]) -> None:
    """Raises InvalidSuite for a prediction of a column that the suite has not."""
    names = [column.name for column in columns]
    for one in predictions:
        if one.column not in names:
            raise suggest("column", one.column, names)
        if names.count(one.column) > 1:
            raise InvalidSuite(
                f"{one.column!r} names {names.count(one.column)} columns; give each a table of its "
                "own, with another name"
            )
        if one.than in (one.column, one.model):
            raise InvalidSuite(f"a prediction compares {one.than!r} with itself; name another")


def judge(predictions: Sequence[Prediction], scores: Scores) -> Iterator[Judgement]:
    """Every prediction in turn. A side that was not measured on three worlds leaves it open."""
    columns = {column for _, column in scores}
    level = 1 - (1 - LEVEL) / max(1, len(predictions))
    for one in predictions:
        mine = scores.get((one.model, one.column), {})
        if one.than == FLOOR:
            other: Mapping[int, float] = dict.fromkeys(mine, 0.0)
        else:
            place = (one.model, one.than) if one.than in columns else (one.than, one.column)
            other = scores.get(place, {})
        worlds = sorted({*mine} & {*other})
        if len(worlds) < WORLDS:
            yield Judgement(one, "not measured", None, None, None)
            continue
        gaps = np.array([mine[w] - other[w] for w in worlds])
        low, high = (float(e[0]) for e in student(gaps[:, None], level))
        yield Judgement(one, _outcome(one.expected, low, high), float(gaps.mean()), low, high)


def _outcome(expected: str, low: float, high: float) -> str:
    above, below = low > 0, high < NEAR
    if above == below:  # neither; or both: surely above, by less than matters
        return "undecided"
    return "holds" if above == (expected == "above") else "fails"
