"""What is read of trainings: each reading against answers that were made for it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.probing.k_cutoffs import UNDEFINED, cutoffs
from zebroid.benchmarks.replications.finding import READINGS
from zebroid.benchmarks.replications.trained_quantities import READ, group
from zebroid.errors import UserError
from zebroid.eval.floors.measured import cue_name, measured
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import sample_questions

STEPS = np.array([16, 64, 256])


@pytest.fixture(scope="module")
def posed():
    corpus = build_corpus(registry.make("composition-v1"), "tiny")
    return QuestionSet(corpus, sample_questions(corpus, 40, 0))


@pytest.fixture(scope="module")
def made(posed):
    """made(shares at checkpoints, seed) -> a run that answers such shares of all questions."""
    right = posed.corpus.values[posed.corpus.offsets[posed.questions]]
    wrong = (right + 1) % posed.corpus.none

    def run(shares, seed=0):
        order = np.random.RandomState(seed).random_sample(len(right))
        answer = np.stack([np.where(order < share, right, wrong) for share in shares])
        answer = answer[None].astype(np.int32)
        bits = np.where(posed.right(answer), 0.5, 4.0).astype(np.float32)
        return Predictions(posed, answer, bits, STEPS, STEPS.astype(float))

    return run


def read(reading, runs, posed, group="instance"):
    return READ[reading](runs, group, posed.groups[group])


def test_every_reading_that_a_finding_may_name_is_read():
    assert {*READ} == {*READINGS}


def test_accuracy_is_the_mean_over_initialisations_of_the_last_checkpoint(posed, made):
    assert read("accuracy", [made([0, 0, 1]), made([1, 1, 0])], posed) == 0.5
    proven = dataclasses.replace(
        made([0, 0, 1]), proofs=np.zeros((1, len(posed.questions)), np.int8)
    )
    assert read("accuracy", [proven], posed) == 0, "in chain an answer counts with a valid proof"


def test_a_rise_lies_between_the_checkpoints_and_beyond_the_last_where_there_is_none(posed, made):
    assert read("rise", [made([0, 1, 1])], posed) == pytest.approx(5.0)
    assert read("rise", [made([1, 1, 1])], posed) == 4.0
    assert read("rise", [made([0, 0, 0])], posed) == 9.0
    assert read("rise", [made([0, 1, 1]), made([0, 0, 0])], posed) == pytest.approx(7.0)


def test_a_vote_is_right_where_most_are(posed, made):
    runs = [made([0, 0, 0.7], seed) for seed in range(9)]
    assert read("vote", runs, posed) > read("accuracy", runs, posed) + 0.1
    assert read("vote", [made([0, 0, 1])] * 2 + [made([0, 0, 0])], posed) == 1


def test_scatter_and_bimodality_are_those_of_initialisations(posed, made):
    two = [made([0, 0, share]) for share in (0, 1) * 5]
    assert read("scatter", two, posed) == pytest.approx(np.std([0, 1] * 5, ddof=1))
    assert read("bimodality", two, posed) == pytest.approx(1.0)
    same = [made([0, 0, 1])] * 10
    assert read("scatter", same, posed) == 0 == read("bimodality", same, posed)
    even = [made([0, 0, share], 3) for share in np.linspace(0, 1, 21)]
    assert read("bimodality", even, posed) == pytest.approx(5 / 9, abs=0.06)


def test_floors_and_guesses_are_those_of_the_questions(posed, made):
    runs, where = [made([0, 0, 1])], posed.groups["constituent"]
    rung, cue = posed.instruments["constituent"]
    best = measured(posed).on(rung, cue_name(posed.corpus, cue), where).floor.score
    assert read("floor", runs, posed, "constituent") == best
    part = read("floor", runs, posed, "constituent in-out")
    assert 0 <= part <= 1
    guess = read("uniform", runs, posed)
    assert guess == pytest.approx(1 / 16, abs=0.01)
    assert read("uniform bits", runs, posed) == pytest.approx(-np.log2(guess), abs=0.1)
    assert read("bits", runs, posed) == pytest.approx(0.5)
    with pytest.raises(UserError, match="has no floor"):
        read("floor", runs, posed, "recall")
    silent = dataclasses.replace(runs[0], bits=None)
    with pytest.raises(UserError, match="no bits"):
        read("bits", [silent], posed)


def test_a_group_is_parted_by_its_cutoff_and_what_has_none_is_in_neither_part(posed):
    k = cutoffs(posed.corpus, posed.questions)
    found = [group(posed, f"instance {side}") for side in ("k<3", "k>=3")]
    whole, parts = posed.groups["instance"], [part for part in found if part is not None]
    assert len(parts) == 2 and all(part.any() and not (part & ~whole).any() for part in parts)
    assert (parts[0] ^ parts[1]).tolist() == (whole & (k != UNDEFINED)).tolist()
    assert k[parts[0]].max() < 3 <= k[parts[1]].min()
    assert group(posed, "instance k>=999") is None and group(posed, "instanse k<3") is None
    assert group(posed, "instance") is whole
