"""What reference solvers and strategies without the rule find on a world: its rungs are what they
say, and its floors where it declares them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ....eval.floors.ceilings import lookup, references
from ....eval.floors.floor_table import LEAST
from ....eval.floors.measured import cue_name
from ....eval.question_sets.question_set import QuestionSet
from ....eval.stats.intervals import wilson
from ....worlds import instruments
from ....worlds.encoding.verbalize import question_in_english
from ....worlds.novelty.rungs import CONTROLS, RUNGS
from ..floor_means import DECISIVE, Means
from ..framework import FAULT, Moot, Refused
from ..soundness.independent_facts import Spread, spread
from .world_fixture import Subject

LADDER = tuple(r for r in RUNGS if r != "mixed")  # mixed is never pure
WITHIN = {  # reference -> the rungs on which it is always right; on the others it never is
    "lookup": LADDER[:1],
    "reuser": LADDER[:2],
    "inductor": LADDER[:5],
    "deducer": LADDER,
}
# An instrument beyond association: what may be had there without the rule, as a share of questions.
ABOVE_CHANCE = 0.05  # association's score above chance's
BLINDED = 0.25  # a blinded deducer's score
# Gates of a size that is scored
CHANCE = 0.2  # most that the best guess may get on an instrument
ANSWERS, FACTS = 20, 50  # fewest different answers and independent facts behind an instrument
NAMED = 5  # most breaches of one promise that are named
NO_FLOOR = "no instrument has the questions for a floor at this size"
CURES = {
    "association": "spread the answers (permutations leave no commonest one), make no two "
    "relations alike, or demonstrate less of what resembles a question",
    "blinded": "let the ingredient decide more (more relations, more held out), so that a rule "
    "without it misleads",
}


def ceilings(subject: Subject) -> str:
    """Reuser, inductor, deducer and lookup: always right up to their rung, never above it."""
    corpus = subject.corpus()
    question_set = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    found = [*references(corpus, question_set.questions), lookup(corpus, question_set.questions)]
    for solver in found:
        right = question_set.right(solver.answer)
        for rung in (*LADDER, *CONTROLS):
            where = np.zeros(len(right), bool)
            where[corpus.of_rung(rung, pure=rung not in CONTROLS)] = True
            # where nothing follows, NONE is right, and to answer it is all that a reference can do
            able = rung in WITHIN[solver.name] or rung in CONTROLS
            _unlike(question_set, f"{solver.name} on {rung}", right != able, where)
        if solver.name == "deducer":
            _unlike(question_set, "deducer", ~right, np.ones(len(right), bool))
    return f"{len(question_set.questions):,} questions, by {', '.join(a.name for a in found)}"


def _unlike(
    question_set: QuestionSet, who: str, odd: NDArray[np.bool_], where: NDArray[np.bool_]
) -> None:
    """Refuse a reference that is not what it is defined to be."""
    wrong = np.flatnonzero(odd & where)
    if len(wrong):
        question = question_in_english(question_set.corpus, int(question_set.questions[wrong[0]]))
        raise Refused(
            f"{who}: {len(wrong)} of {where.sum()} answers are not as defined, first to "
            f"{question!r}",
            FAULT,
        )


def floors(subject: Subject) -> str:
    """The floor of each instrument, by three seeds at a size that is scored, by one at tiny."""
    found = subject.floors
    lacks = {rung for rung, _ in instruments.instruments(subject.world)} - {m.rung for m in found}
    if lacks and subject.size != "tiny":
        rung = min(lacks, key=RUNGS.index)
        raise Refused(
            f"{rung} is promised, and no cue has {LEAST} headline questions of it: no floor, no "
            "score",
            "make the size larger, hold back more of what this rung needs (exposure), or take it "
            "out of `rungs`",
        )
    if not found:
        raise Moot(NO_FLOOR)
    shares = [f"{m.name} {m.best['floor'].mean:.2f} ({m.named['floor']})" for m in found]
    return f"{', '.join(shares)} (world seeds: {len(subject.floor_records)})"


def chance(subject: Subject) -> str:
    """At a size that is scored no guess gets far on any instrument, but on those whose cues are
    declared to have few answers."""
    if not subject.floors:
        raise Moot(NO_FLOOR)
    many = [m for m in subject.floors if m.cue not in subject.world.few_answers]
    high = [m for m in many if m.best["chance"].mean > CHANCE]
    if high and subject.scored:
        worst = max(high, key=lambda m: m.best["chance"].mean)
        rest = [_by_chance(m) for m in high if m is not worst]
        raise Refused(
            f"on {worst.name} chance gets {worst.best['chance'].mean:.2f} "
            f"({worst.named['chance']}), at most {CHANCE} is allowed"
            + (f"; so do {', '.join(rest)}" if rest else ""),
            "let answers have more values, spread them evenly, hold more facts back so that "
            "exclusion says less, or leave the pair out of `instruments`",
        )
    return ", ".join(map(_by_chance, subject.floors))


def _by_chance(found: Means) -> str:
    return f"{found.name} {found.best['chance'].mean:.2f}"


def spread_out(subject: Subject) -> str:
    """Different answers, and facts that vary independently, behind each instrument; the least over
    the world seeds."""
    found: dict[tuple[str, str], list[Spread]] = {}  # name of the instrument, and of its cue
    for seed in subject.floor_seeds:
        corpus = subject.corpus(seeds=(seed, seed))
        every = QuestionSet(corpus, np.arange(len(corpus.prompt)))
        for name, (rung, cue) in every.instruments.items():
            questions = np.flatnonzero(every.headline[name])
            if len(questions) >= LEAST:
                key = name, cue_name(corpus, cue)
                found.setdefault(key, []).append(spread(corpus, rung, questions))
    if not found:
        raise Moot(NO_FLOOR)
    parts, wrong, cures = [], list[str](), dict[str, None]()
    for (name, cue), each in found.items():
        answers, facts = min(s.answers for s in each), min(s.facts for s in each)
        parts.append(f"{name} {answers} answers, {facts} facts")
        few = cue in subject.world.few_answers
        if answers < 2 or (answers < ANSWERS and subject.scored and not few):
            wrong.append(
                f"{name} has {answers} different answer{'s' * (answers > 1)}, "
                f"{2 if few or not subject.scored else ANSWERS} are expected"
            )
            cures["give what is queried for more values"] = None
            if answers > 1:
                cures[f"or name {cue!r} in `few_answers`"] = None
        if facts < FACTS and subject.scored:
            wrong.append(
                f"the questions of {name} rest on {facts} independent facts, {FACTS} are expected"
            )
            cures[
                "make the size larger, or hold more back (exposure.held), so that scores do not "
                "hang on a few facts"
            ] = None
    if wrong:
        more = [f"and {len(wrong) - NAMED} more"] * (len(wrong) > NAMED)
        raise Refused("; ".join([*wrong[:NAMED], *more]), "; ".join(cures))
    return "; ".join(parts)


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
        if m.without and max(w.pivotal.mean for w in m.without.values()) < DECISIVE:
            raise Refused(
                f"{m.name} is declared beyond association, and no premise of a rule decides "
                f"half of its answers: {', '.join(f'{n} {s:.2f}' for n, s in m.idle.items())}",
                "let the ingredients decide more: ask where another one gives another answer",
            )
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
