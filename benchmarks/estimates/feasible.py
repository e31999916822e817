"""Whether cells can be trained at all: refused where their memory is far beyond what is there.

An estimate is near what is taken, so what passes may still not fit; a training or a world that then
finds no memory fails by itself, in one line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...errors import UserError
from ...memory import readable
from ...registry import built_in
from ..config.run_config import Cell
from . import available_memory, closure_size, training_memory
from .row_shape import LARGEST, RowShape, row_shape
from .training_memory import Need

HINT = 2**31  # bytes: below, no device is queried
SPARE = 20.0  # times the memory that an estimate of a world may exceed: it may be 5 times too high
FLOPS_PER_S = 2e11  # of two cores, at their peak: docs/internals/speed.md


def check(cells: Sequence[Cell], jobs: int = 1, elsewhere: bool = False) -> None:
    """Raises UserError, one line with the estimate and the cure, where a cell cannot fit.

    ``jobs``: trainings at once, that share the memory. ``elsewhere``: on machines of which nothing
    is known here: then only worlds are looked at, which this one draws as well.
    """
    check_seeds(cells)
    if cells and not elsewhere:
        _check_trainings(cells, jobs)
    _check_worlds(cells)


def least_minutes(cells: Iterable[Cell]) -> float:
    """Minutes that the products of these trainings take two cores at the least."""
    return sum(map(_flops, cells)) / FLOPS_PER_S / 60


def _check_trainings(cells: Sequence[Cell], jobs: int) -> None:
    groups: dict[tuple[object, ...], Cell] = {}
    for cell in cells:
        key = cell.model, cell.recipe, cell.questions, cell.world, cell.size, cell.mode
        groups.setdefault(key, cell)
    bounds = [(training_memory.need(cell, LARGEST).bytes * jobs, cell) for cell in groups.values()]
    if max(size for size, _ in bounds) < HINT:
        return
    there = available_memory.of_devices()
    shapes: dict[tuple[str, str, str], RowShape] = {}
    needs: list[tuple[Need, Cell]] = []
    for cell in [cell for size, cell in bounds if size > there.bytes]:
        place = cell.world, cell.size, cell.mode
        if place not in shapes:  # only where it matters, for a world is drawn for it
            shapes[place] = row_shape(cell)
        needs.append((training_memory.need(cell, shapes[place]), cell))
    if not needs:
        return
    most, cell = max(needs, key=lambda pair: pair[0].bytes)
    if most.bytes * jobs <= there.bytes:
        return
    parts = ", ".join(
        f"{readable(size)} of {name}"
        for name, size in most.parts.items()
        if size > 0.01 * most.bytes
    )
    each = f" for each of {jobs} jobs" if jobs > 1 else ""
    raise UserError(
        f"{cell}: its training takes about {readable(most.bytes)}{each} by estimate ({parts}; "
        f"batch {cell.recipe.batch:,}, {most.parameters:,} parameters), and {there.place} has "
        f"{readable(there.bytes)}: {most.cure}"
    )


def check_seeds(cells: Sequence[Cell]) -> None:
    """Raises UserError where one world would be counted as several."""
    for cell in {cell.world: cell for cell in cells if cell.seeds.world}.values():
        if cell.load_world().fixed:
            raise UserError(
                f"{cell.world} is fixed, and world seed {cell.seeds.world} would give the world of "
                "seed 0 again: give seeds.world = 0, and several of seeds.exposure"
            )


def _check_worlds(cells: Sequence[Cell]) -> None:
    groups: dict[tuple[str, str], Cell] = {}
    for cell in cells:
        groups.setdefault((cell.world, cell.size), cell)
    there = available_memory.of_machine()
    for (name, size), cell in groups.items():
        world = cell.load_world()
        if not closure_size.doubtful(world, size, name not in built_in("world")):
            continue
        found = closure_size.estimate(world, size)
        if found is not None and found.bytes > SPARE * there.bytes:
            raise UserError(
                f"world {name}/{size} is too big: about {found.facts:.2g} facts with "
                f"{found.derivations:.2g} derivations by estimate, {readable(found.bytes)}, and "
                f"{there.place} has {readable(there.bytes)}: give a smaller size of this world"
            )


def _flops(cell: Cell) -> float:
    plan = cell.recipe
    if plan.steps is None:
        return plan.flops or 0.0
    return plan.steps * training_memory.step_flops(cell)
