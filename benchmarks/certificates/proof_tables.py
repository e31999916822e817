"""proof_tables(question sets) -> facts, proofs, rules and constants of their corpora, as columns.

Of every right answer one proof, the one that chain and post-hoc write: the first lowest, down to
what is given. Atoms are JSON arrays, ``["has","zebra","coat","striped"]``; premises have their sign
before them, ``["-","unlike","zebra","coat",null]``, where null means that no value does; variables
of rules bear a question mark, ``?X``, which no constant of a rule can.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...worlds.corpus.corpus import Corpus
from ...worlds.datalog.syntax import Atom, Rule, Term, Variable, word
from ...worlds.novelty.written_proofs import written_proofs
from .given_facts import given_as

Ids = NDArray[np.int64]
Columns = dict[str, NDArray[Any]]


def proof_tables(question_sets: Iterable[tuple[Corpus, Ids]]) -> dict[str, Columns]:
    """``facts``, ``proofs``, ``rules``, ``constants``: column -> values, corpora in the order of
    their digests, each once with all questions that are put about it.

    Lists (``arguments``, ``premises``, ``body``) are JSON texts. Equal corpora and questions give
    equal tables, in whichever order they come.
    """
    corpora: dict[str, Corpus] = {}
    questions: dict[str, list[Ids]] = {}
    for corpus, mine in question_sets:
        corpora.setdefault(corpus.digest, corpus)
        questions.setdefault(corpus.digest, []).append(mine)
    parts = [
        _tables(corpora[digest], np.unique(np.concatenate(questions[digest])))
        for digest in sorted(corpora)
    ]
    return {
        name: {column: np.concatenate([part[name][column] for part in parts]) for column in table}
        for name, table in (parts[0] if parts else {}).items()
    }


def _tables(corpus: Corpus, questions: Ids) -> dict[str, Columns]:
    """The tables of one corpus; ``questions`` [n] ascending."""
    c, gold = corpus.closure, corpus.split.gold
    row, fact = _proved(corpus, questions)
    step = np.flatnonzero(~c.is_base[fact])
    row, head = row[step], fact[step]
    order = np.lexsort((head, c.height[head], row))  # premises are lower than their head
    row, head = row[order], head[order]
    first = np.searchsorted(row, row)  # where the proof of the question begins
    listed = np.zeros(len(c.predicate), bool)
    listed[fact] = True
    for predicate in c.program.negated:
        listed[c.blocks[predicate]] = True
    needed = np.flatnonzero(listed)
    names = c.base.constants
    arguments = {
        f: [names[a] for a in values if a >= 0]
        for f, values in zip(needed.tolist(), c.arguments[needed].tolist())
    }
    atoms = {f: [c.predicates[c.predicate[f]], *arguments[f]] for f in arguments}
    distinct = np.unique(head)
    premises = {
        f: _text([_text(p) for p in _premises(corpus, int(gold.best[f]), atoms)])
        for f in distinct.tolist()
    }
    heads = {f: _text(atoms[f]) for f in distinct.tolist()}
    tables: dict[str, Columns] = {
        "facts": {
            "predicate": _objects(atoms[f][0] for f in needed.tolist()),
            "arguments": _objects(_text(arguments[f]) for f in needed.tolist()),
            "given": given_as(corpus)[needed],
            "demonstrated": corpus.demonstrated[needed],
        },
        "proofs": {
            "question": questions[row].astype(np.int32),
            "step": (np.arange(len(row)) - first + 1).astype(np.int32),
            "rule": (c.rule[gold.best[head]] + 1).astype(np.int32),
            "head": _objects(heads[f] for f in head.tolist()),
            "premises": _objects(premises[f] for f in head.tolist()),
        },
        "rules": _rules(corpus),
        "constants": {
            "constant": _objects(names),
            "sort": _objects(s for s, block in c.base.sorts.items() for _ in block),
            "place": np.arange(len(names), dtype=np.int32),
        },
    }
    return {
        name: {"corpus": _same(corpus.digest[:16], table), **table}
        for name, table in tables.items()
    }


def _proved(corpus: Corpus, questions: Ids) -> tuple[Ids, Ids]:
    """(question [m], fact [m]) of all right answers to ``questions`` [n] and of all that is in
    their proofs, leaves included; the question as its place among these."""
    row, _, at = corpus.entries(questions)
    answers, which = np.unique(corpus.fact[at], return_inverse=True)
    silent = np.zeros(len(corpus.closure.predicate), bool)
    proof, line = written_proofs(corpus.split.gold, silent, answers)
    begins = np.searchsorted(proof, np.arange(len(answers) + 1))
    length = np.diff(begins)[which]
    place = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    below = line[np.repeat(begins[which], length) + place]
    facts = len(silent)
    keys = np.concatenate([row * facts + answers[which], np.repeat(row, length) * facts + below])
    keys = np.unique(keys)
    return keys // facts, keys % facts


def _premises(corpus: Corpus, derivation: int, atoms: dict[int, list[str]]) -> Iterator[list[Any]]:
    """The premises of a derivation with their signs, in the order of the rule's parts."""
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


def _rules(corpus: Corpus) -> Columns:
    """The rules of the world, and how the corpus gives each."""
    rules, gold = corpus.closure.program.rules, corpus.split.gold
    given = ["neither"] * len(rules)
    for (rule, axioms), presentation in zip(gold.patterns, corpus.split.presentation):
        given[rule] = "data" if axioms else presentation
    return {
        "rule": np.arange(1, len(rules) + 1, dtype=np.int32),
        "text": _objects(rule.text for rule in rules),
        "head": _objects(_text(_open(rule.head)) for rule in rules),
        "body": _objects(_text([_text(part) for part in _body(rule)]) for rule in rules),
        "given": _objects(given),
    }


def _body(rule: Rule) -> Iterator[list[str]]:
    """The parts of a rule's body: atoms with their sign, then comparisons."""
    for atom in rule.positive:
        yield ["+", *_open(atom)]
    for atom in rule.negative:
        yield ["-", *_open(atom)]
    for comparison in rule.comparisons:
        yield [comparison.operator, word(comparison.left), word(comparison.right)]


def _open(atom: Atom) -> list[str]:
    return [*atom.words()]


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _objects(values: Iterable[Any]) -> NDArray[Any]:
    found = [*values]
    out = np.empty(len(found), object)
    out[:] = found
    return out


def _same(value: str, table: Columns) -> NDArray[Any]:
    return np.full(len(next(iter(table.values()))), value, object)
