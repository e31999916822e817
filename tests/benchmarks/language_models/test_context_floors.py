"""What those get in context who apply no rule: counted by hand, and never the rule itself."""

from __future__ import annotations

import numpy as np
import pytest
from zebroid.benchmarks.export.contexts import Contexts
from zebroid.benchmarks.export.english_forms import EnglishForms
from zebroid.benchmarks.export.portion import cells_of, portions
from zebroid.benchmarks.language_models import context_floors
from zebroid.benchmarks.runner.corpora import Corpora


@pytest.fixture(scope="module")
def composed():
    with Corpora() as corpora:
        yield portions(cells_of("composition-v1/tiny", "", questions=10), corpora)[0]


def test_every_instrument_but_recall_has_a_floor_between_chance_and_one(composed):
    floors = context_floors.context_floors(composed)
    assert list(floors) == ["instance", "constituent", "schema"]
    for floor in floors.values():
        assert 1 / 16 <= floor.value < 0.9 and floor.questions >= 10 and floor.strategy


def test_a_rule_without_an_ingredient_reads_the_context_alone(composed):
    corpus = composed.corpus
    contexts = Contexts(EnglishForms(corpus))
    c = corpus.closure
    two = [cue for cue, _ in corpus.cues].index("two")
    mine = [q for q in composed.question_set.questions if corpus.prompt[q, 0] == two][:8]
    for question in mine:
        head, _, second = corpus.prompt[question, 1:4].tolist()
        rows = c.arguments[contexts.facts(question)][:, :3].tolist()
        # whatever the first relation, and wherever the second then leads
        tails = {t for h, r, t in rows if r == second if [head, h] in [[a, b] for a, _, b in rows]}
        facts = contexts.facts(question)
        values = np.arange(16)
        found = dict(context_floors._blinded(corpus, question, facts, values))
        votes = found["without one (1), place 2"]
        assert {int(v) for v in values[votes > 0]} == tails
        assert set(corpus.answers(question).tolist()) <= tails


def test_names_are_counted_as_they_stand(composed):
    corpus = composed.corpus
    contexts = Contexts(EnglishForms(corpus))
    question = int(composed.question_set.questions[0])
    facts = contexts.facts(question)
    values = np.arange(16)
    found = dict(context_floors._counted(corpus, question, facts, values))
    rows = corpus.closure.arguments[facts]
    assert found["commonest"].tolist() == [int((rows == v).sum()) for v in values]
    assert values[found["last, one, place 3"].argmax()] == rows[-1, 2]
    assert values[found["first, one, place 1"].argmax()] == rows[0, 0]
    given = int(corpus.prompt[question, 1])
    beside = found["commonest beside name 1, one, place 3"]
    assert beside.tolist() == [
        sum(given in row.tolist() and row[2] == v for row in rows) for v in values
    ]


def test_in_a_world_of_episodes_the_theory_is_read():
    with Corpora() as corpora:
        tales = portions(cells_of("prover-v2/tiny", "", questions=10), corpora)[0]
        floors = context_floors.context_floors(tales)
    assert "recall" not in floors and 0 < floors["instance"].value < 0.9
