"""A finding: what was published, what must hold here, what must vanish, and how it is measured.

Of a finding that needs training the cells stand in a TOML file (``finding_file.py``); one that is
computed is a Python module with a ``Finding``. Both have claims and nulls over named quantities,
and what these say has a digest, by which a result is known to be judged as it was foreseen.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from ... import canonical
from ...errors import UserError
from ...eval.verdicts.replication import Claim, Null, Quantity
from ..config.run_config import Cell
from ..config.suite import Suite

READINGS = {  # -> what a figure calls it
    "accuracy": "accuracy",  # of the last checkpoint; in chain with a valid proof
    "floor": "floor",  # what the best strategy without the rule gets on these questions
    "uniform": "uniform guess",  # what any value of the answer's sort gets
    "bits": "bits",  # mean -log2 of the right answers' probability
    "uniform bits": "bits of a uniform guess",
    # log2 of the step at which accuracy first passes a half; never: twice the last
    "rise": "log2 of the step at which accuracy passes a half",
    "vote": "accuracy of a vote",  # of the commonest answer over initialisations
    "scatter": "standard deviation over initialisations",  # of accuracy
    # of accuracy over initialisations: 5/9 of a uniform, 1 of two values
    "bimodality": "bimodality coefficient",
}
OVER_INITS = {"vote": 2, "scatter": 3, "bimodality": 8}  # reading -> initialisations it needs


@dataclasses.dataclass(frozen=True)
class Reading:
    """A quantity of some trainings: one number a world."""

    cells: str  # the name of a table of cells
    of: str  # a group of questions: "recall", "instance", "constituent out-in"
    reading: str = "accuracy"  # of READINGS


@dataclasses.dataclass(frozen=True)
class Trained:
    """How a finding is measured by training: cells of the runner, and what is read of them."""

    suite: Suite
    tables: Mapping[str, tuple[Cell, ...]]  # name of a table -> its cells
    quantities: Mapping[str, Reading]
    # name of a table -> the recall below which its models have not learned their corpus
    recall: Mapping[str, float]

    def record(self) -> dict[str, Any]:
        """JSON-ready: all that decides what is measured."""
        readings = {name: dataclasses.asdict(r) for name, r in self.quantities.items()}
        cells = {name: [cell.digest for cell in own] for name, own in self.tables.items()}
        return {"cells": cells, "quantities": readings, "recall": dict(self.recall)}


@dataclasses.dataclass(frozen=True)
class Computed:
    """How a finding is measured without training."""

    measure: Callable[[int], Mapping[str, float]]  # number of a draw -> name -> value
    draws: int  # worlds, seeds or curves
    version: int = 1  # of what is measured
    unit: str = "value"  # what a figure calls the numbers

    def quantities(self, begun: Callable[[int], None] = lambda draw: None) -> dict[str, Quantity]:
        """All draws, of which each is a world; ``begun`` is called with the number of each."""
        found: dict[str, dict[str, float]] = {}
        for draw in range(self.draws):
            begun(draw)
            for name, value in self.measure(draw).items():
                found.setdefault(name, {})[str(draw)] = value
        return {name: Quantity(values) for name, values in found.items()}

    def record(self) -> dict[str, Any]:
        """JSON-ready: what of it is declared."""
        return {"draws": self.draws, "version": self.version}


@dataclasses.dataclass(frozen=True)
class Finding:
    """One finding of the field."""

    id: str
    title: str  # a claim in one sentence
    source: str  # arXiv id, DOI or the like
    published: str  # the published figure, in words
    falsified: str  # what would falsify it here
    minutes: float  # on two cores, with nothing cached
    claims: tuple[Claim, ...]
    measured: Trained | Computed
    nulls: tuple[Null, ...] = ()
    core: bool = False  # whether `make replicate` runs it
    seen: str = ""  # where it was measured before its criterion was written; empty: nowhere

    def __post_init__(self) -> None:
        if not self.claims:
            raise UserError(f"finding {self.id} has no claim; give one")

    @property
    def criterion(self) -> str:
        """SHA-256 of claims, nulls and what is measured: texts do not matter."""
        parts: dict[str, Any] = {"measured": self.measured.record()}
        for name in ("claims", "nulls"):
            parts[name] = [dataclasses.asdict(one) for one in getattr(self, name)]
        return canonical.digest(parts)
