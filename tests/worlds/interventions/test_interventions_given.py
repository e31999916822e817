"""How interventions are given: tables or instances, in any order; what is wrong is one line."""

from __future__ import annotations

from typing import Any

import pytest
from zebroid import identity
from zebroid.errors import UserError
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.interventions.identity_bridge import IdentityBridge
from zebroid.worlds.interventions.interventions_given import interventions
from zebroid.worlds.interventions.mixture import Mixture
from zebroid.worlds.interventions.skewed_frequencies import SkewedFrequencies

TABLES = (
    {"type": "skew", "exponent": 1},
    {"type": "identity", "share": 1 / 3},
    {"type": "mixture", "world": "horn-v2", "share": 0.5},
)


def exposure(given: Any) -> Exposure:
    """An exposure with interventions as users give them: of any form, and any mistake."""
    return Exposure(interventions=given)


def test_order_and_form_make_no_difference():
    made = exposure(TABLES)
    again = [Mixture("horn-v2/tiny", 0.5), SkewedFrequencies(1.0), IdentityBridge(0.333333333)]
    assert made == exposure(again)
    assert [one.type for one in made.interventions] == ["identity", "mixture", "skew"]
    assert exposure(TABLES[0]) == exposure(TABLES[:1])
    assert exposure(None) == exposure(()) == Exposure()


def test_an_exposure_comes_back_from_its_record():
    made = exposure(TABLES)
    record = made.record()
    assert record["interventions"][0] == {"type": "identity", "version": 1, "share": 0.333333333}
    assert identity.restore(Exposure, record) == made
    plain = Exposure().record()
    assert "interventions" not in plain and identity.restore(Exposure, plain) == Exposure()


@pytest.mark.parametrize(
    "given, message",
    [
        (3, "a value has the wrong type; give a list of tables such as"),
        ("skew", "a value has the wrong type; give a list of tables such as"),
        ([["skew"]], "a value has the wrong type; give a list of tables such as"),
        ([{"exponent": 1}], "has no type; give a table such as"),
        ([{"type": "skw", "exponent": 1}], "unknown intervention 'skw'; did you mean 'skew'"),
        ([{"type": ["skew"]}], "unknown intervention"),
        (
            [{"type": "skew", "exponnt": 1}],
            "unknown key of skew 'exponnt'; did you mean",
        ),
        ([{"type": "skew"}], "skew has no exponent; give it"),
        ([{"type": "skew", "exponent": 3.5}], "skew.exponent = 3.5; give a number from 0 to 3"),
        ([{"type": "skew", "exponent": -1}], "give a number from 0 to 3"),
        ([{"type": "skew", "exponent": float("nan")}], "give a number from 0 to 3"),
        ([{"type": "skew", "exponent": "1"}], "give a number from 0 to 3"),
        ([{"type": "skew", "exponent": True}], "give a number from 0 to 3"),
        ([{"type": "skew", "exponent": 1, "version": 2}], "skew of version 2, 1 here; use the ver"),
        ([TABLES[0], TABLES[0]], "skew is given twice; give it once"),
        ([{"type": "identity", "share": 1.01}], "identity.share = 1.01; give a number from 0 to 1"),
        ([{"type": "rephrasings", "forms": 2.0}], "give a whole number from 1 to 100"),
        ([{"type": "rephrasings", "forms": 101}], "give a whole number from 1 to 100"),
        ([{"type": "rephrasings", "forms": 10**400}], "give a whole number from 1 to 100"),
        ([{"type": "mixture", "world": "hrn-v2", "share": 1}], "did you mean 'horn-v2'"),
        ([{"type": "mixture", "world": "./my.py", "share": 1}], "of those that come with zebroid"),
        ([{"type": "mixture", "world": "horn-v2/huge", "share": 1}], "unknown size of horn-v2"),
        ([{"type": "mixture", "world": 3, "share": 1}], "give the id of a world, such as"),
    ],
)
def test_what_is_no_intervention_is_one_line_with_the_cure(given, message):
    with pytest.raises(UserError) as error:
        exposure(given)
    text = str(error.value)
    assert message in text and text.startswith("exposure.interventions") and "\n" not in text


def test_interventions_of_none_are_none():
    assert interventions(None) == interventions([]) == ()
