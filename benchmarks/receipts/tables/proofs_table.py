"""``proofs.parquet`` and what its steps are checked by: facts, rules and constants.

``certcheck.py`` (benchmarks/certificates) checks them without this package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....eval.question_sets.question_set import QuestionSet
from ....worlds.corpus.corpus import Corpus
from ...certificates import proof_rows
from ...certificates.given_facts import GIVEN
from ...config.run_config import Cell
from .parquet_table import DIGITS, SEPARATOR, Column, Columns, Content, Table, same
from .questions_table import QUESTIONS

MOST = 1_000_000  # facts, and constants, of one corpus
MOST_RULES = 1_000  # of one world
STEPS = 64  # of the proofs of one question, on average
Make = Callable[[Corpus, NDArray[np.int64]], proof_rows.Rows]
MAKE: dict[str, Make] = {
    "facts": proof_rows.fact_rows,
    "proofs": proof_rows.proof_rows,
    "rules": lambda corpus, _: proof_rows.rule_rows(corpus),
    "constants": lambda corpus, _: proof_rows.constant_rows(corpus),
}


def _blocks(name: str) -> Callable[[Content], Iterator[Columns]]:
    """A block a corpus. Those of all tables are made together: corpora may be too many to be kept,
    and each pass over them would draw them anew."""

    def blocks(content: Content) -> Iterator[Columns]:
        if "proofs" not in content.memo:
            content.memo["proofs"] = [*map(_made, content.by_corpus())]
        return (made[name] for made in content.memo["proofs"])

    return blocks


def _made(question_set: QuestionSet) -> dict[str, Columns]:
    """Table -> the rows of one corpus as they are held in memory."""
    corpus, questions = question_set.corpus, question_set.questions
    digits, out = corpus.digest[:DIGITS], {}
    for name, make in MAKE.items():
        rows = {column: _held(values) for column, values in make(corpus, questions).items()}
        out[name] = {"corpus": same(digits, len(next(iter(rows.values())))), **rows}
    return out


def _held(column: NDArray[Any]) -> NDArray[Any]:
    """A column of lists as the texts that a list is in memory; any other as it is."""
    if len(column) and isinstance(column[0], list):
        return np.fromiter(map(SEPARATOR.join, column), object)
    return column


def _corpora(cells: Sequence[Cell]) -> int:
    return len({cell.question_set for cell in cells})


CORPUS = Column("corpus", "VARCHAR", "digest", "first 16 digits of the SHA-256 of the corpus")
RULE = Column("rule", "INTEGER", "number", "number of the rule among those of the world, from 1")
FACTS = Table(
    "facts",
    "a fact that follows from what a corpus gives: each one in the proofs of its questions, and "
    "all of predicates that stand under `not` in a rule, with all that these depend on",
    (
        CORPUS,
        Column("predicate", "VARCHAR", "name", "what holds of the arguments"),
        Column("arguments", "VARCHAR[]", "names", "the constants of which it holds, in order"),
        Column(
            "given",
            "VARCHAR",
            "name",
            "how the corpus gives it. " + ". ".join(f"{k}: {v}" for k, v in GIVEN.items()),
        ),
        Column(
            "demonstrated",
            "BOOLEAN",
            "truth",
            "the corpus states it as a conclusion; no proof here leans on that",
        ),
    ),
    "corpus, predicate, then the arguments in the order of the constants",
    _blocks("facts"),
    lambda cells: MOST * _corpora(cells),
    "corpus",
)
PROOFS = Table(
    "proofs",
    "a step in the proof of the right answers to a question: of each answer the first of the "
    "lowest proofs, which chain mode writes, down to facts that are given",
    (
        CORPUS,
        Column("question", "INTEGER", "number", "number of the question in `questions`"),
        Column(
            "step",
            "INTEGER",
            "number",
            "from 1, after the steps that it rests on; an answer that is given has none",
        ),
        RULE,
        Column(
            "head",
            "VARCHAR",
            "JSON",
            "the fact that it proves: predicate and arguments, as a list of texts",
        ),
        Column(
            "premises",
            "VARCHAR[]",
            "JSON",
            "what it rests on, in the order of the rule's body: `+`, predicate and arguments of a "
            "fact that is given or proved before; `-`, predicate and arguments of what does not "
            "follow from the corpus, null standing for any value",
        ),
    ),
    "corpus, question, step",
    _blocks("proofs"),
    lambda cells: STEPS * QUESTIONS.most(cells),
    "corpus",
)
RULES = Table(
    "rules",
    "a rule of the world of a corpus",
    (
        CORPUS,
        RULE,
        Column("text", "VARCHAR", "text", "as the world has it, in clingo's syntax"),
        Column(
            "head",
            "VARCHAR",
            "JSON",
            "what it concludes: predicate and arguments; variables begin with `?`",
        ),
        Column(
            "body",
            "VARCHAR[]",
            "JSON",
            "when: atoms with `+`, then atoms with `-`, which must not follow (for no value of a "
            "variable `?_1`, which stands nowhere else), then comparisons, operator first, by the "
            "order of the constants",
        ),
        Column(
            "given",
            "VARCHAR",
            "name",
            "how the corpus presents it. exemplified: conclusions by it are demonstrated. stated: "
            "a sentence states it. both. neither: it is left out, and nothing follows by it, or "
            "nothing does anyway. data: each use binds facts that are rules as data, and these "
            "are given or not",
        ),
    ),
    "corpus, rule",
    _blocks("rules"),
    lambda cells: MOST_RULES * _corpora(cells),
    "corpus",
)
CONSTANTS = Table(
    "constants",
    "a constant of the world of a corpus",
    (
        CORPUS,
        Column("place", "INTEGER", "number", "its place in the order that comparisons mean"),
        Column("constant", "VARCHAR", "name", "as it stands in prompts, answers and facts"),
        Column("sort", "VARCHAR", "name", "what kind of thing it is"),
    ),
    "corpus, place",
    _blocks("constants"),
    lambda cells: MOST * _corpora(cells),
    "corpus",
)
TABLES = (FACTS, PROOFS, RULES, CONSTANTS)
