"""Tables of small corpora, as a stranger reads them; copied for each fault that is planted."""

from __future__ import annotations

import copy
import functools
import types
from typing import Any, cast

import numpy as np
from zebroid import registry
from zebroid.benchmarks.certificates import proof_rows
from zebroid.benchmarks.receipts.tables import parquet_writing, proofs_table
from zebroid.benchmarks.receipts.tables.parquet_table import SEPARATOR
from zebroid.benchmarks.receipts.tables.questions_table import QUESTIONS, certificates
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds import build_corpus, sample_questions

TABLES = {
    "constants": ("constant", "place"),
    "rules": ("rule", "head", "body", "given"),
    "facts": ("atom", "given"),
    "proofs": ("question", "step", "rule", "head", "premises"),
    "questions": ("question", "prompt", "right_answers", "rung"),
}


@functools.cache
def corpus_of(world, size="tiny"):
    return build_corpus(registry.world(world), size)


@functools.cache
def _tables(world, size, number):
    corpus = corpus_of(world, size)
    return tables_of(corpus, np.sort(sample_questions(corpus, number, 0)))


def tables_of(corpus, questions):
    """Table -> rows, lists in the order of ``TABLES``, as ``certcheck`` reads them from Parquet."""
    facts = proof_rows.fact_rows(corpus, questions)
    atoms = [[p, *a] for p, a in zip(facts["predicate"], facts["arguments"])]
    put = certificates(QuestionSet(corpus, questions))
    right = [text.split(SEPARATOR) for text in put["right_answers"]]
    columns = {
        "constants": proof_rows.constant_rows(corpus),
        "rules": proof_rows.rule_rows(corpus),
        "facts": facts | {"atom": atoms},
        "proofs": proof_rows.proof_rows(corpus, questions),
        "questions": put | {"right_answers": right},
    }
    rows = {n: zip(*(columns[n][c] for c in wanted)) for n, wanted in TABLES.items()}
    return {n: [[*row] for row in found] for n, found in rows.items()}


def tables(world, size="tiny", number=20):
    """The tables of a corpus and some of its questions, to be changed at will."""
    return copy.deepcopy(_tables(world, size, number))


def write(folder, corpus, questions):
    """The tables of a receipt about these questions, as a run writes them."""
    every = QuestionSet(corpus, questions)
    content = cast(Any, types.SimpleNamespace(by_corpus=lambda: iter([every]), memo={}))
    for table in (*proofs_table.TABLES, QUESTIONS):
        parquet_writing.write(folder, table, content)


def escaped(path):
    return str(path).replace("'", "''")
