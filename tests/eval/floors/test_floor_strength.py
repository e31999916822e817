"""Floors are as strong as was measured: a weaker one would let a score pass for a rule."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.association import Likeness, StatedNotDemonstrated
from zebroid.eval.floors.blinded_deducer import BlindedDeducer, Ingredient
from zebroid.eval.floors.chance_pools import Exclusion, Uniform
from zebroid.eval.floors.pivotal import pivotal
from zebroid.eval.floors.profile_copy import ProfileCopy
from zebroid.eval.floors.reading import Reading
from zebroid.eval.floors.spreading import Spreading
from zebroid.eval.floors.strategy import Questions, run
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.catalog.order import Order
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import Corpus
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.encoding.encode import sample_questions
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.rungs import LADDER, RUNGS
from zebroid.worlds.world import World


def scores(corpus: Corpus, rung: str, *strategies) -> list[float]:
    """The score of each strategy on the questions that a suite would ask of one rung."""
    chosen = sample_questions(corpus, 200, 0)
    questions = Questions.of(corpus, np.intersect1d(chosen, corpus.of_rung(rung)))
    reading, every = Reading.of(corpus), np.ones(len(questions.question), bool)
    return [run(s, reading, questions).on(every)[0].mean() for s in strategies]


@pytest.fixture(scope="module")
def small() -> Corpus:
    return build_corpus(Composition(), "small")


@pytest.mark.parametrize("rung", ["instance", "schema"])
def test_profile_copy_masters_two_hops_without_a_single_one(small: Corpus, rung: str) -> None:
    (copied,) = scores(small, rung, ProfileCopy())
    assert copied >= 0.98


def test_profile_copy_is_at_chance_where_a_hop_was_never_used(small: Corpus) -> None:
    (copied,) = scores(small, "constituent", ProfileCopy())
    assert copied < 0.1


def test_exclusion_of_pools_beats_uniform_on_a_held_hop(small: Corpus) -> None:
    excluded, level = scores(small, "constituent", Exclusion(), Uniform())
    assert excluded >= 0.16 and level < 0.05


def test_a_blanked_first_relation_is_guessed_from_what_is_left_over() -> None:
    corpus = build_corpus(Composition(), "laptop")
    every = QuestionSet(corpus, np.arange(len(corpus.prompt)))
    some = np.flatnonzero(every.groups["constituent out-out"])[:200]
    questions = Questions.of(corpus, some)
    (at, batch), constants = questions.batches[0], corpus.closure.base.constants
    ingredient = Ingredient((0,), 0, 1)
    blanked = BlindedDeducer(
        corpus.closure.program.rules,
        {name: i for i, name in enumerate(constants)},
        ingredient,
        3,
        corpus.prompt[some],
        questions.constants(batch),
    )
    decided = pivotal(questions, ingredient, at)
    assert decided.mean() > 0.9  # of ten relations nine lead elsewhere
    assert run(blanked, Reading.of(corpus), questions).on(decided)[0].mean() >= 0.40


class _Herd(World):
    """Things of a kind that bear a trait, and no link that no rule reads: association's home."""

    id = "test.herd-v1"
    rules = """
      has(X,R,V) :- genus(X,K), bears(X,T), typical(K,R,V), not decides(T,R).
      has(X,R,V) :- genus(X,Y), bears(X,T), has(Y,R,V), not decides(T,R).
      has(X,R,V) :- bears(X,T), gives(T,R,V).
    """
    axioms = frozenset({"typical", "gives"})
    rungs = ("recall", "instance", "axiom")
    exposure = Exposure(
        held=0.07,
        demonstrated=0.8,
        demonstrated_height=3,
        given={"exemplified": 0.3, "stated": 0.2, "both": 0.45, "neither": 0.05},
    )

    def sample(self, rng: np.random.RandomState) -> Facts:
        """10 kinds, 8 traits of which each decides 6 of 40 attributes, 8 values an attribute."""
        genus, start, size = [], 0, 10
        for number in (60, 40, 40, 60, 50):
            genus.append(start + rng.randint(size, size=number))
            start, size = start + size, number
        thing = 10 + np.arange(250)
        kinds = np.stack(np.meshgrid(np.arange(10), np.arange(36)), -1).reshape(-1, 2)
        traits = np.array([(t, r) for t in range(8) for r in rng.permutation(40)[:6]])

        def valued(rows: np.ndarray) -> np.ndarray:
            return np.c_[rows, rows[:, 1] * 8 + rng.randint(8, size=len(rows))]

        return Facts.of(
            {"thing": 260, "trait": 8, "attribute": 40, "value": 320},
            genus=("thing thing", np.stack([thing, np.concatenate(genus)], 1)),
            bears=("thing trait", np.stack([thing, rng.randint(8, size=250)], 1)),
            typical=("thing attribute value", valued(kinds)),
            gives=("trait attribute value", valued(traits)),
            decides=("trait attribute", traits),
        )


@pytest.mark.slow
def test_stated_rules_are_had_by_association_where_no_link_is_idle() -> None:
    found = np.array(
        [
            scores(
                build_corpus(_Herd(), "tiny", seeds=(seed, seed)),
                "axiom",
                StatedNotDemonstrated(),
                Likeness(),
                Spreading(),
                Exclusion(),
            )
            for seed in range(3)
        ]
    ).mean(0)
    assert (found >= [0.40, 0.50, 0.85, 0.33]).all()


@pytest.mark.slow
def test_the_first_of_a_trade_is_copied_from_a_profile() -> None:
    exposure = dataclasses.replace(Order.exposure, demonstrated=0.8, demonstrated_height=8)
    corpus = build_corpus(Order(), "small", exposure)
    certificate, rng = corpus.certificate, np.random.RandomState(0)
    written = certificate.rung == LADDER.index("written")
    instance = (certificate.rung == RUNGS.index("instance")) & ~certificate.near
    tall = corpus.certificate.height > 8
    reading = Reading.of(corpus)
    for some, least in ((instance | written, 0.70), (tall & certificate.pure & ~written, 0.27)):
        questions = Questions.of(corpus, rng.permutation(np.flatnonzero(some))[:400])
        assert run(ProfileCopy(), reading, questions).on(np.ones(400, bool))[0].mean() >= least
