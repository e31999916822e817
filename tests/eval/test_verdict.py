"""Verdicts: a plateau has to be earned, a floor needs a control, and doubt names its price."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.exam import Exam
from zebroid.eval.predictions import Predictions
from zebroid.eval.references import references
from zebroid.eval.score import Row, score
from zebroid.eval.verdict import Verdict, judge

FLOPS = np.geomspace(1e9, 1e12, 13)  # three decades, four checkpoints a decade
SMALL = (-0.01, 0.0, 0.01)  # runs that differ a little


@pytest.fixture(scope="module")
def big(composition) -> Exam:
    rungs = ("instance", "constituent")
    return Exam(composition, np.sort(np.concatenate([composition.of_rung(r) for r in rungs])))


@pytest.fixture(scope="module")
def ceilings(big: Exam) -> dict[str, Row]:
    found = references(big.corpus, big.questions)
    return {a.name: score([Predictions.of(big, a)], a.name) for a in found}


@pytest.fixture
def verdict(big: Exam, ceilings, row):
    def judged(curve, rung="instance", others=(), **more) -> Verdict:
        mine = row(big, {rung: curve}, flops=FLOPS[-len(curve) :], shifts=SMALL, **more)
        return next(v for v in judge(mine, ceilings, others) if v.rung == rung)

    return judged


def _sigmoid(top: float, middle: float) -> np.ndarray:
    return 0.05 + (top - 0.05) / (1 + np.exp(-8 * (np.log10(FLOPS) - middle)))


def test_flat_over_the_last_decade_is_a_plateau(verdict) -> None:
    found = verdict(_sigmoid(0.9, 10))
    assert (found.kind, found.budget) == ("plateau", None)
    assert "within 0.0" in found.evidence


def test_still_climbing_is_rising(verdict) -> None:
    found = verdict(_sigmoid(0.9, 12))
    assert found.kind == "rising" and found.budget is None


def test_what_was_known_and_is_lost_fell(verdict) -> None:
    assert verdict(1 - _sigmoid(0.9, 12)).kind == "fell"


def test_flat_for_less_than_a_decade_is_undecided_and_names_ten_times_its_start(verdict) -> None:
    curve = np.where(FLOPS < 2e11, 0.1, 0.9)
    found = verdict(curve)
    assert found.kind == "undecided"
    assert found.budget == pytest.approx(10 * FLOPS[FLOPS >= 2e11][0])


def test_a_short_run_never_plateaus(verdict) -> None:
    found = verdict(np.full(3, 0.9))  # half a decade
    assert found.kind == "undecided" and found.budget == pytest.approx(10 * FLOPS[-3])


def test_one_checkpoint_is_undecided(verdict) -> None:
    found = verdict(np.array([0.9]))
    assert found.kind == "undecided" and "1 checkpoint" in found.evidence


def test_two_flat_points_a_decade_apart_do_not_show_what_is_between(big, ceilings, row) -> None:
    mine = row(big, {"instance": [0.9, 0.9]}, flops=[1e11, 1e12], shifts=SMALL)
    assert judge(mine, ceilings)[0].kind == "undecided"


def test_a_rise_that_bits_do_not_show_is_no_rise(big, ceilings, model) -> None:
    cell = model(big, {"instance": _sigmoid(0.9, 12)}, flops=FLOPS, shifts=SMALL)
    flat = dataclasses.replace(cell, bits=np.full_like(cell.bits, 3.0))
    assert judge(score([cell], "x"), ceilings)[0].kind == "rising"
    found = judge(score([flat], "x"), ceilings)[0]
    assert found.kind == "undecided" and "bits do not show it" in found.evidence


def test_a_rise_within_the_noise_of_runs_is_undecided(big, ceilings, model) -> None:
    rng = np.random.RandomState(0)
    curve = np.clip(_sigmoid(0.2, 12) + rng.normal(0, 0.03, len(FLOPS)), 0, 1)
    cells = [
        model(
            big,
            {"instance": np.clip(curve + s * np.linspace(-1, 1, len(FLOPS)), 0, 1)},
            flops=FLOPS,
            shifts=(0.0,),
        )
        for s in (-0.2, 0.0, 0.3)
    ]
    assert judge(score(cells, "noisy"), ceilings)[0].kind == "undecided"


def test_the_floor_is_a_plateau_only_beside_a_control_that_rises_there(big, verdict, row) -> None:
    floor = np.full(len(FLOPS), 0.02)
    alone = verdict(floor, "constituent")
    assert alone.kind == "undecided" and "no positive control" in alone.evidence
    chain = row(big, {"constituent": _sigmoid(0.9, 10)}, "chain", flops=FLOPS, mode="chain")
    found = verdict(floor, "constituent", [chain])
    assert (found.kind, found.ceiling) == ("plateau", "reuser")
    assert "chain rises there by" in found.evidence


def test_a_control_on_another_corpus_proves_nothing(big, verdict, row) -> None:
    chain = row(big, {"constituent": _sigmoid(0.9, 10)}, "chain", flops=FLOPS)
    elsewhere = dataclasses.replace(chain, digests=("another",))
    assert verdict(np.full(len(FLOPS), 0.02), "constituent", [elsewhere]).kind == "undecided"


def test_a_control_that_needs_more_compute_names_the_budget(big, verdict, row) -> None:
    late = row(big, {"constituent": _sigmoid(0.9, 11.9)}, "chain", flops=FLOPS * 100)
    found = verdict(np.full(len(FLOPS), 0.02), "constituent", [late])
    assert found.kind == "undecided" and found.budget > FLOPS[-1]


def test_few_questions_are_undecided_and_no_compute_would_help(composition, ceilings, row) -> None:
    few = Exam(composition, composition.of_rung("instance")[:20])
    found = judge(row(few, {"instance": _sigmoid(0.9, 10)}, flops=FLOPS), ceilings)[0]
    assert (found.kind, found.budget) == ("undecided", None)
    assert "only 20 questions" in found.evidence


def test_levels_are_placed_among_the_ceilings(verdict) -> None:
    assert verdict(_sigmoid(0.99, 10)).ceiling == "reuser"  # instance: all three reach 1
    assert verdict(_sigmoid(0.99, 10), "constituent").ceiling == "inductor"
    assert verdict(_sigmoid(0.7, 10), "constituent").ceiling == "between reuser and inductor"
    assert verdict(_sigmoid(0.6, 10)).ceiling == "below reuser"


def test_recall_gets_no_verdict(composition_exam: Exam, row) -> None:
    found = judge(row(composition_exam, {"recall": 1.0, "instance": 1.0}), {})
    assert [v.rung for v in found] == ["instance", "constituent", "schema"]
    assert {v.ceiling for v in found} == {"unknown"}
