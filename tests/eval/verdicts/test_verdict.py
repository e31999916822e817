"""Verdicts: a plateau has to be earned, a floor needs a control, and doubt names its price."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import score
from zebroid.eval.verdicts.judge import curve_of, judge
from zebroid.eval.verdicts.standing import Against
from zebroid.eval.verdicts.verdict import judged

from .conftest import FLOPS, SMALL, sigmoid


def test_flat_over_the_last_decade_is_a_plateau_at_its_level(verdict) -> None:
    found = verdict(sigmoid(0.9, 10))
    assert (found.kind, found.budget) == ("plateau", None)
    assert found.level == pytest.approx(0.9, abs=0.01) and 0 < found.error < 0.05
    assert "plateau at 0.90 ± 0.0" in str(found)
    assert "over the last decade of compute" in found.evidence


def test_a_plateau_is_seen_through_the_noise_of_runs(verdict) -> None:
    assert verdict(sigmoid(0.8, 10), noise=0.03).kind == "plateau"


def test_still_climbing_is_rising(verdict) -> None:
    found = verdict(sigmoid(0.9, 12))
    assert found.kind == "rising" and found.budget is None


def test_what_was_known_and_is_lost_fell(verdict) -> None:
    assert verdict(1 - sigmoid(0.9, 12)).kind == "fell"


def test_a_rise_that_has_stopped_within_the_decade_is_neither(verdict) -> None:
    found = verdict(sigmoid(0.9, 11.2))
    assert found.kind == "undecided" and found.budget > FLOPS[-1]


def test_flat_for_less_than_a_decade_is_undecided_and_names_ten_times_its_start(verdict) -> None:
    curve = np.where(FLOPS < 2e11, 0.1, 0.9)
    found = verdict(curve)
    assert found.kind == "undecided"
    assert found.budget == pytest.approx(10 * FLOPS[FLOPS >= 2e11][0])
    assert "would be decided by about 3e+12 FLOPs" in str(found)


def test_a_short_run_never_plateaus(verdict) -> None:
    found = verdict(np.full(3, 0.9))  # half a decade
    assert found.kind == "undecided" and found.budget == pytest.approx(10 * FLOPS[-3])


def test_one_checkpoint_is_undecided(verdict) -> None:
    found = verdict(np.array([0.9]))
    assert found.kind == "undecided" and "1 checkpoint" in found.evidence


def test_two_flat_points_a_decade_apart_do_not_show_what_is_between(ceilings, on_three) -> None:
    mine = on_three({"instance": [0.9, 0.9]}, flops=[1e11, 1e12])
    assert judge(mine, ceilings, weigh=False)[0].kind == "undecided"


@pytest.mark.parametrize(
    ("few", "have"),
    [
        ({"on": 2}, "6 runs on 2 corpora"),
        ({"shifts": (0.0,)}, "3 runs on 3 corpora"),
        ({"on": 1, "shifts": (0.0,)}, "1 run on 1 corpus"),
    ],
)
def test_few_runs_or_worlds_are_behind_no_verdict(verdict, few, have) -> None:
    found = verdict(sigmoid(0.9, 10), **few)
    assert found.kind == "undecided" and found.budget is None
    assert f"{have}; at least 5 runs on 3 corpora" in found.evidence


def test_a_rise_that_bits_do_not_show_is_no_rise(question_sets, ceilings, model) -> None:
    cells = [
        model(e, {"instance": sigmoid(0.9, 12)}, flops=FLOPS, shifts=SMALL) for e in question_sets
    ]
    flat = [dataclasses.replace(c, bits=np.full_like(c.bits, 3.0)) for c in cells]
    assert judge(score(cells, "x"), ceilings, weigh=False)[0].kind == "rising"
    found = judge(score(flat, "x"), ceilings, weigh=False)[0]
    assert found.kind == "undecided" and "bits do not show it" in found.evidence


def test_a_rise_within_the_noise_of_runs_is_undecided(ceilings, question_sets, model) -> None:
    curve = np.clip(sigmoid(0.2, 12), 0, 1)
    tilts = ((-0.3, -0.2, -0.1), (0.1, 0.2, 0.3), (0.2, 0.0, 0.2))
    cells = [
        model(
            question_set,
            {"instance": np.clip(curve + tilt * np.linspace(-1, 1, len(FLOPS)), 0, 1)},
            flops=FLOPS,
            shifts=(0.0,),
        )
        for question_set, mine in zip(question_sets, tilts)
        for tilt in mine
    ]
    assert judge(score(cells, "noisy"), ceilings, weigh=False)[0].kind == "undecided"


def test_noise_that_hides_a_plateau_asks_for_runs_not_for_compute(
    ceilings, question_sets, model
) -> None:
    tilted = [
        model(
            question_set, {"instance": 0.6 + t * np.linspace(-1, 1, 13)}, flops=FLOPS, shifts=(0.0,)
        )
        for question_set, t in zip(
            [question_sets[i // 2] for i in range(6)], (0.3, 0.2, -0.3, -0.2, 0.05, -0.05)
        )
    ]
    found = judge(score(tilted, "noisy"), ceilings, weigh=False)[0]
    assert found.kind == "undecided" and "runs would decide, not compute" in found.evidence
    assert found.budget is None


def test_a_plateau_is_worded_with_the_slope_that_is_not_excluded(verdict) -> None:
    found = verdict(np.full(len(FLOPS), 0.8), noise=0.09)
    assert found.kind == "plateau" and 0.03 < abs(found.slope.largest) < 0.1
    wording = "no change of 0.1 a decade or more (95%); the largest slope not excluded is "
    assert f"{wording}{found.slope.largest:+.3f}" in found.evidence
    assert str(found).endswith(f", slope at most {found.slope.largest:+.3f} a decade (95%)")
    assert "flat" not in f"{found} {found.evidence}"


def test_flat_is_written_only_where_a_change_of_three_hundredths_is_excluded(verdict) -> None:
    found = verdict(np.full(len(FLOPS), 0.8))
    assert found.slope.flat and abs(found.slope.largest) < 0.03
    assert str(found).startswith("flat plateau at 0.80")
    assert found.evidence.startswith("flat, no change of 0.03 a decade or more (99%)")


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.03])
def test_a_slow_rise_without_end_is_never_called_flat(verdict, noise) -> None:
    found = verdict(0.6 + 0.03 * np.log10(FLOPS / FLOPS[0]), noise=noise)
    assert found.kind == "plateau" or found.slope is None
    assert "flat" not in f"{found} {found.evidence}"


def test_few_questions_are_undecided_and_no_compute_would_help(on_three) -> None:
    mine = on_three({"instance": sigmoid(0.9, 10)})
    few = Against("instance", 21, 0.1, {})
    curve = curve_of(mine, mine.rungs["instance"])
    assert curve is not None
    found = judged(few, curve, None, weigh=False)
    assert (found.kind, found.budget) == ("undecided", None)
    assert "only 21 questions" in found.evidence


def test_levels_are_placed_among_the_ceilings(verdict) -> None:
    assert verdict(sigmoid(0.99, 10)).ceiling == "reuser"  # instance: all three reach 1
    assert verdict(sigmoid(0.99, 10), "constituent").ceiling == "inductor"
    assert verdict(sigmoid(0.7, 10), "constituent").ceiling == "between reuser and inductor"
    assert verdict(sigmoid(0.6, 10)).ceiling == "below reuser"


def test_recall_gets_no_verdict(composition_questions: QuestionSet, model) -> None:
    mine = score([model(composition_questions, {"recall": 1.0, "instance": 1.0})], "x")
    found = judge(mine, {})
    names = [v.rung for v in found]
    assert "recall" in mine.rungs and names == [name for name in mine.rungs if name != "recall"]
    assert {v.ceiling for v in found} == {"unknown"}


def test_a_curve_that_is_no_number_is_undecided_and_says_so(on_three, ceilings) -> None:
    mine = on_three({"instance": sigmoid(0.9, 10)})
    spoilt = mine.rungs["instance"]
    runs = spoilt.accuracy.runs.copy()
    runs[0, 3] = np.nan
    spoilt = dataclasses.replace(spoilt, accuracy=dataclasses.replace(spoilt.accuracy, runs=runs))
    found = judge(dataclasses.replace(mine, rungs={"instance": spoilt}), ceilings, weigh=False)[0]
    assert found.kind == "undecided" and "not finite numbers" in found.evidence


def test_the_evidence_names_laws_the_knee_and_both_hypotheses(verdict) -> None:
    found = verdict(sigmoid(0.9, 10.2), noise=0.02, weigh=True)
    plain = verdict(sigmoid(0.9, 10.2), noise=0.02)
    assert (plain.kind, plain.laws) == (found.kind, ())
    assert found.laws[0].law == "logistic" and sum(w.weight for w in found.laws) > 0.99
    assert found.knee is not None and found.knee.claimed
    assert found.knee.low <= 10**10.2 * 1.5 and found.knee.high >= 10**10.2 / 1.5
    assert found.hypotheses is not None
    assert found.hypotheses.induction.shape == (3, len(FLOPS) + 1)
    text = found.lines()
    assert sum("foretold" in line for line in text) == 3  # two held out, one a decade beyond
    assert any("H1" in line and "H2" in line for line in text)
    assert any("steepest at" in line and "bits bend" in line for line in text)


def test_laws_that_miss_the_points_weigh_nothing(verdict) -> None:
    peak = np.r_[np.full(5, 0.02), np.full(4, 0.95), np.full(4, 0.3)]  # no law comes down again
    found = verdict(peak, weigh=True)
    assert found.laws == () and found.evidence.endswith("; no law meets the points")
    assert not any("weights of the laws" in line for line in found.lines())


def test_a_knee_in_accuracy_alone_is_no_transition(question_sets, ceilings, model) -> None:
    """Bits that fall smoothly: the jump is one of a threshold (arXiv 2304.15004)."""
    cells = [
        model(e, {"instance": sigmoid(0.9, 10.5)}, flops=FLOPS, shifts=SMALL) for e in question_sets
    ]
    smooth = (6.0 * (FLOPS / FLOPS[0]) ** -0.1)[None, :, None]
    cells = [
        dataclasses.replace(c, bits=np.broadcast_to(smooth, c.bits.shape) * 1.0) for c in cells
    ]
    found = judge(score(cells, "x"), ceilings)[0]
    assert found.knee is not None and not found.knee.claimed
    assert "no transition is claimed" in str(found.knee)
