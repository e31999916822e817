"""What is stated: it gives no other answer away, and stands where it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from ....worlds.corpus.corpus import SENTENCE, Corpus
from ....worlds.datalog.syntax import Atom, Program, Rule, Term, Variable
from ....worlds.encoding.verbalize import question_in_english
from ....worlds.novelty.derivations import words
from ....worlds.novelty.rungs import LADDER, SPLIT
from ..framework import FAULT, Refused
from ..soundness.verbatim_answers import verbatim
from .world_fixture import Subject

STATED = ("stated", "both")
VERBATIM = 0.25  # share of the answers of a predicate that may stand in facts no rule reads so


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
                FAULT,
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


def hints(subject: Subject) -> str:
    """No base predicate holds the answers of a derived one, in whatever order of arguments."""
    found = [*verbatim(subject.corpus())]
    worst = max(found, key=lambda v: v.share, default=None)
    if worst is None:
        return "no base predicate could hold an answer"
    text = (
        f"{worst.base} states {worst.stated:,} of {worst.answers:,} answers of {worst.derived} "
        f"verbatim, which holds its places {', '.join(map(str, worst.places))}"
    )
    if worst.share > VERBATIM:
        raise Refused(
            text,
            f"take {worst.base} out, state other things with it, or derive {worst.derived} from "
            "it by a rule",
        )
    return f"at most {worst.share:.0%} of the answers stand in facts that no rule reads so"


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
        if presentation in STATED
    ]
    wanted = {axiom for _, axioms in patterns for axiom in axioms}
    silent = sorted({axiom[0] for axiom in wanted} - {p for p, _ in corpus.cues})
    if silent:
        raise Refused(
            f"facts of the axiom predicate {silent[0]} are given as stated, and stand nowhere",
            f"let queries[{silent[0]!r}] name a place: an axiom is stated there, never queried",
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
            FAULT,
        )
    return len(found)


def equivalent(program: Program, sampled: Iterable[str]) -> dict[str, str]:
    """Derived predicate -> the one that it is the same as, if there is one.

    Two predicates are the same if neither is sampled and their rules are, or if one's only rule
    copies the other. A rule that turns arguments round makes no two predicates the same.
    """
    name: dict[str, str] = {}
    derived = sorted({r.head.predicate for r in program.rules} - {*sampled})
    changed = True
    while changed:
        changed = False
        meaning: dict[object, str] = {}
        for predicate in derived:
            rules = [r for r in program.rules if r.head.predicate == predicate]
            copied = _copied(rules[0]) if len(rules) == 1 else ""
            shapes = frozenset(_shape(r, predicate, name) for r in rules)
            same = name.get(copied, copied) or meaning.setdefault(shapes, predicate)
            if same != name.get(predicate, predicate):
                name[predicate], changed = same, True
    return name


def _copied(rule: Rule) -> str:
    """The predicate of which the rule is a mere renaming, if it is one."""
    terms = rule.head.terms
    plain = len(rule.positive) == 1 and not rule.negative and not rule.comparisons
    if plain and rule.positive[0].terms == terms and len({*terms}) == len(terms):
        return rule.positive[0].predicate if all(isinstance(t, Variable) for t in terms) else ""
    return ""


def _shape(rule: Rule, predicate: str, name: Mapping[str, str]) -> object:
    """The rule up to the names of its variables, of its own predicate and of equivalent ones."""
    number: dict[Term, int] = {}

    def terms(given: Iterable[Term]) -> tuple[object, ...]:
        return tuple(
            number.setdefault(t, len(number)) if isinstance(t, Variable) else t for t in given
        )

    def atoms(given: Iterable[Atom]) -> tuple[object, ...]:
        return tuple(
            ("" if a.predicate == predicate else name.get(a.predicate, a.predicate), terms(a.terms))
            for a in given
        )

    compared = tuple((terms([c.left, c.right]), c.operator) for c in rule.comparisons)
    return terms(rule.head.terms), atoms(rule.positive), atoms(rule.negative), compared
