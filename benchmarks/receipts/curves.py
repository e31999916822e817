"""The curves behind a receipt: of each configuration (cells that differ in seeds alone) every
instrument's.

Read from ``curves.parquet`` beside the receipt, whose digest the receipt holds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ... import canonical
from ...errors import InvalidReceipt
from ...eval.stats.curve import Curve, Floats
from ...eval.stats.labels import of_runs, with_failed
from ...worlds.novelty.rungs import RUNGS
from ..config.panel_names import names_of
from ..config.run_config import Cell
from ..panels.panel import labels
from . import parquet_reading
from .bounds import cells_of
from .receipt import Receipt
from .receipt_records import CellRecord, PanelRecord, RowRecord
from .tables.curves_table import CURVES
from .untrusted import receipt_path

Points = Mapping[str, np.ndarray]  # of one cell and group: a column each, by step
FILE = CURVES.file
MIXED = "mixed"  # the one group without an instrument that is read


@dataclasses.dataclass(frozen=True)
class Amounts:
    """What the corpora of R runs hold."""

    statements: Floats  # [R] different statements that are read
    demonstrated: Floats  # [R] conclusions among them
    conclusions: Mapping[str, Floats]  # instrument -> [R] unstated conclusions there are in it


@dataclasses.dataclass(frozen=True)
class Configuration:
    """One model, mode, plan, world, size and exposure: R runs at K points of compute."""

    panel: PanelRecord  # as in the report
    label: str
    cell: Cell  # any of its cells
    seeds: tuple[tuple[int, int, int, int], ...]  # [R]
    parameters: int
    # instrument -> its exact match over FLOPs, whatever the proof; "recall" and "mixed" too
    accuracy: Mapping[str, Curve]
    bits: Mapping[str, Curve]
    rung: Mapping[str, str]  # of recall, each instrument and each cell of one
    read: Floats  # [K] examples read at each point, repeats included
    apart: Mapping[str, Curve]  # "constituent out-out" and its like: accuracy over FLOPs
    amounts: Amounts
    lost: tuple[tuple[int, int, int, int], ...] = ()  # seeds of runs that failed

    @property
    def name(self) -> str:
        return f"{self.panel.name}: {self.label}"

    @property
    def failed(self) -> int:
        return len(self.lost)

    @property
    def runs(self) -> int:
        """Those that there should be, the failed ones too."""
        return len(self.seeds) + len(self.lost)

    @property
    def missing(self) -> str:
        """``1 of 3 failed``, or empty."""
        return of_runs(self.failed, self.runs)

    @property
    def title(self) -> str:
        """The name, with how many runs failed."""
        return with_failed(self.name, self.failed, self.runs)

    @property
    def rungs(self) -> list[str]:
        """The instruments, on each of which a verdict is given."""
        return [name for name in self.accuracy if name not in ("recall", MIXED)]

    @property
    def flops(self) -> Floats:
        """[K] spent at each point."""
        return next(iter(self.accuracy.values())).x[0]

    @property
    def epochs(self) -> Floats:
        """[K] how often the corpus has been read at each point."""
        return self.read / self.amounts.statements.mean()

    @property
    def row(self) -> RowRecord | None:
        """Its scores at the last checkpoint."""
        mine = (r for r in self.panel.rows if (r.kind, r.label) == ("model", self.label))
        return next(mine, None)

    @property
    def undecided(self) -> dict[str, str]:
        """Rung -> why the receipt gives no verdict on it."""
        text = self.panel.verdicts.get(self.label, [])
        return {v["rung"]: v["evidence"] for v in text if v["kind"] == "undecided"}


def read(path: Path) -> tuple[Configuration, ...]:
    """The configurations of a receipt, in the order of its cells. ``path``: the receipt, or its
    folder.

    Cells that failed are left out. Raises UserError where the files are not those of the receipt,
    or every cell failed.
    """
    path = receipt_path(path)
    return configurations_of(Receipt.read(path), path)


def configurations_of(receipt: Receipt, path: Path) -> tuple[Configuration, ...]:
    """The same of a receipt that is read already, whose curves lie beside ``path``."""
    cells = cells_of(receipt)
    points = _points(path.parent / FILE, receipt, list(cells.values()))
    fine = {c.digest for c in receipt.cells if c.digest[:16] in points and not c.failed}
    if not fine:
        cause = next((c.failed for c in receipt.cells if c.failed), "no cell has a curve")
        raise InvalidReceipt(f"{path}: nothing to read, every cell failed: {cause}")
    panels: dict[tuple[str, str, str, int], list[CellRecord]] = {}
    for record in receipt.cells:  # failed ones too: panels are named by all their cells
        panels.setdefault(cells[record.digest].panel, []).append(record)
    names = names_of([cells[records[0].digest] for records in panels.values()])
    text, found = {panel.name: panel for panel in receipt.panels}, []
    for name, records in zip(names, panels.values()):
        label = labels([cells[record.digest] for record in records])
        configurations: dict[str, list[CellRecord]] = {}
        lost: dict[str, list[CellRecord]] = {}
        for record in records:
            kind = configurations if record.digest in fine else lost
            kind.setdefault(cells[record.digest].configuration, []).append(record)
        empty = PanelRecord(
            name=name, rows=[], profiles=[], verdicts={}, sentence="", missing_runs=[]
        )
        for configuration, mine in configurations.items():
            made = _configuration(text.get(name, empty), label[configuration], mine, cells, points)
            gone = tuple(
                cells[record.digest].seeds.trained for record in lost.get(configuration, ())
            )
            found.append(dataclasses.replace(made, lost=gone))
    return tuple(configuration for configuration in found if configuration.accuracy)


def _points(path: Path, receipt: Receipt, cells: Sequence[Cell]) -> dict[str, dict[str, Points]]:
    """Cell -> group of questions -> its points."""
    if FILE not in receipt.files:
        raise InvalidReceipt(
            f"the receipt names no {FILE}; give the receipt of a run that finished"
        )
    data = parquet_reading.content(path)
    if canonical.digest_bytes([data]) != receipt.files[FILE]:
        raise InvalidReceipt(
            f"{path} is not the file of this receipt; give the two that belong together"
        )
    table = parquet_reading.columns(data, CURVES, CURVES.most(cells))
    columns = [c for c in table if table[c].dtype.kind in "biuf"]
    named: dict[tuple[str, str], list[int]] = {}
    for i in np.lexsort((table["step"], table["group"].astype(str), table["cell"].astype(str))):
        named.setdefault((str(table["cell"][i]), str(table["group"][i])), []).append(i)
    found: dict[str, dict[str, Points]] = {}
    for (cell, group), rows in named.items():
        if group == MIXED or str(table["rung"][rows[0]]):
            part = {c: np.asarray(table[c][rows], float) for c in columns}
            part["rung"] = table["rung"][rows]
            found.setdefault(cell, {})[group] = part
    return found


def _configuration(
    panel: PanelRecord,
    label: str,
    records: Sequence[CellRecord],
    cells: Mapping[str, Cell],
    points: Mapping[str, Mapping[str, Points]],
) -> Configuration:
    mine = [points[record.digest[:16]] for record in records]
    first = next(iter(mine[0].values()))
    if len({len(p["flops"]) for groups in mine for p in groups.values()}) > 1:
        raise InvalidReceipt(
            f"{panel.name}, {label}: runs of several lengths; run the shorter ones again"
        )
    common = [group for group in mine[0] if all(group in p for p in mine)]
    rung_of = {group: str(mine[0][group]["rung"][0]) for group in common if group != MIXED}
    unknown = sorted({*rung_of.values()} - {*RUNGS})
    if unknown:
        raise InvalidReceipt(f"{panel.name}, {label}: {FILE} names a rung {unknown[0]!r}")
    order = [*RUNGS]
    headline = [g for g in rung_of if mine[0][g]["headline"][0]]
    rungs = sorted(headline, key=lambda g: (order.index(rung_of[g]), g))
    rungs += [MIXED] if MIXED in common else []
    spent = first["flops"] > 0  # what is known before training is no point of a law
    flops, worlds = first["flops"][spent], [record.corpus for record in records]

    def values(group: str, column: str) -> Floats:
        return np.stack([p[group][column][spent] for p in mine])

    def answered(group: str) -> Curve:
        queries = int(min(p[group]["questions"][0] for p in mine))
        right = values(group, "accuracy")
        return Curve.of(flops, right, "accuracy", world=worlds, questions=queries)

    accuracy, bits, apart = {}, {}, {}
    for rung in rungs if spent.any() else ():
        accuracy[rung] = answered(rung)
        weighed = values(rung, "bits")
        if np.isfinite(weighed).all():
            bits[rung] = Curve.of(flops, weighed, "bits", world=worlds)
    for group in sorted({*rung_of} - {*headline}) if accuracy else ():
        apart[group] = answered(group)
    cell = cells[records[0].digest]
    return Configuration(
        panel=panel,
        label=label,
        cell=cell,
        seeds=tuple(cells[record.digest].seeds.trained for record in records),
        parameters=records[0].parameters,
        accuracy=accuracy,
        bits=bits,
        apart=apart,
        read=first["step"][spent] * cell.recipe.batch,
        rung=rung_of,
        amounts=_amounts(mine, rungs),
    )


def dropped(
    configurations: Sequence[Configuration], seeds: Sequence[tuple[int, ...]]
) -> tuple[int, int]:
    """(failed, runs) of a mean over ``seeds`` that these configurations have in common: a run that
    failed in
    one of them is left out of all."""
    lost = {one for configuration in configurations for one in configuration.lost}
    return len(lost), len(lost) + len(seeds)


def _amounts(runs: Sequence[Mapping[str, Points]], rungs: Sequence[str]) -> Amounts:
    firsts = [next(iter(groups.values())) for groups in runs]
    return Amounts(
        statements=np.array([p["statements"][0] for p in firsts]),
        demonstrated=np.array([p["demonstrated"][0] for p in firsts]),
        conclusions={r: np.array([p[r]["conclusions"][0] for p in runs]) for r in rungs},
    )
