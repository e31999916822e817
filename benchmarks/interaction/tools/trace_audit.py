"""audit(...): no trace that is trained on states what a scored question asks."""

from __future__ import annotations

import numpy as np

from ....eval.question_sets.question_set import QuestionSet
from ....worlds.corpus.audit import AuditError
from ....worlds.encoding.encode import Tokens
from ....worlds.encoding.traces import Line, Words, line_of, read_call


def audit(of: QuestionSet, tokens: Tokens) -> None:
    """Reads the rows back, as tokens. Raises AuditError, with an instance, where a result states
    what is neither stated, demonstrated nor written, or what answers a scored question."""
    corpus = of.corpus
    c, words = corpus.closure, Words(corpus)
    rule = corpus.split.gold.axiom & ~corpus.writing.silent
    known = {*np.flatnonzero(corpus.stated | corpus.demonstrated | corpus.written | rule).tolist()}
    scored = of.questions[of.theorems]
    queried = {int(f) for f in corpus.fact[corpus.entries(scored)[2]]}
    stated: dict[str, list[tuple[int, ...]]] = {}
    for predicate, row in sorted(results(of, tokens, words)):
        stated.setdefault(predicate, []).append(row)
    for predicate, rows in stated.items():
        facts = c.find(predicate, np.array(rows, np.int32)).tolist()
        for row, fact in zip(rows, facts):
            if fact not in known or fact in queried:
                why = "answers a scored question" if fact in queried else "was never given"
                line = (predicate, row)
                raise AuditError(
                    f"{corpus.world.id}: a trace states {line}, which {why}; leave it out"
                )


def results(of: QuestionSet, tokens: Tokens, words: Words) -> set[Line]:
    """What the results of all calls in training rows state."""
    out, corpus = set[Line](), of.corpus
    for row in np.asarray(tokens.train):
        for at in np.flatnonzero(row[:-1] == words.result).tolist():
            call, value = read_call(words, corpus, row[: at + 1]), int(row[at + 1])
            if call is None:
                raise AuditError(f"{corpus.world.id}: a trace has a call that cannot be read")
            if value != words.none:
                out.add(line_of(corpus, call[1], int(words.lexicon.constant[value])))
    return out
