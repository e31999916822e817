"""Reach: how far, and how many, where half is right and the floor does not explain it."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import references
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.proof_depth import Reach, far_distances, reach
from zebroid.eval.scoring.score import score
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.datalog.facts import Facts
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.world import World

LENGTH, CHAINS = 12, 40


class Walks(World):
    """Where a walk along a chain is after so many steps; three steps at most are demonstrated."""

    id = "test.walks-v1"
    rules = "at(X,N,Y) :- first(N), link(X,Y). at(X,M,Z) :- next(N,M), at(X,N,Y), link(Y,Z)."
    rungs = ("recall", "instance", "depth")
    familiar = frozenset({"first", "next"})
    queries: ClassVar = {"first": (), "next": ()}
    exposure = Exposure(demonstrated_height=3, demonstrated=0.8, held=0.0)

    def sample(self, rng: np.random.RandomState, length: int = LENGTH) -> Facts:
        node = rng.permutation(length * CHAINS).reshape(CHAINS, length)
        links = np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], 1)
        steps = np.arange(length - 1)
        return Facts.of(
            {"node": length * CHAINS, "number": length},
            link=("node node", links),
            first=("number", [[0]]),
            next=("number number", np.stack([steps, steps + 1], 1)),
        )


@pytest.fixture(scope="module")
def question_set(matched) -> QuestionSet:
    corpus = matched(build_corpus(Walks(), "tiny"))
    return QuestionSet(corpus, np.arange(len(corpus.prompt)))


@pytest.fixture(scope="module")
def distance(question_set: QuestionSet) -> np.ndarray:
    return question_set.corpus.certificate.distance[question_set.questions]


def ceilings(question_set: QuestionSet) -> dict[str, Predictions]:
    found = references(question_set.corpus, question_set.questions)
    return {answers.name: Predictions.of(question_set, answers) for answers in found}


def reached(cell: Predictions) -> Reach:
    found = reach([cell], [cell.right()])
    assert found is not None
    return found


def test_each_ceiling_reaches_as_far_as_the_one_below_it(question_set: QuestionSet) -> None:
    found = [reached(cell) for cell in ceilings(question_set).values()]
    far = [one.distance.mean[-1] for one in found]
    number = [one.conclusions.mean[-1] for one in found]
    assert far == sorted(far) and number == sorted(number)
    assert far[0] == 1 and far[2] == 8  # two steps have 11 questions, nine have 8: too few
    assert number[2] > number[0] > 0


def test_the_deducer_reaches_every_conclusion_at_a_distance_with_enough_questions(
    question_set: QuestionSet, distance: np.ndarray
) -> None:
    corpus, total = question_set.corpus, 0
    for name in question_set.instruments:
        where = question_set.headline[name]
        for steps in np.unique(distance[where]):
            here = question_set.questions[where & (distance == steps)]
            if len(here) >= 30:
                total += len(np.unique(corpus.fact[corpus.offsets[here]]))
    deducer = reached(ceilings(question_set)["deducer"])
    assert 10 ** deducer.conclusions.mean[-1] - 1 == pytest.approx(total)


def test_less_than_half_of_a_distance_is_not_reached(
    question_set: QuestionSet, distance: np.ndarray
) -> None:
    perfect = ceilings(question_set)["deducer"]
    keep = np.zeros(len(distance), bool)
    for name in question_set.instruments:
        for steps in np.unique(distance[question_set.headline[name]]):
            here = np.flatnonzero(question_set.headline[name] & (distance == steps))
            keep[here[: int((0.45 if steps > 5 else 1) * len(here))]] = True
    weak = dataclasses.replace(perfect, answer=np.where(keep, perfect.answer, -1))
    assert reached(weak).distance.mean[-1] == 5
    assert 0 < reached(weak).conclusions.mean[-1] < reached(perfect).conclusions.mean[-1]
    nothing = dataclasses.replace(perfect, answer=np.full_like(perfect.answer, -1))
    assert reached(nothing).distance.mean[-1] == reached(nothing).conclusions.mean[-1] == 0


def test_without_four_far_distances_in_every_world_depth_is_one_number(
    question_set: QuestionSet, distance: np.ndarray
) -> None:
    assert far_distances(question_set) == 5
    cell = ceilings(question_set)["deducer"]
    short = cell.only(distance < 8)
    assert far_distances(short.question_set) == 4 and reached(short).distance.mean[-1] == 7
    shorter = cell.only(distance < 7)
    assert far_distances(shorter.question_set) == 3
    for cells in ([shorter], [cell, shorter]):
        assert reach(cells, [c.right() for c in cells]) is None
    assert score([shorter], "x").reach is None and score([cell], "x").reach is not None


def test_one_run_has_no_interval_and_several_have_one(question_set: QuestionSet, model) -> None:
    levels = {"recall": 1.0, "instance": 0.9, "depth": 0.8}
    alone = score([model(question_set, levels, shifts=(0.0,))], "one").reach
    several = score([model(question_set, levels, shifts=(-0.1, 0.0, 0.1))], "three").reach
    assert alone is not None and several is not None
    assert alone.conclusions.at()[2] == np.inf
    mean, low, high = several.conclusions.at()
    assert low < mean < high < np.inf


def test_growth_is_reported_over_the_last_decade(question_set: QuestionSet, model) -> None:
    flops = np.geomspace(1e9, 1e12, 7)
    levels = {"instance": np.ones(7), "depth": np.repeat([0.0, 0.9], [6, 1])}
    row = score([model(question_set, levels, flops=flops)], "grows")
    assert row.reach is not None
    for grew in row.reach.growth(row.flops).values():
        assert grew is not None and grew.mean > 0
    short = score([model(question_set, {"instance": 1.0})], "short")
    assert short.reach is not None and set(short.reach.growth(short.flops).values()) == {None}
