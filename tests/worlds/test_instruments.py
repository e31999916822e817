"""Instruments: what a world is scored on, each rung and cue a column of its own."""

from __future__ import annotations

import pytest
from zebroid.errors import InvalidWorld
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.catalog.kinship import Kinship
from zebroid.worlds.catalog.zebra import Zebra
from zebroid.worlds.instruments import (
    beyond_association,
    cue_names,
    instrument_name,
    instruments,
    unknown_cue,
)


def changed(kind, **attributes):
    return type("Changed", (kind,), {"__module__": __name__, **attributes})()


def test_by_default_every_promised_rung_has_every_queried_cue_of_a_derived_predicate():
    assert cue_names(Composition()) == ("two",)
    both = changed(Kinship, queries={"kin": (1, 2)})
    assert cue_names(both) == ("kin/2", "kin/3") and cue_names(Kinship()) == ("kin",)
    found = instruments(Zebra())
    assert {rung for rung, _ in found} == {*Zebra.rungs} - {"recall", "mixed"}
    assert {cue for _, cue in found} == {"called", "has"}


def test_a_name_is_the_rung_where_there_is_one_cue_alone():
    assert instrument_name(Composition(), "instance", "two") == "instance"
    assert instrument_name(Zebra(), "instance", "has") == "instance has"
    alone = changed(Zebra, instruments=(("axiom", "has"), ("instance", "has")))
    assert instruments(alone) == (("instance", "has"), ("axiom", "has"))
    assert instrument_name(alone, "instance", "has") == "instance"


@pytest.mark.parametrize("attribute", ["instruments", "beyond_association"])
@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ((("instanze", "has"),), "unknown rung 'instanze'; did you mean 'instance'"),
        ((("recall", "has"),), "unknown rung 'recall'"),
        ((("instance", "hsa"),), "unknown cue 'hsa'; did you mean 'has'"),
        ((("instance", "typical"),), "unknown cue 'typical'"),
        (("instance",), "expected pairs of a rung and a cue"),
        ((("instance", "has/3"),), "has is queried at one place, .* write 'has'"),
        ((("instance", "has"), ("instance", "has")), "holds a pair twice"),
    ],
)
def test_what_a_world_cannot_have_is_refused_with_the_cure(attribute, pairs, message):
    with pytest.raises(InvalidWorld, match=message) as refused:
        world = changed(Zebra, **{attribute: pairs})
        (instruments if attribute == "instruments" else beyond_association)(world)
    assert "\n" not in str(refused.value)


def test_a_cue_without_its_place_is_refused_with_those_that_are_queried():
    both = changed(Kinship, queries={"kin": (1, 2)})
    assert "counted from 1: kin/2, kin/3" in str(unknown_cue(both, "kin"))
    assert "counted from 1: kin/2, kin/3" in str(unknown_cue(both, "kin/1"))


def test_beyond_association_are_instruments():
    pair = ("constituent", "two")
    assert beyond_association(changed(Composition, beyond_association=(pair,))) == (pair,)
    narrow = changed(Composition, beyond_association=(pair,), instruments=(("schema", "two"),))
    with pytest.raises(InvalidWorld, match="unknown instrument 'constituent two'"):
        beyond_association(narrow)


def test_a_cue_is_not_called_as_what_stands_apart():
    text = "near(X,Y) :- link(X,Y). far(X,Y) :- link(Y,X)."
    with pytest.raises(InvalidWorld, match="a cue is called 'near'"):
        instruments(changed(Composition, rules=text, queries={}))
