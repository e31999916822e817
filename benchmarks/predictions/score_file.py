"""score_file(path, cells, …) -> the rows of a file of predictions, and a receipt of them."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ... import canonical
from ...errors import suggest
from ...eval.question_sets.predictions import Hits
from ...worlds.encoding.encode import MODES
from ..config.outside_model import Outside
from ..config.run_config import Cell
from ..config.suite import Suite
from ..export.portion import Portion, portions
from ..panels.panel import Panel, panels
from ..receipts.receipt import Receipt
from ..receipts.tables.all_tables import write_tables
from ..receipts.tables.parquet_table import Content
from ..runner import atomic_write
from ..runner.corpora import Corpora
from ..runner.executor import Outcome
from . import sample_scores
from .collector import Collector
from .declared_results import results_of
from .first_look import glance
from .flaws import Flaws
from .prediction_file import read

Watch = Callable[[str], None]


@dataclasses.dataclass(frozen=True)
class Scored:
    """What came of a file of predictions."""

    folder: Path  # of the receipt and its tables
    suite: Suite
    panels: tuple[Panel, ...]
    receipt: Receipt
    rows: int  # predictions
    malformed: dict[str, int]  # why there is no answer -> of how many predictions
    examples: dict[str, str]  # why there is no answer -> the first text of which there is none
    # recall or instrument -> {"questions", "pass"}, of the last step; empty: no samples
    samples: dict[str, dict[str, Any]]


def collect(path: Path, found: Sequence[Portion]) -> Collector:
    """All predictions of a file about these portions; UserError, one line, for any flaw in it."""
    collector = Collector(found, Flaws(str(path)))
    read(path, collector)
    collector.end()
    return collector


def score_file(
    path: Path,
    cells: Sequence[Cell],
    declared: Outside,
    out: Path,
    watch: Watch = lambda what: None,
    mode: str = "direct",
) -> Scored:
    """Scores a file of predictions as a run's, and writes the receipt ``out/outside-NAME-DIGEST``.

    ``mode``: in which the corpus was exported, and the model trained.

    Raises UserError for flaws in the file, and for what is no name or file.
    """
    if mode not in MODES:
        raise suggest("mode", mode, MODES)
    glance(path)  # what is wrong with it at first sight needs no corpora, which take long
    with Corpora() as corpora:
        watch("drawing corpora")
        found = portions(cells, corpora)
        watch(f"reading {path.name}")
        collector = collect(path, found)
        made, results = results_of(found, collector, declared, mode)
        watch("scoring")
        rows = panels(made, Outcome(tuple(results), {}), corpora)
        suite = Suite(
            id=f"outside-{declared.name}",
            title=f"Predictions of {declared.name}, declared",
            cost_minutes=1.0,
            expected="what was predicted elsewhere",
            cells=tuple(made),
        )
        folder = out / f"{suite.id}-{suite.digest[:8]}"
        by_digest = {result.cell.digest: result for result in results}
        content = Content(suite.cells, by_digest, {}, rows, corpora)
        files = write_tables(folder, content)
        finished = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        receipt = Receipt.of(suite, content, files, finished)
        receipt.write(folder / "receipt.json")
    samples = _samples(found, collector)
    if samples:
        with atomic_write.file(folder / "samples.json") as draft:
            content_ = {"samples": collector.samples, "groups": samples}
            draft.write_text(canonical.text(content_, indent=1) + "\n", "ascii")
    malformed = dict(collector.causes), collector.examples
    return Scored(folder, suite, rows, receipt, collector.rows, *malformed, samples)


def _samples(found: Sequence[Portion], collector: Collector) -> dict[str, dict[str, Any]]:
    last = max(step for _, step in collector.slots)
    pairs = []
    for number, portion in enumerate(found):
        part = slice(*collector.start[number : number + 2])
        for (_, step), slot in collector.slots.items():
            if step == last and slot.hits is not None:
                hits = Hits(collector.samples, slot.hits[None, part].astype(np.int32))
                pairs.append((portion.question_set, hits))
    return sample_scores.by_group(pairs) if pairs else {}
