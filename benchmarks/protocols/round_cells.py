"""Which cells may stand beside those of a suite because its protocol goes on from them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator

from ...worlds.interventions.added_facts import AddedFacts
from ..config.run_config import Cell
from .beyond_table import Beyond, Production


def are_rounds(how: Beyond | None, own: Collection[Cell], cells: Collection[Cell]) -> bool:
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
