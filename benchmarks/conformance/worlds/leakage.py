"""What is stated: it gives no other answer away, and stands where it is said to stand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ....worlds.corpus.corpus import SENTENCE, Corpus
from ....worlds.encoding.verbalize import question_in_english
from ....worlds.novelty.derivations import words
from ....worlds.novelty.rungs import LADDER, SPLIT
from .equivalence import equivalent
from .world_fixture import Refused, Subject

TOLD = ("stated", "both")


def disjoint(subject: Subject) -> str:
    """No answer but recall's stands in a statement, of its predicate or an equivalent one."""
    corpus = subject.corpus()
    name = equivalent(subject.world.program, subject.facts.rows)
    stated_rules = np.flatnonzero((corpus.stated | corpus.demonstrated) & ~corpus.unstated)
    stated = {_renamed(words(corpus.closure, int(f)), name) for f in stated_rules}
    for q in range(len(corpus.prompt)):
        rung = LADDER[corpus.certificate.rung[q]] if corpus.certificate.rung[q] != SPLIT else ""
        there = {_renamed(answer, name) in stated for answer in _answers(corpus, q)}
        if rung == "recall" and there != {True}:
            raise Refused(
                f"{question_in_english(corpus, q)!r} is recall, and its answer is not stated",
                "this is an error in rungs.py",
            )
        if rung not in ("recall", "") and True in there:
            predicate = corpus.cues[corpus.prompt[q, 0]][0]
            same = sorted(p for p in corpus.closure.predicates if _same(p, predicate, name))
            raise Refused(
                f"{question_in_english(corpus, q)!r} is {rung}, and stands as a statement of "
                f"{' or '.join(same)}, which the rules make the same",
                "keep one of these predicates: under another name an answer is given away",
            )
    return f"{len(stated):,} statements give no answer away but their own"


def _answers(corpus: Corpus, question: int) -> list[tuple[str, ...]]:
    """The facts that answer a question; of an unknowable the world's."""
    cue, *given = (int(a) for a in corpus.prompt[question] if a >= 0)
    predicate, place = corpus.cues[cue]
    leak = int(corpus.certificate.leak[question])
    constants = corpus.closure.base.constants
    return [
        (predicate, *(constants[a] for a in (*given[:place], answer, *given[place:])))
        for answer in (*corpus.answers(question).tolist(), *([leak] if leak >= 0 else []))
    ]


def _renamed(fact: tuple[str, ...], name: Mapping[str, str]) -> tuple[str, ...]:
    return (name.get(fact[0], fact[0]), *fact[1:])


def _same(one: str, other: str, name: Mapping[str, str]) -> bool:
    return name.get(one, one) == name.get(other, other)


def doubles(subject: Subject) -> str:
    """No two sampled predicates hold the same facts in every world."""
    worlds = [subject.world.facts(subject.size, seed).rows for seed in (0, 1)]
    found = [p for p in sorted(worlds[0]) if worlds[0][p].shape[1] > 1 and len(worlds[0][p]) > 1]
    for i, one in enumerate(found):
        for other in found[:i]:
            if all(np.array_equal(rows[one], rows[other]) for rows in worlds):
                raise Refused(
                    f"{other} and {one} hold the same facts in every world",
                    "draw each from `rng` in turn: two streams of one seed are one stream",
                )
    return f"drawn apart: {', '.join(found) or 'none'}"


def stated_rules(subject: Subject) -> str:
    """Patterns given as stated stand as sentences, no others do."""
    own = _sentences(subject, subject.corpus())
    both = _sentences(subject, subject.variant(given={"both": 1.0}))
    return f"{own:,} patterns stated; {both:,} where all are given both ways"


def _sentences(subject: Subject, corpus: Corpus) -> int:
    split, examples = corpus.split, corpus.examples
    patterns = [
        p
        for p, presentation in zip(split.gold.patterns, split.presentation)
        if presentation in TOLD
    ]
    wanted = {axiom for _, axioms in patterns for axiom in axioms}
    silent = sorted({axiom[0] for axiom in wanted} - {p for p, _ in corpus.cues})
    if silent:
        raise Refused(
            f"facts of the axiom predicate {silent[0]} are given as stated, and stand nowhere",
            f"let asked[{silent[0]!r}] name a place: an axiom is stated there, never asked",
        )
    for rule in (subject.world.program.rules[r] for r, axioms in patterns if not axioms):
        head, body = rule.sentence()
        wanted.add((*head, "if", *body))
    facts = examples.fact[examples.kind == SENTENCE]
    found = {*(words(corpus.closure, int(f)) for f in facts), *corpus.sentences}
    for odd in sorted(wanted ^ found)[:1]:
        stands = odd in found
        raise Refused(
            f"{' '.join(odd)!r} {'stands as a sentence' if stands else 'is not stated'}, and its "
            f"pattern is {'not ' if stands else ''}given as stated",
            "this is an error in examples.py",
        )
    return len(found)
