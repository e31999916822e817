"""Why a rung is empty: counted in the corpus, with the field that would change it."""

import pytest
from zebroid.worlds.corpus.audit import TooLittle
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.empty_rungs import empty_rungs
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.rungs import LADDER, ingredients


def test_every_empty_rung_has_its_reason(corpus, make_world):
    reasons = empty_rungs(corpus("composition-v1"))
    assert reasons == {
        "depth": "nothing is more than H = 1 from what is stated, demonstrated or written: the "
        "farthest answer is 1, and nothing that is true takes more steps "
        "(exposure.demonstrated_height = 1, or a larger size)",
        "written": "no proof of a demonstrated conclusion has a line that is another conclusion",
        "axiom": "no pattern is given as 'stated' (0% in exposure.given)",
        "nontheorem": "exposure.nontheorems is 0",
        "unknowable": "all that is true follows: exposure.coverage is 1, and of exposure.given 0% "
        "are given neither way",
    }
    flat = corpus("composition-v1", held=0.0, held_frames=0.0, demonstrated=1.0, nontheorems=0.1)
    reasons = empty_rungs(flat)
    assert reasons["constituent"] == "no base fact is held (exposure.held = 0)"
    assert reasons["schema"].startswith("no frame is held (exposure.held_frames = 0), and all 64")
    every = "all 1,024 eligible conclusions are demonstrated (exposure.demonstrated = 1)"
    assert reasons["instance"] == every
    assert reasons["mixed"] == "no question needs two kinds of novelty"
    assert reasons["nontheorem"] == "every prompt has an answer in the world"
    silent = make_world("p(X) :- e(X).", "e(a)", queries={"e": (), "p": (0,)})
    alone = build_corpus(silent, "tiny", Exposure(held=0.0))
    assert empty_rungs(alone)["instance"].startswith("all 1 eligible conclusion are demonstrated")


def test_what_stands_in_the_way_is_counted_by_its_kinds(corpus):
    """With two in a hundred demonstrated, most frames and most roles are new at once."""
    made = corpus("composition-v1", demonstrated=0.02)
    text = empty_rungs(made)["instance"]
    assert text.startswith("of 750 eligible conclusions 15 are demonstrated (exposure.demonstrated")
    sets = ingredients(made.certificate.provable[made.certificate.rung > 0])
    for kinds, bits in (("constituent", 1), ("schema", 2), ("constituent + schema", 3)):
        assert f"{(sets == bits).sum():,} {kinds}" in text
    assert text.endswith(
        "(more exposure.demonstrated or less exposure.held; "
        "more exposure.demonstrated or less exposure.held_frames)"
    )


def test_a_rung_of_which_every_question_needs_more_says_what(corpus):
    made = corpus("taxonomy-v2", demonstrated=0.02)
    text = empty_rungs(made)["depth"]
    assert "questions need more steps than H; all of them need more too: " in text
    assert text.endswith(" constituent (more exposure.demonstrated or less exposure.held)")


RULES = """
p(X,Y) :- e(X,Y).
q(X,Z) :- p(X,Y), e(Y,Z).
r(X,Z) :- q(X,Y), e(Y,Z).
"""
CHAIN = " ".join(f"e(n{i},n{i + 1})" for i in range(9))


def test_every_pattern_without_an_example_is_named_with_what_to_set(make_world):
    world = make_world(RULES, CHAIN, queries={"e": (), "p": ()})
    with pytest.raises(TooLittle) as found:
        build_corpus(world, "tiny", Exposure(held=0.0))
    text = str(found.value)
    assert "of 3 patterns 3 lack an example: p(X,Y) :- e(X,Y). is given as 'exemplified'" in text
    assert "p is never queried, and nothing that rests on it is demonstrated | q(X,Z) :-" in text
    for height in (2, 3):
        assert f"has derivations of up to {height} steps, and exposure.demonstrated_height" in text
    cure = text.rpartition("; ")[2]
    assert cure == (
        "give queries['p'] a place or demonstrate what rests on it, "
        "set exposure.demonstrated_height = 2, set exposure.demonstrated_height = 3"
    )
    build_corpus(world, "tiny", Exposure(held=0.0, demonstrated_height=3))


def test_a_pattern_is_named_where_nothing_is_demonstrated_or_it_stands_behind_a_stated_one(
    make_world,
):
    world = make_world(RULES, CHAIN)
    with pytest.raises(TooLittle, match=r"nothing is demonstrated; set exposure\.demonstrated"):
        build_corpus(world, "tiny", Exposure(held=0.0, demonstrated=0.0))
    given = {"exemplified": 0.67, "stated": 0.33}
    causes = set()
    for seed in range(6):
        exposure = Exposure(held=0.0, demonstrated_height=3, given=given)
        try:
            build_corpus(world, "tiny", exposure, (0, seed))
        except TooLittle as error:
            causes.add(str(error).rpartition("; ")[2])
    assert causes == {"set exposure.given to fewer 'stated' and 'neither'"}


def test_no_rung_is_both_empty_and_populated(corpus):
    for made in (corpus("composition-v1"), corpus("zebra-v2")):
        empty = empty_rungs(made)
        for rung in LADDER:
            mine = made.of_rung(rung, pure=rung != "mixed")
            assert (rung in empty) == (len(mine) == 0)
