"""Rows of scores and verdicts as a receipt holds them, and verdicts back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ...eval.scoring.proof_validity import ProofScore
from ...eval.scoring.rung_score import GroupScore, RungScore
from ...eval.scoring.score import Row
from ...eval.stats.intervals import Band
from ...eval.stats.trend import Slope
from ...eval.verdicts.verdict import Verdict


def row_record(row: Row, kind: str) -> dict[str, Any]:
    """JSON-ready content of one row."""
    return {
        "label": row.label,
        "kind": kind,
        "rungs": {name: _score(score) for name, score in row.rungs.items()},
        "apart": {name: _group(score) for name, score in row.apart.items()},
        "absent": dict(row.absent),
        "left_out": dict(row.left_out),
        "untrained": row.untrained,
        "malformed": plain(row.malformed),
        "controls": {name: plain(found) for name, found in row.controls.items()},
        "proofs": {name: _proofs(found) for name, found in row.proofs.items()},
        "load": row.load,
        "reach": None if row.reach is None else plain(row.reach),
        "runs": row.runs,
        "failed": row.failed,
    }


def _score(score: RungScore) -> dict[str, Any]:
    found = score.normalised
    return {
        "rung": score.rung,
        "cue": score.cue,
        "questions": score.n,
        "accuracy": plain(score.accuracy),
        "answers": None if score.answers is None else plain(score.answers),
        "normalised": None if found is None else plain(found) | {"value": found.value},
        "bits": None if score.bits is None else plain(score.bits),
        "floor": plain(score.floor),
        "lift": None if score.lift is None else plain(score.lift),
        "agreement": None if score.agreement is None else plain(score.agreement),
        "rivals": None if score.rivals is None else plain(score.rivals),
        "suppressed": bool(score.suppressed[-1]),
        "worlds": dict(score.worlds),
    }


def _group(score: GroupScore) -> dict[str, Any]:
    """A cell of an instrument stands beside its floor, other groups have none."""
    return {
        "questions": score.n,
        "accuracy": plain(score.accuracy),
        "bits": None if score.bits is None else plain(score.bits),
        "floor": plain(score.floor) if isinstance(score, RungScore) else None,
    }


def _proofs(found: ProofScore) -> dict[str, Any]:
    earned = None if found.earned is None else plain(found.earned)
    valid, leaning = plain(found.valid), plain(found.leaning)
    return {"questions": found.n, "valid": valid, "leaning": leaning, "earned": earned}


def verdict_of(text: Mapping[str, Any]) -> Verdict:
    """A verdict read back from a receipt, without the laws beside it; older ones name no unit."""
    known = ("rung", "kind", "ceiling", "evidence", "budget", "level", "error", "unit")
    found = {key: text[key] for key in known if text.get(key) is not None}
    slope = text.get("slope")
    return Verdict(**found, slope=None if slope is None else Slope(**slope))


def plain(value: Any) -> Any:
    """JSON-ready content of the dataclasses of eval/; a band as its last checkpoint."""
    if isinstance(value, Band):
        return dict(zip(("mean", "low", "high"), value.at())) | {"over": value.over}
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value
