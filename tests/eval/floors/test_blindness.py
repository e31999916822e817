"""What a strategy claims not to read can be permuted at will: its votes stay the same."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.association import Likeness, StatedNotDemonstrated
from zebroid.eval.floors.beside import given_parts, named, parts_of
from zebroid.eval.floors.blinded_deducer import BlindedDeducer, Ingredient, ingredients
from zebroid.eval.floors.chance_pools import Commonest, Exclusion, Uniform, pools_of
from zebroid.eval.floors.floor_table import strategies
from zebroid.eval.floors.profile_copy import ProfileCopy
from zebroid.eval.floors.reading import Reading
from zebroid.eval.floors.spreading import Spreading
from zebroid.eval.floors.strategy import Batch, Questions, answers
from zebroid.worlds.catalog.zebra import Zebra
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import SENTENCE, Corpus

RNG = np.random.RandomState(0)


def queries(corpus: Corpus, per_rung: int = 40) -> Questions:
    rungs = ("instance", "constituent", "schema", "depth", "axiom")
    return Questions.of(corpus, np.concatenate([corpus.of_rung(r)[:per_rung] for r in rungs]))


@pytest.fixture(scope="module", params=["composition", "zebra"])
def corpus(request: pytest.FixtureRequest) -> Corpus:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def reading(corpus: Corpus) -> Reading:
    return Reading.of(corpus)


@pytest.fixture(scope="module")
def batch(corpus: Corpus) -> Batch:
    return max((b for _, b in queries(corpus).batches), key=lambda b: len(b.prompt))


def votes(strategy, reading: Reading, batch: Batch) -> dict[str, np.ndarray]:
    return {name: ballot.dense() for name, ballot in strategy.settings(reading, batch)}


def shuffled(batch: Batch, kept: tuple[int, ...]) -> Batch:
    """The questions with all words but those at the places ``kept`` dealt out anew."""
    prompt = batch.prompt.copy()
    for place in batch.given:
        if place not in kept:
            prompt[:, place] = RNG.permutation(prompt[:, place])
    return dataclasses.replace(batch, prompt=prompt)


@pytest.mark.parametrize("strategy", [Uniform(), Commonest(), StatedNotDemonstrated()])
def test_a_part_is_all_that_a_guess_by_it_reads(strategy, reading, batch) -> None:
    names = {
        "uniform": {named(p): p for p in pools_of(batch)},
        "commonest": {
            f"{w} {named(p)}": p for p in parts_of(batch) for w in ("answer by", "beside")
        },
        "stated, not demonstrated": {
            f"{w} {named(p)}": p for p in given_parts(batch) for w in ("beside", "answered")
        },
    }[strategy.name]
    before = votes(strategy, reading, batch)
    assert {*names} <= {*before}
    for name, part in names.items():
        after = votes(strategy, reading, shuffled(batch, part))[name]
        assert np.array_equal(before[name], after), name
    whole = votes(strategy, reading, shuffled(batch, ()))
    assert any(not np.array_equal(before[name], whole[name]) for name in names)  # it reads its part


def test_exclusion_reads_its_pool_and_its_parts(reading, batch) -> None:
    before = votes(Exclusion(), reading, batch)
    for pool in pools_of(batch):
        for part in parts_of(batch):
            name = f"of {named(pool)} by {named(part)}"
            after = votes(Exclusion(), reading, shuffled(batch, (*pool, *part)))
            assert np.array_equal(before[name], after[name]), name


def test_profile_copy_reads_no_premise(reading, batch) -> None:
    others = np.flatnonzero(reading.prompt[:, 0] != batch.cue)
    answer = reading.answer.copy()
    answer[others] = RNG.permutation(answer[others])
    blind = dataclasses.replace(reading, answer=answer)
    before, after = votes(ProfileCopy(), reading, batch), votes(ProfileCopy(), blind, batch)
    assert all(np.array_equal(before[name], after[name]) for name in before)
    mine = np.flatnonzero(reading.prompt[:, 0] == batch.cue)
    answer[mine] = RNG.permutation(answer[mine])
    after = votes(ProfileCopy(), dataclasses.replace(reading, answer=answer), batch)
    assert not all(np.array_equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize("strategy", [Likeness(), Spreading()])
def test_names_of_predicates_are_not_read(strategy, reading: Reading, batch) -> None:
    texts = reading.texts
    renamed = dataclasses.replace(texts, predicate=RNG.permutation(texts.predicate))
    prompt = reading.prompt.copy()
    prompt[:, 0] = RNG.permutation(prompt[:, 0])
    blind = dataclasses.replace(reading, prompt=prompt, texts=renamed)
    before, after = votes(strategy, reading, batch), votes(strategy, blind, batch)
    assert all(np.array_equal(before[name], after[name]) for name in before)


def blinded(corpus: Corpus, ingredient: Ingredient) -> tuple[BlindedDeducer, Batch]:
    questions = queries(corpus)
    predicate = corpus.closure.program.rules[ingredient.rules[0]].head.predicate
    at, batch = next(x for x in questions.batches if corpus.cues[x[1].cue][0] == predicate)
    names = corpus.closure.base.constants
    deducer = BlindedDeducer(
        corpus.closure.program.rules,
        {name: i for i, name in enumerate(names)},
        ingredient,
        corpus.cues[batch.cue][1],
        corpus.prompt[questions.question[at]],
        questions.constants(batch),
    )
    return deducer, batch


@pytest.mark.parametrize("place", [0, 1, None])
def test_a_blinded_deducer_does_not_read_its_ingredient(zebra: Corpus, place: int | None) -> None:
    deducer, batch = blinded(zebra, Ingredient((3,), 0, place))  # breed, of rule 4
    reading = Reading.of(zebra)
    before = votes(deducer, reading, batch)
    assert max(v.max() for v in before.values()) > 0

    def changed(predicate: str, columns: tuple[int, ...]) -> bool:
        table = reading.facts[predicate].copy()
        for column in columns:
            table[:, column] = RNG.permutation(table[:, column])
        facts = {**reading.facts, predicate: table}
        after = votes(deducer, dataclasses.replace(reading, facts=facts), batch)
        return any(not np.array_equal(v, after[name]) for name, v in before.items())

    assert not changed("breed", (0, 1) if place is None else (place,))
    assert changed("has", (2,))


def test_every_ingredient_that_leaves_an_answer_is_blanked_in_turn(composition: Corpus) -> None:
    found = list(ingredients(composition.closure.program.rules, "two", 3))
    names = [i.named(composition.closure.program.rules) for i in found]
    assert names == [
        "one (1), place 1",
        "one (1), place 2",
        "one (1), place 3",
        "one (1) dropped",
        "one (2), place 1",
        "one (2), place 2",
    ]  # the last place of the second hop is the answer itself


def test_no_strategy_sees_gold(corpus: Corpus) -> None:
    """Answers and labels scrambled, all that strategies are given stays the same."""
    blind = dataclasses.replace(
        corpus, values=np.roll(corpus.values, 1), fact=np.roll(corpus.fact, 1)
    )
    question = queries(corpus).question
    for strategy in strategies():
        for (_, one), (_, other) in zip(
            Questions.of(corpus, question).batches, Questions.of(blind, question).batches
        ):
            before = votes(strategy, Reading.of(corpus), one)
            after = votes(strategy, Reading.of(blind), other)
            assert {*before} == {*after}
            assert all(np.array_equal(before[name], after[name]) for name in before)


def test_in_a_twin_the_twins_sentences_are_read() -> None:
    world = Zebra()
    exposure = dataclasses.replace(world.default_exposure("tiny"), twin="shuffled rules")
    corpus = build_corpus(world, "tiny", exposure)
    e = corpus.examples
    sentences = {
        tuple(row) for row in np.c_[e.prompt[e.kind == SENTENCE], e.answer[e.kind == SENTENCE]]
    }
    read = Reading.of(corpus).facts["named"]
    true = {tuple(row) for row in corpus.closure.rows("named")}
    assert {tuple(row) for row in read} != true
    cue = corpus.cues.index(("named", 2))
    assert {tuple(row) for row in read} == {row[1:] for row in sentences if row[0] == cue}


def test_answers_are_the_same_arrays_as_a_models(corpus: Corpus, reading: Reading) -> None:
    questions = queries(corpus)
    found = answers(Uniform(), reading, questions, "cue")
    assert found.answer.dtype == np.int32 and found.answer.shape == questions.question.shape
    assert (found.answer < corpus.none).all()
    again = answers(Uniform(), reading, questions, "cue")
    assert np.array_equal(found.answer, again.answer)  # ties are drawn, and always alike
    nothing = answers(Uniform(), reading, questions, "no such setting")
    assert (nothing.answer == corpus.none).all()
