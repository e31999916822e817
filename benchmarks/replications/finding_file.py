"""A finding in TOML: ``[finding]``, ``[[cells]]`` and ``[plans]`` as in a suite, ``[quantities]``,
``[[claims]]`` and ``[[nulls]]``.

Each table of cells has a ``name``, by which quantities are read of it, and may have a ``recall``:
what its models must recall for the finding to be judged, by default what every comparison asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic

from ...errors import InvalidSuite, UserError, suggest
from ...eval.scoring.score import TRAINED
from ...eval.verdicts.replication import Claim, Null
from ...printable import printable
from ..config.bounded_file import read_toml
from ..config.run_config import Cell
from ..config.suite import suite_of
from .finding import OVER_INITS, READINGS, Finding, Reading, Trained

ID = re.compile(r"([a-z0-9_]+\.)?[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
LONGEST = 60  # characters of an id


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False
    )


class _About(_Strict):
    id: str
    title: str
    source: str
    published: str
    falsified: str
    minutes: float = pydantic.Field(gt=0)
    core: bool = False
    seen: str = ""


class _Reading(_Strict):
    cells: str
    of: str
    reading: str = "accuracy"


class _Claim(_Strict):
    more: str | float
    less: str | float
    published: float
    margin: float = 0.0


class _Null(_Strict):
    more: str | float
    less: str | float
    bound: float


class _Document(_Strict):
    finding: _About
    cells: list[dict[str, Any]] = pydantic.Field(min_length=1)
    plans: dict[str, dict[str, Any]]
    quantities: dict[str, _Reading]
    claims: list[_Claim] = pydantic.Field(min_length=1)
    nulls: list[_Null] = []


def read_finding(path: Path) -> Finding:
    """The finding of a TOML file. Raises InvalidSuite, one line, for what is none."""
    source, content = read_toml(path, "a finding's TOML file")
    try:
        document = _Document.model_validate(content)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        what = "is not known; leave it out" if first["type"] == "extra_forbidden" else first["msg"]
        raise InvalidSuite(f"{path}: {printable(where, 80)} {printable(what, 200)}") from None
    try:
        return _finding(document, str(path), source)
    except InvalidSuite:
        raise
    except UserError as error:
        raise InvalidSuite(f"{path}: {error}") from None


def _finding(document: _Document, path: str, source: str) -> Finding:
    about = document.finding
    if not ID.fullmatch(about.id) or len(about.id) > LONGEST:
        raise UserError(
            f"finding.id = {printable(about.id, 60)}: expected at most {LONGEST} of a-z, 0-9 and -"
        )
    names, recall, grids = [], {}, []
    for grid in document.cells:
        rest = dict(grid)
        name, least = rest.pop("name", None), rest.pop("recall", TRAINED)
        if not isinstance(name, str) or name in names:
            raise UserError(f"cells.name = {name!r:.60}: give each table a name of its own")
        if not isinstance(least, int | float) or isinstance(least, bool) or not 0 <= least <= 1:
            raise UserError(f"cells.recall = {least!r:.60}: expected a share from 0 to 1")
        names.append(name)
        recall[name] = float(least)
        grids.append(rest)
    head = {"id": about.id.replace("_", "-"), "title": about.title, "cost_minutes": about.minutes}
    content = {
        "suite": head | {"expected": about.published},
        "cells": grids,
        "plans": document.plans,
    }
    suite, tables = suite_of(path, source, content)
    named: dict[str, tuple[Cell, ...]] = dict(zip(names, tables))
    quantities = {n: Reading(r.cells, r.of, r.reading) for n, r in document.quantities.items()}
    for name, reading in quantities.items():
        _check(name, reading, named)
    claims = tuple(Claim(c.more, c.less, c.published, c.margin) for c in document.claims)
    nulls = tuple(Null(n.more, n.less, n.bound) for n in document.nulls)
    for named_quantity in _sides(claims, nulls):
        if named_quantity not in quantities:
            raise suggest("quantity", named_quantity, quantities)
    return Finding(
        **about.model_dump(),
        claims=claims,
        nulls=nulls,
        measured=Trained(suite, named, quantities, recall),
    )


def _sides(claims: tuple[Claim, ...], nulls: tuple[Null, ...]) -> Iterator[str]:
    """Names on both sides of claims and nulls, of which one has to be a quantity."""
    for one in (*claims, *nulls):
        found = [side for side in (one.more, one.less) if isinstance(side, str)]
        if not found:
            raise UserError("a claim or null compares two numbers; name a quantity on one side")
        yield from found


def _check(name: str, reading: Reading, tables: dict[str, tuple[Cell, ...]]) -> None:
    if reading.cells not in tables:
        raise suggest(f"cells of quantities.{name}", reading.cells, tables)
    if reading.reading not in READINGS:
        raise suggest(f"reading of quantities.{name}", reading.reading, READINGS)
    least = OVER_INITS.get(reading.reading, 1)
    inits = len({cell.seeds.init for cell in tables[reading.cells]})
    if inits < least:
        raise UserError(
            f"quantities.{name}: {reading.reading} is read over initialisations, and "
            f"{reading.cells} has {inits}; give seeds.init at least {least}"
        )
