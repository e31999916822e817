"""The tables of a suite's file as they are written, each key with its kind and its default.

``seeds = 3`` stands for so many chances throughout.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import pydantic

from ...errors import InvalidSuite, suggest
from ...printable import brief
from ..protocols.beyond_table import Beyond
from ..ranking.prediction import Prediction
from . import model_axis, suite_limits
from .run_config import Seeds
from .toml_location import locate

Kind = TypeVar("Kind", bound=pydantic.BaseModel)
Tables = Mapping[Any, type[pydantic.BaseModel]]  # name of a table of a file -> what it is


class Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True, frozen=True)


class Seeding(Strict):
    """The table ``seeds`` of a grid: which chances it is run under."""

    world: list[int] = [0]
    exposure: list[int] = [0]
    init: list[int] = [0]
    order: list[int] = [0]
    # of the answers that plans sample; each training draws its own by it, so it is one number
    sample: int = pydantic.Field(default=0, ge=0, le=suite_limits.SEED)
    all: list[int] = []  # instead of these: n stands for n on every axis, another chance throughout

    @pydantic.field_validator("world", "exposure", "init", "order", "all")
    @classmethod
    def natural(cls, seeds: list[int]) -> list[int]:
        if not seeds or not 0 <= min(seeds) <= max(seeds) <= suite_limits.SEED:
            raise ValueError(
                f"expected whole numbers from 0 to {suite_limits.SEED:,}, at least one"
            )
        return seeds

    @pydantic.model_validator(mode="after")
    def either(self) -> Seeding:
        if self.all and len(self.model_fields_set) > 1:
            raise ValueError("expected either `all` or the axes")
        return self

    def tuples(self) -> list[Seeds]:
        """Worlds and exposures multiply; initialisations and orders are paired."""
        if self.all:
            return [Seeds(n, n, n, n, n) for n in self.all]
        return [
            Seeds(*pair, *ends, self.sample)
            for pair in itertools.product(self.world, self.exposure)
            for ends in zip(self.init, self.order)
        ]


def all_seeds(value: Any) -> Any:
    """Of ``seeds = 3`` the table ``seeds = { all = [0, 1, 2] }``; anything else as it is."""
    if type(value) is not int:
        return value
    if not 1 <= value <= suite_limits.CELLS:
        raise ValueError(
            f"expected a number of seeds from 1 to {suite_limits.CELLS:,}, or a table of the axes, "
            "as { init = [0, 1], order = [0, 1] }"
        )
    return {"all": [*range(value)]}


class Head(Strict):
    id: str
    title: str
    cost_minutes: float = pydantic.Field(gt=0)
    expected: str
    keep_weights: bool = False  # of all cells; a table of cells may say otherwise
    floors: str = pydantic.Field(default="", pattern=r"^([0-9a-f]{64})?$")
    citable: bool = True

    @pydantic.field_validator("id")
    @classmethod
    def safe(cls, id: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,59}", id, re.ASCII):
            raise ValueError(
                "expected at most 60 of a-z, 0-9, . and -, the first a letter or digit; rename it"
            )
        return id


Names = str | list[str]


class Grid(Strict):
    world: Names
    mode: Names
    model: Annotated[Any, pydantic.AfterValidator(model_axis.shaped)]
    plan: Names
    questions: int = pydantic.Field(default=300, gt=0, le=suite_limits.QUESTIONS)
    seeds: Annotated[Seeding, pydantic.BeforeValidator(all_seeds)] = Seeding()
    exposure: dict[str, Any] | list[dict[str, Any]] = {}
    keep_weights: bool | None = None  # None: as the suite says
    name: str = ""  # heads its columns
    columns: list[str] = []  # instruments that rank
    headroom: list[str] = []  # instruments that are scored beside them


class Document(Strict):
    suite: Head
    cells: list[Grid] = pydantic.Field(min_length=1)
    plans: dict[str, dict[str, Any]]
    predictions: list[Prediction] = []
    beyond: Beyond | None = None


TABLES: Tables = {"suite": Head, "cells": Grid, "seeds": Seeding, "predictions": Prediction}


def parsed(
    kind: type[Kind], tables: Tables, path: Path | str, source: str, content: Mapping[str, Any]
) -> Kind:
    """The ``content`` of a TOML file as ``kind``, whose tables of these names are ``tables``.

    Raises InvalidSuite, one line, which names ``path`` and the line of ``source``.
    """
    try:
        return kind.model_validate(content)
    except pydantic.ValidationError as error:
        # a misspelt key also leaves one missing: the first is the cause
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        line = locate(source, first["loc"])
        raise InvalidSuite(f"{path}:{line}: {_problem(first, kind, tables)}") from None


def _problem(error: Any, kind: type[pydantic.BaseModel], tables: Tables) -> str:
    """One line for a pydantic error."""
    place: tuple[str | int, ...] = error["loc"]
    key = ".".join(str(part) for part in place if isinstance(part, str))
    if error["type"] == "extra_forbidden":
        around = (tables[part] for part in reversed(place[:-1]) if part in tables)
        return str(suggest("key", str(place[-1]), next(around, kind).model_fields))
    if error["type"] == "missing":
        return f"{key} is missing"
    return f"{key} = {brief(error['input'])}: {error['msg'].removeprefix('Value error, ')}"
