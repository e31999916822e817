"""The result of a finding as a JSON file: quantities in each world, from which all else follows.

The verdict is no part of it: it is computed from the quantities by the claims and nulls that stand
beside them, whose digest is that of the criterion by which the finding was measured.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pydantic

from ... import __version__
from ...errors import UserError
from ...eval.verdicts.replication import UNDECIDED, Judged, Quantity, judge_finding
from ..runner import provenance
from ..runner.record_file import RecordFile, Strict
from .finding import Finding, Trained

Line = Annotated[str, pydantic.Field(max_length=300)]
Share = Annotated[float, pydantic.Field(ge=0, le=1)]


class _Quantity(Strict):
    values: dict[Line, float]
    questions: dict[Line, int]


class FindingResult(RecordFile):
    """What was measured of one finding, as ``FINDING.json``."""

    command = "replicate"
    finding: Line
    criterion: str = pydantic.Field(pattern=r"^[0-9a-f]{64}$")  # Finding.criterion
    quantities: dict[Line, _Quantity]
    recall: dict[Line, Share]  # table of cells -> mean recall; empty where nothing is trained
    missing: int = pydantic.Field(ge=0)  # cells that gave nothing
    minutes: float = pydantic.Field(ge=0)  # of training or computing, all cells together
    version: Line  # of zebroid
    commit: Line
    device: Line

    @property
    def measured(self) -> dict[str, Quantity]:
        """Name -> quantity."""
        return {n: Quantity(q.values, q.questions) for n, q in self.quantities.items()}

    @classmethod
    def of(
        cls,
        finding: Finding,
        quantities: Mapping[str, Quantity],
        minutes: float,
        device: str = "",
        recall: Mapping[str, float] | None = None,
        missing: int = 0,
    ) -> FindingResult:
        """What was measured now, by the code as it is."""
        found = {
            n: {
                "values": {w: float(v) for w, v in q.values.items()},
                "questions": {w: int(k) for w, k in q.questions.items()},
            }
            for n, q in quantities.items()
        }
        return cls.model_validate(
            {
                "finding": finding.id,
                "criterion": finding.criterion,
                "quantities": found,
                "recall": dict(recall or {}),
                "missing": missing,
                "minutes": round(minutes, 3),
                "version": __version__,
                "commit": provenance.commit()[0],
                "device": device,
            }
        )


def judged(finding: Finding, result: FindingResult) -> Judged:
    """What the quantities of a result say of its finding.

    Raises UserError where it was measured by another criterion. Models that have not learned their
    corpus, and cells that gave nothing, leave the finding undecided.
    """
    if result.criterion != finding.criterion:
        raise UserError(
            f"{finding.id} was measured by criterion {result.criterion[:12]}, and is now "
            f"{finding.criterion[:12]}; replicate it again"
        )
    found = judge_finding(finding.claims, finding.nulls, result.measured)
    why = ""
    if isinstance(finding.measured, Trained):
        for table, least in finding.measured.recall.items():
            if result.recall.get(table, 0.0) < least:
                why = f"not learned: recall {result.recall.get(table, 0.0):.2f} in {table}"
    if result.missing:
        why = f"{result.missing} cells gave nothing"
    return dataclasses.replace(found, verdict=UNDECIDED, why=why) if why else found


def results(folder: Path) -> dict[str, FindingResult]:
    """Finding -> its result, of all in a folder."""
    found = [FindingResult.read(path) for path in sorted(folder.glob("*.json"))]
    return {result.finding: result for result in found}
