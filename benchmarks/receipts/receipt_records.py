"""The records of a receipt but its scores, each field with its meaning: docs and JSON Schema are
made of these."""

from __future__ import annotations

from typing import Any, Literal

import pydantic

from ...eval.stats.labels import with_failed
from . import receipt_parts
from .score_records import GroupRecord, Interval, ProofRecord, ScoreRecord, Strict


class SuiteRecord(Strict):
    """The name and the digest of a suite."""

    id: str = pydantic.Field(pattern=r"^[a-z0-9][a-z0-9.+=_-]*$", max_length=100)
    """Name of the suite; what was changed of it stands behind a plus: `smoke+mlp-s`."""
    title: str
    """One line on what it asks; free text."""
    digest: receipt_parts.Digest
    """SHA-256 over its expanded list of cells and the version of the definitions."""


class CellRecord(Strict):
    """One training: what it was, what it read, what became of it."""

    digest: receipt_parts.Digest
    """SHA-256 of the record but the names of plan and model."""
    cell: dict[str, Any]
    """World, size, exposure, mode, model and plan with every field, and the four seeds."""
    failed: str
    """Why it has no answers; empty: it has them."""
    corpus: receipt_parts.DigestOrNone = ""
    """SHA-256 of the corpus that was read; empty: no result."""
    predictions: receipt_parts.DigestOrNone = ""
    """SHA-256 of all answers and bits at all checkpoints, of what was written in chain mode, and of
    samples; empty: it has no answers."""
    parameters: int = 0
    """Weights of the model."""
    flops: float = 0.0
    """FLOPs spent on the training."""
    device: str = ""
    """Kind, name and number of devices. Declared."""
    environment: int | None = pydantic.Field(None, ge=0)
    """Number among `environments`, from 0, of what it was trained by; null: it has no result."""


class EnvironmentRecord(Strict):
    """By what a training was made, as found when it began. Declared: nothing can recompute it."""

    versions: receipt_parts.Versions
    """Package -> version: zebroid, Python, libraries, and plugins of its world and model."""
    commit: receipt_parts.Commit
    """Commit of zebroid's repository; empty: installed from a package."""
    dirty: bool
    """Whether files differed from that commit, or a killed training went on at another."""


class RowRecord(Strict):
    """One row of a table of scores."""

    label: str
    """Name of the row, unique in its panel and kind."""
    kind: Literal["ceiling", "floor", "model", "untraced"]
    """What answered; untraced: a model in chain mode, without what the tracer solves."""
    rungs: dict[str, ScoreRecord]
    """Recall or instrument -> score."""
    apart: dict[str, GroupRecord]
    """Group that no headline counts, or cell of constituent -> score."""
    absent: dict[str, str]
    """Recall or instrument -> why it has no score."""
    left_out: dict[str, int]
    """Group apart -> questions of the corpora in it, queried or not."""
    untrained: bool
    """Whether recall is below 0.95: it stands in no comparison."""
    malformed: Interval
    """Share of generations without an answer."""
    controls: dict[str, dict[str, Any]]
    """Nontheorems, unknowables and exception items -> their scores."""
    proofs: dict[str, ProofRecord]
    """Recall or instrument -> the proofs written, in chain mode."""
    load: float | None
    """Bits of the corpus per parameter; null: no model."""
    reach: dict[str, Interval] | None
    """Greatest distance, and log10 of the conclusions, answered in at least half; null: too few."""
    runs: int
    """Trainings that the row should be the mean of; 0: nothing was trained."""
    failed: int
    """Of these, those that gave nothing; the mean is of the others."""

    @property
    def name(self) -> str:
        """The label, with how many of its runs failed."""
        return with_failed(self.label, self.failed, self.runs)


class PanelRecord(Strict):
    """Scores of one world, size and exposure."""

    name: str
    """World and size, and how its exposure differs from others."""
    rows: receipt_parts.Many[RowRecord]
    """Ceilings, floors, models, and models without what the tracer solves."""
    profiles: receipt_parts.Many[receipt_parts.ProfileDict]
    """Reuse, recombination and deduction of each model."""
    verdicts: dict[str, receipt_parts.Many[receipt_parts.VerdictDict]]
    """Label of a model -> a verdict per instrument."""
    sentence: str
    """The summary in words."""
    missing_runs: receipt_parts.Many[receipt_parts.MissingRunRecord]
    """Trainings without answers: of which row, how many of how many, and why."""


class Times(Strict):
    """All that may differ between two runs of the same cells by the same code on the same CPU."""

    finished: str = pydantic.Field(pattern=r"^\d{4}-\d\d-\d\dT[0-9:.+Z-]{1,24}$")
    """When the receipt was written: UTC, ISO 8601. Declared."""
    seconds: dict[str, float]
    """Digest of a cell -> seconds of its training, compilation included; of one that was killed,
    since it last went on from a kept state. Declared."""
