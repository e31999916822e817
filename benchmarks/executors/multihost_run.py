"""Cells that several processes train together (``--hosts``): the first keeps results and reports.

Every process goes through the same cells in the same order, those that the first lacks.
"""

from __future__ import annotations

from collections.abc import Sequence

from ... import canonical
from ...errors import UserError
from ..config.run_config import Cell, run_batches
from ..runner.executor import Ends, Failure, Task
from ..runner.run import InProcess

FINE, LACKS, FAILED = range(3)  # what the first process has of a cell
KEPT = "kept as failed by the first process, which tells why"


def join(where: str) -> bool:
    """Meets the other processes; whether this one is the first."""
    from ...models.training import multihost

    return multihost.join(where) == 0


class MultiHost:
    """Trains in this process together with others, which it meets at ``where`` when it is made."""

    retries = 0

    def __init__(self, where: str, layout: str) -> None:
        self.leads = join(where)
        self.alone = InProcess(layout)

    def vmap_size(self, cells: Sequence[Cell]) -> int:
        return self.alone.vmap_size(cells)

    def train(self, task: Task) -> Ends:
        """As in one process; the others are let go when it is done."""
        from ...models.training import multihost

        lacking, kept = _agreed(task)
        if not self.leads:
            for cell in kept:
                yield Failure([cell], KEPT)
            batches = run_batches(lacking, self.vmap_size(lacking))
            task.todo.clear()
            task.todo.extend(batches)
        yield from self.alone.train(task)
        multihost.leave()


def _agreed(task: Task) -> tuple[list[Cell], list[Cell]]:
    """(cells that the first process lacks, those of which it keeps a failure), whatever this one
    sees on its disk.

    Raises UserError where it goes through other cells, as where a file differs between hosts.
    """
    from ...models.training.multihost import agreed

    cells, store = task.cells, task.store
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
