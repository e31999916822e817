"""Scores as a receipt holds them: each with its interval, beside its floor."""

from __future__ import annotations

import pydantic


class Strict(pydantic.BaseModel):
    """A record without other fields than these, of these very types."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, strict=True)


class Interval(Strict):
    """A mean with its 95% interval; null where there is none."""

    mean: float | None
    low: float | None
    high: float | None
    over: str  # what was resampled


class FloorRecord(Strict):
    """What can be had without the rule; means over worlds, null where not measured."""

    value: float
    uniform: float
    strategy: str
    family: str
    chance: float | None
    association: float | None
    blinded: float | None
    spreading: float | None
    likeness: float | None
    worlds: dict[str, float]  # digest of a corpus -> its floor


class NormalisedRecord(Strict):
    """(score - floor) / (1 - floor); ``value`` is 0 where the paired interval includes 0."""

    value: float
    mean: float
    low: float
    high: float
    floor: float
    over: str


class LiftRecord(Strict):
    """Swap lift, the least over parts of the prompt."""

    value: float
    low: float
    high: float
    part: str
    over: str
    n: int


class AgreementRecord(Strict):
    """With likeness; null where there is nothing to count."""

    where_right: float | None
    where_wrong: float | None
    shared_errors: float | None


class ScoreRecord(Strict):
    rung: str
    cue: str  # empty: recall, of all cues
    questions: int
    accuracy: Interval  # in chain mode with a valid proof
    answers: Interval | None  # of a chain: exact match whatever the proof
    normalised: NormalisedRecord | None  # null: reuse by likeness
    bits: Interval | None
    floor: FloorRecord
    lift: LiftRecord | None
    agreement: AgreementRecord | None
    suppressed: bool
    worlds: dict[str, float]  # digest of a corpus -> accuracy


class GroupRecord(Strict):
    """A group of questions that no headline counts, or a cell of an instrument."""

    questions: int
    accuracy: Interval
    bits: Interval | None
    floor: FloorRecord | None


class ProofRecord(Strict):
    questions: int
    valid: Interval  # share of questions with a valid proof
    leaning: Interval  # of questions: its valid proof leans on a demonstrated conclusion
    earned: Interval | None  # share of right answers with one
