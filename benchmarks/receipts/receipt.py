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
from .receipt_records import CellRecord, EnvironmentRecord, PanelRecord, SuiteRecord, Times
from .row_records import plain, row_record
from .score_records import Strict
from .tables.cells_table import CELLS
from .tables.parquet_table import Content
from .tables.parquet_writing import SCHEMA
from .untrusted import Flaw, json_of


class Receipt(Strict):
    """Fields of schema 1 stay as they are: another set of fields has another schema."""

    schema_: Literal[1] = pydantic.Field(SCHEMA, alias="schema")
    """Version of this format."""
    suite: SuiteRecord
    """Which grid was run."""
    cells: receipt_parts.Many[CellRecord] = pydantic.Field(min_length=1)
    """One record a training, in the order of the suite."""
    environments: receipt_parts.Many[EnvironmentRecord]
    """By what the trainings were made: each once, in the order of the cells."""
    versions: receipt_parts.Versions
    """Package -> version, of what computed the scores and wrote the receipt. Declared."""
    commit: receipt_parts.Commit
    """Commit of zebroid's repository that wrote the receipt; empty: installed from a package.
    Declared."""
    dirty: bool
    """Whether files differed from that commit. Declared."""
    definitions: int
    """Version of the definitions by which it was scored: of rungs, floors and headlines."""
    training: str = pydantic.Field(pattern=r"^training-[0-9]{1,9}$")
    """Declared version of training by which every cell was trained."""
    panels: receipt_parts.Many[PanelRecord]
    """Scores: one panel a world, size and exposure."""
    files: dict[receipt_parts.FileName, receipt_parts.Digest]
    """Name of a table beside it -> SHA-256 of the file."""
    scaling: dict[str, Any] | None = None
    """Of `zebroid scale`: what only a sweep can say; null: it was none."""
    times: Times
    """All that may differ between two runs."""

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
    def read(cls, path: Path) -> Receipt:
        """A receipt from disk, whoever wrote it; UserError, one line, for anything else.

        A ``Flaw`` among these is a receipt that contradicts itself.
        """
        content, infinite = json_of(path)
        found = content.get("schema") if isinstance(content, dict) else None
        if type(found) is not int or found != SCHEMA:
            raise InvalidReceipt(
                f"{path} has schema {printable(repr(found), 40)}; this version reads schema "
                f"{SCHEMA}: give a receipt written by it{receipt_parts.maker(content)}"
            )
        made = content.get("definitions", 1)
        if made != DEFINITIONS or type(made) is not int:
            raise InvalidReceipt(
                f"{path} was made with definitions {printable(repr(made), 40)}; this version "
                f"computes {DEFINITIONS}, and numbers of different definitions are never compared: "
                f"run its suite again{receipt_parts.maker(content)}"
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
    def failed(self) -> int:
        """How many of its cells have no answers."""
        return sum(bool(cell.failed) for cell in self.cells)

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
        "predictions": result.predictions,
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
