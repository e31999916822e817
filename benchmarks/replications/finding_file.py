"""A finding in TOML: ``[finding]``, ``[[cells]]`` and ``[plans]`` as in a suite, ``[quantities]``,
``[[claims]]`` and ``[[nulls]]``.

Each table of cells has a ``name``, by which quantities are read of it, and may have a ``recall``:
what its models must recall for the finding to be judged, by default what every comparison asks.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pydantic

from ...errors import UserError, suggest
from ...eval.scoring.score import TRAINED
from ...eval.verdicts.replication import Claim, Null
from ...printable import brief
from ..config.bounded_file import read_toml
from ..config.run_config import Cell
from ..config.suite import suite_of
from ..config.suite_document import parsed
from ..config.toml_location import Place, named
from ..runner.record_file import Strict
from .finding import OVER_INITS, READINGS, Finding, Reading, Trained

ID = re.compile(r"([a-z0-9_]+\.)?[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
LONGEST = 60  # characters of an id


class _About(Strict):
    id: str
    title: str
    source: str
    published: str
    falsified: str
    minutes: float = pydantic.Field(gt=0)
    core: bool = False
    seen: str = ""


class _Reading(Strict):
    cells: str
    of: str
    reading: str = "accuracy"


class _Claim(Strict):
    more: str | float
    less: str | float
    published: float
    margin: float = 0.0


class _Null(Strict):
    more: str | float
    less: str | float
    bound: float


class _Document(Strict):
    finding: _About
    cells: list[dict[str, Any]] = pydantic.Field(min_length=1)
    plans: dict[str, dict[str, Any]]
    quantities: dict[str, _Reading]
    claims: list[_Claim] = pydantic.Field(min_length=1)
    nulls: list[_Null] = pydantic.Field(default=[])


TABLES = {"finding": _About, "quantities": _Reading, "claims": _Claim, "nulls": _Null}


def read_finding(path: Path) -> Finding:
    """The finding of a TOML file. Raises InvalidSuite, which names the line, for what is none."""
    source, content = read_toml(path, "a finding's TOML file")
    document = parsed(_Document, TABLES, path, source, content)
    at: Place = functools.partial(named, path, source)
    about = document.finding
    with at("finding", "id"):
        if not ID.fullmatch(about.id) or len(about.id) > LONGEST:
            raise UserError(f"id = {brief(about.id)}: expected at most {LONGEST} of a-z, 0-9 and -")
    recall, grids = _tables(document.cells, at)
    head = {"id": about.id.replace("_", "-"), "title": about.title, "cost_minutes": about.minutes}
    parts = {
        "suite": head | {"expected": about.published},
        "cells": grids,
        "plans": document.plans,
    }
    suite, tables = suite_of(path, source, parts)
    cells: dict[str, tuple[Cell, ...]] = dict(zip(recall, tables))
    quantities = {n: Reading(r.cells, r.of, r.reading) for n, r in document.quantities.items()}
    for name, reading in quantities.items():
        _check(name, reading, cells, functools.partial(at, "quantities", name))
    for key, pairs in (("claims", document.claims), ("nulls", document.nulls)):
        for number, pair in enumerate(pairs):
            _check_sides(pair, quantities, functools.partial(at, key, number))
    return Finding(
        **about.model_dump(),
        claims=tuple(Claim(c.more, c.less, c.published, c.margin) for c in document.claims),
        nulls=tuple(Null(n.more, n.less, n.bound) for n in document.nulls),
        measured=Trained(suite, cells, quantities, recall),
    )


def _tables(
    given: Sequence[Mapping[str, Any]], at: Place
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Name of each table -> the recall that it asks for; and the tables as those of a suite."""
    recall: dict[str, float] = {}
    grids = []
    for number, grid in enumerate(given):
        rest = dict(grid)
        name, least = rest.pop("name", None), rest.pop("recall", TRAINED)
        with at("cells", number, "name"):
            if not isinstance(name, str) or name in recall:
                raise UserError(f"name = {brief(name)}: give each table a name of its own")
        with at("cells", number, "recall"):
            if not isinstance(least, int | float) or isinstance(least, bool) or not 0 <= least <= 1:
                raise UserError(f"recall = {brief(least)}: expected a share from 0 to 1")
        recall[name] = float(least)
        grids.append(rest)
    return recall, grids


def _check_sides(pair: _Claim | _Null, quantities: Mapping[str, Reading], at: Place) -> None:
    """Both sides are known, and one of them is a quantity."""
    sides = {key: side for key in ("more", "less") if isinstance(side := getattr(pair, key), str)}
    with at():
        if not sides:
            raise UserError("both sides are numbers; name a quantity on one")
    for key, side in sides.items():
        with at(key):
            if side not in quantities:
                raise suggest("quantity", side, quantities)


def _check(name: str, reading: Reading, tables: Mapping[str, tuple[Cell, ...]], at: Place) -> None:
    with at("cells"):
        if reading.cells not in tables:
            raise suggest(f"cells of {name}", reading.cells, tables)
    with at("reading"):
        if reading.reading not in READINGS:
            raise suggest(f"reading of {name}", reading.reading, READINGS)
    least = OVER_INITS.get(reading.reading, 1)
    inits = len({cell.seeds.init for cell in tables[reading.cells]})
    with at("reading"):
        if inits < least:
            raise UserError(
                f"{name}: {reading.reading} is read over initialisations, and {reading.cells} "
                f"has {inits}; give seeds.init at least {least}"
            )
