"""The curves behind a receipt: of each arm (cells that differ in seeds alone) every rung's.

Read from ``curves.parquet`` beside the receipt, whose digest the receipt holds.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np

from ..eval.measured import Curve
from ..eval.score import HEADLINE
from ..registry import UserError
from .cell import Cell
from .panel import labels, names_of
from .receipt import CellRecord, Receipt

Points = Mapping[str, np.ndarray]  # of one cell and rung: flops, accuracy, bits, questions, by step
FILE = "curves.parquet"


@dataclasses.dataclass(frozen=True)
class Arm:
    """One model, mode, plan, world, size and exposure."""

    panel: str  # as in the report
    label: str
    cell: Cell  # any of its cells
    seeds: tuple[tuple[int, int, int, int], ...]  # of each run
    accuracy: Mapping[str, Curve]  # rung -> its curve; recall is none
    bits: Mapping[str, Curve]
    undecided: Mapping[str, str]  # rung -> why the receipt gives no verdict on it


def read(path: Path) -> tuple[Arm, ...]:
    """The arms of a receipt, in the order of its cells. ``path``: the receipt, or its folder.

    Cells that failed are left out. Raises UserError where the files are not those of the receipt,
    or every cell failed.
    """
    path = path / "receipt.json" if path.is_dir() else path
    receipt = Receipt.read(path)
    points = _points(path.parent / FILE, receipt)
    fine = [record for record in receipt.cells if record.digest[:16] in points]
    if not fine:
        cause = next((c.failed for c in receipt.cells if c.failed), "no cell has a curve")
        raise UserError(f"{path}: nothing to read, every cell failed: {cause}")
    cells = {record.digest: Cell.of(record.cell) for record in fine}
    panels: dict[tuple[str, str, str], list[CellRecord]] = {}
    for record in fine:
        cell = cells[record.digest]
        key = (cell.world, cell.size, str(cell.exposure.record()))
        panels.setdefault(key, []).append(record)
    names = names_of([cells[records[0].digest] for records in panels.values()])
    found = []
    verdicts = {panel.name: panel.verdicts for panel in receipt.panels}
    for name, records in zip(names, panels.values()):
        label = labels([cells[record.digest] for record in records])
        arms: dict[str, list[CellRecord]] = {}
        for record in records:
            arms.setdefault(cells[record.digest].arm, []).append(record)
        for arm, mine in arms.items():
            told = verdicts.get(name, {}).get(label[arm], [])
            open_ = {v["rung"]: v["evidence"] for v in told if v["kind"] == "undecided"}
            found.append(_arm(name, label[arm], mine, cells, points, open_))
    return tuple(found)


def _points(path: Path, receipt: Receipt) -> dict[str, dict[str, Points]]:
    """Cell -> rung -> its points."""
    if FILE not in receipt.files:
        raise UserError(f"the receipt names no {FILE}; give the receipt of a run that finished")
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UserError(
            f"cannot read {path}: {error.strerror}; it lies beside its receipt"
        ) from None
    if digest != receipt.files[FILE]:
        raise UserError(
            f"{path} is not the file of this receipt; give the two that belong together"
        )
    text = str(path).replace("'", "''")
    columns = ("flops", "accuracy", "bits", "questions")
    query = f"SELECT * FROM '{text}' ORDER BY cell, \"group\", step"
    with duckdb.connect(":memory:") as db:
        table = db.execute(query).fetchnumpy()
    named: dict[tuple[str, str], list[int]] = {}
    for i, (cell, group) in enumerate(zip(table["cell"], table["group"])):
        named.setdefault((str(cell), str(group)), []).append(i)
    found: dict[str, dict[str, Points]] = {}
    for (cell, group), rows in named.items():
        if group in HEADLINE and group != "recall":
            part = {c: np.asarray(table[c][rows], float) for c in columns}
            found.setdefault(cell, {})[group] = part
    return found


def _arm(
    panel: str,
    label: str,
    records: Sequence[CellRecord],
    cells: Mapping[str, Cell],
    points: Mapping[str, Mapping[str, Points]],
    undecided: Mapping[str, str],
) -> Arm:
    mine = [points[record.digest[:16]] for record in records]
    rungs = [r for r in HEADLINE if all(r in p for p in mine)]
    accuracy, bits = {}, {}
    for rung in rungs:
        runs = [p[rung] for p in mine]
        if len({len(r["flops"]) for r in runs}) > 1:
            raise UserError(
                f"{panel}, {label}: runs of several lengths; run the shorter ones again"
            )
        spent = runs[0]["flops"] > 0  # what is known before training is no point of a law
        worlds = [record.corpus for record in records]
        flops, asked = runs[0]["flops"][spent], int(runs[0]["questions"][0])
        if not spent.any():
            continue
        values = np.stack([r["accuracy"][spent] for r in runs])
        accuracy[rung] = Curve.of(flops, values, "accuracy", world=worlds, questions=asked)
        weighed = np.stack([r["bits"][spent] for r in runs])
        if np.isfinite(weighed).all():
            bits[rung] = Curve.of(flops, weighed, "bits", world=worlds)
    seeds = tuple(dataclasses.astuple(cells[record.digest].seeds) for record in records)
    return Arm(panel, label, cells[records[0].digest], seeds, accuracy, bits, undecided)
