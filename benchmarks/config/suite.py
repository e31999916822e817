"""A suite: a frozen grid of cells, read from TOML.  Every error names the file and the line.

In ``[[cells]]`` lists multiply (worlds, modes, models, plans, exposures, and any value within an
exposure or a table of a model), except that ``seeds.init`` and ``seeds.order`` are paired;
``seeds.all`` pairs all four.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import canonical, registry
from ...errors import InvalidSuite, UserError, suggest
from ...models.training.plan import Plan
from ...printable import brief, printable
from ...worlds.definitions import DEFINITIONS
from ...worlds.encoding.encode import TRAINED
from ...worlds.handed_split import check_split
from ...worlds.interventions.added_facts import AddedFacts
from ...worlds.world import content_of
from ..protocols.beyond_table import Beyond, Production
from ..ranking.column import Column, columns_of
from ..ranking.prediction import Prediction, check
from . import model_axis, suite_limits
from .bounded_file import read_toml
from .run_config import Cell, Places, admits, none_admitted, run_batches
from .safe_names import check_name
from .suite_document import TABLES, Document, Grid, parsed
from .toml_location import Place, named


@dataclasses.dataclass(frozen=True)
class Suite:
    """Cells under a versioned name, with what they cost and what they should show."""

    id: str
    title: str
    cost_minutes: float  # on two cores, with nothing cached
    expected: str
    cells: tuple[Cell, ...]
    keep_weights: frozenset[str] = frozenset()  # digests of cells that keep their weights
    command: str = ""  # what stands behind `zebroid run`; empty: its id
    # SHA-256 of SUITE.floors.parquet beside it, by which it is verified; empty: there is none
    floors: str = ""
    columns: tuple[Column, ...] = ()  # that rank models; empty: the suite ranks none
    citable: bool = True  # whether its numbers may stand on a leaderboard
    predictions: tuple[Prediction, ...] = ()  # of the columns, written before the run
    beyond: Beyond | None = None  # the protocol that goes on from the cells: rounds of more cells

    @functools.cached_property
    def digest(self) -> str:
        """Over the expanded list of cells and the version of the definitions: titles and layout of
        the file don't matter."""
        return suite_digest([cell.record() for cell in self.cells])

    @property
    def name(self) -> str:
        return f"{self.id}@{self.digest[:8]}"

    def grown(self, cells: Collection[Cell]) -> bool:
        """Whether these are its cells and those that its protocol made of them in rounds."""
        return _are_rounds(self.beyond, self.cells, cells)

    def select(self, only: Sequence[str] = (), share: str = "") -> tuple[Cell, ...]:
        """The cells that each of ``only`` ("key=value") admits; of those the share "i/n", by
        trainings."""
        cells = [cell for cell in self.cells if all(admits(rule, cell) for rule in only)]
        if not cells:
            raise UserError(f"--only {' '.join(only)} {none_admitted(self.cells, only)}")
        if not share:
            return tuple(cells)
        match = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", share)
        if not match or not 1 <= int(match[1]) <= int(match[2]):
            raise UserError(
                f"--cells {printable(share, 60)}: expected i/n with 1 <= i <= n, such as 1/4"
            )
        batches = [*run_batches(cells)]
        mine = batches[int(match[1]) - 1 :: int(match[2])]
        if not mine:
            raise UserError(
                f"--cells {share}: there are {len(batches)} trainings, so the share is empty; give "
                f"n up to {len(batches)}"
            )
        return tuple(cell for run_batch in mine for cell in run_batch)


def suite_digest(records: Sequence[Mapping[str, Any]]) -> str:
    """The identity of a suite of these cells, as they are recorded."""
    return canonical.digest({"definitions": DEFINITIONS, "cells": records})


def load_suite(name: str) -> Suite:
    """The suite of this name or file, with every name in it resolved and every value checked."""
    path = registry.suite(name)
    return suite_of(path, *read_toml(path, "a suite's TOML file"))[0]


def suite_of(
    path: Path | str, source: str, content: Mapping[str, Any]
) -> tuple[Suite, tuple[tuple[Cell, ...], ...]]:
    """(the suite of the ``content`` of a file, the cells of each of its tables). Errors name
    ``path`` and the line of ``source``."""
    document = parsed(Document, TABLES, path, source, content)
    at = functools.partial(named, path, source)
    plans = {}
    for plan, fields in document.plans.items():
        with at("plans", plan):
            check_name("plan", plan)
        plans[plan] = with_fields(Plan, fields, "plan", functools.partial(at, "plans", plan))
    head, keep = document.suite, set[str]()
    tables: list[tuple[Cell, ...]] = []
    columns: list[Column] = []
    counts = [suite_limits.combinations(grid) for grid in document.cells]
    with at("cells", suite_limits.largest(counts)):
        suite_limits.check_count(counts)
    for number, grid in enumerate(document.cells):
        own = (*_expand(grid, plans, functools.partial(at, "cells", number)),)
        if head.keep_weights if grid.keep_weights is None else grid.keep_weights:
            keep |= {cell.digest for cell in own}
        tables.append(own)
        with at("cells", number, "columns"):
            columns += columns_of(grid.name, own, grid.columns, grid.headroom)
    about = (head.id, head.title, head.cost_minutes, head.expected)
    with at("predictions"):
        check(document.predictions, columns)
    suite = Suite(
        *about,
        distinct(itertools.chain.from_iterable(tables)),
        frozenset(keep),
        floors=head.floors,
        columns=tuple(columns),
        citable=head.citable,
        predictions=tuple(document.predictions),
        beyond=document.beyond,
    )
    return suite, (*tables,)


def _expand(grid: Grid, plans: dict[str, Plan], at: Place) -> Iterator[Cell]:
    """The cells of one table, in the order in which its lists are written."""
    with at("world"):
        worlds = [registry.find_world(name) for name in _listed(grid.world)]
        for world, size in worlds:
            check_name("world", world.name, spelled=True)
            check_name("size", size, spelled=True)
    found = model_axis.models(grid.model, functools.partial(at, "model"))
    models = [(model, model.record()) for model in found]
    with at("model"):
        for model in found:
            check_name("model", model.name, spelled=True)
    for key, known in (("mode", TRAINED), ("plan", plans)):
        with at(key):
            for name in _listed(getattr(grid, key)):
                if name not in known:
                    raise suggest(key, name, known)
    seeds = grid.seeds
    if len(seeds.init) != len(seeds.order):
        with at("seeds"):
            raise InvalidSuite(
                f"seeds.init has {len(seeds.init)} values and seeds.order {len(seeds.order)}; "
                "they are paired, give equally many"
            )
    for (world, size), override in itertools.product(worlds, _products(grid.exposure)):
        default, place = world.thing.default_exposure(size), functools.partial(at, "exposure")
        exposure = with_fields(default, override, "exposure", place)
        with place("split"):
            check_split(world.thing, exposure)
        trained = itertools.product(seeds.tuples(), _listed(grid.mode), models, _listed(grid.plan))
        for seed, mode, (model, spec), plan in trained:
            yield Cell(
                world=world.name,
                size=size,
                exposure=exposure,
                mode=mode,
                questions=grid.questions,
                model=model.name,
                spec=spec,
                plan=plan,
                recipe=plans[plan],
                seeds=seed if plans[plan].samples else dataclasses.replace(seed, sample=0),
                content=content_of(world.thing),
                places=Places(world.path, model.path),
            )


def with_fields(default: Any, override: Mapping[str, Any], kind: str, at: Place) -> Any:
    """``default``, a dataclass or one of its instances, with these fields instead.

    "none" in TOML stands for None.
    """
    known = [field.name for field in dataclasses.fields(default)]
    for key in override:
        if key not in known:
            with at(key):
                raise suggest(f"key of {kind}", key, known)
    values = {key: None if value == "none" else value for key, value in override.items()}
    made = default if isinstance(default, type) else functools.partial(dataclasses.replace, default)
    try:
        return made(**values)
    except UserError as error:
        named = re.match(rf"{kind}\.(\w+)", str(error))
        with at(*named.groups() if named else ()):
            raise
    except (TypeError, AttributeError, OverflowError) as error:
        with at():
            raise InvalidSuite(
                f"{kind} {brief(dict(override), 200)}: a value has the wrong type: {error}"
            ) from None


def _products(exposure: dict[str, Any] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every combination of the values that are lists."""
    tables = exposure if isinstance(exposure, list) else [exposure]
    combined = [(t, itertools.product(*map(_listed, t.values()))) for t in tables]
    return [dict(zip(t, values)) for t, every in combined for values in every]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def distinct(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    return tuple({cell.digest: cell for cell in cells}.values())


def _are_rounds(how: Beyond | None, own: Collection[Cell], cells: Collection[Cell]) -> bool:
    """Whether ``cells`` are a suite's ``own`` and, beyond them, nothing but its rounds: each equals
    one of its own but for facts added, or is the control of one; and no more than there can be."""
    if how is None:
        return False
    there = {cell.digest: cell for cell in cells}
    if not {cell.digest for cell in own} <= {*there}:
        return False
    controls = {cell.digest for cell in own for cell in _control(how, cell)}
    others = [cell for digest, cell in there.items() if digest not in controls]
    bases = {_without_added(cell).digest for cell in own}
    most = len(own) * (1 + how.rounds * len(how.branches))
    return len(others) <= most and all(_without_added(c).digest in bases for c in others)


def _control(how: Beyond, cell: Cell) -> Iterator[Cell]:
    """The cell of as many steps as all rounds together, where the protocol has one."""
    if isinstance(how, Production) and how.control and cell.recipe.steps is not None:
        steps = cell.recipe.steps * (how.rounds + 1)
        yield dataclasses.replace(cell, recipe=dataclasses.replace(cell.recipe, steps=steps))


def _without_added(cell: Cell) -> Cell:
    given = cell.exposure.interventions
    kept = tuple(one for one in given if not isinstance(one, AddedFacts))
    exposure = dataclasses.replace(cell.exposure, interventions=kept)
    return dataclasses.replace(cell, exposure=exposure)
