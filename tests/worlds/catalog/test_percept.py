"""percept-v2: pictures that show by themselves what no text says of them."""

import collections
import itertools

import numpy as np
import pytest
from zebroid.benchmarks.explain.describe_world import describe
from zebroid.worlds.catalog.percept import Percept, drawn, grid_of, outlines, textures
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import CONCLUSION
from zebroid.worlds.encoding.encode import encode


@pytest.fixture(scope="module")
def tiny():
    return build_corpus(Percept(), "tiny")


def _cells(bits):
    """The (row, column) of the cells of a shape whose bits are set."""
    return {divmod(i, 4) for i in range(16) if bits >> (15 - i) & 1}


def _seen(picture):
    """(texture, outline) pairs that this grid can be a picture of, wherever it stands and whatever
    its inks."""
    grid = grid_of(picture)
    cells = [*zip(*np.nonzero(grid))]
    top, left = (min(axis) for axis in zip(*cells))
    ink = {(r - top, c - left): int(grid[r, c]) for r, c in cells}
    found = []
    for texture in textures(32):
        first = {ink[cell] for cell in ink.keys() & _cells(texture)}
        other = {ink[cell] for cell in ink.keys() - _cells(texture)}
        found += [texture] if len(first) == len(other) == 1 and first != other else []
    return [*itertools.product(found, [o for o in outlines(40) if _cells(o) == {*ink}])]


def test_every_picture_shows_one_texture_and_one_outline():
    """So its features can be read off its cells: that they count as seen is no gift."""
    for texture, outline in itertools.product(textures(32), outlines(40)):
        for picture in drawn(texture, outline, 2, 6):
            assert _seen(picture) == [(texture, outline)]


@pytest.mark.parametrize(("size", "number"), [("small", 512 * 8), ("base", 1_280 * 12)])
def test_no_two_pictures_are_alike_and_no_id_tells_what_they_show(size, number):
    facts = Percept().facts(size, 0)
    pictures = [facts.constants[i] for i in facts.sorts["picture"]]
    assert len({*pictures}) == len(pictures) == number and pictures == sorted(pictures)
    assert {len(p.split()) for p in pictures} == {9}


def test_no_patch_tells_a_trait_or_a_kind():
    facts = Percept().facts("small", 0)
    patch = np.array([facts.constants[i].split() for i in facts.sorts["picture"]])
    for table in ("texture", "outline"):
        of = np.empty(len(patch), int)
        of[facts.rows[table][:, 0]] = facts.rows[table][:, 1]
        for place in range(9):
            commonest = [
                np.bincount(of[patch[:, place] == p]).max() for p in np.unique(patch[:, place])
            ]
            assert sum(commonest) < 0.2 * len(patch)


def test_beside_what_a_thing_is_stand_as_many_that_no_rule_reads():
    facts = Percept().facts("small", 0)
    for true, alike in (("bears", "dreads"), ("genus", "follows")):
        own = dict(facts.rows[true].tolist())
        others = collections.Counter(thing for thing, _ in facts.rows[alike].tolist())
        assert {*others.values()} == {2} and {*others} == {*own}
        assert all(own[thing] != other for thing, other in facts.rows[alike].tolist())
        assert len(np.unique(facts.rows[alike], axis=0)) == len(facts.rows[alike])
    read = {a.predicate for rule in Percept().program.rules for a in rule.positive}
    assert not read & {"dreads", "follows"}


def test_what_a_picture_shows_is_never_stated_and_what_is_named_is_a_conclusion(tiny):
    predicates = {tiny.closure.predicates[p] for p in tiny.closure.predicate[tiny.examples.fact]}
    assert predicates == {
        *("looks", "depicts", "called", "compound", "bears", "genus", "dreads", "follows")
    }
    tokens = encode(tiny, "chain", np.arange(len(tiny.prompt)))
    assert not {"texture", "outline"} & {*tokens.vocabulary}
    assert tokens.max_new == 2 * (1 + 9 + 1) + 4 + 2  # looks, depicts, compound; mark and answer


def test_the_zebra_is_seen_and_never_called_so(tiny):
    c = tiny.closure
    held = np.flatnonzero(tiny.split.held)
    assert len(held) and {c.predicates[p] for p in c.predicate[held]} == {"compound"}
    names = {*c.arguments[held, 2].tolist()}
    e, called = tiny.examples, tiny.cues.index(("called", 1))
    demonstrated = {*e.answer[(e.kind == CONCLUSION) & (e.prompt[:, 0] == called)].tolist()}
    assert not demonstrated & names
    queries = tiny.of_rung("constituent")
    pictures = tiny.closure.base.sorts["picture"]
    answers = {int(tiny.answers(q)[0]) for q in queries}
    assert names <= answers and not answers & demonstrated
    assert sum(tiny.prompt[q, 1] in pictures for q in queries) >= 12


def test_a_held_trait_is_named_in_pictures_and_compounded_only_of_things(tiny):
    c, names = tiny.closure, tiny.closure.base.constants
    trait_of = dict(c.rows("texture").tolist())
    held = {trait_of[tiny.prompt[q, 1]] for q in tiny.of_rung("schema")}
    assert len(held) in (1, 2), [names[t] for t in held]
    demonstrated = c.arguments[np.flatnonzero(tiny.demonstrated)]
    predicate = np.array(c.predicates)[c.predicate[np.flatnonzero(tiny.demonstrated)]]
    of = {
        p: {trait_of.get(g) for g in demonstrated[predicate == p, 0].tolist()}
        for p in ("looks", "called")
    }
    assert held <= of["looks"] and not held & of["called"]
    things = {int(x) for x in demonstrated[predicate == "called", 1]}
    answers = {int(tiny.answers(q)[0]) for q in tiny.of_rung("schema")}
    assert answers <= things  # by things described in text


def test_all_seeds_have_the_same_pictures_and_other_names_for_all_they_show():
    one, other = (Percept().facts("tiny", seed) for seed in (0, 1))
    assert one.constants == other.constants
    for predicate in ("texture", "outline", "compound"):
        assert not np.array_equal(one.rows[predicate], other.rows[predicate])
    together = [{*f.rows["texture"][:, 1].tolist()} for f in (one, other)]
    assert together[0] == together[1]


def test_a_picture_is_drawn_for_people():
    assert Percept().sketch(next(drawn(0x0F0F, 0xAF99, 1, 6))).splitlines() == [
        ". . . . . .",
        ". . . . . .",
        ". 2 . 2 . .",
        ". 1 1 1 1 .",
        ". 2 . . 2 .",
        ". 1 . . 1 .",
    ]
    assert Percept().sketch("striped") == Percept().sketch("Bala") == ""
    assert "```\n. " in describe(Percept(), "tiny")
