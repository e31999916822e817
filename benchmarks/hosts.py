"""Cells that several processes train together (``--hosts``): the first keeps and tells all.

Every process goes through the same cells in the same order, those that the first lacks.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..registry import UserError
from . import canonical
from .cell import Cell
from .progress import Watch
from .results import Follower, Store
from .run import Corpora, Outcome, run


def join(where: str) -> bool:
    """Meets the other processes; whether this one is the first."""
    from ..models import hosts

    return hosts.join(where) == 0


def lead(
    cells: Sequence[Cell], store: Store, watch: Watch, corpora: Corpora, layout: str
) -> Outcome:
    """As ``run``, with the others; they are let go when it is done."""
    from ..models import hosts

    _lacking(cells, store)
    outcome = run(cells, store, watch, corpora, layout)
    hosts.leave()
    return outcome


def follow(cells: Sequence[Cell], store: Store, layout: str) -> None:
    """Trains what the first process lacks, for it."""
    from ..models import hosts

    run(_lacking(cells, store), Follower(store.out), layout=layout)
    hosts.leave()


def _lacking(cells: Sequence[Cell], store: Store) -> list[Cell]:
    """The cells that the first process lacks, whatever this one sees on its disk.

    Raises UserError where it goes through other cells, as where a file differs between hosts.
    """
    from ..models.hosts import agreed

    whole = canonical.digest([cell.digest for cell in cells])
    mine = [int(whole[i : i + 5], 16) for i in range(0, 20, 5)]  # as float32 holds them
    if list(agreed(*mine)) != mine:
        raise UserError(
            "this process has other cells than the first; give all of them the same suite, world "
            "and model files, and the same version"
        )
    lacks = agreed(*(not store.has(cell) for cell in cells))
    return [cell for cell, lacking in zip(cells, lacks) if lacking]
