"""Verdicts on findings: true ones hold, planted false ones and planted nulls are caught."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from zebroid.eval.verdicts.replication import (
    INVALID,
    NOT,
    REPRODUCED,
    UNDECIDED,
    Claim,
    Null,
    Quantity,
    effect,
    judge_finding,
    over_table,
)

WORLDS = 8
HIGHER = (Claim("high", "low", published=0.4),)
VANISHES = (Null("null", "low", bound=0.1),)


def quantities(seed: Any = 0, spread=0.03, worlds: Any = WORLDS, questions: Any = 0, **means):
    """Each named quantity in some worlds, around its mean."""
    rng = np.random.RandomState(seed)
    return {
        name: Quantity(
            {str(w): float(rng.normal(mean, spread)) for w in range(worlds)},
            {str(w): questions for w in range(worlds)},
        )
        for name, mean in means.items()
    }


def verdict(claims=HIGHER, nulls=VANISHES, **given):
    return judge_finding(claims, nulls, quantities(**given)).verdict


def test_a_finding_that_holds_beside_a_null_that_vanishes_is_reproduced():
    assert verdict(high=0.5, low=0.1, null=0.1) == REPRODUCED


def test_a_planted_false_finding_is_not_reproduced():
    """No effect at all, where the published one would have been seen; and one of the other sign."""
    assert verdict(high=0.1, low=0.1, null=0.1) == NOT
    assert verdict(high=0.1, low=0.5, null=0.1) == NOT


def test_a_planted_null_that_does_not_vanish_makes_a_finding_invalid_however_sure_its_claims():
    assert verdict(high=0.5, low=0.1, null=0.4) == INVALID


def test_a_null_that_may_or_may_not_vanish_leaves_it_undecided():
    assert verdict(high=0.9, low=0.1, null=0.19, spread=0.1) == UNDECIDED


def test_without_power_nothing_is_not_reproduced_and_the_worlds_are_named():
    found = judge_finding(HIGHER, (), quantities(high=0.15, low=0.1, spread=0.6))
    assert found.verdict == UNDECIDED and found.power[0] < 0.8
    needed = int(found.why.split()[2])
    assert needed > WORLDS
    again = judge_finding(HIGHER, (), quantities(high=0.5, low=0.1, spread=0.6, worlds=4 * needed))
    assert again.verdict == REPRODUCED


def test_every_claim_has_to_hold():
    two = (*HIGHER, Claim("highest", "high", published=0.3))
    assert verdict(two, (), high=0.5, low=0.1, highest=0.9) == REPRODUCED
    assert verdict(two, (), high=0.5, low=0.1, highest=0.5) == NOT


def test_claims_of_one_finding_are_corrected_by_holm():
    claims = tuple(Claim(f"high{i}", "low", published=0.4) for i in range(20))
    means = {f"high{i}": 0.1 for i in range(1, 20)}
    found = judge_finding(claims, (), quantities(high0=0.13, low=0.1, **means))
    assert found.claims[0].p < 0.05 < found.corrected[0]


def test_a_margin_has_to_be_passed_and_one_below_0_allows_for_as_much():
    wide = (Claim("high", "low", published=0.9, margin=0.5),)
    assert verdict(wide, (), high=0.5, low=0.1) == NOT
    no_worse = (Claim("high", "low", published=0.0, margin=-0.2),)
    assert verdict(no_worse, (), high=0.1, low=0.1) == REPRODUCED
    assert verdict(no_worse, (), high=0.1, low=0.5) == NOT


def test_numbers_stand_for_quantities():
    above = (Claim("high", 0.3, published=0.2),)
    assert verdict(above, (), high=0.5) == REPRODUCED
    below = (Claim(0.3, "high", published=0.2),)
    assert verdict(below, (), high=0.5) == NOT


def test_equal_scores_of_few_questions_are_no_proof():
    """In every world 1 of 1 against 0 of 1: without the questions, a sure effect without spread."""
    values = {"high": 1.0, "low": 0.0}
    few, many = (quantities(spread=0.0, questions=n, **values) for n in (1, 300))
    assert judge_finding(HIGHER, (), few).claims[0].low < 0.8
    assert judge_finding(HIGHER, (), many).claims[0].low > 0.97


def test_worlds_are_paired_and_too_few_are_refused():
    rng = np.random.RandomState(0)
    level = rng.normal(0, 1.0, WORLDS)
    high = Quantity({str(w): float(x + 0.1 + rng.normal(0, 0.01)) for w, x in enumerate(level)})
    low = Quantity({str(w): float(x) for w, x in enumerate(level)})
    assert effect("a", "b", 0.0, {"a": high, "b": low}).p < 1e-6
    apart = {"a": high, "b": Quantity({f"other {w}": x for w, x in low.values.items()})}
    with pytest.raises(ValueError, match="0 worlds have both"):
        effect("a", "b", 0.0, apart)


def test_of_a_table_of_chance_findings_few_are_reproduced():
    """Benjamini and Hochberg: with twenty findings of nothing, hardly any table has one."""
    lone, tables = 0, 0
    for table in range(60):
        found = {
            str(i): judge_finding(HIGHER, (), quantities(seed=100 * table + i, high=0.1, low=0.1))
            for i in range(20)
        }
        lone += any(one.verdict == REPRODUCED for one in found.values())
        tables += any(word == REPRODUCED for word, _ in over_table(found).values())
    assert lone > 10 and tables <= 4


def test_a_sure_finding_stays_in_any_table():
    found = {str(i): judge_finding(HIGHER, (), quantities(i, high=0.1, low=0.1)) for i in range(20)}
    found["sure"] = judge_finding(HIGHER, (), quantities(high=0.5, low=0.1))
    assert over_table(found)["sure"][0] == REPRODUCED and over_table({}) == {}
