"""Facts and questions as English sentences: articles, nouns that are counted, and blanks."""

import numpy as np
import pytest
from zebroid.benchmarks.conformance.framework import Refused
from zebroid.benchmarks.conformance.worlds import verbalization
from zebroid.benchmarks.conformance.worlds.world_fixture import Subject
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.encoding.verbalize import (
    fact_in_english,
    facts_in_english,
    questions_in_english,
)
from zebroid.worlds.exposure import Exposure

KINDS = ["okapi", "zebra", "emu", "horse"]
FACTS = Facts.of(
    {"kind": KINDS, "number": ["1", "2", "4"]},
    legs=("kind number", [[0, 2], [1, 2], [2, 1], [3, 2]]),
    horns=("kind number", [[0, 1], [1, 0], [2, 0], [3, 0]]),
)
PHRASES = {
    "legs": "{0:a} walks on {1:leg}",
    "horns": "{0:a} has {1:horn}",
    "odd": "{0} is odd",
    "like": "{0:a} is like {1:a}",
}
RULES = "like(X,Y) :- legs(X,N), legs(Y,N), horns(X,M), horns(Y,M)."


@pytest.fixture
def animals(make_world):
    return make_world(RULES, FACTS, phrases=PHRASES, queries={"horns": (0, 1)})


def test_articles_and_counted_nouns_fit_their_names(animals):
    c = animals.closure("tiny", 0)
    every = facts_in_english(animals, c, np.arange(len(c.predicate)))
    assert {"an okapi walks on 4 legs", "a zebra has 1 horn", "an emu has 1 horn"} < {*every}
    assert "an emu is like an emu" in every and "a zebra is like a horse" in every
    assert every == [fact_in_english(animals, c, f) for f in range(len(every))]


def test_a_blank_stands_behind_an_article_and_before_a_noun(animals):
    made = build_corpus(animals, "tiny", Exposure(held=0.0))
    found = {*questions_in_english(made, np.arange(len(made.prompt)))}
    assert {"a ___ has 1 horn", "an okapi has ___ horns", "an emu is like a ___"} <= found


def test_a_predicate_without_arguments_is_its_own_sentence(make_world):
    world = make_world("wet :- raining. w(X) :- e(X), wet.",
                       Facts.of({"t": 2}, e=("t", [[0], [1]]), raining=("", [[]])))  # fmt: skip
    c = world.closure("tiny", 0)
    sentences = facts_in_english(world, c, np.arange(len(c.predicate)))
    assert sentences == ["e(t0)", "e(t1)", "raining", "w(t0)", "w(t1)", "wet"]


def test_sentences_with_articles_are_read_back(animals, make_world):
    assert verbalization.phrases(Subject(animals, "tiny")).startswith("14 sentences")
    alike = {**PHRASES, "horns": "{0:a} walks on {1:leg}"}
    blurred = make_world(RULES, FACTS, phrases=alike)
    with pytest.raises(Refused, match=r"walks on . legs?', stated of .* reads as .* and as "):
        verbalization.phrases(Subject(blurred, "tiny"))
