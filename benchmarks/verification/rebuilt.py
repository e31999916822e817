"""A receipt rebuilt from its cells and kept answers, by the very code that wrote it; and the first
difference of its tables.

Taken from the receipt is only what nothing can recompute: why a training failed, by what, on which
device, when and how long it was made, and the title.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ... import canonical
from ...eval.question_sets.question_set import QuestionSet
from ...worlds.world import World
from ..config.run_config import Cell
from ..config.suite import Suite
from ..panels.panel import Panel, panels
from ..receipts import parquet_reading
from ..receipts.compare import Comparison
from ..receipts.parquet_reading import Columns, Reading
from ..receipts.receipt import Receipt
from ..receipts.tables.all_tables import files_of, write_tables
from ..receipts.tables.answers_table import answers_digest
from ..receipts.tables.parquet_table import Content, Table
from ..runner.corpora import Corpora
from ..runner.executor import Outcome
from ..runner.result_store import Result
from .kept_answers import Costs

DECLARED = ("versions", "commit", "dirty", "training")  # of a receipt, beside those of its cells


class Drawn(Corpora):
    """Corpora that were drawn anew, all of them: a receipt of many draws none twice.

    ``question_sets``: key of a cell's question set -> what was drawn; others are drawn then.
    """

    def __init__(
        self, question_sets: Mapping[str, QuestionSet], world: Callable[[Cell], World]
    ) -> None:
        super().__init__(world=world)
        self._drawn = question_sets

    def question_set(self, cell: Cell) -> QuestionSet:
        return self._drawn.get(cell.question_set) or super().question_set(cell)


@dataclasses.dataclass
class Memo:
    """What was drawn, read, traced and rebuilt before, for receipts that have parts in common: many
    that differ from one another in little are then verified in the time of one. A context: the
    files that it holds are gone with it."""

    tables: dict[str, Columns] = dataclasses.field(default_factory=dict)  # SHA-256 -> what is read
    question_sets: dict[str, QuestionSet] = dataclasses.field(default_factory=dict)
    costs: Costs = dataclasses.field(default_factory=dict)
    results: dict[str, list[Result]] = dataclasses.field(default_factory=dict)
    panels: dict[str, tuple[Panel, ...]] = dataclasses.field(default_factory=dict)
    made: dict[str, tuple[Receipt, Path]] = dataclasses.field(default_factory=dict)
    sweeps: dict[Path, Any] = dataclasses.field(default_factory=dict)  # folder -> what it says
    folder: tempfile.TemporaryDirectory[str] = dataclasses.field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="zebroid-")
    )

    def __enter__(self) -> Memo:
        return self

    def __exit__(self, *error: object) -> None:
        self.folder.cleanup()


def rebuild(
    receipt: Receipt,
    cells: Sequence[Cell],
    results: Sequence[Result],
    corpora: Corpora,
    floors: str,
    memo: Memo,
    watch: Callable[[str], None],
) -> tuple[Receipt, Path]:
    """(the receipt that a run with these results writes, without what ``zebroid scale`` adds; the
    folder where all of it was written). ``floors``: digest of those that come with the suite."""
    failures = {r.digest: r.failed for r in receipt.cells if r.environment is None}
    runs = [(r.cell.digest, r.corpus, r.run.failed, answers_digest(r)) for r in results]
    scored = canonical.digest([[c.record() for c in cells], runs, failures, floors])
    if scored not in memo.panels:
        watch("scoring")
        memo.panels[scored] = panels(cells, Outcome(tuple(results), failures), corpora)
    key = _key(receipt, results) + scored
    if key not in memo.made:
        folder = Path(memo.folder.name).resolve() / f"{len(memo.made)}"
        own = {r.cell.digest: r for r in results}
        content = Content(cells, own, failures, memo.panels[scored], corpora)
        memo.made[key] = _rebuild(receipt, content, folder, watch), folder
    return memo.made[key]


def _key(receipt: Receipt, results: Sequence[Result]) -> str:
    """What a rebuilt receipt depends on beside its scores: all that is declared."""
    runs = [(r.device, r.run.seconds, dataclasses.astuple(r.made)) for r in results]
    declared = {name: getattr(receipt, name) for name in DECLARED}
    suite = receipt.suite.id, receipt.suite.title, receipt.times.finished
    return canonical.digest([suite, runs, declared])


def _rebuild(
    receipt: Receipt, content: Content, folder: Path, watch: Callable[[str], None]
) -> Receipt:
    watch("writing tables")
    files = write_tables(folder, content)
    watch("verdicts")
    suite = Suite(receipt.suite.id, receipt.suite.title, 0.0, "", tuple(content.cells))
    made = Receipt.of(suite, content, files, receipt.times.finished)
    made = made.model_copy(update={name: getattr(receipt, name) for name in DECLARED})
    made.write(folder / "receipt.json")
    return made


def plain(receipt: Receipt) -> dict[str, Any]:
    """The content of a receipt as it is read from its file."""
    return json.loads(canonical.text(receipt.model_dump(by_alias=True)))


def compare_tables(
    text: Mapping[str, bytes], mine: Path, cells: Sequence[Cell], comparison: Comparison
) -> int:
    """Compares all tables of a receipt with those below ``mine``; how many of them are equal byte
    for byte. The others are compared value for value, with their nulls and metadata."""
    equal = 0
    for name, table in files_of(cell.recipe.record() for cell in cells).items():
        recomputed = (mine / name).read_bytes()
        if text[name] == recomputed:
            equal += 1
        elif not comparison.first:
            _compare(text[name], recomputed, table, table.most(cells), comparison)
    return equal


def _compare(text: bytes, mine: bytes, table: Table, most: int, comparison: Comparison) -> None:
    with (
        parquet_reading.opened(text, table, most) as theirs,
        parquet_reading.opened(mine, table, most) as ours,
    ):
        there, found = _metadata(theirs), _metadata(ours)
        if not comparison.values(there, found, f"{table.file}: metadata"):
            return
        if comparison.columns(theirs.whole(), ours.whole(), table.file):
            nulls = _nulls(theirs), _nulls(ours)
            comparison.columns(*nulls, table.file)


def _metadata(reading: Reading) -> dict[str, Any]:
    """Key -> text of the key-value metadata of a file, and the unit of each column. What rows and
    columns mean is worded by each version in its own way."""
    rows = reading.db.execute(
        "SELECT key, value FROM parquet_kv_metadata(?)", [reading.file]
    ).fetchall()
    found = {bytes(k).decode("utf-8", "replace"): bytes(v) for k, v in rows}
    columns = json.loads(found.pop("columns", b"{}"))
    units = {name: about.get("unit") for name, about in columns.items()}
    found.pop("row", None)
    return {"units": units} | {k: v.decode("utf-8", "replace") for k, v in found.items()}


def _nulls(reading: Reading) -> dict[str, Any]:
    """Whether each value is null, and of lists how long they are: what is held in memory as a text
    does not tell an empty one, or two words from one with what separates them."""
    parts = []
    for column in reading.table.columns:
        parts.append(f'"{column.name}" IS NULL AS "{column.name} (null)"')
        if column.type == "VARCHAR[]":
            parts.append(f'coalesce(len("{column.name}"), -1) AS "{column.name} (words)"')
    query = f"SELECT {', '.join(parts)} FROM read_parquet(?)"
    found = reading.db.execute(query, [reading.file]).fetchnumpy()
    return {name: np.asarray(values) for name, values in found.items()}
