"""The receipt of a suite: one canonical JSON, enough to verify every number and to cite it.

Two runs of the same cells by the same code on the same CPU give equal receipts, but for the block
``times``. Beside it lie Parquet files, named here with their SHA-256. Nothing is pickled.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic

from ..eval.intervals import Band
from ..eval.labels import with_failed
from ..eval.proofs import ProofScore
from ..eval.score import Row, RungScore
from ..eval.verdict import Verdict
from ..models.version import TRAINING
from ..registry import UserError
from . import canonical, disk, provenance, records
from .panel import Panel, profiles
from .printable import clean, printable
from .results import Result
from .run import Outcome
from .suite import Suite
from .untrusted import Flaw, json_of

SCHEMA = 0


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, strict=True)


class SuiteRecord(_Strict):
    id: str = pydantic.Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=100)
    title: str
    digest: records.Digest


class CellRecord(_Strict):
    """One training: what it was, what it read, what it answered."""

    digest: records.Digest
    cell: dict[str, Any]  # world, size, exposure, mode, model, plan, the four seeds, …
    failed: str  # empty, or why it has no answers
    corpus: records.DigestOrNone = ""
    predictions: records.DigestOrNone = ""  # digest of all answers and bits at all checkpoints
    parameters: int = 0
    flops: float = 0.0
    device: str = ""


class Interval(_Strict):
    """A mean with its 95% interval; null where nothing can be shown."""

    mean: float | None
    low: float | None
    high: float | None
    over: str  # what was resampled


class ScoreRecord(_Strict):
    questions: int
    accuracy: Interval
    normalised: Interval
    bits: Interval | None
    chance: float
    uniform: float
    method: str
    suppressed: bool


class ProofRecord(_Strict):
    questions: int
    valid: Interval  # share of questions with a valid proof
    earned: Interval | None  # share of right answers with one


class RowRecord(_Strict):
    label: str
    kind: Literal["ceiling", "interpolator", "model", "untraced"]
    rungs: dict[str, ScoreRecord]
    apart: dict[str, ScoreRecord]
    absent: dict[str, str]
    malformed: Interval
    controls: dict[str, dict[str, Any]]
    proofs: dict[str, ProofRecord]  # rung -> the proofs written, in chain mode
    load: float | None
    reach: dict[str, Interval] | None = None  # height, log10 of conclusions; older ones have none
    runs: int | None = None  # trainings that it should be the mean of; older ones have no number
    failed: int | None = None  # of these, those that gave nothing

    @property
    def name(self) -> str:
        """The label, with how many of its runs failed."""
        return with_failed(self.label, self.failed or 0, self.runs or 0)


class PanelRecord(_Strict):
    name: str
    rows: records.Many[RowRecord]
    profiles: records.Many[records.ProfileDict]
    # label of a model -> a verdict per rung
    verdicts: dict[str, records.Many[records.VerdictDict]]
    sentence: str
    holes: records.Many[records.HoleDict]


class Times(_Strict):
    """All that may differ between two runs."""

    # UTC, ISO 8601
    finished: str = pydantic.Field(pattern=r"^\d{4}-\d\d-\d\dT[0-9:.+Z-]{1,24}$")
    seconds: dict[str, float]  # digest of a cell -> its training, compilation included


class Receipt(_Strict):
    """``schema`` 0: fields may still change with any version."""

    schema_: Literal[0] = pydantic.Field(SCHEMA, alias="schema")
    suite: SuiteRecord
    cells: records.Many[CellRecord] = pydantic.Field(min_length=1)
    versions: Annotated[dict[str, str], pydantic.AfterValidator(records.versions)]
    commit: str = pydantic.Field(pattern=r"^[0-9a-f]{0,64}$")
    dirty: bool
    training: str = pydantic.Field(pattern=r"^training-[0-9]{1,9}$")  # the declared version of training that it was made by
    panels: records.Many[PanelRecord]
    files: dict[records.FileName, records.Digest]  # name, of a file beside it -> SHA-256
    scaling: dict[str, Any] | None = None  # of `zebroid scale`: what only a sweep can say
    times: Times

    @classmethod
    def of(
        cls,
        suite: Suite,
        outcome: Outcome,
        panels: Sequence[Panel],
        files: Mapping[str, Path],
        finished: str,
    ) -> Receipt:
        """The receipt of a suite whose cells are all finished or failed."""
        commit, dirty = provenance.commit()
        results = {result.cell.digest: result for result in outcome.results}
        content = {
            "schema": SCHEMA,
            "suite": {"id": suite.id, "title": suite.title, "digest": suite.digest},
            "cells": [
                _cell(results[cell.digest])
                if cell.digest in results
                else {
                    "digest": cell.digest,
                    "cell": cell.record(),
                    "failed": outcome.failures.get(cell.digest, "not run"),
                }
                for cell in suite.cells
            ],
            "versions": provenance.versions() | provenance.packages(suite.cells),
            "commit": commit,
            "dirty": dirty,
            "training": TRAINING,
            "panels": [_panel(panel, panels) for panel in panels],
            "files": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files.values()
            },
            "times": {
                "finished": finished,
                "seconds": {digest: result.run.seconds for digest, result in results.items()},
            },
        }
        # strict as for any reader: what could not be read again is an error here already
        return cls.model_validate(json.loads(canonical.text(clean(content))))

    @classmethod
    def read(cls, path: Path) -> Receipt:
        """A receipt from disk, whoever wrote it; UserError, one line, for anything else.

        A ``Flaw`` among these is a receipt that contradicts itself.
        """
        content, infinite = json_of(path)
        found = content.get("schema") if isinstance(content, dict) else None
        if type(found) is not int or found != SCHEMA:
            raise UserError(
                f"{path} has schema {printable(repr(found), 40)}; this version reads schema "
                f"{SCHEMA}: give a receipt written by it"
            )
        try:
            receipt = cls.model_validate(content)
        except pydantic.ValidationError as error:
            why = printable(records.first_of(error), 300)
            raise UserError(
                f"{path} is no receipt of schema {SCHEMA}: {why}; "
                "it was written by another version or changed by hand"
            ) from None
        flaw = f"a number is {infinite}" if infinite else next(records.flaws(receipt), "")
        if flaw:
            raise Flaw(f"{path}: {flaw}; it was changed by hand")
        return receipt

    def write(self, path: Path) -> None:
        """Atomically, as canonical JSON."""
        with disk.file(path) as draft:
            text = canonical.text(self.model_dump(by_alias=True), indent=1)
            draft.write_text(text + "\n", "ascii")


def _cell(result: Result) -> dict[str, Any]:
    run = result.run
    return {
        "digest": result.cell.digest,
        "cell": result.cell.record(),
        "failed": run.failed,
        "corpus": result.corpus,
        "predictions": result.predictions,
        "parameters": run.parameters,
        "flops": float(run.flops[-1]),
        "device": result.device,
    }


def _panel(panel: Panel, others: Sequence[Panel]) -> dict[str, Any]:
    rows = [
        *(row_record(row, "ceiling") for row in panel.ceilings),
        *(row_record(row, "interpolator") for row in panel.interpolators),
        *(row_record(row, "model") for row in panel.models),
        *(row_record(row, "untraced") for row in panel.untraced.values()),
    ]
    return {
        "name": panel.name,
        "rows": rows,
        "profiles": profile_records(panel, others),
        "verdicts": {label: [plain(v) for v in found] for label, found in panel.verdicts.items()},
        "sentence": panel.sentence,
        "holes": [dataclasses.asdict(hole) for hole in panel.holes],
    }


def profile_records(panel: Panel, others: Sequence[Panel]) -> list[dict[str, Any]]:
    """JSON-ready content of the profiles of a panel's models."""
    return [plain(found) for found in profiles(panel, others)]


def row_record(row: Row, kind: str) -> dict[str, Any]:
    """JSON-ready content of one row."""
    return {
        "label": row.label,
        "kind": kind,
        "rungs": {name: _score(score) for name, score in row.rungs.items()},
        "apart": {name: _score(score) for name, score in row.apart.items()},
        "absent": dict(row.absent),
        "malformed": plain(row.malformed),
        "controls": {name: plain(found) for name, found in row.controls.items()},
        "proofs": {name: _proofs(found) for name, found in row.proofs.items()},
        "load": row.load,
        "reach": None if row.reach is None else plain(row.reach),
        "runs": row.runs,
        "failed": row.failed,
    }


def _score(score: RungScore) -> dict[str, Any]:
    return {
        "questions": score.n,
        "accuracy": plain(score.accuracy),
        "normalised": plain(score.normalised),
        "bits": None if score.bits is None else plain(score.bits),
        "chance": score.chance.value,
        "uniform": score.chance.uniform,
        "method": score.chance.method,
        "suppressed": bool(score.suppressed[-1]),
    }


def _proofs(found: ProofScore) -> dict[str, Any]:
    earned = None if found.earned is None else plain(found.earned)
    return {"questions": found.n, "valid": plain(found.valid), "earned": earned}


def verdict_of(told: Mapping[str, Any]) -> Verdict:
    """A verdict read back from a receipt, without the laws beside it; older ones tell no unit."""
    known = ("rung", "kind", "ceiling", "evidence", "budget", "level", "error", "unit")
    return Verdict(**{key: told[key] for key in known if told.get(key) is not None})


def plain(value: Any) -> Any:
    """JSON-ready content of the dataclasses of eval/; a band as its last checkpoint."""
    if isinstance(value, Band):
        return dict(zip(("mean", "low", "high"), value.at())) | {"over": value.over}
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    return [plain(item) for item in value] if isinstance(value, tuple) else value
