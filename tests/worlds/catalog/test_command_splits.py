"""commands-v2's named splits: SCAN's published ones by rule, their counts, members and rungs."""

import dataclasses

import numpy as np
import pytest
from zebroid.worlds.catalog.commands import Commands
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.novelty.rungs import LADDER

# train and test commands of github.com/brendenlake/SCAN, each command counted once
PUBLISHED = {
    "simple": (16_728, 4_182),
    "length": (16_990, 3_920),
    "add-jump": (13_204, 7_706),
    "add-turn-left": (19_702, 1_208),
    "right": (15_225, 4_476),
    "opposite-right": (15_225, 4_476),
    "around-right": (15_225, 4_476),
    "jump-around-right": (18_528, 1_173),
}


@pytest.fixture(scope="module")
def scan():
    """The closure of all of SCAN."""
    return Commands().closure("scan", 0)


@pytest.fixture(scope="module")
def tiny():
    """tiny(split) -> its corpus, built once."""
    world, known = Commands(), {}

    def of(split):
        if split not in known:
            exposure = dataclasses.replace(world.exposure, split=split)
            known[split] = build_corpus(world, "tiny", exposure)
        return known[split]

    return of


def parts(closure, name, seed=0):
    """({command: number of its actions} that train, the same of those that test)."""
    names = closure.base.constants
    made = Commands.splits[name](closure, seed)
    found = []
    for mask in (made.demonstrated, made.queried):
        rows = closure.arguments[np.flatnonzero(mask), :2]
        found.append({names[c]: len(names[s].split()) for c, s in rows})
    return found


def test_the_splits_are_those_that_were_published():
    assert {*Commands.splits} == {*PUBLISHED}
    assert all(rule.__doc__ for rule in Commands.splits.values())


@pytest.mark.parametrize("name", PUBLISHED)
def test_train_and_test_have_as_many_commands_as_published(scan, name):
    """Of a new primitive one command fewer: "jump" alone is stated, as each verb's meaning is."""
    train, test = parts(scan, name)
    stated = ["jump"] if name == "add-jump" else []
    assert (len(train) + len(stated), len(test)) == PUBLISHED[name]
    assert not train.keys() & (test.keys() | {*stated})


def test_the_length_split_parts_commands_by_their_actions(scan):
    train, test = parts(scan, "length")
    assert max(train.values()) == 22 and (min(test.values()), max(test.values())) == (24, 48)


def test_a_new_primitive_is_in_every_test_command_and_in_no_other(scan):
    for name, words in (("add-jump", "jump"), ("add-turn-left", "turn left")):
        train, test = parts(scan, name)
        assert all(words in command for command in test) and words not in test
        assert [c for c in train if words in c] == ([words] if " " in words else [])


@pytest.mark.parametrize(
    ("name", "tested", "trained"),
    [
        ("right", "walk right twice", "walk around right"),
        ("opposite-right", "run opposite right", "run opposite left"),
        ("around-right", "look around right and walk", "look around left and walk"),
        ("jump-around-right", "jump around right thrice", "walk around right thrice"),
    ],
)
def test_a_template_after_turn_is_neither_trained_on_nor_tested(scan, name, tested, trained):
    template = name.removeprefix("jump-").replace("-", " ")
    train, test = parts(scan, name)
    assert tested in test and trained in train
    both = {*train, *test}
    assert not [c for c in both if f"turn {template}" in c] and f"turn {template}" not in both
    left_out = 20_910 - len(both)
    assert left_out == 1_209


def test_only_the_simple_split_is_drawn_and_by_the_exposure_seed(scan):
    assert parts(scan, "simple") == parts(scan, "simple") != parts(scan, "simple", seed=1)
    assert parts(scan, "length") == parts(scan, "length", seed=1)


@pytest.mark.parametrize(
    ("name", "rung"),
    [("add-jump", "constituent"), ("around-right", "schema")],
)
def test_test_commands_are_on_the_rung_of_what_is_new_in_them(tiny, name, rung):
    made = tiny(name)
    mine = made.certificate.rung[made.certificate.rung > 0]
    assert (mine == LADDER.index(rung)).mean() > 0.8
    others = {LADDER[r] for r in mine} - {rung, "mixed", "written"}
    assert not others, others


def test_nothing_but_what_the_split_queries_is_queried(tiny):
    made = tiny("around-right")
    names, derived = made.closure.base.constants, np.flatnonzero(made.certificate.rung > 0)
    commands = [names[c] for c in made.prompt[derived, 1]]
    assert commands and all(" around right" in c and "turn around right" not in c for c in commands)
    demonstrated = made.closure.arguments[made.demonstrated, 0]
    assert not [c for c in demonstrated if "around right" in names[c]]
