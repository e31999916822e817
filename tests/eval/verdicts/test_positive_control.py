"""A floor is a plateau only beside a control that has been above its own floor for long enough."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.scoring.score import Row, score
from zebroid.eval.verdicts.judge import curve_of, judge
from zebroid.eval.verdicts.positive_control import Control
from zebroid.eval.verdicts.standing import Against
from zebroid.eval.verdicts.verdict import judged

from .conftest import FLOPS, SMALL, sigmoid

FLOOR = np.full(len(FLOPS), 0.02)


def _step(at: int) -> np.ndarray:
    """At the floor before checkpoint ``at``, and far above it from there on."""
    return np.where(np.arange(len(FLOPS)) >= at, 0.9, 0.02)


def test_the_floor_is_a_plateau_only_beside_a_control_that_rises_there(verdict, on_three) -> None:
    alone = verdict(FLOOR, "constituent")
    assert (alone.kind, alone.budget) == ("undecided", FLOPS[-1])
    assert "no positive control" in alone.evidence and "one that is would decide" in alone.evidence
    chain = on_three({"constituent": sigmoid(0.9, 10)}, "chain", mode="chain")
    found = verdict(FLOOR, "constituent", [chain])
    assert (found.kind, found.ceiling) == ("plateau", "reuser")
    floor = chain.rungs["constituent"].floor.value
    assert f"at the floor ({floor:.2f})" in found.evidence
    assert "chain is above its floor from 1.8e+10 FLOPs on" in found.evidence


def test_a_control_above_its_floor_for_less_than_half_a_decade_leaves_it_open(
    verdict, on_three
) -> None:
    """Of twelve checkpoints the last two: a set-up in which rises come that late shows no floor."""
    late = on_three({"constituent": _step(11)}, "chain")
    found = verdict(FLOOR, "constituent", [late])
    assert (found.kind, found.slope) == ("undecided", None)
    assert "the only positive control, chain, is above its floor from" in found.evidence
    assert found.budget == pytest.approx(FLOPS[11] * 10**0.5)
    in_time = on_three({"constituent": _step(10)}, "chain")
    assert verdict(FLOOR, "constituent", [late, in_time]).kind == "plateau"


def _with_floor(row: Row, rung: str, *floors: float) -> Row:
    """The same answers beside other floors, one a world."""
    score = row.rungs[rung]
    worlds = dict(zip(score.floor.worlds, floors))
    floor = dataclasses.replace(score.floor, value=float(np.mean(floors)), worlds=worlds)
    rungs = {**row.rungs, rung: dataclasses.replace(score, floor=floor)}
    return dataclasses.replace(row, rungs=rungs)


def test_a_control_counts_above_its_own_floor_alone(verdict, on_three) -> None:
    chain = on_three({"constituent": sigmoid(0.9, 10)}, "chain")
    assert verdict(FLOOR, "constituent", [chain]).kind == "plateau"
    at_its_floor = _with_floor(chain, "constituent", 0.88, 0.88, 0.88)
    assert verdict(FLOOR, "constituent", [at_its_floor]).kind == "undecided"


def test_floors_are_paired_with_the_scores_of_their_worlds(question_sets, model, ceilings) -> None:
    """Scores that differ between worlds as their floors do are surely above these."""
    cells = [
        model(e, {"constituent": np.full(13, level)}, flops=FLOPS, shifts=SMALL)
        for e, level in zip(question_sets, (0.3, 0.5, 0.7))
    ]
    mine = score(cells, "x")
    pairs = _with_floor(mine, "constituent", 0.2, 0.4, 0.6)
    crossed = _with_floor(mine, "constituent", 0.6, 0.4, 0.2)
    found = [judge(m, ceilings, weigh=False)[1] for m in (pairs, crossed)]
    assert [v.rung for v in found] == ["constituent"] * 2
    assert found[0].kind == "plateau" and "floor" not in found[0].evidence
    assert found[1].kind == "undecided" and "not distinguishable from" in found[1].evidence


def test_where_the_floor_is_reuse_the_evidence_says_so(on_three, ceilings) -> None:
    mine = _with_floor(on_three({"instance": np.full(13, 0.97)}), "instance", 1.0, 0.99, 1.0)
    found = judge(mine, ceilings, weigh=False)[0]
    assert found.kind == "plateau"
    assert "reuse by likeness: the floor is 1.00, so no evidence of a rule" in found.evidence


def test_an_untrained_row_has_no_floor_and_is_no_control(on_three, ceilings) -> None:
    mine, chain = (
        on_three({"constituent": FLOOR}),
        on_three({"constituent": sigmoid(0.9, 10)}, "chain"),
    )
    assert judge(mine, ceilings, [chain], weigh=False)[1].kind == "plateau"
    recall = dataclasses.replace(mine.rungs["instance"], name="recall", rung="recall")
    unlearned = {"recall": dataclasses.replace(recall, trained=False)}
    for changed, others in (
        (dataclasses.replace(mine, rungs=unlearned | {**mine.rungs}), [chain]),
        (mine, [dataclasses.replace(chain, rungs=unlearned | {**chain.rungs})]),
    ):
        found = judge(changed, ceilings, others, weigh=False)[1]
        assert found.rung == "constituent" and found.kind == "undecided"


def test_a_control_that_is_lost_again_shows_nothing(verdict, on_three) -> None:
    lost = on_three({"constituent": 0.92 - _step(10)}, "chain")
    assert verdict(FLOOR, "constituent", [lost]).kind == "undecided"


def test_a_control_on_another_corpus_proves_nothing(verdict, on_three) -> None:
    chain = on_three({"constituent": sigmoid(0.9, 10)}, "chain")
    elsewhere = dataclasses.replace(chain, digests=("another",))
    assert verdict(FLOOR, "constituent", [elsewhere]).kind == "undecided"


def test_a_control_that_needs_more_compute_names_the_budget(verdict, on_three) -> None:
    late = on_three({"constituent": sigmoid(0.9, 11.4)}, "chain", flops=FLOPS * 100)
    found = verdict(FLOOR, "constituent", [late])
    assert found.kind == "undecided" and found.budget > FLOPS[-1]
    since = found.budget / 10**0.5
    assert np.isclose(late.flops, since).any()  # a checkpoint of the control
    assert f"chain, is above its floor from {since:.1e} FLOPs on" in found.evidence


def test_a_model_that_has_not_learned_its_corpus_has_no_floor(on_three, ceilings) -> None:
    mine = on_three({"constituent": FLOOR})
    curve, bits = (curve_of(mine, mine.rungs["constituent"], k) for k in ("accuracy", "bits"))
    assert curve is not None
    chain = Control("chain", FLOPS[0], FLOPS[-1])
    learned = Against("constituent", 300, 0.02, {})
    assert judged(learned, curve, bits, [chain], weigh=False).kind == "plateau"
    untrained = dataclasses.replace(learned, recall=0.6)
    found = judged(untrained, curve, bits, [chain], weigh=False)
    assert found.kind == "undecided" and "untrained: recall is 0.60" in found.evidence
