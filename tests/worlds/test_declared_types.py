"""What a world declares has the type that is meant: else one line, when the class is read."""

from __future__ import annotations

import ast

import pytest
from zebroid import registry
from zebroid.errors import InvalidWorld
from zebroid.worlds.catalog.kinship import Kinship
from zebroid.worlds.declared_types import DECLARED
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.world import World


def declared(**attributes):
    return type("Bazaar", (Kinship,), {"__module__": __name__, **attributes})


@pytest.mark.parametrize("given", [["a", "b"], ("a", "b"), {"b", "a"}, {"a": 1, "b": 2}.keys()])
def test_sets_lists_and_tuples_of_names_are_alike(given):
    made = declared(axioms=given, rungs=given, few_answers=given)
    assert made.axioms == made.few_answers == frozenset({"a", "b"})
    assert made.rungs == ("a", "b")


def test_so_are_places_and_pairs():
    made = declared(queries={"kin": [1, 2]}, schema={1: ["A"]}, instruments=[["instance", "kin"]])
    assert made.queries == {"kin": (1, 2)} and made.schema == {1: ("A",)}
    assert made.instruments == (("instance", "kin"),)


def test_what_has_its_type_is_left_as_it_is():
    phrases = {"kin": "{0} and {1}: {2}."}
    assert declared(phrases=phrases).phrases is phrases


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("axioms", "recipe", "axioms = 'recipe': got a string, expected a set of names; write"),
        ("rungs", "recall instance", "got a string, expected a set of names"),
        ("few_answers", "coin", "got a string, expected a set of names"),
        ("axioms", ["recipe", 3], "axioms = 3: got a number, expected a set of names"),
        ("exposure", {"held": 0.1}, "got a table, expected an Exposure; write exposure = Exposure"),
        ("exposures", {"tiny": {}}, r"exposures\['tiny'\] = {}: got a table"),
        ("queries", {"coin": 2}, r"queries\['coin'\] = 2: got a number, expected queries to be a"),
        ("schema", {1: "R"}, r"schema\[1\] = 'R': got a string"),
        ("schema", {"1": ("R",)}, "schema = '1': got a string"),
        ("instruments", [("instance", "kin", 1)], "expected pairs of a rung and a cue"),
        ("instruments", [{"instance", "kin"}], "got a set, expected pairs"),
        ("fixed", 1, "expected True or False"),
        ("content", True, "expected a whole number from 1"),
        ("rules", ["a"], "got a list, expected text"),
        ("splits", {"length": 3}, "expected splits to be a table of functions"),
    ],
)
def test_another_type_is_refused_in_one_line_with_the_cure(name, value, message):
    with pytest.raises(InvalidWorld, match=message) as refused:
        declared(**{name: value})
    line = str(refused.value)
    assert "\n" not in line and line.startswith(f"Bazaar.{name}") and f"write {name} = " in line


def test_what_a_class_computes_is_its_own_affair():
    made = declared(exposure=property(lambda self: Exposure(held=0.3)))
    assert made().exposure.held == 0.3


def test_every_attribute_has_a_type_in_words_and_a_sound_example():
    assert {*DECLARED} == {*World.__annotations__} - {"parameters"}
    classes = {"exposure": Exposure(held=0.2), "exposures": {"tiny": Exposure(held=0.2)}}
    classes |= {"splits": {"length": len}}
    for name, (kind, example) in DECLARED.items():
        value = classes.get(name) or ast.literal_eval(example.partition(", as ")[0])
        assert kind and hasattr(declared(**{name: value}), name)


def test_a_file_is_refused_with_its_name(world_file):
    path = world_file(
        "from zebroid import World\n\nclass Bazaar(World):\n    id = 'me.bazaar-v1'\n"
        "    rules = 'p(X) :- q(X).'\n    axioms = 'q'\n    def sample(self, rng): ...\n"
    )
    with pytest.raises(InvalidWorld, match=r"\.py.*got a string, expected a set of names"):
        registry.world(path)
