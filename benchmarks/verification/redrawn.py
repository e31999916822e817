"""Corpora of a receipt, drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...registry import Plugin
from ...worlds.world import World
from ..config.run_config import Cell
from ..receipts import untrusted
from ..receipts.parquet_reading import Columns
from ..runner.corpora import Corpora, Validity
from ..runner.result_store import Result

Announce = Callable[[Plugin], None]


def redrawn_corpora(table: Mapping[str, Columns], announce: Announce | None) -> Corpora:
    """Corpora drawn anew, of worlds that a receipt may name; whether written proofs were valid is
    read from ``table``: the first 16 digits of a cell's digest -> its answers."""
    worlds: dict[str, World] = {}

    def world(cell: Cell) -> World:
        if cell.world not in worlds:
            worlds[cell.world] = untrusted.world(cell.world, announce)
        return worlds[cell.world]

    def proofs(result: Result) -> Validity:
        return (table[result.cell.digest[:16]]["written"] == "valid")[None]

    return Corpora(world=world, proofs=proofs)
