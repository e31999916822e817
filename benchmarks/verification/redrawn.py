"""Corpora of a receipt, drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ...registry import Plugin
from ...worlds.world import World
from ..config.run_config import Cell
from ..receipts import untrusted
from ..receipts.parquet_reading import Columns
from ..runner.result_store import Result
from ..runner.run import Corpora

Announce = Callable[[Plugin], None]


class RedrawnCorpora(Corpora):
    """Corpora drawn anew, of worlds that may be; whether written proofs were valid is read."""

    def __init__(self, table: Mapping[str, Columns], announce: Announce | None) -> None:
        super().__init__()
        self.table, self.announce = table, announce
        self.worlds: dict[str, World] = {}

    def world(self, cell: Cell) -> World:
        if cell.world not in self.worlds:
            self.worlds[cell.world] = untrusted.world(cell.world, self.announce)
        return self.worlds[cell.world]

    def proofs(self, result: Result) -> NDArray[np.bool_] | None:
        written = self.table[result.cell.digest[:16]]["written"]
        return (written == "valid")[None] if result.cell.mode == "chain" else None
