"""Columns of tables and panels of figures, by rung, and the marks of scores."""

from __future__ import annotations

from collections.abc import Iterable

from ...worlds.novelty.rungs import RUNGS
from .rung_score import RungScore


def columns(names: Iterable[str]) -> list[str]:
    """Names of recall and instruments, each once: by rung, then by cue.

    >>> columns(["axiom", "instance has/3", "recall", "instance has/2"])
    ['recall', 'instance has/2', 'instance has/3', 'axiom']
    """
    return sorted({*names}, key=lambda name: (RUNGS.index(name.partition(" ")[0]), name))


def head(name: str) -> str:
    """A column's head: the cue below the rung."""
    return name.replace(" ", "\n", 1)


AT_FLOOR, SUPPRESSED, LIKENESS = "°", "↓", "≈"
MARKS = (
    f"{AT_FLOOR} not surely above the floor; {SUPPRESSED} surely below uniform guessing; "
    f"{LIKENESS} reuse by likeness, no sign of a rule"
)


def mark(score: RungScore) -> str:
    """What a score of a model is marked with; recall is raw, and never marked as at its floor."""
    if score.surely_suppressed[-1]:
        return SUPPRESSED
    if score.rung == "recall":
        return ""
    if score.floor.reuse or score.normalised is None:
        return LIKENESS
    return AT_FLOOR if score.normalised.low <= 0 else ""
