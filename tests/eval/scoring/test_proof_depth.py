"""Reach: heights and distinct conclusions, where half is right and chance does not explain it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import references
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import Exam
from zebroid.eval.scoring.proof_depth import reach
from zebroid.eval.scoring.score import score
from zebroid.worlds.catalog.zebra import Zebra
from zebroid.worlds.corpus.build import state
from zebroid.worlds.novelty.rungs import RUNGS


@pytest.fixture(scope="module")
def exam() -> Exam:
    corpus = state(Zebra(), "tiny")
    return Exam(corpus, np.concatenate([corpus.of_rung(r, pure=False) for r in RUNGS]))


@pytest.fixture(scope="module")
def heights(exam: Exam) -> np.ndarray:
    return exam.corpus.certificate.height[exam.questions]


def rows(exam: Exam):
    return {
        a.name: score([Predictions.of(exam, a)], a.name)
        for a in references(exam.corpus, exam.questions)
    }


def test_each_ceiling_reaches_as_far_as_the_one_below_it(exam: Exam) -> None:
    found = rows(exam)
    reached = [found[n].reach for n in ("reuser", "inductor", "deducer")]
    assert all(r is not None for r in reached)
    height = [r.height.mean[-1] for r in reached if r]
    number = [r.conclusions.mean[-1] for r in reached if r]
    assert height == sorted(height) and number == sorted(number)
    assert number[2] > number[0] > 0


def test_the_deducer_reaches_every_unstated_conclusion_often_enough_asked(exam: Exam) -> None:
    corpus, certificate = exam.corpus, exam.corpus.certificate
    deducer = rows(exam)["deducer"].reach
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


def test_less_than_half_of_a_height_is_not_reached(exam: Exam, heights, model) -> None:
    perfect = model(exam, {group: 1.0 for group in exam.groups}, shifts=(0.0,))
    keep = np.zeros(len(heights), bool)
    for where in (exam.groups[rung] for rung in RUNGS if rung in exam.groups):
        for height in np.unique(heights[where]):
            here = np.flatnonzero(where & (heights == height))
            keep[here[: int(0.45 * len(here))]] = True
    weak = dataclasses.replace(perfect, answer=np.where(keep, perfect.answer, -1))
    for cell, expected in ((perfect, True), (weak, False)):
        found = score([cell], "x").reach
        assert found is not None
        assert (found.height.mean[-1] > 0) == (found.conclusions.mean[-1] > 0) == expected


def test_recall_is_no_reach(exam: Exam, model) -> None:
    stated = score([model(exam, {"recall": 1.0})], "parrot").reach
    assert stated is not None and stated.conclusions.mean[-1] == 0


def test_one_run_has_no_interval_and_several_have_one(exam: Exam, model) -> None:
    levels = {"instance": 0.9}
    alone = score([model(exam, levels, shifts=(0.0,))], "one").reach
    several = score([model(exam, levels, shifts=(-0.1, 0.0, 0.1))], "three").reach
    assert alone is not None and several is not None
    assert alone.conclusions.at()[2] == np.inf
    mean, low, high = several.conclusions.at()
    assert low < mean < high < np.inf


def test_growth_is_told_over_the_last_decade(exam: Exam, model) -> None:
    flops = np.geomspace(1e9, 1e12, 7)
    levels = {"instance": np.ones(7), "schema": np.repeat([0.0, 0.9], [6, 1])}
    levels = {k: v for k, v in levels.items() if k in exam.groups}
    row = score([model(exam, levels, flops=flops)], "grows")
    assert row.reach is not None
    grew = row.reach.growth(row.flops)["conclusions"]
    assert grew is not None and grew.mean > 0
    short = score([model(exam, {"instance": 1.0})], "short")
    assert short.reach is not None and set(short.reach.growth(short.flops).values()) == {None}


def test_strata_too_small_to_tell_are_left_out(exam: Exam, model) -> None:
    few = exam.only(np.arange(len(exam.questions)) < 5)
    cell = model(few, {"recall": 1.0})
    assert reach([cell], [cell.right()]) is None
