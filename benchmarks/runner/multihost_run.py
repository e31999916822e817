"""Cells that several processes train together (``--hosts``): the first keeps and tells all.

Every process goes through the same cells in the same order, those that the first lacks.
"""

from __future__ import annotations

from collections.abc import Sequence

from ... import canonical
from ...errors import UserError
from ..config.run_config import Cell
from .failures import Failed, failed
from .progress import Watch
from .result_store import Follower, Store
from .run import Corpora, Outcome, run

FINE, LACKS, FAILED = range(3)  # what the first process has of a cell
KEPT = "kept as failed by the first process, which tells why"


def join(where: str) -> bool:
    """Meets the other processes; whether this one is the first."""
    from ...models.training import multihost

    return multihost.join(where) == 0


def lead(
    cells: Sequence[Cell], store: Store, watch: Watch, corpora: Corpora, layout: str
) -> Outcome:
    """As ``run``, with the others; they are let go when it is done."""
    from ...models.training import multihost

    _agreed(cells, store)
    outcome = run(cells, store, watch, corpora, layout)
    multihost.leave()
    return outcome


def follow(cells: Sequence[Cell], store: Store, layout: str) -> list[Failed]:
    """Trains what the first process lacks, for it; which of all cells failed, as that one knows."""
    from ...models.training import multihost

    lacking, kept = _agreed(cells, store)
    outcome = run(lacking, Follower(store.out, store.keep), layout=layout)
    multihost.leave()
    return [*((cell, KEPT) for cell in kept), *failed(lacking, outcome)]


def _agreed(cells: Sequence[Cell], store: Store) -> tuple[list[Cell], list[Cell]]:
    """(cells that the first process lacks, those of which it keeps a failure), whatever this one
    sees on its disk.

    Raises UserError where it goes through other cells, as where a file differs between hosts.
    """
    from ...models.training.multihost import agreed

    whole = canonical.digest([cell.digest for cell in cells])
    mine = [int(whole[i : i + 5], 16) for i in range(0, 20, 5)]  # as float32 holds them
    if list(agreed(*mine)) != mine:
        raise UserError(
            "this process has other cells than the first; give all of them the same suite, world "
            "and model files, and the same version"
        )
    states = [LACKS if not store.has(c) else FAILED if store.failed(c) else FINE for c in cells]
    known = agreed(*states)
    lacking, kept = ([c for c, s in zip(cells, known) if s == state] for state in (LACKS, FAILED))
    return lacking, kept
