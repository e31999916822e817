"""Comparing what a receipt tells with what is made anew: columns of Parquet, records of scores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from . import predictions

CLOSE = 1e-6  # of a score: libraries of other machines differ in the last digits
Columns = dict[str, NDArray[Any]]


class Doubt(Exception):
    """What is told and what is made anew differ; the message says where first."""


def columns(path: Path) -> dict[str, Columns]:
    """Cell -> its rows of a Parquet file, in the order in which they were written."""
    target = str(path).replace("'", "''")
    try:
        with duckdb.connect(":memory:") as db:
            table = db.execute(f"SELECT * FROM '{target}'").fetchnumpy()
    except duckdb.Error as error:
        raise Doubt(f"{path.name} is not read: {' '.join(str(error).split())}") from None
    table = {name: _unmasked(column) for name, column in table.items()}
    cells = table["cell"].astype(str)
    return {
        str(cell): {name: column[cells == cell] for name, column in table.items()}
        for cell in dict.fromkeys(cells.tolist())
    }


def _unmasked(column: NDArray[Any]) -> NDArray[Any]:
    """The column with None where nothing is, as it was when it was written."""
    if not np.ma.isMaskedArray(column) or not column.mask.any():
        return np.asarray(column)
    out = column.data.astype(object)
    out[column.mask] = None
    return out


def same(told: NDArray[Any], mine: NDArray[Any]) -> bool:
    """Whether two columns hold the same; a list of right answers is joined as in writing."""
    if len(told) != len(mine):
        return False
    rows = zip(np.asarray(told, object).tolist(), np.asarray(mine, object).tolist())
    return all(_plain(a) == _plain(b) for a, b in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, np.ndarray)):
        return predictions.SEPARATOR.join(value)
    return value


def differs(told: Any, mine: Any, where: str) -> str:
    """The first place where two records differ; empty: nowhere. Only fields that are told count."""
    if told is None:
        newer = where.endswith((", reach", ", runs", ", failed"))  # older receipts have none
        return "" if mine is None or newer else f"{where}: null, not {mine!r}"
    if isinstance(told, Mapping) and isinstance(mine, Mapping):
        if {*told} != {*mine}:
            return f"{where}: {sorted({*told} ^ {*mine})} are in one of them only"
        return next(
            filter(None, (differs(v, mine[k], f"{where}, {k}") for k, v in told.items())), ""
        )
    if (
        isinstance(told, (list, tuple))
        and isinstance(mine, (list, tuple))
        and len(told) == len(mine)
    ):
        return next(filter(None, (differs(a, b, where) for a, b in zip(told, mine))), "")
    if isinstance(told, (int, float)) and isinstance(mine, (int, float)):
        close = abs(told - mine) <= CLOSE * max(1.0, abs(told))
        return "" if close else f"{where}: {told:g} in the receipt, {mine:g} from the answers"
    return "" if told == mine else f"{where}: {told!r} in the receipt, {mine!r} from the answers"
