"""Records of a portion, a dictionary each: training rows, questions, and the key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...worlds.corpus.corpus import CONCLUSION, EXTRA, FACT, NONTHEOREM, SENTENCE, Corpus
from ...worlds.novelty.written_proofs import proof_lists
from ..receipts.tables.questions_table import certificates
from .contexts import Contexts
from .english_forms import EnglishForms, paraphrase, theories_of
from .portion import Portion

KINDS = {FACT: "fact", CONCLUSION: "conclusion", SENTENCE: "rule", NONTHEOREM: "nontheorem"}
KINDS |= {EXTRA: "identity"}
Record = dict[str, Any]


def training(corpus: Corpus) -> Iterator[Record]:
    """Every row: predicate, arguments, which of them is queried, and the written proof.

    A rule without facts of its own is given as its words. Rows of a second world come last, and
    its words bear its id: ``composition-v1:one``.
    """
    yield from _rows(corpus)
    for other, some, unit in _beside(corpus):
        for number, record in enumerate(_rows(other)):
            if number in some:
                yield _prefixed(record, other.world.id) | {"weight": record["weight"] * unit}


def _prefixed(record: Record, id: str) -> Record:
    """The record of a row with ``id`` before all that it names; ``none`` is of every world."""

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(one) for one in value]
        return value if value in (None, "none") else f"{id}:{value}"

    texts = ("predicate", "arguments", "answer", "proof", "theory", "words")
    return {key: named(value) if key in texts else value for key, value in record.items()}


def _beside(corpus: Corpus) -> Iterator[tuple[Corpus, set[int], int]]:
    """(second corpus, which of its rows are read, how often each)."""
    for other, some in corpus.beside:
        yield other, {*some.tolist()}, corpus.rows.unit


def _rows(corpus: Corpus) -> Iterator[Record]:
    names, rows = corpus.closure.base.constants, corpus.rows
    proofs = proof_lists(corpus.split.gold, corpus.writing.silent, rows.fact)
    theories = theories_of(corpus)
    weight = corpus.writing.weights("chain").tolist()
    predicates = [*(p for p, _ in corpus.cues), *(word.text for word in rows.words)]
    cues = rows.stands_for(len(corpus.cues)).tolist()
    for number, prompt in enumerate(rows.prompt.tolist()):
        predicate, cue = predicates[prompt[0]], cues[prompt[0]]
        place = corpus.cues[cue][1] if cue >= 0 else 1
        answer = int(rows.answer[number])
        words = [names[a] for a in prompt[1:] if a >= 0]
        there = answer != corpus.none
        proof = proofs[number] if rows.kind[number] == CONCLUSION else []
        record = {
            "kind": KINDS[int(rows.kind[number])],
            "predicate": predicate,
            "arguments": [*words[:place], names[answer] if there else None, *words[place:]],
            "queried": place,
            "answer": names[answer] if there else "none",
            "proof": [fact_words(corpus, f) for f in proof],
            "weight": weight[number],
        }
        if theories:
            record["theory"] = [fact_words(corpus, int(f)) for f in theories.get(prompt[1], ())]
        yield record
    for sentence in corpus.sentences:
        yield {"kind": "rule", "words": [*sentence], "weight": rows.unit}


def questions(portion: Portion) -> Iterator[Record]:
    """Every question: id, predicate, and arguments with null where the answer belongs."""
    corpus = portion.corpus
    names = corpus.closure.base.constants
    theories = theories_of(corpus)
    for id, question in in_order(portion):
        cue, *given = corpus.prompt[question].tolist()
        predicate, place = corpus.cues[cue]
        words: list[str | None] = [names[a] for a in given if a >= 0]
        words.insert(place, None)
        record = {"id": id, "predicate": predicate, "arguments": words, "queried": place}
        if theories:
            record["theory"] = [fact_words(corpus, int(f)) for f in theories.get(given[0], ())]
        yield record


def text_training(english: EnglishForms) -> Iterator[Record]:
    """The same rows in English, without and with the written proof; no name is in two worlds."""
    yield from _texts(english)
    for other, some, unit in _beside(english.corpus):
        second = EnglishForms(other, english.names)
        for number, record in enumerate(_texts(second)):
            if number in some:
                yield {**record, "weight": record["weight"] * unit}


def _texts(english: EnglishForms) -> Iterator[Record]:
    corpus = english.corpus
    weight = corpus.writing.weights("chain").tolist()
    for number, kind in enumerate(corpus.rows.kind.tolist()):
        text, proved = english.training(number)
        yield {
            "kind": KINDS[kind],
            "text": text,
            "text_with_proof": proved,
            "weight": weight[number],
        }
    for sentence in corpus.sentences:
        text = paraphrase(english.sentence(sentence))
        yield {"kind": "rule", "text": text, "text_with_proof": text, "weight": corpus.rows.unit}


def text_questions(portion: Portion, english: EnglishForms) -> Iterator[Record]:
    """Every question in English: as it follows training, and with facts and rules in context."""
    corpus, contexts = portion.corpus, Contexts(english)
    for id, question in in_order(portion):
        row = corpus.prompt[question]
        before = english.theory(int(row[1]))
        theory = f"{' '.join(before)}\n" if before else ""
        yield {
            "id": id,
            "prompt": f"{theory}{english.query(row)}",
            "prompt_in_context": contexts.prompt(question),
        }


def key(portion: Portion, english: EnglishForms | None = None) -> Iterator[Record]:
    """The key of every question: right answers, rung, certificate, and a proof of each answer.

    With ``english`` the answers' nonce names too.
    """
    corpus = portion.corpus
    names = corpus.closure.base.constants
    proofs = proof_lists(corpus.split.gold, corpus.writing.silent, corpus.fact)
    table = certificates(portion.question_set)
    columns = {n: v.tolist() for n, v in table.items() if n not in APART}
    place = {int(q): i for i, q in enumerate(portion.question_set.questions)}
    for id, question in in_order(portion):
        answers = corpus.answers(question).tolist()
        first, end = corpus.offsets[question : question + 2]
        record: Record = {"id": id, "answers": [names[a] for a in answers] or ["none"]}
        if english is not None:
            record["names"] = [english.names[a] for a in answers] or ["none"]
        record["proofs"] = [[fact_words(corpus, f) for f in proof] for proof in proofs[first:end]]
        record["certificate"] = {n: v[place[question]] for n, v in columns.items()}
        yield record


APART = ("corpus", "prompt", "right_answers")  # of the table of questions: stated elsewhere


def fact_words(corpus: Corpus, fact: int) -> list[str]:
    """A fact as words: its predicate, then its arguments."""
    c = corpus.closure
    row = c.arguments[fact]
    return [c.predicates[c.predicate[fact]], *(c.base.constants[a] for a in row if a >= 0)]


def in_order(portion: Portion) -> list[tuple[str, int]]:
    """(id, question) by id: the order says nothing of the rungs."""
    return sorted(zip(portion.ids, map(int, portion.question_set.questions)))


def counts(corpus: Corpus) -> dict[str, int]:
    """Kind of row -> how many there are; ``beside``: of those of a second world."""
    kinds, count = np.unique(corpus.rows.kind, return_counts=True)
    found = {KINDS[int(k)]: int(n) for k, n in zip(kinds, count)}
    if corpus.sentences:
        found["rule"] = found.get("rule", 0) + len(corpus.sentences)
    if corpus.beside:
        found["beside"] = sum(len(b.rows) for b in corpus.beside)
    return found
