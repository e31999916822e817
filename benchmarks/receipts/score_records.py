"""Scores as a receipt holds them: each with its interval, beside its floor."""

from __future__ import annotations

import pydantic


class Strict(pydantic.BaseModel):
    """A record without other fields than these, of these very types."""

    model_config = pydantic.ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class Interval(Strict):
    """A mean with its 95% interval; null where there is none."""

    mean: float | None
    """Over all runs."""
    low: float | None
    """Lower end of the 95% interval."""
    high: float | None
    """Upper end of the 95% interval."""
    over: str
    """What the interval is over: worlds, runs, questions or patterns."""


class FloorRecord(Strict):
    """What can be had without the rule; means over worlds, null where not measured."""

    value: float
    """The best of chance, association and blinded deducers in each world."""
    uniform: float
    """A guess among all values of the answer's sort."""
    strategy: str
    """The best in most worlds."""
    family: str
    """Its kind: chance, association or blinded."""
    chance: float | None
    """The best of uniform, commonest and exclusion."""
    association: float | None
    """The best of stated only, profile copy and likeness."""
    blinded: float | None
    """The best deducer that is blind to one ingredient of the rule, on its pivotal questions."""
    spreading: float | None
    """Spreading activation: a test of the world, no part of the floor."""
    likeness: float | None
    """Answers copied from the most similar thing: a part of association."""
    worlds: dict[str, float]
    """SHA-256 of a corpus -> its floor."""


class NormalisedRecord(Strict):
    """(score - floor) / (1 - floor)."""

    value: float
    """As it is printed: 0 where the paired interval includes 0."""
    mean: float
    """As in the data."""
    low: float
    """Lower end of the paired 95% interval."""
    high: float
    """Upper end of the paired 95% interval."""
    floor: float
    """Mean of the floors over worlds."""
    over: str
    """What the interval is over: worlds, questions or patterns."""


class LiftRecord(Strict):
    """Swap lift, the least over parts of the prompt."""

    value: float
    """P(answer is right) - P(answer is right for another prompt)."""
    low: float
    """Lower end of the paired 95% interval."""
    high: float
    """Upper end of the paired 95% interval."""
    part: str
    """Which words of the prompt the other prompts share: 1+2; none."""
    over: str
    """What the interval is over: worlds, questions or patterns."""
    n: int
    """Questions, over all worlds."""


class AgreementRecord(Strict):
    """With likeness; null where there is nothing to count."""

    where_right: float | None
    """Share of exact answers where likeness is right."""
    where_wrong: float | None
    """Share of exact answers where likeness is wrong."""
    shared_errors: float | None
    """Share of the wrong answers that are likeness's."""


class RivalsRecord(Strict):
    """The right answer against wrong ones that every count of the texts ranks alike with it."""

    right: float
    """Share of exact answers, where there is a rival."""
    rival: float
    """Share of answers that are one of a question's rivals, over their number."""
    low: float
    """Lower end of the paired 95% interval of right less rival."""
    high: float
    """Upper end of it."""
    over: str
    """What the interval is over: worlds, questions or patterns."""
    share: float
    """Of the questions, those that have a rival: at least half."""
    n: int
    """Questions that have one, over all worlds."""


class ScoreRecord(Strict):
    """The score of a row on recall or on an instrument, at the last checkpoint."""

    rung: str
    """Of recall or of the instrument."""
    cue: str
    """The query; empty: recall, of all queries."""
    questions: int
    """Different questions that were scored, over all worlds."""
    accuracy: Interval
    """Share of exact answers; in chain mode with a valid proof."""
    answers: Interval | None
    """In chain mode: share of exact answers whatever the proof; null elsewhere."""
    normalised: NormalisedRecord | None
    """0 at the floor, 1 where all is right; null: reuse by likeness, or recall."""
    bits: Interval | None
    """-log2 of the summed probability of the right answers; null: not known of every run."""
    floor: FloorRecord
    """What can be had without the rule."""
    lift: LiftRecord | None
    """Swap lift, of rungs that need a rule; null: of others."""
    agreement: AgreementRecord | None
    """Agreement with likeness, of rungs that need a rule; null: of others."""
    rivals: RivalsRecord | None
    """Exact rivals, of rungs that need a rule; null: of others, or fewer than half have one."""
    suppressed: bool
    """Whether the score is below uniform guessing, of a model that has learned its corpus."""
    worlds: dict[str, float]
    """SHA-256 of a corpus -> accuracy there."""


class GroupRecord(Strict):
    """A group of questions that no headline counts, or a cell of an instrument."""

    questions: int
    """Different questions that were scored, over all worlds."""
    accuracy: Interval
    """Share of exact answers; of a cell of an instrument in chain mode with a valid proof."""
    bits: Interval | None
    """-log2 of the summed probability of the right answers; null: not known of every run."""
    floor: FloorRecord | None
    """Of a cell of an instrument; other groups have none."""


class ProofRecord(Strict):
    """The proofs that a row wrote to the questions of recall or of an instrument."""

    questions: int
    """Different questions that were scored, over all worlds."""
    valid: Interval
    """Share of questions with a valid proof."""
    leaning: Interval
    """Share of questions whose valid proof leans on a demonstrated conclusion."""
    earned: Interval | None
    """Share of right answers with a valid proof; null: no answer is right."""
