"""The models of a table of cells: names, and presets with any of their fields as an axis."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from ... import registry
from ...errors import UserError, suggest
from .toml_location import Place

PRESET = "preset"
EXPECTED = 'a name, a table such as { preset = "looped-s", loops = [4, 8] }, or a list of these'


def shaped(value: Any) -> Any:
    """``value`` where it is a name, a table, or a list of such; ValueError else."""
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(one, str | dict) for one in listed):
        raise ValueError(f"expected {EXPECTED}")
    return value


def models(value: Any, at: Place) -> list[registry.Found]:
    """Every model that ``value`` names, in the order in which it is written; lists multiply.

    ``at``: the context of errors of a key of the table.
    """
    found: list[registry.Found] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str):
            with at():
                found.append(registry.find_model(one))
        else:
            found += _expanded(one, at)
    return found


def _expanded(table: Mapping[str, Any], at: Place) -> Iterator[registry.Found]:
    """The presets of a table with every combination of the values of its fields."""
    if PRESET not in table:
        with at(*[*table][:1]):
            if not table:
                raise UserError(f"an empty table; expected {EXPECTED}")
            raise UserError(f"{suggest('key', next(iter(table)), [PRESET])}; {PRESET} is missing")
    values = [value if isinstance(value, list) else [value] for value in table.values()]
    for combination in itertools.product(*values):
        fields = {k: None if v == "none" else v for k, v in zip(table, combination)}
        preset = fields.pop(PRESET)
        with at(PRESET):
            if not isinstance(preset, str):
                raise UserError(f"{PRESET} = {preset!r}; expected the name of a model, or names")
            registry.find_model(preset)
        try:
            yield registry.find_model(preset, fields)
        except UserError as error:
            text = str(error)
            places = {text.find(key): key for key in fields if key in text}
            with at(*[places[place] for place in sorted(places)][:1]):
                raise
