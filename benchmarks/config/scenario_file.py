"""A scenario read from TOML. Every error names the file and the line."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pydantic

from ...errors import InvalidSuite, suggest
from ...eval.forecasting.scenario import Compute, Conclusions, Data, Quantity, Queries, Scenario
from .bounded_file import read_toml
from .toml_location import locate

DEFAULT = Path(__file__).parents[1] / "scenarios" / "default.toml"
TABLES = {"compute": Compute, "data": Data, "conclusions": Conclusions, "queries": Queries}
HEAD = ("title", "start", "years")  # of Scenario, in [scenario]


def load(path: Path = DEFAULT) -> Scenario:
    """The scenario of a TOML file: [scenario], and a table per group of quantities."""
    source, content = read_toml(path, "a scenario's file")
    head = content.pop("scenario", None)
    if not isinstance(head, dict):
        raise InvalidSuite(
            f"{path}:1: [scenario] is missing; {DEFAULT.name} shows what is expected"
        )
    for key in head:
        if key not in HEAD:
            line = locate(source, ("scenario", key))
            raise InvalidSuite(f"{path}:{line}: {suggest('key of [scenario]', key, HEAD)}")
    try:
        # as JSON, where a strict door takes tables for dataclasses
        return pydantic.TypeAdapter(Scenario).validate_json(json.dumps(head | content, default=str))
    except pydantic.ValidationError as error:
        # a misspelt key also leaves one missing: the first is the cause
        first = min(error.errors(), key=lambda e: e["type"] != "unexpected_keyword_argument")
        place = first["loc"]
        # what a whole table says is wrong begins with the key that is
        key, colon, _ = first["msg"].removeprefix("Value error, ").partition(":")
        place = (*place, key) if colon and " " not in key else place
        at = ("scenario", *place) if place and place[0] in HEAD else place
        raise InvalidSuite(f"{path}:{locate(source, at)}: {_problem(first)}") from None


def _problem(error: Any) -> str:
    """One line for a pydantic error."""
    place = [str(part) for part in error["loc"]]
    key = ".".join(place)
    if error["type"] == "unexpected_keyword_argument":
        table = Quantity if len(place) > 2 else TABLES.get(place[0], Scenario)
        known = [field.name for field in dataclasses.fields(table)]
        return str(suggest("key", place[-1], known if len(place) > 1 else TABLES))
    if error["type"] in ("missing", "missing_argument"):
        return f"{key} is missing"
    message = error["msg"].removeprefix("Value error, ")
    if isinstance(error["input"], dict):
        return f"{key}: {message}" if key else message
    return f"{key} = {error['input']!r}: {message}"
