"""percept-v1: pictures that show by themselves what no text says of them."""

import itertools

import numpy as np
import pytest
from zebroid.benchmarks.explain.describe_world import describe
from zebroid.worlds.catalog.percept import OUTLINES, TEXTURES, Percept, drawn, grid_of
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import CONCLUSION
from zebroid.worlds.encoding.encode import encode


@pytest.fixture(scope="module")
def tiny():
    return build_corpus(Percept(), "tiny")


def _seen(picture):
    """(trait, kind) pairs that this grid can be a picture of, whatever its place and inks."""
    grid = grid_of(picture)
    cells = [*zip(*np.nonzero(grid))]
    top, left = (min(axis) for axis in zip(*cells))
    filled = {(r - top, c - left) for r, c in cells}
    kinds = [
        k
        for k, digits in OUTLINES.items()
        if {(r, c) for r, d in enumerate(digits) for c in range(4) if int(d, 16) >> (3 - c) & 1}
        == filled
    ]
    inks = {
        t: [{int(grid[r, c]) for r, c in cells if f(r, c) == i} for i in (0, 1)]
        for t, f in TEXTURES.items()
    }
    return list(
        itertools.product([t for t, two in inks.items() if [*map(len, two)] == [1, 1]], kinds)
    )


def test_every_picture_shows_one_trait_and_one_kind():
    """So its features can be read off its cells: that they count as seen is no gift."""
    for trait, kind in itertools.product(TEXTURES, OUTLINES):
        for picture in itertools.islice(drawn(trait, kind, 54, 6), 0, 54, 9):
            assert _seen(picture) == [(trait, kind)]


def test_no_two_pictures_are_alike():
    facts = Percept().facts("base", 0)
    pictures = [facts.constants[i] for i in facts.sorts["picture"]]
    assert len({*pictures}) == len(pictures) == 20 * 8 * 54
    assert {len(p.split()) for p in pictures} == {9}


def test_what_a_picture_shows_is_never_stated_and_what_is_named_is_a_conclusion(tiny):
    predicates = {tiny.closure.predicates[p] for p in tiny.closure.predicate[tiny.examples.fact]}
    assert predicates == {"looks", "depicts", "called", "compound", "bears", "genus"}
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
    assert {int(tiny.answers(q)[0]) for q in queries} <= names
    assert sum(tiny.prompt[q, 1] in pictures for q in queries) >= 12


def test_a_held_trait_is_named_in_pictures_and_compounded_only_of_things(tiny):
    c, names = tiny.closure, tiny.closure.base.constants
    trait_of = dict(c.rows("texture").tolist())
    held = {trait_of[tiny.prompt[q, 1]] for q in tiny.of_rung("schema")}
    assert len(held) == 1, [names[t] for t in held]
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


def test_all_seeds_have_the_same_pictures_and_other_names():
    one, other = (Percept().facts("tiny", seed) for seed in (0, 1))
    assert one.constants == other.constants
    assert np.array_equal(one.rows["texture"], other.rows["texture"])
    assert not np.array_equal(one.rows["compound"], other.rows["compound"])


def test_a_picture_is_drawn_for_people():
    assert Percept().sketch(next(drawn("barred", "horse", 1, 6))).splitlines() == [
        "1 . 1 . . .",
        "1 2 1 2 . .",
        "1 . . 2 . .",
        "1 . . 2 . .",
        ". . . . . .",
        ". . . . . .",
    ]
    assert Percept().sketch("striped") == Percept().sketch("Bala") == ""
    assert "```\n. " in describe(Percept(), "tiny")
