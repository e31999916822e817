"""Recovery: simulated plateaus, rises and laws are recognised or undecided; seldom mistaken."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats
from zebroid.eval.verdicts import simulation
from zebroid.eval.verdicts.simulation import (
    JOINT,
    PLATEAU,
    UNDECIDED,
    VERDICTS,
    WORDS,
    Design,
    judgements,
    knee,
    laws,
    line,
    simulated,
    surfaces,
    worlds_needed,
)
from zebroid.seeding import stream

BOTH = (Design(worlds=5, seeds=1), Design(worlds=3, seeds=5))


def check_verdicts(design: Design, repeats: int, slack: float) -> None:
    for name, case in VERDICTS.items():
        found = Counter(judgements(name, design, repeats))
        assert set(found) <= set(WORDS)
        false = repeats - sum(found[word] for word in {*case.true, UNDECIDED})
        assert false <= (0.05 + slack) * repeats, (name, found)
        slow = name.startswith("rises by 0.0")  # smaller than what is promised, as the docs say
        if not slow:
            true = sum(found[word] for word in case.true)
            assert true >= (0.8 - slack) * repeats, (name, found)
        else:
            assert found["fell"] == 0
        if "has stopped" in name:
            assert not any(found[word] for word in (*PLATEAU, "fell"))
        if "came back" in name:  # a straight line rises through all of these
            assert found[UNDECIDED] >= (0.95 - slack) * repeats


def test_plateaus_and_rises_of_a_tenth_are_recognised_and_seldom_mistaken() -> None:
    check_verdicts(BOTH[1], repeats=20, slack=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("design", BOTH, ids=str)
def test_false_verdicts_are_one_in_twenty_and_power_is_four_in_five(design: Design) -> None:
    check_verdicts(design, repeats=400, slack=0.0)


def test_a_slow_rise_without_end_is_no_change_of_a_tenth_and_hardly_ever_flat() -> None:
    """Of a thousand such curves four at most are called flat, as the docs say."""
    for name in ("rises by 0.03", "rises by 0.04"):
        found = Counter(judgements(name, BOTH[0], 100))
        assert found["flat"] <= 1 and found["no change of 0.1"] > 10, (name, found)


def test_a_floor_is_a_plateau_only_beside_a_control_that_rose_in_time() -> None:
    early, late, none = (n for n in VERDICTS if n.startswith("floor"))
    assert set(judgements(early, BOTH[0], 30)) <= {"flat", "no change of 0.1"}
    assert set(judgements(late, BOTH[0], 30)) == set(judgements(none, BOTH[0], 30)) == {UNDECIDED}


def test_more_repeats_only_add_to_what_was_found() -> None:
    assert judgements("plateau at 0.5", BOTH[0], 12)[:5] == judgements("plateau at 0.5", BOTH[0], 5)


def shares_right_and_wrong(found: dict[str, Counter[str]]) -> tuple[dict, dict]:
    """(share named rightly, share named wrongly) of each truth; undecided is neither."""
    n = {name: counts.total() for name, counts in found.items()}
    truly = {name: found[name][name] / n[name] for name in found}
    return truly, {k: 1 - truly[k] - found[k][UNDECIDED] / n[k] for k in found}


def check_laws(found: dict[str, Counter[str]], slack: float) -> dict[str, float]:
    truly, wrong = shares_right_and_wrong(found)
    assert all(share <= 0.05 + slack for share in wrong.values()), found
    return truly


def test_laws_are_named_or_left_undecided() -> None:
    truly = check_laws(laws(BOTH[0], 2), slack=0.0)
    assert np.mean(list(truly.values())) > 0.5


@pytest.mark.long
@pytest.mark.parametrize(("design", "repeats"), [*zip(BOTH, (100, 50))], ids=["seeds 1", "seeds 5"])
def test_a_wrong_law_is_named_once_in_twenty_at_most(design: Design, repeats: int) -> None:
    """Fewer repeats do where more seeds leave less to chance."""
    truly = check_laws(laws(design, repeats), slack=0.0)
    assert min(truly.values()) > 0.4 and np.mean(list(truly.values())) > 0.7


@pytest.mark.long
def test_joint_laws_are_distinguished() -> None:
    truly = check_laws(surfaces(40), slack=0.0)
    assert set(truly) == {law.name for law in JOINT} and min(truly.values()) > 0.8


def test_simulated_runs_are_as_far_apart_as_declared() -> None:
    design = Design(worlds=400, seeds=1)
    accuracy, bits = simulated(line(0, 0.5), design, stream("noise", 0))
    apart = accuracy.runs - 0.5
    assert apart.mean(1).std() == pytest.approx(simulation.LEVEL, rel=0.15)
    jitter = (apart - apart.mean(1, keepdims=True)).std()
    assert jitter == pytest.approx(np.hypot(simulation.JITTER, 0.5 / 300**0.5), rel=0.1)
    assert bits.runs.mean() == pytest.approx(0.5 * simulation.GUESSED, rel=0.05)


def test_what_is_never_right_does_not_vary() -> None:
    accuracy, _ = simulated(line(0, 0.0), Design(), stream("noise", 1))
    assert not accuracy.runs.any()


def test_truths_are_what_their_names_say() -> None:
    t = np.array([-3.0, -1.0, -0.5, 0.0])
    assert line(0.1, 0.6)(t)[1:] == pytest.approx([0.5, 0.55, 0.6])
    assert knee(0.3, 0.6, -0.8)(t)[[0, 3]] == pytest.approx([0.3, 0.6], abs=1e-3)


def test_more_seeds_and_questions_need_fewer_worlds() -> None:
    needed = np.array([[worlds_needed(s, q) for q in (100, 300, 1000)] for s in (1, 3, 10)])
    assert (np.diff(needed, axis=0) <= 0).all() and (np.diff(needed, axis=1) < 0).all()
    assert worlds_needed(3, 300, difference=0.1) < worlds_needed(3, 300, difference=0.05)


def test_the_table_of_worlds_keeps_its_promise() -> None:
    """Two models 0.05 apart, simulated as often as it takes: the t test sees it in four of five."""
    worlds = worlds_needed(seeds=1, questions=300)
    rng = stream("promise", 0)
    seen = 0
    for _ in range(400):
        configurations = []
        for level in (0.475, 0.525):
            design = Design(worlds, 1, 300, per_decade=1, decades=1)
            configurations.append(simulated(line(0, level), design, rng)[0].runs[:, -1])
        t = stats.ttest_ind(configurations[1], configurations[0]).statistic  # type: ignore[attr-defined]
        seen += t > stats.t.ppf(0.975, 2 * worlds - 2)
    assert 0.74 < seen / 400 < 0.88
