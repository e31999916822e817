"""measured(scenario, folders) -> the scenario with rates that were measured instead of assumed.

``rounds.parquet`` of self-production says how many statements a model writes for each that it
holds; ``queries.parquet`` of active learning how many statements, as they come, one answer to a
chosen query is worth. How long an answer takes and how many are given at once stay the scenario's:
worlds here have no clock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from ...errors import UserError
from ...eval.forecasting.scenario import Quantity, Scenario
from ...eval.stats.intervals import student
from ...worlds.datalog.engine import connection

FILTER, POLICY, CHANCE = "unfiltered", "uncertainty", "random"
REACHED = 0.5  # of the share that random queries reach in the end: where policies are compared
WRITTEN = f"""
    SELECT cell, avg((after.added_true + after.added_false - before.added_true - before.added_false)
                     / before.statements) AS rate
    FROM (SELECT DISTINCT cell, branch, round, added_true, added_false, statements
          FROM read_parquet($path) WHERE branch = '{FILTER}') AS before
    JOIN (SELECT DISTINCT cell, branch, round, added_true, added_false
          FROM read_parquet($path) WHERE branch = '{FILTER}') AS after USING (cell, branch)
    WHERE after.round = before.round + 1
    GROUP BY cell ORDER BY cell
"""
REACHING = """
    SELECT cell, branch, queries, avg(share) AS share FROM read_parquet($path)
    GROUP BY cell, branch, queries ORDER BY cell, branch, queries
"""


def measured(scenario: Scenario, folders: Sequence[Path]) -> Scenario:
    """The scenario with `conclusions.yearly` and `queries.worth` as measured in these folders of
    receipts, where they have the tables. Raises UserError for folders that have neither."""
    for folder in folders:
        written, reaching = folder / "rounds.parquet", folder / "queries.parquet"
        used = False
        if written.is_file() and (rates := _written(written)):
            found = _quantity(
                rates,
                f"measured: statements that '{FILTER}' adds a round for each that is held, "
                f"{len(rates)} runs of {folder.name}; a round a year, as the largest training is",
            )
            conclusions = dataclasses.replace(scenario.conclusions, yearly=found)
            scenario, used = dataclasses.replace(scenario, conclusions=conclusions), True
        if reaching.is_file() and (ratios := _worth(reaching)):
            found = _quantity(
                ratios,
                f"measured: queries by '{CHANCE}' for each by '{POLICY}', to half of what they "
                f"reach, {len(ratios)} corpora of {folder.name}",
            )
            queries = dataclasses.replace(scenario.queries, worth=found)
            scenario, used = dataclasses.replace(scenario, queries=queries), True
        if not used:
            raise UserError(
                f"{folder} has no rounds of '{FILTER}' and no queries by '{POLICY}' and "
                f"'{CHANCE}'; give the folder of a receipt of a suite with rounds"
            )
    return scenario


def _written(path: Path) -> list[float]:
    return [float(rate) for _, rate in _rows(path, WRITTEN)]


def _worth(path: Path) -> list[float]:
    """Of each corpus: by chance so many queries for one of the policy, to REACHED."""
    curves: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for cell, branch, queries, share in _rows(path, REACHING):
        curves.setdefault((cell, branch), []).append((queries, share))
    out = []
    for cell in sorted({cell for cell, _ in curves}):
        both = [np.array(curves.get((cell, name), [])) for name in (CHANCE, POLICY)]
        if min(map(len, both)) < 2:
            continue
        goal = REACHED * min(curve[-1, 1] for curve in both)
        made = [float(np.interp(goal, curve[:, 1], curve[:, 0])) for curve in both]
        if goal > 0 and min(made) > 0:
            out.append(made[0] / made[1])
    return out


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with connection(threads=1) as db:
        try:
            return db.execute(query, {"path": str(path)}).fetchall()
        except duckdb.Error as error:
            line = " ".join(str(error).split())
            raise UserError(f"{path} is no table of rounds ({line:.200}); run its suite") from None


def _quantity(values: Sequence[float], source: str) -> Quantity:
    """The mean with its 95% interval, by Student's t over several; of one within a factor of 2."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return Quantity(mean, mean / 2, mean * 2, f"{source}; one alone: within a factor of 2")
    low, high = student(np.array(values, float)[:, None])
    return Quantity(mean, max(0.0, float(low[0])), float(high[0]), source)
