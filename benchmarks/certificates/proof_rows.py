"""Rows of facts, proofs, rules and constants of a corpus: all that a check of its proofs needs.

Of every right answer one proof, that which chain and post-hoc write: the first lowest, down to what
is given. Atoms are JSON arrays, ``["has","zebra","coat","striped"]``; premises have their sign
before them, ``["-","unlike","zebra","coat",null]``, where null means that no value does; variables
of rules bear a question mark, ``?X``, which no constant of a rule can. F facts, n rows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.row_keys import ragged
from ...worlds.datalog.syntax import Rule, Term, Variable, word
from ...worlds.novelty.written_proofs import written_proofs
from .given_facts import given_as

Ids = NDArray[np.int64]
Rows = dict[str, NDArray[Any]]  # column -> [n] values; a list is one value


def fact_rows(corpus: Corpus, questions: Ids) -> Rows:
    """Each fact in the proofs of all right answers to ``questions``, and all facts under negation
    with those that they follow from; in gold's order."""
    c = corpus.closure
    listed = np.zeros(len(c.predicate), bool)
    listed[_proved(corpus, questions)[1]] = True
    for predicate in c.program.negated:
        listed[c.blocks[predicate]] = True
    facts = np.flatnonzero(listed)
    atoms = [*_atoms(corpus, facts).values()]
    return {
        "predicate": _objects(atom[0] for atom in atoms),
        "arguments": _objects(atom[1:] for atom in atoms),
        "given": given_as(corpus)[facts],
        "demonstrated": corpus.demonstrated[facts],
    }


def proof_rows(corpus: Corpus, questions: Ids) -> Rows:
    """The steps of the proofs of all right answers to each of ``questions``, ascending: a step
    after those that it rests on, and once a question. What is given needs none."""
    c, gold = corpus.closure, corpus.split.gold
    row, fact = _proved(corpus, questions)
    derived = np.flatnonzero(~c.is_base[fact])
    order = np.lexsort((fact[derived], c.height[fact[derived]], row[derived]))
    row, head = row[derived][order], fact[derived][order]  # premises are lower than their head
    distinct, which = np.unique(head, return_inverse=True)
    derivation = gold.best[distinct]
    below = np.append(c.premises[derivation], distinct[:, None], axis=1)
    atoms = _atoms(corpus, np.unique(below[below >= 0]).astype(np.int64))
    premises = _objects([_text(p) for p in _premises(corpus, int(d), atoms)] for d in derivation)
    return {
        "question": questions[row].astype(np.int32),
        "step": (np.arange(len(row)) - np.searchsorted(row, row) + 1).astype(np.int32),
        "rule": (c.rule[derivation] + 1).astype(np.int32)[which],
        "head": _objects(_text(atoms[fact]) for fact in distinct.tolist())[which],
        "premises": premises[which],
    }


def rule_rows(corpus: Corpus) -> Rows:
    """The rules of the world, and how the corpus gives each."""
    rules, gold = corpus.closure.program.rules, corpus.split.gold
    given = ["neither"] * len(rules)
    for (rule, axioms), presentation in zip(gold.patterns, corpus.split.presentation):
        given[rule] = "data" if axioms else presentation
    return {
        "rule": np.arange(1, len(rules) + 1, dtype=np.int32),
        "text": _objects(rule.text for rule in rules),
        "head": _objects(_text(rule.head.words()) for rule in rules),
        "body": _objects([_text(part) for part in _body(rule)] for rule in rules),
        "given": _objects(given),
    }


def constant_rows(corpus: Corpus) -> Rows:
    """The constants of the world in the order of their declaration, which comparisons mean."""
    base = corpus.closure.base
    return {
        "place": np.arange(len(base.constants), dtype=np.int32),
        "constant": _objects(base.constants),
        "sort": _objects(sort for sort, block in base.sorts.items() for _ in block),
    }


def _proved(corpus: Corpus, questions: Ids) -> tuple[Ids, Ids]:
    """(row [m], fact [m]), ascending: the right answers to each of ``questions``, and all that is
    in their proofs, leaves included."""
    row, _, at = corpus.entries(questions)
    answers, which = np.unique(corpus.fact[at], return_inverse=True)
    facts = len(corpus.closure.predicate)
    proof, line = written_proofs(corpus.split.gold, np.zeros(facts, bool), answers)
    first = np.searchsorted(proof, np.arange(len(answers) + 1))
    part, place = ragged(np.diff(first)[which])
    below = line[first[which][part] + place]
    keys = np.concatenate([row * facts + answers[which], row[part] * facts + below])
    found, fact = np.divmod(np.unique(keys), facts)
    return found, fact


def _atoms(corpus: Corpus, facts: Ids) -> dict[int, list[str]]:
    """Fact -> its predicate and arguments."""
    c, names = corpus.closure, corpus.closure.base.constants
    rows = zip(facts.tolist(), c.predicate[facts].tolist(), c.arguments[facts].tolist())
    return {f: [c.predicates[p], *(names[a] for a in values if a >= 0)] for f, p, values in rows}


def _premises(
    corpus: Corpus, derivation: int, atoms: dict[int, list[str]]
) -> Iterator[Sequence[str | None]]:
    """The premises of a derivation with their signs: the positive ones, then the negative."""
    c = corpus.closure
    rule = c.program.rules[c.rule[derivation]]
    facts = c.premises[derivation].tolist()
    for fact in facts[: len(rule.positive)]:
        yield ["+", *atoms[fact]]
    for atom in rule.negative:
        yield ["-", atom.predicate, *(_value(rule, t, facts, atoms) for t in atom.terms)]


def _value(rule: Rule, term: Term, facts: list[int], atoms: dict[int, list[str]]) -> str | None:
    """What a term of a negative premise stands for; None: for any value, and none is right."""
    if not isinstance(term, Variable):
        return term.name
    if term.wildcard:
        return None
    premise, place = rule.binding(term.name)
    return atoms[facts[premise]][1 + place]


def _body(rule: Rule) -> Iterator[Sequence[str]]:
    """The parts of a rule's body: atoms with their signs as in ``_premises``, then comparisons."""
    for sign, atoms in (("+", rule.positive), ("-", rule.negative)):
        yield from ((sign, *atom.words()) for atom in atoms)
    for comparison in rule.comparisons:
        yield comparison.operator, word(comparison.left), word(comparison.right)


def _text(content: Sequence[str | None]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _objects(values: Iterable[Any]) -> NDArray[Any]:
    return np.fromiter(values, object)  # what is a list stays one
