"""The receipt of a suite: one canonical JSON, enough to verify every number and to cite it.

Beside it lie Parquet tables (``tables/``), named here with their SHA-256. Two runs of the same
cells by the same code on the same CPU give equal receipts, but for the block ``times`` and the
seconds in ``cells.parquet``: ``Receipt.lasting`` is what they have in common. Nothing is pickled.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pydantic

from ... import canonical
from ...errors import InvalidReceipt
from ...eval.stats.labels import with_failed
from ...models.training_version import TRAINING
from ...printable import clean, printable
from ...worlds.definitions import DEFINITIONS
from ..config.suite import Suite
from ..panels.panel import Panel
from ..panels.panel_profiles import profiles
from ..runner import atomic_write, provenance
from ..runner.provenance import Environment
from ..runner.result_store import Result
from . import receipt_parts
from .row_records import plain, row_record
from .score_records import GroupRecord, Interval, ProofRecord, ScoreRecord, Strict
from .tables.answers_table import answers_digest
from .tables.cells_table import CELLS
from .tables.parquet_table import Content
from .tables.parquet_writing import SCHEMA
from .untrusted import Flaw, json_of


class SuiteRecord(Strict):
    # with what was changed of the suite behind a plus: smoke+mlp-s
    id: str = pydantic.Field(pattern=r"^[a-z0-9][a-z0-9.+=_-]*$", max_length=100)
    title: str
    digest: receipt_parts.Digest


class CellRecord(Strict):
    """One training: what it was, what it read, what it answered."""

    digest: receipt_parts.Digest
    cell: dict[str, Any]  # world, size, exposure, mode, model, plan, the four seeds, …
    failed: str  # empty, or why it has no answers
    corpus: receipt_parts.DigestOrNone = ""
    # digest of all answers and bits at all checkpoints, and of what was written; empty: failed
    predictions: receipt_parts.DigestOrNone = ""
    parameters: int = 0
    flops: float = 0.0
    device: str = ""
    # number among `environments` of what it was trained by; null: it has no result
    environment: int | None = pydantic.Field(None, ge=0)


class EnvironmentRecord(Strict):
    """By what a training was made, as found when it began. Declared: nothing can recompute it."""

    versions: receipt_parts.Versions
    commit: receipt_parts.Commit
    dirty: bool


class RowRecord(Strict):
    label: str
    kind: Literal["ceiling", "floor", "model", "untraced"]
    rungs: dict[str, ScoreRecord]
    apart: dict[str, GroupRecord]
    absent: dict[str, str]
    left_out: dict[str, int]  # group apart -> questions of the corpora in it, put or not
    untrained: bool  # its recall is below 0.95: it stands in no comparison
    malformed: Interval
    controls: dict[str, dict[str, Any]]
    proofs: dict[str, ProofRecord]  # rung -> the proofs written, in chain mode
    load: float | None
    reach: dict[str, Interval] | None  # distance, log10 of conclusions
    runs: int  # trainings that it should be the mean of
    failed: int  # of these, those that gave nothing

    @property
    def name(self) -> str:
        """The label, with how many of its runs failed."""
        return with_failed(self.label, self.failed, self.runs)


class PanelRecord(Strict):
    name: str
    rows: receipt_parts.Many[RowRecord]
    profiles: receipt_parts.Many[receipt_parts.ProfileDict]
    # label of a model -> a verdict per rung
    verdicts: dict[str, receipt_parts.Many[receipt_parts.VerdictDict]]
    sentence: str
    missing_runs: receipt_parts.Many[receipt_parts.MissingRunRecord]


class Times(Strict):
    """All that may differ between two runs."""

    # UTC, ISO 8601
    finished: str = pydantic.Field(pattern=r"^\d{4}-\d\d-\d\dT[0-9:.+Z-]{1,24}$")
    seconds: dict[str, float]  # digest of a cell -> its training, compilation included


class Receipt(Strict):
    """Fields of schema 1 stay as they are: another set of fields has another schema."""

    schema_: Literal[1] = pydantic.Field(SCHEMA, alias="schema")
    suite: SuiteRecord
    cells: receipt_parts.Many[CellRecord] = pydantic.Field(min_length=1)
    environments: receipt_parts.Many[EnvironmentRecord]  # each once, in the order of the cells
    versions: receipt_parts.Versions
    commit: receipt_parts.Commit
    dirty: bool
    # the version of the definitions that it was made by: what a rung, a floor and a headline are
    definitions: int
    # the declared version of training that it was made by
    training: str = pydantic.Field(pattern=r"^training-[0-9]{1,9}$")
    panels: receipt_parts.Many[PanelRecord]
    # name, of a file beside it -> SHA-256
    files: dict[receipt_parts.FileName, receipt_parts.Digest]
    scaling: dict[str, Any] | None = None  # of `zebroid scale`: what only a sweep can say
    times: Times

    @classmethod
    def of(
        cls, suite: Suite, content: Content, files: Mapping[str, Path], finished: str
    ) -> Receipt:
        """The receipt of a suite whose cells are all finished or failed."""
        commit, dirty = provenance.commit()
        results, environments = content.results, _environments(content)
        record = {
            "schema": SCHEMA,
            "suite": {"id": suite.id, "title": suite.title, "digest": suite.digest},
            "cells": [
                _cell(results[cell.digest], environments)
                if cell.digest in results
                else {
                    "digest": cell.digest,
                    "cell": cell.record(),
                    "failed": content.failures.get(cell.digest, "not run"),
                }
                for cell in suite.cells
            ],
            "environments": environments,
            "versions": provenance.versions() | provenance.packages(suite.cells),
            "commit": commit,
            "dirty": dirty,
            "definitions": DEFINITIONS,
            "training": TRAINING,
            "panels": [_panel(panel, content.panels) for panel in content.panels],
            "files": {
                name: canonical.digest_bytes([path.read_bytes()]) for name, path in files.items()
            },
            "times": {
                "finished": finished,
                "seconds": {digest: result.run.seconds for digest, result in results.items()},
            },
        }
        # strict as for any reader: what could not be read again is an error here already
        return cls.model_validate(json.loads(canonical.text(clean(record))))

    @classmethod
    def read(cls, path: Path, any_definitions: bool = False) -> Receipt:
        """A receipt from disk, whoever wrote it; UserError, one line, for anything else.

        A ``Flaw`` among these is a receipt that contradicts itself. One that was made with other
        definitions is refused, but with ``any_definitions``, where its numbers are not used.
        """
        content, infinite = json_of(path)
        found = content.get("schema") if isinstance(content, dict) else None
        if type(found) is not int or found != SCHEMA:
            raise InvalidReceipt(
                f"{path} has schema {printable(repr(found), 40)}; this version reads schema "
                f"{SCHEMA}: give a receipt written by it"
            )
        made = content.get("definitions", 1)
        if (made != DEFINITIONS and not any_definitions) or type(made) is not int:
            raise InvalidReceipt(
                f"{path} was made with definitions {printable(repr(made), 40)}; this version "
                f"computes {DEFINITIONS}, and numbers of different definitions are never compared: "
                "run its suite again"
            )
        try:
            receipt = cls.model_validate(content)
        except pydantic.ValidationError as error:
            why = printable(receipt_parts.first_of(error), 300)
            raise InvalidReceipt(
                f"{path} is no receipt of schema {SCHEMA}: {why}; "
                "it was written by another version or changed by hand"
            ) from None
        flaw = f"a number is {infinite}" if infinite else next(receipt_parts.flaws(receipt), "")
        if flaw:
            raise Flaw(f"{path}: {flaw}; it was changed by hand")
        return receipt

    @property
    def lasting(self) -> dict[str, Any]:
        """JSON-ready: what equal runs have in common, all but times and the table that has them."""
        content = self.model_dump(by_alias=True, exclude={"times"})
        content["files"].pop(CELLS.file, None)
        return content

    def write(self, path: Path) -> None:
        """Atomically, as canonical JSON."""
        with atomic_write.file(path) as draft:
            text = canonical.text(self.model_dump(by_alias=True), indent=1)
            draft.write_text(text + "\n", "ascii")


def _environments(content: Content) -> list[dict[str, Any]]:
    found = [_environment(r.made) for c in content.cells if (r := content.results.get(c.digest))]
    return [one for i, one in enumerate(found) if one not in found[:i]]


def _environment(made: Environment) -> dict[str, Any]:
    return {"versions": dict(made.versions), "commit": made.commit, "dirty": made.dirty}


def _cell(result: Result, environments: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    run = result.run
    return {
        "digest": result.cell.digest,
        "cell": result.cell.record(),
        "failed": run.failed,
        "corpus": result.corpus,
        "predictions": "" if run.failed else answers_digest(result),
        "parameters": run.parameters,
        "flops": float(run.flops[-1]),
        "device": result.device,
        "environment": environments.index(_environment(result.made)),
    }


def _panel(panel: Panel, others: Sequence[Panel]) -> dict[str, Any]:
    rows = [
        *(row_record(row, "ceiling") for row in panel.ceilings),
        *(row_record(row, "floor") for row in panel.floors),
        *(row_record(row, "model") for row in panel.models),
        *(row_record(row, "untraced") for row in panel.untraced.values()),
    ]
    return {
        "name": panel.name,
        "rows": rows,
        "profiles": profile_records(panel, others),
        "verdicts": {label: [plain(v) for v in found] for label, found in panel.verdicts.items()},
        "sentence": panel.sentence,
        "missing_runs": [dataclasses.asdict(missing_run) for missing_run in panel.missing_runs],
    }


def profile_records(panel: Panel, others: Sequence[Panel]) -> list[dict[str, Any]]:
    """JSON-ready content of the profiles of a panel's models."""
    return [plain(found) for found in profiles(panel, others)]
