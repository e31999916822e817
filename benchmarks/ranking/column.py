"""A column of a suite that ranks: one instrument of one world and size, in one mode.

A table of cells names them: ``columns`` count in the ranking, ``headroom`` is scored beside them
until some model is surely above its floor. Which model was trained, and how, is no part of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Protocol

from ...errors import InvalidSuite, suggest
from ...worlds.exposure import Exposure
from ...worlds.instruments import instrument_name, instruments
from ...worlds.world import World

TINY = "tiny"  # the size for tests, by which nothing is ranked


class Place(Protocol):
    """What a column takes of a cell."""

    @property
    def panel(self) -> tuple[str, str, str, int]: ...
    @property
    def world(self) -> str: ...
    @property
    def size(self) -> str: ...
    @property
    def exposure(self) -> Exposure: ...
    @property
    def mode(self) -> str: ...
    def load_world(self) -> World: ...


@dataclasses.dataclass(frozen=True)
class Column:
    """An instrument, where it stands, and whether it is ranked."""

    group: str  # what the suite calls the table of cells
    world: str
    size: str
    exposure: Exposure
    mode: str
    instrument: str  # as in a table of scores: "constituent after"
    rung: str
    ranked: bool  # False: headroom
    panel: tuple[str, str, str, int]

    @property
    def name(self) -> str:
        """``comparison: constituent after``."""
        return f"{self.group}: {self.instrument}"

    def holds(self, cell: Place) -> bool:
        """Whether a cell's answers count for this column, whatever its model and plan."""
        # the panel last: it writes the exposure out
        place = cell.world, cell.size, cell.mode
        return place == (self.world, self.size, self.mode) and cell.panel == self.panel


def columns_of(
    group: str, cells: Sequence[Place], ranked: Sequence[str], headroom: Sequence[str]
) -> Iterator[Column]:
    """The columns of a table of cells of one world, one for each panel, mode and instrument.

    Raises InvalidSuite for what is no instrument of the world or is given twice, and for a table
    without a heading, of several worlds or of size tiny.
    """
    names = [*ranked, *headroom]
    if not names:
        return
    if not group:
        raise InvalidSuite("columns need a heading; give the table of cells a name")
    if len({cell.world for cell in cells}) > 1:
        raise InvalidSuite("columns are of one world; give each world a table of its own")
    world = cells[0].load_world()
    rungs = {instrument_name(world, rung, cue): rung for rung, cue in instruments(world)}
    for name in names:
        if name not in rungs:
            raise suggest(f"instrument of {world.id}", name, rungs)
        if names.count(name) > 1:
            raise InvalidSuite(f"{name!r} is given twice; give an instrument once")
    for cell in {(cell.panel, cell.mode): cell for cell in cells}.values():
        if cell.size.partition("[")[0] == TINY:
            raise InvalidSuite(f"{cell.world}/{cell.size} is for tests; rank by another size")
        for name in names:
            place = cell.world, cell.size, cell.exposure, cell.mode
            yield Column(group, *place, name, rungs[name], name in ranked, cell.panel)
