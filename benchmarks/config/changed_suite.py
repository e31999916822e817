"""Another grid made of a suite's: on another world, with another model, with values set.

What comes of it is not the suite: its id says what was changed (``smoke+mlp-s``), and its digest is
that of its own cells.
"""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ... import parameters, registry
from ...errors import UserError, suggest
from ...printable import brief
from ...worlds.handed_split import check_split
from ...worlds.world import content_of
from . import suite_limits
from .run_config import Cell
from .safe_names import check_name
from .settings import nowhere, of_setting, tables_of
from .suite import Suite, distinct, with_fields

LONGEST = 60  # characters of an id
ODD = re.compile(r"[^a-z0-9.=_]+")  # signs that stand in no id


def changed(suite: Suite, world: str = "", model: str = "", settings: Sequence[str] = ()) -> Suite:
    """The suite with another world and another model in every cell, where they are named, and
    then with the ``settings``: ``world.exceptions=0.2``, ``exposure.held=0.2``, ``model.loops=12``,
    ``plan.steps=100`` or ``seeds.init=7``. The suite itself where all this changes no cell.

    Raises UserError for what does not exist, or does not fit a cell.
    """
    made = _on(suite, world) if world else suite
    made = _with_model(made, model) if model else made
    tables = tables_of(settings)
    made = _with_settings(made, tables) if settings else made
    if made.digest == suite.digest:
        return suite
    for cell in made.cells:
        for kind in ("world", "size", "model", "plan"):
            check_name(kind, getattr(cell, kind), spelled=True)
    names = [_world_name(world)] if world else []
    names += [registry.find_model(model).name] if model else []
    names += settings
    short = "+".join([suite.id, *(ODD.sub("-", name.lower()).strip("-") for name in names)])
    if len(short) > LONGEST:
        short = f"{short[:LONGEST].rstrip('-+.=_')}+{made.digest[:8]}"
    options = [*(("--world", world) if world else ()), *(("--model", model) if model else ())]
    options += [word for setting in settings for word in ("--set", setting)]
    return dataclasses.replace(
        made,
        id=short,
        title=f"{suite.title} ({', '.join(names)})",
        command=shlex.join([suite.id, *options]),
    )


def _on(suite: Suite, world: str) -> Suite:
    """The same grid on another world (``id``, ``id/size`` or a file), in its own exposure.

    Where no size is named, cells keep theirs if that world has it.
    """
    found, default = registry.find_world(world)
    made = found.thing

    def move(cell: Cell) -> Cell:
        keeps = not _names_size(world) and cell.size in made.sizes
        size = cell.size if keeps else default
        return dataclasses.replace(
            cell,
            world=found.name,
            size=size,
            exposure=made.default_exposure(size),
            content=content_of(made),
            places=dataclasses.replace(cell.places, world=found.path),
        )

    return _each(suite, move)


def _with_model(suite: Suite, model: str) -> Suite:
    """The same grid with one model (a name or a file) in place of those of its cells."""
    found = registry.find_model(model)
    record = found.record()

    def swap(cell: Cell) -> Cell:
        places = dataclasses.replace(cell.places, model=found.path)
        return dataclasses.replace(cell, model=found.name, spec=record, places=places)

    return _each(suite, swap)


def _with_settings(suite: Suite, tables: Mapping[str, Mapping[str, Any]]) -> Suite:
    """The same grid with these values in every cell."""

    def change(cell: Cell) -> Cell:
        for target, values in tables.items():
            with of_setting(f"{target}.{' '.join(values)}"):
                cell = CHANGES[target](cell, values)
        return cell

    return _each(suite, change)


def _world(cell: Cell, values: Mapping[str, Any]) -> Cell:
    return dataclasses.replace(cell, size=cell.load_world().named_size(cell.size, values))


def _exposure(cell: Cell, values: Mapping[str, Any]) -> Cell:
    exposure = with_fields(cell.exposure, values, "exposure", nowhere)
    if exposure.split is not None:
        check_split(cell.load_world(), exposure)
    return dataclasses.replace(cell, exposure=exposure)


def _model(cell: Cell, values: Mapping[str, Any]) -> Cell:
    found = registry.find_model(cell.known_model, values)
    return dataclasses.replace(cell, model=found.name, spec=found.record())


def _plan(cell: Cell, values: Mapping[str, Any]) -> Cell:
    base, given = parameters.split(cell.plan)
    recipe = with_fields(cell.recipe, values, "plan", nowhere)
    differs = {k: v for k, v in values.items() if getattr(cell.recipe, k) != getattr(recipe, k)}
    seeds = cell.seeds if recipe.samples else dataclasses.replace(cell.seeds, sample=0)
    name = parameters.spelled(base, {**given, **differs})
    return dataclasses.replace(cell, plan=name, recipe=recipe, seeds=seeds)


def _seeds(cell: Cell, values: Mapping[str, Any]) -> Cell:
    for name, seed in values.items():
        if name not in cell.drawn:
            raise suggest("axis of chance", name, cell.drawn)
        if type(seed) is not int or not 0 <= seed <= suite_limits.SEED:
            raise UserError(
                f"seeds.{name} is {brief(seed)}; expected a whole number from 0 to "
                f"{suite_limits.SEED:,}"
            )
    return dataclasses.replace(cell, seeds=dataclasses.replace(cell.seeds, **values))


CHANGES: dict[str, Callable[[Cell, Mapping[str, Any]], Cell]] = {
    "world": _world,
    "exposure": _exposure,
    "model": _model,
    "plan": _plan,
    "seeds": _seeds,
}


def _each(suite: Suite, change: Callable[[Cell], Cell]) -> Suite:
    """The suite of changed cells; of those that became equal the first. Weights are kept of those
    that come of cells whose weights are kept."""
    pairs = [(cell, change(cell)) for cell in suite.cells]
    keep = frozenset(new.digest for old, new in pairs if old.digest in suite.keep_weights)
    cells = distinct(new for _, new in pairs)
    return dataclasses.replace(suite, cells=cells, keep_weights=keep)


def _names_size(world: str) -> bool:
    """Whether a world is given with a size: ``zebra-v2/small``, ``./my.py/small``."""
    return bool(re.search(r"\.py/[^/]*$", world)) or ("/" in world and ".py" not in world)


def _world_name(world: str) -> str:
    """What a world is known by, with the size where one is named; a file not by its place."""
    found, size = registry.find_world(world)
    return f"{found.name}/{size}" if _names_size(world) else found.name
