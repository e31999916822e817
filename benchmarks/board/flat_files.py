"""The board as data: a CSV of one line per row and column, and JSON with all worlds.

Scores are raw and unclipped here; what counts as 0 is marked, and ``counted`` says what the mean
over columns takes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from ... import canonical
from ...eval.stats.rank_intervals import Mean
from ...printable import unformulated
from .board import Board
from .column_scores import ColumnScore
from .entered import Entered, display_name
from .entries import Entry
from .standings import Standings, score, why_unranked
from .world_tables import ModelRow

CSV = (
    *("board", "list", "row", "model", "plan", "mode", "budget", "kind", "trust", "status"),
    *("entrant", "receipt", "column", "ranked", "rung", "corpora", "accuracy", "floor", "strategy"),
    *("normalised", "low", "high", "over", "counted", "mark", "control", "rank_first"),
    *("rank_last", "group", "parameters", "flops", "seconds", "device", "trials"),
)
SCORE = "score"  # the column that is the mean over ranked ones
UNRANKED = "unranked"


def table(board: Board) -> str:
    """The CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, CSV, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _rows(board):
        writer.writerow({name: _field(value) for name, value in row.items()})
    return out.getvalue()


def _field(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return "" if value is None else unformulated(value)


def _rows(board: Board) -> Iterator[dict[str, Any]]:
    for found in board.standings:
        for name, entry in _listed(found):
            head = _head(found, name, entry)
            yield {**head, **_total(found, entry)}
            yield from ({**head, **_column(s)} for s in entry.scores)
        for reference in found.references:
            head = {"board": found.suite.id, "list": "reference", "row": reference.label}
            yield from ({**head, "kind": reference.kind, **_column(s)} for s in reference.scores)
    for world in board.tables:
        for row in world.rows:
            yield from _world_rows(world.name, row)


def _listed(found: Standings) -> Iterator[tuple[str, Entry]]:
    lists = [(one.name, one.entries) for one in found.lists]
    for name, mine in (*lists, ("verified", found.verified), ("declared", found.declared)):
        yield from ((name, entry) for entry in mine)


def _head(found: Standings, name: str, entry: Entry) -> dict[str, Any]:
    cost = entry.cost
    return {
        "board": found.suite.id,
        "list": name,
        "row": entry.label,
        "model": entry.model,
        "plan": "; ".join(entry.plans),
        "budget": entry.budget,
        "kind": entry.kind,
        **_origin(entry.entered),
        "parameters": cost.parameters or None,
        "flops": cost.flops or None,
        "seconds": cost.seconds,
        "device": "; ".join(cost.devices),
        "trials": cost.trials,
    }


def _origin(entered: Entered) -> dict[str, Any]:
    return {
        "trust": entered.trust.kind,
        "status": entered.status,
        "entrant": entered.entrant,
        "receipt": entered.digest,
    }


def _total(found: Standings, entry: Entry) -> dict[str, Any]:
    place, mean = found.place(entry), found.score(entry)
    out = {
        "column": SCORE,
        "ranked": place is not None,
        "corpora": len(entry.worlds()),
        "normalised": mean.mean,
        "low": mean.low,
        "high": mean.high,
        "over": "worlds",
        "counted": mean.mean,
        "mark": why_unranked(entry),
    }
    if place:
        out |= {"rank_first": place.first, "rank_last": place.last, "group": place.group}
    return out


def _column(found: ColumnScore) -> dict[str, Any]:
    one, column = found.normalised, found.column
    return {
        "column": column.name,
        "mode": column.mode,
        "ranked": column.ranked,
        "rung": column.rung,
        "corpora": len(found.worlds),
        "accuracy": found.accuracy,
        "floor": one.floor if one else None,
        "strategy": found.strategy,
        "normalised": one.mean if one else None,
        "low": one.low if one else None,
        "high": one.high if one else None,
        "over": one.over if one else "",
        "counted": found.mean,
        "mark": found.mark,
        "control": found.control,
    }


def _world_rows(name: str, row: ModelRow) -> Iterator[dict[str, Any]]:
    for instrument, found in row.row.rungs.items():
        above, control = found.normalised, row.control(instrument)
        hidden = found.rung == "axiom" and not control  # an axiom score without its control
        accuracy = found.accuracy
        yield {
            "board": name,
            "list": UNRANKED,
            "row": row.name,
            "model": display_name(row.cell),
            "plan": row.cell.plan,
            "mode": row.cell.mode,
            **_origin(row.entered),
            "column": instrument,
            "ranked": False,
            "rung": found.rung,
            "corpora": len(row.corpora),
            "accuracy": None if hidden else accuracy.mean,
            "floor": None if found.rung == "recall" else found.floor.value,
            "strategy": "" if found.rung == "recall" else found.floor.strategy,
            "normalised": above.mean if above and not hidden else None,
            "low": above.low if above and not hidden else None,
            "high": above.high if above and not hidden else None,
            "over": accuracy.over,
            "mark": "untrained" if row.row.untrained else "no control" if hidden else "",
            "control": control,
        }


def document(board: Board) -> str:
    """The JSON: all of the CSV, and each world."""
    return canonical.text(_document(board), indent=1) + "\n"


def _document(board: Board) -> dict[str, Any]:
    return {
        "schema": 1,
        "suites": {found.suite.name: _suite(found) for found in board.standings},
        "worlds": {
            world.name: [row for one in world.rows for row in _world_rows(world.name, one)]
            for world in board.tables
        },
        "receipts": [
            {**_origin(entered), "folder": entered.folder.name, "line": line}
            for entered, line in board.receipts
        ],
        "refused": [*board.refused],
        "no_entries": board.left_out,
        "ignored_attestations": board.collected.ignored,
    }


def _suite(found: Standings) -> dict[str, Any]:
    rows = []
    for name, entry in _listed(found):
        scopes = {
            mode or "all": {
                "score": _mean(place.score),
                "ranks": [place.first, place.last],
                "group": place.group,
            }
            for one in found.lists
            for mode, places in one.places.items()
            if (place := places.get(entry.label))
        }
        sealed = found.sealed.get(entry.label)
        rows.append(
            {
                **_head(found, name, entry),
                "score": _mean(score(entry)),
                "score_by_world": [*entry.worlds().values()],
                "ranked": scopes,
                "unranked": why_unranked(entry),
                "sealed_gap": _mean(sealed.gap) if sealed else None,
                "columns": [
                    {**_column(s), "by_world": [*s.counted.values()]} for s in entry.scores
                ],
            }
        )
    return {
        "rows": rows,
        "lists": {one.name: one.flops for one in found.lists},
        "references": {
            r.label: [{**_column(s), "by_world": [*s.counted.values()]} for s in r.scores]
            for r in found.references
        },
    }


def _mean(found: Mean) -> dict[str, float | None]:
    return {"mean": found.mean, "low": found.low, "high": found.high}
