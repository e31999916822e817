"""The result of a finding as a JSON file: quantities in each world, from which all else follows.

The verdict is no part of it: it is computed from the quantities by the claims and nulls that stand
beside them, whose digest is that of the criterion by which the finding was measured.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import pydantic

from ... import __version__, canonical
from ...errors import UserError
from ...eval.verdicts.replication import UNDECIDED, Judged, Quantity, judge_finding
from ...printable import printable
from ..config.bounded_file import read_bytes
from ..runner import atomic_write, provenance
from .finding import Finding, Trained

MOST = 2**22  # bytes of a result
Line = Annotated[str, pydantic.Field(max_length=300)]
Share = Annotated[float, pydantic.Field(ge=0, le=1)]


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False
    )


class _Quantity(_Strict):
    values: dict[Line, float]
    questions: dict[Line, int]


class FindingResult(_Strict):
    """What was measured of one finding."""

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

    def write(self, folder: Path) -> Path:
        """Writes ``FINDING.json``; its path."""
        path = folder / f"{self.finding}.json"
        with atomic_write.file(path) as draft:
            draft.write_text(canonical.text(self.model_dump(), indent=1) + "\n", "ascii")
        return path

    @classmethod
    def read(cls, path: Path) -> FindingResult:
        """Raises UserError, one line, for what is no result of a finding."""
        data = read_bytes(path, MOST, UserError, "a result of `zebroid replicate`")
        try:
            return cls.model_validate(json.loads(data.decode("ascii")))
        except (ValueError, RecursionError) as error:
            why = printable(" ".join(str(error).split()), 200)
            raise UserError(
                f"{path} is no result of a finding ({why}); replicate it again"
            ) from None


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


def table_of(
    known: Mapping[str, Finding], kept: Mapping[str, FindingResult]
) -> dict[str, Judged | None]:
    """Finding -> what is judged of it; None: not run. Raises UserError as ``judged`` does."""
    return {n: judged(f, kept[n]) if n in kept else None for n, f in known.items()}
