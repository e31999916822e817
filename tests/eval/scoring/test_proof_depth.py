"""Reach: heights and distinct conclusions, where half is right and chance does not explain it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import references
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.proof_depth import reach
from zebroid.eval.scoring.score import score
from zebroid.worlds.catalog.zebra import Zebra
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.novelty.rungs import RUNGS


@pytest.fixture(scope="module")
def question_set() -> QuestionSet:
    corpus = build_corpus(Zebra(), "tiny")
    return QuestionSet(corpus, np.concatenate([corpus.of_rung(r, pure=False) for r in RUNGS]))


@pytest.fixture(scope="module")
def heights(question_set: QuestionSet) -> np.ndarray:
    return question_set.corpus.certificate.height[question_set.questions]


def rows(question_set: QuestionSet):
    return {
        a.name: score([Predictions.of(question_set, a)], a.name)
        for a in references(question_set.corpus, question_set.questions)
    }


def test_each_ceiling_reaches_as_far_as_the_one_below_it(question_set: QuestionSet) -> None:
    found = rows(question_set)
    reached = [found[n].reach for n in ("reuser", "inductor", "deducer")]
    assert all(r is not None for r in reached)
    height = [r.height.mean[-1] for r in reached if r]
    number = [r.conclusions.mean[-1] for r in reached if r]
    assert height == sorted(height) and number == sorted(number)
    assert number[2] > number[0] > 0


def test_the_deducer_reaches_every_unstated_conclusion_with_enough_questions(
    question_set: QuestionSet,
) -> None:
    corpus, certificate = question_set.corpus, question_set.corpus.certificate
    deducer = rows(question_set)["deducer"].reach
    assert deducer is not None
    total, most = 0, 0
    for number, rung in enumerate(RUNGS[1:], start=1):
        pure = certificate.pure | (rung == "mixed")
        mine = np.flatnonzero((certificate.rung == number) & pure)
        for height in np.unique(certificate.height[mine]):
            here = mine[certificate.height[mine] == height]
            if len(here) >= 10:
                total += len(np.unique(corpus.fact[corpus.offsets[here]]))
                most = max(most, height)
    assert 10 ** deducer.conclusions.mean[-1] - 1 == pytest.approx(total)
    assert deducer.height.mean[-1] == most


def test_less_than_half_of_a_height_is_not_reached(
    question_set: QuestionSet, heights, model
) -> None:
    perfect = model(question_set, {group: 1.0 for group in question_set.groups}, shifts=(0.0,))
    keep = np.zeros(len(heights), bool)
    for where in (question_set.groups[rung] for rung in RUNGS if rung in question_set.groups):
        for height in np.unique(heights[where]):
            here = np.flatnonzero(where & (heights == height))
            keep[here[: int(0.45 * len(here))]] = True
    weak = dataclasses.replace(perfect, answer=np.where(keep, perfect.answer, -1))
    for cell, expected in ((perfect, True), (weak, False)):
        found = score([cell], "x").reach
        assert found is not None
        assert (found.height.mean[-1] > 0) == (found.conclusions.mean[-1] > 0) == expected


def test_recall_is_no_reach(question_set: QuestionSet, model) -> None:
    stated = score([model(question_set, {"recall": 1.0})], "parrot").reach
    assert stated is not None and stated.conclusions.mean[-1] == 0


def test_one_run_has_no_interval_and_several_have_one(question_set: QuestionSet, model) -> None:
    levels = {"instance": 0.9}
    alone = score([model(question_set, levels, shifts=(0.0,))], "one").reach
    several = score([model(question_set, levels, shifts=(-0.1, 0.0, 0.1))], "three").reach
    assert alone is not None and several is not None
    assert alone.conclusions.at()[2] == np.inf
    mean, low, high = several.conclusions.at()
    assert low < mean < high < np.inf


def test_growth_is_reported_over_the_last_decade(question_set: QuestionSet, model) -> None:
    flops = np.geomspace(1e9, 1e12, 7)
    levels = {"instance": np.ones(7), "schema": np.repeat([0.0, 0.9], [6, 1])}
    levels = {k: v for k, v in levels.items() if k in question_set.groups}
    row = score([model(question_set, levels, flops=flops)], "grows")
    assert row.reach is not None
    grew = row.reach.growth(row.flops)["conclusions"]
    assert grew is not None and grew.mean > 0
    short = score([model(question_set, {"instance": 1.0})], "short")
    assert short.reach is not None and set(short.reach.growth(short.flops).values()) == {None}


def test_strata_too_small_to_tell_are_left_out(question_set: QuestionSet, model) -> None:
    few = question_set.only(np.arange(len(question_set.questions)) < 5)
    cell = model(few, {"recall": 1.0})
    assert reach([cell], [cell.right()]) is None
