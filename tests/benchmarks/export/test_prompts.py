"""What a language model reads: the prompts of the export, after solved examples of the corpus."""

from __future__ import annotations

import collections
import dataclasses
import itertools
import re

import numpy as np
import pytest
from zebroid.benchmarks.export import records
from zebroid.benchmarks.export.contexts import Contexts
from zebroid.benchmarks.export.english_forms import FACTS, EnglishForms
from zebroid.benchmarks.export.portion import cells_of, portions
from zebroid.benchmarks.export.prompts import Prompts, Style, digest
from zebroid.benchmarks.runner.corpora import Corpora
from zebroid.errors import UserError


@pytest.fixture(scope="module")
def corpora():
    with Corpora() as found:
        yield found


@pytest.fixture(scope="module")
def composed(corpora):
    return portions(cells_of("composition-v1/tiny", "", questions=10), corpora)[0]


@pytest.fixture(scope="module")
def tales(corpora):
    return portions(cells_of("prover-v2/tiny", "", questions=10), corpora)[0]


def test_without_examples_and_proof_they_are_those_of_the_export(composed):
    rows = {r["id"]: r for r in records.text_questions(composed, EnglishForms(composed.corpus))}
    for style, key in ((Style(), "prompt_in_context"), (Style(closed_book=True), "prompt")):
        found = dict(Prompts(composed, style).all())
        assert [*found] == sorted(composed.ids) == [*rows]
        assert all(prompt.text() == rows[id][key] for id, prompt in found.items())


@pytest.mark.parametrize("world", ["composed", "tales"])
@pytest.mark.parametrize("closed_book", [False, True])
def test_examples_are_solved_and_the_same_for_every_question(world, closed_book, request):
    portion = request.getfixturevalue(world)
    prompts = [p for _, p in Prompts(portion, Style(3, True, closed_book)).all()]
    assert len({p.shots for p in prompts}) == 1 and len({p.question for p in prompts}) > 9
    for question, answer in prompts[0].shots:
        proof, mark, name = answer.partition("\nAnswer: ")
        assert mark and "\n" not in proof + name and name in proof
        assert proof.startswith("Proof: ") and "___" in question and question.endswith(".\n")
        assert question.startswith("Facts and rules:\n") != closed_book
    text = prompts[0].text()
    assert text.count("\nAnswer: ") == 3 and text.endswith(".\n")
    assert "___" in text.splitlines()[-1]
    assert [m["role"] for m in prompts[0].messages()] == ["user", "assistant"] * 3 + ["user"]


def test_the_facts_of_an_example_are_in_its_context(composed):
    prompts = Prompts(composed, Style(5, True))
    for question, answer in prompts.shots:
        facts = {*question.splitlines()}
        lines = re.findall(r"The [^.]+\.", answer.partition("\n")[0])
        assert lines and {*lines} <= facts  # both hops of a two-hop are stated
        blank = question.partition("Question: ")[2].strip()
        conclusion = blank.replace("___", answer.split()[-1])
        assert conclusion not in facts


def test_examples_are_demonstrated_conclusions_and_no_question(composed):
    prompts = Prompts(composed, Style(5, closed_book=True))
    blanks = {
        prompts.english.blank(composed.corpus.prompt[q]) for q in composed.question_set.questions
    }
    shots = {
        question.removeprefix("Question: ").partition("\n")[0] for question, _ in prompts.shots
    }
    assert len(shots) == 5 and not shots & blanks


def test_as_many_facts_are_beside_the_needed_ones_as_there_are_of_these(composed):
    contexts = Contexts(EnglishForms(composed.corpus))
    row = composed.corpus.prompt[0]
    for few in (2, FACTS):
        needed = contexts.stated[:few].tolist()
        found = contexts.around(row, needed, "key")
        assert {*needed} <= {*found} and len(found) == len({*found}) == max(FACTS, 2 * few)
        assert found != sorted(found) and found == contexts.around(row, needed, "key")


def test_the_place_of_a_needed_fact_tells_nothing(composed):
    contexts = Contexts(EnglishForms(composed.corpus))
    places = []
    for question in map(int, composed.question_set.questions):
        facts, needed = contexts.facts(question), {*contexts.leaves(question)}
        places += [i / len(facts) for i, fact in enumerate(facts) if fact in needed]
    assert len(places) > 60 and abs(np.mean(places) - 0.5) < 3 * 0.29 / len(places) ** 0.5


def test_a_style_is_part_of_the_digest(composed):
    styles = [Style(), Style(1), Style(proof=True), Style(closed_book=True)]
    found = [digest([p for _, p in Prompts(composed, s).all()]) for s in styles]
    assert len({*found}) == 4
    assert digest([p for _, p in Prompts(composed, Style()).all()]) == found[0]


def test_more_examples_than_there_are_is_one_line(composed):
    with pytest.raises(UserError, match="expected 0 to 64; give fewer"):
        Style(65)
    few = dataclasses.replace(composed.corpus.examples, kind=composed.corpus.examples.kind * 0)
    prompts = Prompts(composed, Style(2))
    prompts.corpus = dataclasses.replace(prompts.corpus, examples=few)
    with pytest.raises(UserError, match="demonstrates 0 conclusions; give fewer shots"):
        prompts._drawn()


@pytest.mark.parametrize("world", ["composed", "tales"])
@pytest.mark.parametrize("proof", [False, True])
def test_statements_can_be_trained_on_in_the_form_of_the_questions(world, proof, request):
    portion = request.getfixturevalue(world)
    prompts = Prompts(portion, Style(proof=proof))
    rows, examples = [*prompts.training()], portion.corpus.examples
    assert len(rows) == len(examples.prompt)
    kinds = collections.Counter(row["kind"] for row in rows)
    assert kinds["fact"] and kinds["conclusion"] and bool(kinds["nontheorem"]) == (world == "tales")
    queried = dict(prompts.all()).values()
    end = ".\n" if proof else "Answer:"
    blanks = {prompt.text().partition("Question: ")[2] for prompt in queried}
    new = 0
    for row in rows:
        *lines, answer = (row["prompt"] + row["completion"]).splitlines()
        assert answer.startswith("Answer: ") and row["prompt"].startswith("Facts and rules:\n")
        assert row["prompt"].endswith(end) and all(p.text().endswith(end) for p in queried)
        new += row["prompt"].partition("Question: ")[2] not in blanks
        if row["kind"] == "conclusion":
            stated = lines[-1].partition("Proof: ")[2] if proof else ""
            assert bool(stated) == proof and "nan" not in answer
        if row["kind"] == "nontheorem":
            assert answer == "Answer: none" and "Proof: " not in row["completion"]
    assert new > len(rows) / 2  # the questions are others, but those of recall


def test_a_model_is_trained_on_facts_that_a_conclusion_rests_on_and_not_on_it(composed):
    for row in itertools.islice(Prompts(composed, Style(proof=True)).training(), 200, 300):
        facts = {*row["prompt"].splitlines()}
        assert row["kind"] == "conclusion" and len(facts) > FACTS
        assert {*re.findall(r"The [^.]+\.", row["completion"])} <= facts
        blank = row["prompt"].partition("Question: ")[2].strip()
        assert blank.replace("___", row["completion"].split()[-1]) not in facts
