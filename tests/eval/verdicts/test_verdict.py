"""Verdicts: a plateau has to be earned, a floor needs a control, and doubt names its price."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import references
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import Row, score
from zebroid.eval.verdicts.judge import curve_of, judge
from zebroid.eval.verdicts.positive_control import Control
from zebroid.eval.verdicts.standing import Against
from zebroid.eval.verdicts.verdict import Verdict, judged
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import Corpus

FLOPS = np.geomspace(1e9, 1e12, 13)  # three decades, four checkpoints a decade
SMALL = (-0.01, 0.0, 0.01)  # runs that differ a little


def question_set_on(corpus: Corpus) -> QuestionSet:
    rungs = ("instance", "constituent")
    return QuestionSet(corpus, np.sort(np.concatenate([corpus.of_rung(r) for r in rungs])))


@pytest.fixture(scope="module")
def question_sets(composition) -> list[QuestionSet]:
    """The same questions of three worlds: fewer are behind no verdict."""
    others = [build_corpus(Composition(), "tiny", seeds=(seed, 0)) for seed in (1, 2)]
    return [question_set_on(corpus) for corpus in (composition, *others)]


@pytest.fixture(scope="module")
def ceilings(question_sets: list[QuestionSet]) -> dict[str, Row]:
    found = [references(e.corpus, e.questions) for e in question_sets]
    return {
        mine[0].name: score(
            [Predictions.of(e, a) for e, a in zip(question_sets, mine)], mine[0].name
        )
        for mine in zip(*found)
    }


@pytest.fixture(scope="module")
def row(question_sets: list[QuestionSet], model):
    """A row of runs with these curves, in each of the three worlds."""

    def made(levels, label="direct", on=3, noise=0.0, **more) -> Row:
        rng = np.random.RandomState(0)
        more = {"shifts": SMALL, "flops": FLOPS} | more
        cells = []
        for question_set in question_sets[:on]:
            for shift in more["shifts"]:
                drawn = {
                    k: np.clip(v + rng.normal(0, noise, np.shape(v)), 0, 1)
                    for k, v in levels.items()
                }
                cells.append(model(question_set, drawn, **(more | {"shifts": (shift,)})))
        return score(cells, label)

    return made


@pytest.fixture
def verdict(row, ceilings):
    def judged(curve, rung="instance", others=(), weigh=False, **more) -> Verdict:
        mine = row({rung: curve}, flops=FLOPS[-len(curve) :], **more)
        mine = dataclasses.replace(mine, rungs={rung: mine.rungs[rung]})
        return judge(mine, ceilings, others, weigh=weigh)[0]

    return judged


def _sigmoid(top: float, middle: float) -> np.ndarray:
    return 0.05 + (top - 0.05) / (1 + np.exp(-8 * (np.log10(FLOPS) - middle)))


def test_flat_over_the_last_decade_is_a_plateau_at_its_level(verdict) -> None:
    found = verdict(_sigmoid(0.9, 10))
    assert (found.kind, found.budget) == ("plateau", None)
    assert found.level == pytest.approx(0.9, abs=0.01) and 0 < found.error < 0.05
    assert str(found).startswith("plateau at 0.90 ± 0.0")
    assert "over the last decade of compute" in found.evidence


def test_a_plateau_is_seen_through_the_noise_of_runs(verdict) -> None:
    assert verdict(_sigmoid(0.8, 10), noise=0.03).kind == "plateau"


def test_still_climbing_is_rising(verdict) -> None:
    found = verdict(_sigmoid(0.9, 12))
    assert found.kind == "rising" and found.budget is None


def test_what_was_known_and_is_lost_fell(verdict) -> None:
    assert verdict(1 - _sigmoid(0.9, 12)).kind == "fell"


def test_a_rise_that_has_stopped_within_the_decade_is_neither(verdict) -> None:
    found = verdict(_sigmoid(0.9, 11.2))
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


def test_two_flat_points_a_decade_apart_do_not_show_what_is_between(ceilings, row) -> None:
    mine = row({"instance": [0.9, 0.9]}, flops=[1e11, 1e12])
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
    found = verdict(_sigmoid(0.9, 10), **few)
    assert found.kind == "undecided" and found.budget is None
    assert f"{have}; at least 5 runs on 3 corpora" in found.evidence


def test_a_rise_that_bits_do_not_show_is_no_rise(question_sets, ceilings, model) -> None:
    cells = [
        model(e, {"instance": _sigmoid(0.9, 12)}, flops=FLOPS, shifts=SMALL) for e in question_sets
    ]
    flat = [dataclasses.replace(c, bits=np.full_like(c.bits, 3.0)) for c in cells]
    assert judge(score(cells, "x"), ceilings, weigh=False)[0].kind == "rising"
    found = judge(score(flat, "x"), ceilings, weigh=False)[0]
    assert found.kind == "undecided" and "bits do not show it" in found.evidence


def test_a_rise_within_the_noise_of_runs_is_undecided(ceilings, question_sets, model) -> None:
    curve = np.clip(_sigmoid(0.2, 12), 0, 1)
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


FLOOR = np.full(len(FLOPS), 0.02)


def _step(at: int) -> np.ndarray:
    """At the floor before checkpoint ``at``, and far above it from there on."""
    return np.where(np.arange(len(FLOPS)) >= at, 0.9, 0.02)


def test_the_floor_is_a_plateau_only_beside_a_control_that_rises_there(verdict, row) -> None:
    alone = verdict(FLOOR, "constituent")
    assert (alone.kind, alone.budget) == ("undecided", FLOPS[-1])
    assert "no positive control" in alone.evidence and "one that is would decide" in alone.evidence
    chain = row({"constituent": _sigmoid(0.9, 10)}, "chain", mode="chain")
    found = verdict(FLOOR, "constituent", [chain])
    assert (found.kind, found.ceiling) == ("plateau", "reuser")
    floor = chain.rungs["constituent"].floor.value
    assert f"at the floor ({floor:.2f})" in found.evidence
    assert "chain is above its floor from 1.8e+10 FLOPs on" in found.evidence


def test_a_control_above_its_floor_for_less_than_half_a_decade_leaves_it_open(verdict, row) -> None:
    """Of twelve checkpoints the last two: a set-up in which rises come that late shows no floor."""
    late = row({"constituent": _step(11)}, "chain")
    found = verdict(FLOOR, "constituent", [late])
    assert (found.kind, found.largest) == ("undecided", None)
    assert "the only positive control, chain, is above its floor from" in found.evidence
    assert found.budget == pytest.approx(FLOPS[11] * 10**0.5)
    in_time = row({"constituent": _step(10)}, "chain")
    assert verdict(FLOOR, "constituent", [late, in_time]).kind == "plateau"


def _with_floor(row: Row, rung: str, *floors: float) -> Row:
    """The same answers beside other floors, one a world."""
    score = row.rungs[rung]
    worlds = dict(zip(score.floor.worlds, floors))
    floor = dataclasses.replace(score.floor, value=float(np.mean(floors)), worlds=worlds)
    rungs = {**row.rungs, rung: dataclasses.replace(score, floor=floor)}
    return dataclasses.replace(row, rungs=rungs)


def test_a_control_counts_above_its_own_floor_alone(verdict, row) -> None:
    chain = row({"constituent": _sigmoid(0.9, 10)}, "chain")
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


def test_where_the_floor_is_reuse_the_evidence_says_so(row, ceilings) -> None:
    mine = _with_floor(row({"instance": np.full(13, 0.97)}), "instance", 1.0, 0.99, 1.0)
    found = judge(mine, ceilings, weigh=False)[0]
    assert found.kind == "plateau"
    assert "reuse by likeness: the floor is 1.00, so no evidence of a rule" in found.evidence


def test_an_untrained_row_has_no_floor_and_is_no_control(row, ceilings) -> None:
    mine, chain = row({"constituent": FLOOR}), row({"constituent": _sigmoid(0.9, 10)}, "chain")
    assert judge(mine, ceilings, [chain], weigh=False)[1].kind == "plateau"
    recall = dataclasses.replace(mine.rungs["instance"], name="recall", rung="recall")
    unlearned = {"recall": dataclasses.replace(recall, trained=False)}
    for changed, others in (
        (dataclasses.replace(mine, rungs=unlearned | {**mine.rungs}), [chain]),
        (mine, [dataclasses.replace(chain, rungs=unlearned | {**chain.rungs})]),
    ):
        found = judge(changed, ceilings, others, weigh=False)[1]
        assert found.rung == "constituent" and found.kind == "undecided"


def test_a_control_that_is_lost_again_shows_nothing(verdict, row) -> None:
    lost = row({"constituent": 0.92 - _step(10)}, "chain")
    assert verdict(FLOOR, "constituent", [lost]).kind == "undecided"


def test_a_control_on_another_corpus_proves_nothing(verdict, row) -> None:
    chain = row({"constituent": _sigmoid(0.9, 10)}, "chain")
    elsewhere = dataclasses.replace(chain, digests=("another",))
    assert verdict(FLOOR, "constituent", [elsewhere]).kind == "undecided"


def test_a_control_that_needs_more_compute_names_the_budget(verdict, row) -> None:
    late = row({"constituent": _sigmoid(0.9, 11.9)}, "chain", flops=FLOPS * 100)
    found = verdict(FLOOR, "constituent", [late])
    above = late.flops[
        late.rungs["constituent"].accuracy.low > late.rungs["constituent"].floor.value + 0.03
    ]
    assert found.kind == "undecided" and found.budget == pytest.approx(above[0] * 10**0.5)


def test_a_plateau_is_worded_with_the_slope_that_is_not_excluded(verdict) -> None:
    found = verdict(np.full(len(FLOPS), 0.8), noise=0.09)
    assert found.kind == "plateau" and 0.03 < abs(found.largest) < 0.1
    wording = "no change of 0.1 a decade or more (95%); the largest slope not excluded is "
    for text in (str(found), found.evidence):
        assert f"{wording}{found.largest:+.3f}" in text and "flat" not in text


def test_flat_is_said_only_where_a_change_of_three_hundredths_is_excluded(verdict) -> None:
    found = verdict(np.full(len(FLOPS), 0.8))
    assert found.flat and abs(found.largest) < 0.03
    assert "plateau at 0.80" in str(found) and "flat, no change of 0.03 a decade" in str(found)


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.03])
def test_a_slow_rise_without_end_is_never_called_flat(verdict, noise) -> None:
    found = verdict(0.6 + 0.03 * np.log10(FLOPS / FLOPS[0]), noise=noise)
    assert not found.flat and "flat" not in f"{found} {found.evidence}"


def test_a_model_that_has_not_learned_its_corpus_has_no_floor(row, ceilings) -> None:
    mine = row({"constituent": FLOOR})
    curve, bits = (curve_of(mine, mine.rungs["constituent"], k) for k in ("accuracy", "bits"))
    chain = Control("chain", FLOPS[0], FLOPS[-1])
    learned = Against("constituent", 300, 0.02, {})
    assert judged(learned, curve, bits, [chain], weigh=False).kind == "plateau"
    untrained = dataclasses.replace(learned, recall=0.6)
    found = judged(untrained, curve, bits, [chain], weigh=False)
    assert found.kind == "undecided" and "untrained: recall is 0.60" in found.evidence


def test_few_questions_are_undecided_and_no_compute_would_help(row) -> None:
    mine = row({"instance": _sigmoid(0.9, 10)})
    few = Against("instance", 21, 0.1, {})
    found = judged(few, curve_of(mine, mine.rungs["instance"]), None, weigh=False)
    assert (found.kind, found.budget) == ("undecided", None)
    assert "only 21 questions" in found.evidence


def test_levels_are_placed_among_the_ceilings(verdict) -> None:
    assert verdict(_sigmoid(0.99, 10)).ceiling == "reuser"  # instance: all three reach 1
    assert verdict(_sigmoid(0.99, 10), "constituent").ceiling == "inductor"
    assert verdict(_sigmoid(0.7, 10), "constituent").ceiling == "between reuser and inductor"
    assert verdict(_sigmoid(0.6, 10)).ceiling == "below reuser"


def test_recall_gets_no_verdict(composition_questions: QuestionSet, model) -> None:
    mine = score([model(composition_questions, {"recall": 1.0, "instance": 1.0})], "x")
    found = judge(mine, {})
    assert [v.rung for v in found] == ["instance", "constituent", "schema"]
    assert {v.ceiling for v in found} == {"unknown"}


def test_a_curve_that_is_no_number_is_undecided_and_says_so(row, ceilings) -> None:
    mine = row({"instance": _sigmoid(0.9, 10)})
    spoilt = mine.rungs["instance"]
    runs = spoilt.accuracy.runs.copy()
    runs[0, 3] = np.nan
    spoilt = dataclasses.replace(spoilt, accuracy=dataclasses.replace(spoilt.accuracy, runs=runs))
    found = judge(dataclasses.replace(mine, rungs={"instance": spoilt}), ceilings, weigh=False)[0]
    assert found.kind == "undecided" and "not finite numbers" in found.evidence


def test_the_evidence_names_laws_the_knee_and_both_hypotheses(verdict) -> None:
    found = verdict(_sigmoid(0.9, 10.2), noise=0.02, weigh=True)
    plain = verdict(_sigmoid(0.9, 10.2), noise=0.02)
    assert (plain.kind, plain.laws) == (found.kind, ())
    assert found.laws[0].law == "logistic" and sum(w.weight for w in found.laws) > 0.99
    assert found.knee is not None and found.knee.claimed
    assert found.knee.low <= 10**10.2 * 1.5 and found.knee.high >= 10**10.2 / 1.5
    assert found.hypotheses is not None and found.observed is not None
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
        model(e, {"instance": _sigmoid(0.9, 10.5)}, flops=FLOPS, shifts=SMALL)
        for e in question_sets
    ]
    smooth = (6.0 * (FLOPS / FLOPS[0]) ** -0.1)[None, :, None]
    cells = [
        dataclasses.replace(c, bits=np.broadcast_to(smooth, c.bits.shape) * 1.0) for c in cells
    ]
    found = judge(score(cells, "x"), ceilings)[0]
    assert found.knee is not None and not found.knee.claimed
    assert "no transition is claimed" in str(found.knee)
