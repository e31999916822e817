"""What can be had in a world without its rules, and whether it keeps what it declares of that."""

from __future__ import annotations

from collections.abc import Iterator

from ....eval.floors.floor_table import LEAST
from ....eval.stats.intervals import wilson
from ....worlds import instruments
from ....worlds.novelty.rungs import RUNGS
from ..floor_means import Means
from ..framework import Moot, Refused
from .world_fixture import Subject

# An instrument beyond association: what may be had there without the rule, as a share of questions.
ABOVE_CHANCE = 0.05  # association's score above chance's
BLINDED = 0.25  # a blinded deducer's score
CURES = {
    "association": "spread the answers (permutations leave no commonest one), make no two "
    "relations alike, or demonstrate less of what resembles a question",
    "blinded": "let the ingredient decide more (more relations, more held out), so that a rule "
    "without it misleads",
}


def floors(subject: Subject) -> str:
    """The floor of each instrument, by three seeds at a size that is scored, by one at tiny."""
    found = subject.floors
    if not found:
        raise Moot("no instrument has the questions for a floor at this size")
    lacks = {rung for rung, _ in instruments.instruments(subject.world)} - {m.rung for m in found}
    if lacks and subject.size != "tiny":
        rung = min(lacks, key=RUNGS.index)
        raise Refused(
            f"{rung} is promised, and no cue has {LEAST} headline questions of it: no floor, no "
            "score",
            "make the size larger, hold back more of what this rung needs (exposure), or take it "
            "out of `rungs`",
        )
    shares = [f"{m.name} {m.best['floor'].mean:.2f} ({m.named['floor']})" for m in found]
    return f"{', '.join(shares)} (world seeds: {len(subject.floor_records)})"


def beyond_association(subject: Subject) -> str:
    """No strategy that applies no rule gets far on an instrument that is declared so."""
    declared = instruments.beyond_association(subject.world)
    if not declared:
        raise Moot("the world declares no instrument so")
    found = {(m.rung, m.cue): m for m in subject.floors}
    parts = []
    for rung, cue in declared:
        m = found.get((rung, cue))
        if m is None:
            parts.append(f"{rung} {cue}: too few questions at this size")
            continue
        for why in _refusals(subject, m):
            raise why
        parts.append(f"{m.name}: {', '.join(_bests(m))}")
    return "; ".join(parts)


def _refusals(subject: Subject, m: Means) -> Iterator[Refused]:
    """Of each family that gets more than it may. At size tiny it must do so surely: the lower end
    of the 95% interval over its few questions lies above the bound."""
    for family, bound in (
        ("association", m.best["chance"].mean + ABOVE_CHANCE),
        ("blinded", BLINDED),
    ):
        level = m.best.get(family)
        if level is None:
            continue
        score, least = level.mean, level.mean
        if subject.size == "tiny":
            n = sum(_questions(subject, m, family))
            least = float(wilson(score, n)[0])  # type: ignore[arg-type]
        if least > bound:
            yield Refused(
                f"{m.name} is declared beyond association, and {m.named[family]} gets {score:.2f}, "
                f"more than {bound:.2f}",
                f"{CURES[family]}; or leave ({m.rung!r}, {m.cue!r}) out of `beyond_association`",
            )


def _questions(subject: Subject, m: Means, family: str) -> Iterator[int]:
    """How many questions of each seed a family's best counts."""
    for record in subject.floor_records:
        for i in record["instruments"]:
            if (i["rung"], i["cue"]) == (m.rung, m.cue) and family in i["best"]:
                yield i["best"][family]["questions"]


def _bests(m: Means) -> Iterator[str]:
    for family in ("chance", "association", "blinded"):
        if family in m.best:
            yield f"{family} {m.best[family].mean:.2f}"
