"""The profile: reuse, recombination rung by rung, deduction, and what stating the rules adds."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.exchanged_rules import ExchangedRules
from zebroid.eval.scoring.pattern_intervals import PatternInterval
from zebroid.eval.scoring.profile import (
    NO_EVIDENCE,
    Profile,
    Share,
    exchanging,
    paired,
    profile,
    stating,
)
from zebroid.eval.scoring.score import Row, score

KNOWN = {"recall": 1.0}


def share(found: Profile, instrument: str, measure: str = "score") -> Share:
    mine = [s for s in found.shares if (s.instrument, s.measure) == (instrument, measure)]
    assert len(mine) == 1
    return mine[0]


def test_rungs_of_recombination_stand_each_by_itself(
    composition_questions: QuestionSet, row
) -> None:
    made = row(composition_questions, KNOWN | {"instance": 1.0, "constituent": 1.0, "schema": 1.0})
    found = profile(made)
    assert [s.instrument for s in found.of("recombination")] == ["constituent", "schema"]
    assert share(found, "constituent").value == pytest.approx(1)
    for name, kind in (("instance", "reuse"), ("schema", "recombination")):
        one = share(found, name)
        assert one.kind == kind and one.value is None and "reuse by likeness" in one.absent
        assert "reuse by likeness" in str(one)
    assert found.of("deduction") == ()


def test_deduction_is_above_its_twin_and_has_its_lift(zebra_questions: QuestionSet, row) -> None:
    mine, twin = (row(zebra_questions, KNOWN | {"axiom has": level}) for level in (0.9, 0.3))
    found = profile(mine, shuffled=twin)
    above = share(found, "axiom has", "above its twin")
    assert above.value == pytest.approx(0.6, abs=0.02)
    assert above.low is not None and above.low > 0.2  # over few patterns
    lift = share(found, "axiom has", "lift")
    assert lift.value is not None and 0 < lift.value < 0.9
    absent = share(found, "constituent called")
    assert absent.value is None and absent.absent == mine.absent["constituent called"]


def test_axiom_alone_is_not_above_a_twin(zebra_questions: QuestionSet, row) -> None:
    mine = row(zebra_questions, KNOWN | {"axiom has": 1.0})
    found = share(profile(mine), "axiom has", "above its twin")
    assert found.value is None and "shuffled" in found.absent and "shuffled" in str(found)
    lacking = dataclasses.replace(mine, rungs={"recall": mine.rungs["recall"]})
    found = share(profile(mine, shuffled=lacking), "axiom has", "above its twin")
    assert found.absent.startswith("its twin has no score")


def test_what_the_twin_scores_too_is_no_deduction(zebra_questions: QuestionSet, row) -> None:
    same = row(zebra_questions, KNOWN | {"axiom has": 0.8})
    found = share(profile(same, shuffled=same), "axiom has", "above its twin")
    assert found.value == 0 and found.low is not None and found.high is not None
    assert found.low < 0 < found.high


def test_a_difference_is_no_evidence_where_likeness_is_far_above_chance(
    zebra_questions: QuestionSet, row
) -> None:
    mine = row(zebra_questions, KNOWN | {"axiom has": 0.9})
    axiom = mine.rungs["axiom has"]
    for likeness, note in ((0.4, NO_EVIDENCE), (0.19, "")):
        floor = dataclasses.replace(axiom.floor, likeness=likeness, chance=0.1)
        rungs = {**mine.rungs, "axiom has": dataclasses.replace(axiom, floor=floor)}
        changed = dataclasses.replace(mine, rungs=rungs)
        found = share(profile(changed, shuffled=mine), "axiom has", "above its twin")
        assert found.note == note and (not note or note in str(found))
        gain = share(stating(changed, mine), "axiom has", "gain from stating")
        assert gain.note == note


def test_stating_is_reported_as_a_difference_with_its_interval(
    zebra_questions: QuestionSet, row
) -> None:
    more = row(zebra_questions, KNOWN | {"instance has": 0.9, "constituent has": 0.9})
    less = row(zebra_questions, KNOWN | {"instance has": 0.9, "constituent has": 0.1})
    gain = stating(more, less)
    assert gain.label == more.label + ", gain from stating"
    same, rise = (share(gain, n, "gain from stating") for n in ("instance has", "constituent has"))
    assert same.value == 0 and same.low is not None and same.low < 0
    assert rise.value == pytest.approx(0.8, abs=0.02) and rise.low is not None and rise.low > 0.5
    assert rise.kind == "recombination"


def test_a_model_that_has_not_learned_its_corpus_is_in_no_comparison(
    zebra_questions: QuestionSet, row
) -> None:
    learned = row(zebra_questions, KNOWN | {"axiom has": 0.9})
    unlearned = row(zebra_questions, {"recall": 0.3, "axiom has": 0.9})
    for found in (profile(unlearned), stating(learned, unlearned), stating(unlearned, learned)):
        assert all(s.value is None for s in found.shares)
        assert any("untrained: it recalls 0.3" in s.absent for s in found.shares)
    above = share(profile(learned, shuffled=unlearned), "axiom has", "above its twin")
    assert above.value is None and "untrained" in above.absent


@pytest.fixture(scope="module")
def worlds(composition_of) -> list[QuestionSet]:
    corpora = [composition_of(seed) for seed in range(3)]
    return [QuestionSet(c, c.of_rung("constituent")[:60]) for c in corpora]


def test_differences_are_paired_by_world(worlds: list[QuestionSet], model) -> None:
    def made(levels: list[float], order: list[int]) -> Row:
        cells = [model(worlds[i], {"constituent": levels[i]}, shifts=(0.0,)) for i in order]
        return score(cells, "x")

    more, less = made([0.9, 0.6, 0.3], [0, 1, 2]), made([0.7, 0.4, 0.1], [2, 0, 1])
    found = paired(more.rungs["constituent"], less.rungs["constituent"], more.seeds)
    assert found.over == "worlds" and found.value == pytest.approx(0.2, abs=0.01)
    assert found.high - found.low < 0.1  # worlds differ much, their differences do not
    part = made([0.7, 0.4, 0.1], [1])
    alone = paired(more.rungs["constituent"], part.rungs["constituent"], more.seeds)
    assert alone.over != "" and np.isfinite(alone.low)
    assert alone.high - alone.low > 0.2  # one world in common pairs nothing


def test_exchanged_rules_stand_with_the_pattern_as_unit(zebra_questions: QuestionSet, row) -> None:
    mine = row(zebra_questions, KNOWN | {"axiom has": 0.9})
    gap, obeyed = PatternInterval(0.5, 0.3, 0.7, 90, 9), PatternInterval(0.4, 0.2, 0.6, 90, 9)
    found = exchanging(mine, {"axiom has": ExchangedRules(gap, obeyed, obeyed)})
    one = share(found, "axiom has", "true minus exchanged")
    assert (one.value, one.low, one.high, one.over) == (0.5, 0.3, 0.7, "patterns")
    assert share(found, "axiom has", "obeys exchanged rules").value == 0.4
    assert {s.instrument for s in found.shares} <= {"axiom has", "axiom called"}
    none = share(exchanging(mine, {}), "axiom has", "true minus exchanged")
    assert none.value is None and none.absent == "exchanging changes no answer"
