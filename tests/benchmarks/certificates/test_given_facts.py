"""How a corpus gives the leaves of its proofs, whatever its exposure; and that they hold."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.certificates import certcheck
from zebroid.benchmarks.certificates.given_facts import GIVEN, given_as
from zebroid.worlds import build_corpus

from .certified import tables_of

HALVES = {"stated": 0.5, "both": 0.5}


def corpus_under(world, **changes):
    exposure = dataclasses.replace(world.default_exposure("tiny"), **changes)
    return build_corpus(world, "tiny", exposure, (1, 2))


@pytest.mark.parametrize(
    ("world", "changes", "kinds"),
    [
        ("axioms-v1", {"given": {"stated": 1.0}}, {"statement", "sentence"}),
        (
            "axioms-v1",
            {"given": {"exemplified": 0.5, "neither": 0.5}},
            {"statement", "examples"},
        ),
        (
            "axioms-v1",
            {"given": HALVES, "twin": "shuffled rules"},
            {"statement", "sentence", "examples", "permuted"},
        ),
        ("prover-v2", {"given": HALVES}, {"prompt"}),
        ("percept-v2", {}, {"statement", "familiar"}),
    ],
)
def test_each_leaf_is_given_in_one_of_these_ways(world, changes, kinds):
    corpus = corpus_under(registry.world(world), **changes)
    given = given_as(corpus)
    assert {*given} == kinds | {"derived"} and {*given} <= {*GIVEN}
    assert ((given == "derived") == ~corpus.closure.is_base).all()
    assert not [*certcheck.faults(*tables_of(corpus, np.arange(len(corpus.prompt))).values())]


def test_a_rule_whose_sentence_says_another_thing_is_permuted():
    world = registry.world("axioms-v1")
    twin = corpus_under(world, given={"stated": 1.0}, twin="shuffled rules")
    true = corpus_under(world, given={"stated": 1.0})
    moved = given_as(twin) == "permuted"
    assert moved.any() and (given_as(true)[moved] == "sentence").all()
    assert (given_as(twin) == given_as(true))[~moved].all()
