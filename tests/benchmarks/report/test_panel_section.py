"""What a report says of a panel beside its scores: lift, agreement, reach."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from zebroid.benchmarks.report import panel_section
from zebroid.eval.scoring.level import Level
from zebroid.eval.scoring.normalised import Normalised
from zebroid.eval.scoring.proof_depth import Reach
from zebroid.eval.scoring.rung_score import RungScore
from zebroid.eval.scoring.swap_lift import Agreement, Lift, Rivals
from zebroid.eval.stats.intervals import Band


def band(value):
    one = np.array([value])
    return Band(one, one - 0.1, one + 0.1, "worlds", one[None], np.zeros(1, int))


def score(name, rung, **more):
    floor = Level(0.3, 0.1, "likeness", "association")
    n = Normalised(0.43, 0.3, 0.55, 0.3, "worlds")
    return RungScore(name, 90, band(0.6), None, rung, "has", floor, n, **more)


def row(**fields) -> Any:
    some = {"label": "direct", "runs": 3, "failed": 0, "untrained": False, "rungs": {}}
    return SimpleNamespace(**some | fields)


def test_a_score_that_asks_for_a_rule_stands_beside_floor_lift_and_agreement():
    axiom = score(
        "axiom has",
        "axiom",
        lift=Lift(0.18, 0.15, 0.21, "1", "worlds", 90),
        agreement=Agreement(0.8, 0.25, None),
    )
    rungs = {"axiom has": axiom, "instance has": score("instance has", "instance")}
    (found,) = panel_section._beside([row(rungs=rungs)])
    assert found == ["axiom has\ndirect", ".60±.10", ".30", ".43±.13", ".18±.03", ".80", ".25", "–"]


def test_what_has_no_lift_says_so():
    (found,) = panel_section._beside([row(rungs={"depth has": score("depth has", "depth")})])
    assert found[4:] == ["–"] * 4


def test_right_answers_stand_beside_their_exact_rivals_where_they_have_some():
    rivals = Rivals(0.232, 0.003, 0.2, 0.25, "worlds", 0.9, 1_200)
    rungs = {
        "axiom has": score("axiom has", "axiom", rivals=rivals),
        "depth has": score("depth has", "depth"),
    }
    (found,) = panel_section._rivals([row(rungs=rungs)])
    assert found == ["axiom has\ndirect", "1,200", ".23", ".00", ".23±.03"]


def test_reach_is_a_distance():
    reach = Reach(band(4.0), band(2.0))
    (found,) = panel_section._reach([row(reach=reach, flops=np.array([1e6]))])
    assert found[0] == "direct" and found[1] == "4.0\n[3.9, 4.1]" and found[3].startswith("99")
    assert list(panel_section._reach([row(reach=None)])) == []
