"""Exports write what is read under interventions, row by row as the tokens have it."""

from __future__ import annotations

import json

import pytest
from safetensors.numpy import load_file
from zebroid.benchmarks.export import portion, records
from zebroid.benchmarks.export.english_forms import EnglishForms
from zebroid.benchmarks.export.export import export
from zebroid.benchmarks.runner.corpora import Corpora

GIVEN = [
    {"type": "identity", "share": 0.3},
    {"type": "mixture", "world": "horn-v2/tiny", "share": 0.05},
    {"type": "rephrasings", "forms": 3},
    {"type": "skew", "exponent": 1.0},
]
SETTING = f"exposure.interventions={json.dumps(GIVEN)}"


@pytest.fixture(scope="module")
def cells():
    return portion.cells_of("composition-v1/tiny", "", [SETTING], questions=3)


@pytest.fixture(scope="module")
def corpus(cells):
    with Corpora() as corpora:
        return portion.portions(cells, corpora)[0].corpus


def test_every_format_has_a_row_for_every_row_that_is_read(cells, corpus, tmp_path):
    rows = len(corpus.rows.kind) + len(corpus.sentences) + len(corpus.beside[0].rows)
    export(cells, tmp_path / "tokens", "tokens", mode="chain")
    made = load_file(tmp_path / "tokens" / "tokens.safetensors")
    weights = made["weight"].tolist()
    texts = [*records.text_training(EnglishForms(corpus))]
    found = [*records.training(corpus)]
    assert len(weights) == len(texts) == len(found) == rows
    for written in (texts, found):
        assert [record["weight"] for record in written] == weights
    counts = records.counts(corpus)
    assert sum(counts.values()) == rows and counts["beside"] == len(corpus.beside[0].rows)


def test_identity_statements_and_forms_are_written_in_words(corpus):
    texts = [*records.text_training(EnglishForms(corpus))]
    found = [*records.training(corpus)]
    for record, text in zip(found, texts):
        if record["kind"] == "identity":
            one, other = record["arguments"]
            assert record["predicate"] == "is" and one == other == record["answer"]
            statement, query, answer = text["text"].splitlines()
            name = answer.removeprefix("Answer: ")
            assert statement.endswith(f"{name} is {name}.") and query == f"Question: {name} is ___."
    forms = {}
    for record, text in zip(found, texts):
        if record["predicate"].partition("#")[0] == "one":
            statement = text["text"].splitlines()[0]
            forms.setdefault(tuple(record["arguments"]), set()).add(statement)
    assert forms and {len(found) for found in forms.values()} == {3}


def test_no_name_of_a_second_world_is_one_of_the_first(corpus):
    english = EnglishForms(corpus)
    second = EnglishForms(corpus.beside[0].corpus, english.names)
    words = [{word for name in one.names for word in name.split()} for one in (english, second)]
    assert not words[0] & words[1]
    last = [*records.training(corpus)][-len(corpus.beside[0].rows) :]
    for record in last:
        named = record.get("words") or [record["predicate"], record["answer"]]
        assert all(word == "none" or word.startswith("horn-v2:") for word in named)
