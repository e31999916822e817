"""``questions.parquet``: every question of every corpus, once, with its certificate."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....eval.question_sets.question_set import QuestionSet
from ....worlds.corpus.corpus import Corpus
from ....worlds.novelty.questions import Certificate
from ....worlds.novelty.rungs import LADDER
from ...config.run_config import Cell
from .parquet_table import DIGITS, NONE, SEPARATOR, Column, Columns, Content, Table, same

SPREAD = 512  # groups of questions at most, of all cues, impure ones and twins included
NOBODY = -1  # in memory: no constant, no question, no premise
RUNGS = (*LADDER, "several")  # -1: answers on different rungs


def certificates(question_set: QuestionSet) -> dict[str, NDArray[Any]]:
    """The questions of a question set, their right answers, and what is known of each, [Q] each."""
    corpus, questions = question_set.corpus, question_set.questions
    certificate = {
        field.name: getattr(corpus.certificate, field.name)[questions]
        for field in dataclasses.fields(Certificate)
    }
    names = np.array([*corpus.closure.base.constants, NONE], object)
    instrument = same(NONE, len(questions))
    for name, where in question_set.headline.items():
        instrument[where] = name
    return {
        "corpus": same(corpus.digest[:DIGITS], len(questions)),
        "question": questions.astype(np.int32),
        "prompt": np.array([prompt(corpus, int(q)) for q in questions], object),
        "right_answers": np.array([right_answers(corpus, int(q)) for q in questions], object),
        "instrument": instrument,
        **certificate,
        "rung": np.array(RUNGS, object)[certificate["rung"]],
        "distractor": names[certificate["distractor"]],
        "leak": names[certificate["leak"]],
    }


def prompt(corpus: Corpus, question: int) -> str:
    """``two(entity3, rel1, rel4, ?)``."""
    cue, *given = corpus.prompt[question].tolist()
    predicate, position = corpus.cues[cue]
    words = [corpus.closure.base.constants[g] for g in given if g >= 0]
    return f"{predicate}({', '.join([*words[:position], '?', *words[position:]])})"


def right_answers(corpus: Corpus, question: int) -> str:
    """Names of the right answers, as a list is held in memory; ``none`` where nothing holds."""
    found = corpus.answers(question)
    return SEPARATOR.join(corpus.closure.base.constants[a] for a in found) or "none"


def _blocks(content: Content) -> Iterator[Columns]:
    return map(certificates, content.by_corpus())


def _most(cells: Sequence[Cell]) -> int:
    sets = {cell.question_set: cell.questions for cell in cells}
    return SPREAD * sum(sets.values())


COLUMNS = (
    Column("corpus", "VARCHAR", "digest", "first 16 digits of the SHA-256 of the corpus"),
    Column("question", "INTEGER", "number", "number of the question among all of its corpus"),
    Column(
        "prompt",
        "VARCHAR",
        "text",
        "what the model is queried: predicate and arguments, `?` in the place of the answer",
    ),
    Column(
        "right_answers",
        "VARCHAR[]",
        "names",
        "every right answer; any of them counts. `none` alone where no answer holds",
    ),
    Column(
        "instrument",
        "VARCHAR",
        "name",
        "the column of a table of scores that counts the question: recall, or a rung with the "
        "query where a world has several queries; null: no headline counts it",
        NONE,
    ),
    Column(
        "rung",
        "VARCHAR",
        "name",
        "the one kind of novelty that makes the answer provable from the corpus. recall: stated or "
        "demonstrated itself. instance: a demonstrated rule on new facts. constituent: a fact in a "
        "role in which no demonstration uses it. schema: a new combination of what a rule ranges "
        "over. depth: a proof higher than any demonstrated. axiom: a rule that is stated and never "
        "exemplified. mixed: several kinds at once. written: it stands inside a demonstrated "
        "proof. nontheorem: nothing holds. unknowable: what holds cannot be derived. several: its "
        "right answers stand on different rungs",
    ),
    Column(
        "pure",
        "BOOLEAN",
        "truth",
        "without the novelty of its rung no right answer has a proof, whatever else may be new",
    ),
    Column(
        "near",
        "BOOLEAN",
        "truth",
        "it would stand on another rung if demonstrated conclusions kept the whole height of their "
        "proofs: headlines leave it out",
    ),
    Column(
        "matched",
        "BOOLEAN",
        "truth",
        "of instance and constituent: its rarest premise is written as often as those of the other "
        "rung, so that both compare at equal frequency; true elsewhere",
    ),
    Column(
        "provable",
        "USMALLINT",
        "bit set",
        "bit s is set if every right answer can be proved with the set s of kinds of novelty "
        "allowed, where s adds 1 for constituent, 2 for schema, 4 for depth and 8 for axiom: bit 0 "
        "means without novelty, 65535 always",
    ),
    Column(
        "height",
        "INTEGER",
        "steps",
        "height of the lowest proof in the whole world: rule applications on the longest path from "
        "base facts; 0 of a base fact",
    ),
    Column(
        "distance",
        "INTEGER",
        "steps",
        "rule applications on the longest path of the shortest proof from what the corpus states, "
        "demonstrates or writes in proofs; 0: it stands there, or nothing is to be proved",
    ),
    Column(
        "proofs",
        "INTEGER",
        "count",
        "different last steps by which its right answers can be derived, over all of them",
    ),
    Column(
        "support",
        "INTEGER",
        "count",
        "derivations in the demonstrated proofs that exemplify the pattern (a rule with what it "
        "ranges over) that derives an answer: the most over its patterns; 0: none is exemplified",
    ),
    Column(
        "frequency",
        "INTEGER",
        "count",
        "how often the training rows of chain mode, by their weights, write the rarest base fact "
        "of the proof",
    ),
    Column(
        "unseen",
        "UTINYINT",
        "bit set",
        "base facts among the premises of the last step that no demonstration has in this role; "
        "bit i: the i-th premise, from 0 in the order of the rule's text",
    ),
    Column(
        "shortcut",
        "BOOLEAN",
        "truth",
        "an entity of the prompt stands beside a right answer in a statement that belongs to no "
        "proof of it",
    ),
    Column(
        "distractor",
        "VARCHAR",
        "name",
        "of an exception item: the wrong answer that gets at least half the votes of similar "
        "things, as the world declares likeness; null: no such item",
        NONE,
    ),
    Column(
        "twin",
        "INTEGER",
        "number",
        "of an exception item: the same question about a similar thing for which the distractor is "
        "right, by its number; null: no such item",
        NOBODY,
    ),
    Column(
        "near_miss",
        "INTEGER",
        "number",
        "of a nontheorem: which premise of a rule fails while all others hold, from 0 in the order "
        "of the rule's text; 100 and more: 100 plus the number of the negative premise that is "
        "violated; null: no nontheorem",
        NOBODY,
    ),
    Column(
        "leak",
        "VARCHAR",
        "name",
        "of an unknowable: what holds in the world, though the corpus does not entail it; a model "
        "that answers it more often than chance got it through a leak; null: no unknowable",
        NONE,
    ),
)
QUESTIONS = Table(
    "questions", "a question of a corpus", COLUMNS, "corpus, question", _blocks, _most, "corpus"
)
