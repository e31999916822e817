"""near_miss(corpus, question) -> English: what holds of a rule's body, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.syntax import Atom, Rule, Term, Variable
from ...worlds.encoding.verbalize import phrase
from ...worlds.novelty.hard_negatives import NEGATIVE

Binding = dict[str, int]  # variable -> constant
UNKNOWN = "…"


def near_miss(corpus: Corpus, question: int) -> str:
    """An instance of a rule that would answer a nontheorem but for one premise."""
    missing = int(corpus.certificate.near_miss[question])
    row = corpus.prompt[question]
    predicate, position = corpus.cues[row[0]]
    given = [int(a) for a in row[1:] if a >= 0]
    for number, rule in enumerate(corpus.closure.program.rules):
        if rule.head.predicate != predicate:
            continue
        bound = bind(corpus, [t for i, t in enumerate(rule.head.terms) if i != position], given, {})
        if bound is None:
            continue
        text = _text(corpus, rule, missing, bound)
        if text:
            return f"A near miss of rule {number + 1}: {text}"
    return "A near miss: one premise of a rule is missing."


def _text(corpus: Corpus, rule: Rule, missing: int, bound: Binding) -> str:
    """What holds and what is missing, or what forbids; empty where the rule doesn't fit."""
    if missing >= NEGATIVE:
        if missing - NEGATIVE >= len(rule.negative):
            return ""
        forbids = rule.negative[missing - NEGATIVE]
        for found in _instances(corpus, (*rule.positive, forbids), bound):
            holds = " ".join(in_english(corpus, a, found) for a in rule.positive)
            return f"{holds} But it forbids: {in_english(corpus, forbids, found)}"
        return ""
    if missing >= len(rule.positive):
        return ""
    kept = rule.positive[:missing] + rule.positive[missing + 1 :]
    text = ""
    for found in _instances(corpus, kept, bound):
        holds = [in_english(corpus, a, found) for a in kept]
        gone = in_english(corpus, rule.positive[missing], found)
        text = f"{' '.join(holds)} But this does not hold: {gone}".lstrip()
        if len({*holds}) == len(holds):  # else one fact stands for two: try on
            break
    return text


def _instances(corpus: Corpus, atoms: Sequence[Atom], bound: Binding) -> Iterator[Binding]:
    """Every way in which all ``atoms`` are true at once."""
    if not atoms:
        yield bound
        return
    c = corpus.split.truth
    rows = c.rows(atoms[0].predicate)
    fits = np.ones(len(rows), bool)
    for j, term in enumerate(atoms[0].terms):
        value = _value(corpus, term, bound)
        if value is not None:
            fits &= rows[:, j] == value
    for row in rows[fits]:
        found = bind(corpus, atoms[0].terms, row.tolist(), bound)
        if found is not None:
            yield from _instances(corpus, atoms[1:], found)


def bind(
    corpus: Corpus, terms: Sequence[Term], values: Sequence[int], bound: Binding
) -> Binding | None:
    """``bound`` and these terms' values; None where they contradict one another."""
    out = dict(bound)
    for term, value in zip(terms, values):
        known = _value(corpus, term, out)
        if known is None and isinstance(term, Variable):
            out[term.name] = value
        elif known != value:
            return None
    return out


def _value(corpus: Corpus, term: Term, bound: Binding) -> int | None:
    if isinstance(term, Variable):
        return bound.get(term.name)
    return corpus.closure.base.number[term.name]


def in_english(corpus: Corpus, atom: Atom, bound: Binding) -> str:
    """An atom under a binding as a sentence; what is not bound is UNKNOWN."""
    constants = corpus.closure.base.constants
    values = [_value(corpus, t, bound) for t in atom.terms]
    names = [UNKNOWN if v is None else constants[v] for v in values]
    return phrase(corpus.world, atom.predicate, names)
