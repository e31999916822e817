"""H is announced wherever it is not what the exposure names, with its cause."""

from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.height_note import height_note
from zebroid.worlds.exposure import Exposure

RULES = "anc(X,Y) :- par(X,Y).\nanc(X,Z) :- par(X,Y), anc(Y,Z)."
CHAIN = " ".join(f"par(n{i},n{i + 1})" for i in range(6))


def note(make_world, facts, **exposure):
    return height_note(build_corpus(make_world(RULES, facts), "tiny", Exposure(held=0, **exposure)))


def test_h_as_named_needs_no_note(make_world):
    assert note(make_world, CHAIN, demonstrated_height=3, demonstrated=1.0) == ""


def test_h_below_what_is_named_says_that_nothing_so_high_is_demonstrated(make_world):
    found = note(make_world, CHAIN, demonstrated_height=9, demonstrated=1.0)
    assert "H is 6, below exposure.demonstrated_height 9: no demonstrated conclusion" in found


def test_h_above_what_is_named_names_the_stated_fact_that_also_follows(make_world):
    found = note(make_world, f"{CHAIN} anc(n0,n5)", demonstrated_height=2, demonstrated=0.5)
    assert found.startswith("H is 5, above exposure.demonstrated_height 2: the stated fact anc(n0,")
    assert found.endswith("n5) also follows in 5 steps")


def test_a_fact_of_a_queried_episode_sets_no_h(make_world):
    """Its theory stands in a prompt: what follows there is not read off."""
    rules = "path(E,X,Y) :- link(E,X,Y).\npath(E,X,Z) :- path(E,X,Y), link(E,Y,Z)."
    tale = " ".join(f"link(t{{0}},n{i},n{i + 1})" for i in range(5)) + " path(t{0},n0,n5)"
    heights = set()
    for episode in range(4):
        plain = " ".join(tale.format(t) for t in range(4)).replace("path(t", "extra(t")
        plain += " link(t1,n5,n0) link(t2,n4,n0) link(t3,n3,n0)"  # no two theories are alike
        facts = plain.replace(f"extra(t{episode}", f"path(t{episode}")
        world = make_world(rules, sorted_by_episode(facts), episodes="tale")
        made = build_corpus(world, "tiny", Exposure(held=0.5, demonstrated_height=2))
        first = made.closure.base.sorts["tale"].start
        assert made.split.query_episodes is not None
        queried = first + episode in made.split.query_episodes
        heights.add((queried, made.read.height > 2))
    assert heights == {(True, False), (False, True)}


def sorted_by_episode(text):
    from zebroid.worlds.datalog.facts import Facts

    rows = {"link": [], "path": [], "extra": []}
    for atom in text.split():
        predicate, _, rest = atom.rstrip(")").partition("(")
        tale, x, y = (int(part[1:]) for part in rest.split(","))
        rows[predicate].append((tale, x, y))
    signature = "tale one one"
    kept = {p: (signature, r) for p, r in rows.items() if r and p != "extra"}
    return Facts.of({"tale": 4, "one": 6}, **kept)
