"""The profile of a model: how much it reuses, recombines and deduces, instrument by instrument.

*Reuse* is instance; *recombination* is constituent, schema and depth, each by itself and never
their mean; *deduction* is axiom, above its twin whose rule sentences were shuffled, and its lift.
Scores are normalised (0 = floor, 1 = perfect), differences are of exact match and paired by world;
all at the last checkpoint, with 95% intervals.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from ..stats.intervals import difference, student
from .exchanged_rules import ExchangedRules
from .rung_score import RungScore
from .score import Row

KINDS: Mapping[str, str] = {  # rung -> what it is a part of
    "instance": "reuse",
    "constituent": "recombination",
    "schema": "recombination",
    "depth": "recombination",
    "axiom": "deduction",
}
SCORE, ABOVE_TWIN, LIFT, STATING = "score", "above its twin", "lift", "gain from stating"
GAP, OBEYED = "true minus exchanged", "obeys exchanged rules"
GAIN = ", gain from stating"  # ends the label of what stating the rules adds
EXCHANGE = ", exchanged rules"  # ends the label of what exchanging rules takes away
NO_EVIDENCE = "no evidence of a rule"  # of a difference, where likeness exceeds chance + .1


@dataclasses.dataclass(frozen=True)
class Share:
    """One number of a profile with its 95% interval, or why there is none."""

    kind: str  # "reuse", "recombination" or "deduction"
    instrument: str
    measure: str  # "score" (normalised), or another of the names above
    value: float | None
    low: float | None
    high: float | None
    over: str = ""  # the interval's unit: "worlds" (paired), "runs", "questions", "patterns"
    note: str = ""  # NO_EVIDENCE or empty
    absent: str = ""  # why there is no number

    def __str__(self) -> str:
        if self.value is None:
            return f"absent: {self.absent}"
        text = f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"
        return f"{text} ({self.note})" if self.note else text


@dataclasses.dataclass(frozen=True)
class Profile:
    """The shares of one model, by rung; those of a difference have its name in their label."""

    label: str
    shares: tuple[Share, ...]

    def of(self, kind: str) -> tuple[Share, ...]:
        """The shares of "reuse", "recombination" or "deduction"."""
        return tuple(s for s in self.shares if s.kind == kind)


def profile(row: Row, shuffled: Row | None = None) -> Profile:
    """The profile of ``row``; ``shuffled`` is the same model on the twin with shuffled rules."""
    shares = []
    for name, rung in _instruments(row):
        kind, score = KINDS[rung], row.rungs.get(name)
        if score is None or row.untrained:
            why = _untrained(row) if row.untrained else row.absent[name]
            shares.append(_none(kind, name, SCORE, why))
            continue
        shares.append(_normalised(kind, score))
        if rung == "axiom":
            shares += [_above(row, shuffled, name), _lift(score)]
    return Profile(row.label, tuple(shares))


def stating(both: Row, exemplified: Row) -> Profile:
    """What stating the rules adds: exact match with rules given both ways minus examples only."""
    shares = []
    for name, rung in _instruments(both):
        why = _missing(both, name) or _missing(exemplified, name)
        shares.append(
            _none(KINDS[rung], name, STATING, why)
            if why
            else _difference(both, exemplified, name, STATING)
        )
    return Profile(both.label + GAIN, tuple(shares))


def exchanging(row: Row, found: Mapping[str, ExchangedRules]) -> Profile:
    """What exchanging the sentences of rules stated alone takes away, with patterns as the unit:
    P(true answer | true sentences) - P(true answer | exchanged), and how often the model answers as
    the exchanged sentence says."""
    shares = []
    for name, rung in _instruments(row):
        if rung != "axiom":
            continue
        why = _missing(row, name) or ("" if name in found else "exchanging changes no answer")
        for measure in (GAP, OBEYED):
            if why:
                shares.append(_none("deduction", name, measure, why))
                continue
            one = found[name].gap if measure == GAP else found[name].obeyed
            ends = one.mean, one.low, one.high
            shares.append(Share("deduction", name, measure, *ends, "patterns"))
    return Profile(row.label + EXCHANGE, tuple(shares))


def paired(more: RungScore, less: RungScore, seeds: Mapping[str, tuple[int, int]]) -> Difference:
    """The difference of exact match of two rows on one instrument, at the last checkpoint.

    Paired by the world and exposure seeds of their corpora (digest -> both, of all corpora) where
    at least two pairs are there; else of two independent scores.
    """
    mine = {seeds[digest]: value for digest, value in more.worlds.items()}
    theirs = {seeds[digest]: value for digest, value in less.worlds.items()}
    common = [s for s in mine if s in theirs]
    if len(common) < 2:
        return Difference(*difference(more.accuracy, less.accuracy), more.accuracy.over)
    step = np.array([[mine[s] - theirs[s]] for s in common])
    low, high = student(step)
    return Difference(float(step.mean()), float(low[0]), float(high[0]), "worlds")


@dataclasses.dataclass(frozen=True)
class Difference:
    """A difference with its 95% interval."""

    value: float
    low: float
    high: float
    over: str  # "worlds": paired; "runs" or "questions": of two independent scores


def _instruments(row: Row) -> list[tuple[str, str]]:
    """(name, rung) of the instruments of a row, those without a score too."""
    return [(name, rung) for name, rung in row.instruments.items() if rung in KINDS]


def _normalised(kind: str, score: RungScore) -> Share:
    found = score.normalised
    if found is None:
        why = f"reuse by likeness: its floor is {score.floor.value:.2f}, {score.floor.strategy}"
        return _none(kind, score.name, SCORE, why)
    return Share(kind, score.name, SCORE, found.value, found.low, found.high, found.over)


def _above(row: Row, shuffled: Row | None, name: str) -> Share:
    if shuffled is None:
        return _none("deduction", name, ABOVE_TWIN, "no twin with shuffled rules to compare with")
    why = _missing(shuffled, name)
    if why:
        return _none("deduction", name, ABOVE_TWIN, f"its twin has no score: {why}")
    return _difference(row, shuffled, name, ABOVE_TWIN)


def _lift(score: RungScore) -> Share:
    if score.lift is None:
        why = "no other prompts share a part with nine in ten"
        return _none("deduction", score.name, LIFT, why)
    lift = score.lift
    return Share("deduction", score.name, LIFT, lift.value, lift.low, lift.high, lift.over)


def _difference(more: Row, less: Row, name: str, measure: str) -> Share:
    score = more.rungs[name]
    found = paired(score, less.rungs[name], {**more.seeds, **less.seeds})
    note = NO_EVIDENCE if score.floor.likened else ""
    kind = KINDS[score.rung]
    return Share(kind, name, measure, found.value, found.low, found.high, found.over, note)


def _missing(row: Row, name: str) -> str:
    """Why a row has no score of an instrument that counts; empty where it has."""
    if row.untrained:
        return _untrained(row)
    return "" if name in row.rungs else row.absent.get(name, "no such instrument")


def _untrained(row: Row) -> str:
    recall = row.rungs["recall"].accuracy.mean[-1]
    return f"untrained: it recalls {recall:.2f} of its corpus"


def _none(kind: str, name: str, measure: str, why: str) -> Share:
    return Share(kind, name, measure, None, None, None, absent=why)
