"""Corpora of a receipt, drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ...registry import Plugin
from ...worlds.encoding.proof_checker import Validity
from ...worlds.world import World
from ..config.run_config import Cell
from ..receipts import untrusted
from ..receipts.parquet_reading import Columns
from ..receipts.tables.answers_table import PROOF
from ..runner.corpora import Corpora
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
        text = table[result.cell.digest[:16]]
        written = text["proof"][text["step"] == text["step"].max()]
        return np.argmax(written[:, None] == PROOF, axis=1).astype(np.int8)[None]

    return Corpora(world=world, proofs=proofs)
