"""Questions: rungs populated, answers complete, controls true, nothing given away."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from ....worlds.corpus.corpus import NONTHEOREM, Corpus
from ....worlds.corpus.empty_rungs import empty_rungs
from ....worlds.corpus.height_note import height_note
from ....worlds.encoding.verbalize import question_in_english
from ....worlds.novelty.rungs import CONTROLS, LADDER, RUNGS, SPLIT
from ..framework import FAULT, Moot, Refused
from .world_fixture import QUOTA, Row, Rows, Subject, gold_of, rows_of, written

SEEDS = 3  # of world and exposure, on which a quota holds
COVERAGES = (0.5, 0.8)
SPLIT_NAME = re.compile(r"[a-z][a-z0-9.-]*", re.ASCII)


def built(subject: Subject) -> str:
    """The corpus of the size's own exposure keeps what audit.py asks of every corpus."""
    corpus = subject.corpus()
    counts = f"{len(corpus.prompt):,} questions, {len(corpus.examples.kind):,} statements"
    note = height_note(corpus)
    return f"{counts}; {note}" if note else counts


def splits(subject: Subject) -> str:
    """Each named split can be called by its name, queries something, and makes a corpus that passes
    its audit; called again it is the same."""
    world, parts = subject.world, []
    for name, rule in world.splits.items():
        if not isinstance(name, str) or not SPLIT_NAME.fullmatch(name):
            raise Refused(f"a split is called {name!r}", "name it in small letters: 'add-jump'")
        corpus = subject.corpus(subject.varied(split=name))
        no_conclusion = [LADDER.index(r) for r in ("recall", *CONTROLS)]
        queried = int((~np.isin(corpus.certificate.rung, no_conclusion)).sum())
        if not queried:
            raise Refused(
                f"the split {name!r} queries no conclusion at size {subject.size}",
                "mend its rule, or make the size larger",
            )
        one, again = rule(subject.closure, 0), rule(subject.closure, 0)
        for part in ("demonstrated", "queried"):
            if not np.array_equal(getattr(one, part), getattr(again, part)):
                raise Refused(
                    f"the split {name!r} is another one when it is made again",
                    "draw from `stream(..., seed)` of its second argument alone",
                )
        parts.append(f"{name} {queried:,}")
    return f"questions: {', '.join(parts)}" if parts else "none is named"


def rungs(subject: Subject) -> str:
    """Promised rungs have their quota of headline questions; elsewhere, why one is empty.

    Where there is a quota, it is met on SEEDS seeds of world and exposure.
    """
    quota = QUOTA.get(subject.size, 0)
    counts, note = _counted(subject, subject.corpus(), quota)
    for seed in range(1, SEEDS if quota else 1):
        corpus = subject.corpus(seeds=(seed, seed))
        _counted(subject, corpus, quota, f" with seeds {seed}")
    stated = ", ".join(f"{r} {n:,}" for r, n in counts.items())
    several = int((subject.corpus().certificate.rung == SPLIT).sum())
    apart = [f"{several:,} with answers on several rungs, in no headline"] * bool(several)
    return "; ".join([stated, *apart, *note])


def _counted(
    subject: Subject, corpus: Corpus, quota: int, when: str = ""
) -> tuple[dict[str, int], list[str]]:
    """(promised rung -> its headline questions, notes); raises Refused below a quota."""
    certificate, promised = corpus.certificate, subject.world.rungs
    empty = empty_rungs(corpus)
    counts = {
        r: int((certificate.headline & (certificate.rung == i)).sum())
        if r != "mixed"
        else len(corpus.of_rung(r, pure=False))
        for i, r in enumerate(RUNGS)
        if r in promised
    }
    wanted = {r: 1 if r == "mixed" else max(quota, 1) for r in counts}
    few = [r for r, n in counts.items() if n < wanted[r]]
    why = [f"{r} is empty: {empty[r]}" for r in few if r in empty]
    if few and quota:
        lack = f"{few[0]} has {counts[few[0]]} headline questions{when}, promised {wanted[few[0]]}"
        raise Refused(
            "; ".join([lack, *why]),
            "make the size larger, or hold back more of what this rung needs (exposure), or take "
            "it out of `rungs`",
        )
    below = [r for r, n in counts.items() if 0 < n < max(QUOTA.values()) and r != "mixed"]
    note = [f"too few at this size for scores: {', '.join(below)}"] if below and not quota else []
    return counts, [*note, *why]


def answers(subject: Subject) -> str:
    """Every prompt that has an answer under gold, by clingo, is a query, with all its answers."""
    corpus = subject.corpus()
    gold = gold_of(corpus.split)
    queries = [i for i, (p, _) in enumerate(corpus.cues) if p not in subject.world.axioms]
    tables = {i: _answers(gold, *corpus.cues[i]) for i in queries}
    wanted: dict[Row, set[int]] = {
        (i, *given): who for i, table in tables.items() for given, who in table.items()
    }
    for q in np.flatnonzero(np.diff(corpus.offsets) > 0).tolist():
        found = {*corpus.answers(q).tolist()}
        right = wanted.pop(_prompt(corpus, q), set())
        if found != right:
            odd = [*(right - found), *(found - right)][0]
            raise Refused(
                f"{question_in_english(corpus, q)!r} has {len(found)} answers, and {len(right)} "
                f"follow: {_names(corpus, [odd])} {'lacks' if odd in right else 'does not'}",
                FAULT,
            )
    # demonstrated episodes have no query
    left = [row for row in wanted if corpus.split.is_queried(np.array([row], np.int32))[0]]
    for cue, *given in left[:1]:
        predicate, place = corpus.cues[cue]
        raise Refused(
            f"{len(left)} prompts with an answer are not queried, such as {predicate} of "
            f"{_names(corpus, given)}, queried at {place}",
            FAULT,
        )
    return f"{int(corpus.offsets[-1]):,} answers, all that clingo finds"


def controls(subject: Subject) -> str:
    """Nontheorems follow from nothing that is true; unknowables are true, and do not follow."""
    corpora = [subject.corpus()]
    try:
        corpora.append(subject.variant(coverage=COVERAGES[-1], nontheorems=0.1))
        rest = ""
    except Moot as why:
        rest = f"; {why}"
    counts = np.zeros(2, int)
    for corpus in corpora:
        counts += _controls(subject, corpus)
    none = "; every prompt has an answer in the world" if not counts[0] else ""
    return f"{counts[0]:,} nontheorems, {counts[1]:,} unknowables, by clingo{none}{rest}"


def _controls(subject: Subject, corpus: Corpus) -> tuple[int, int]:
    gold = gold_of(corpus.split)
    both = (subject.truth, gold)
    tables = {i: [_answers(rows, *cue) for rows in both] for i, cue in enumerate(corpus.cues)}
    rungs = corpus.certificate.rung
    queries = {kind: np.flatnonzero(rungs == LADDER.index(kind)).tolist() for kind in LADDER[-2:]}
    for kind, questions in queries.items():
        for q in questions:
            cue, *given = _prompt(corpus, q)
            true, entailed = (table.get(tuple(given), set()) for table in tables[cue])
            leak = int(corpus.certificate.leak[q])
            if entailed or bool(true) != (kind == "unknowable") or (true and leak not in true):
                raise Refused(
                    f"{question_in_english(corpus, q)!r}, of rung {kind}, has {len(true)} answers "
                    f"in the world and {len(entailed)} that follow",
                    FAULT,
                )
    demonstrated = corpus.examples.prompt[corpus.examples.kind == NONTHEOREM]
    for cue, *given in demonstrated.tolist():
        row = tuple(a for a in given if a >= 0)
        if tables[cue][0].get(row):
            predicate, place = corpus.cues[cue]
            raise Refused(
                f"stated to have no answer: {predicate} of {_names(corpus, row)}, "
                f"queried at {place}",
                FAULT,
            )
    return len(queries["nontheorem"]) + len(demonstrated), len(queries["unknowable"])


def known(subject: Subject) -> str:
    """With all facts stated and every pattern given, all that is true follows."""
    presentations = {
        presentation: share
        for presentation, share in subject.exposure.given.items()
        if presentation != "neither"
    }
    total = sum(presentations.values())
    given = (
        {presentation: s / total for presentation, s in presentations.items()}
        if total
        else {"exemplified": 1.0}
    )
    corpus = subject.variant(coverage=1.0, given=given)
    lost = corpus.of_rung("unknowable")
    if len(lost):
        raise Refused(
            f"{len(lost)} questions are unknowable, such as "
            f"{question_in_english(corpus, int(lost[0]))!r}",
            FAULT,
        )
    return f"{len(corpus.prompt):,} questions, none unknowable"


def nothing_false(subject: Subject) -> str:
    """What follows from a part of the facts is true, by clingo."""
    counts = []
    for coverage in COVERAGES:
        closure = subject.split(subject.varied(coverage=coverage)).gold.closure
        for predicate, rows in rows_of(closure).items():
            for row in sorted(rows - subject.truth[predicate])[:1]:
                raise Refused(
                    f"at coverage {coverage}, {written(predicate, row, closure.base.constants)} "
                    "follows and is false",
                    "what stands under negation, and all it depends on, must be given in full",
                )
        counts.append(f"{len(closure.predicate):,} at coverage {coverage}")
    return f"of {sum(map(len, subject.truth.values())):,} facts follow {', '.join(counts)}"


def _prompt(corpus: Corpus, question: int) -> Row:
    """Cue and given arguments."""
    return tuple(int(a) for a in corpus.prompt[question] if a >= 0)


def _answers(rows: Rows, predicate: str, place: int) -> dict[Row, set[int]]:
    """Given arguments -> what stands at ``place`` beside them."""
    out: dict[Row, set[int]] = {}
    for row in rows.get(predicate, ()):
        out.setdefault((*row[:place], *row[place + 1 :]), set()).add(row[place])
    return out


def _names(corpus: Corpus, constants: Iterable[int]) -> str:
    return ", ".join(corpus.closure.base.constants[c] for c in constants)
