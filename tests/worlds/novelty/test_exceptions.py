"""Exception items: what the declared interpolator gets wrong, and the twins that it gets right."""

import collections

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.exposure import Exposure

LIKE = "like(X,Y) :- genus(X,K), genus(Y,K), X != Y."
RULES = """
    has(X,R,V) :- genus(X,K), typical(K,R,V), not decides(X,R).
    has(X,R,V) :- odd(X), gives(R,V).
"""
HERD = [f"horse{i}" for i in range(5)]
FACTS = """
    odd(okapi) odd(hippo) gives(coat,striped) gives(food,leaf) genus(hippo,river)
    typical(horse,coat,plain) typical(horse,food,grass) typical(river,song,wet)
"""
FACTS += " ".join(f"genus({x},horse)" for x in [*HERD, "okapi"])
FACTS += " ".join(f" decides({x},{a})" for x in ("okapi", "hippo") for a in ("coat", "food"))


@pytest.fixture(scope="module")
def hand(make_world):
    axioms, queries = frozenset({"typical", "gives"}), {"decides": (), "genus": (1,), "odd": ()}
    world = make_world(RULES, FACTS, like=LIKE, axioms=axioms, queries=queries)
    for seed in range(50):  # a draw that queries the coat of the okapi and of some of its herd
        made = build_corpus(world, "tiny", Exposure(held=0.0, demonstrated=0.7), (0, seed))
        things = {_query(made, q) for q in made.of_rung("instance")}
        if ("okapi", "coat") in things and things & {(x, "coat") for x in HERD}:
            return made
    raise AssertionError(
        "no draw has a question about the coat of the okapi and of one of its herd"
    )


def _query(corpus, question):
    cue, *given = corpus.prompt[question]
    assert corpus.cues[cue][0] == "has"
    return tuple(corpus.closure.base.constants[a] for a in given)


def _distracted(corpus):
    """The unstated questions with a distractor."""
    return np.flatnonzero((corpus.certificate.distractor >= 0) & (corpus.certificate.rung > 0))


def test_an_exception_is_not_answered_by_analogy(hand):
    names = hand.closure.base.constants
    (q,) = [q for q in _distracted(hand) if _query(hand, q) == ("okapi", "coat")]
    assert names[hand.certificate.distractor[q]] == "plain"
    assert [names[a] for a in hand.answers(q)] == ["striped"]
    assert {_query(hand, q)[0] for q in _distracted(hand)} == {"okapi"}


def test_its_twin_is_like_it_but_for_the_exception(hand):
    names, certificate = hand.closure.base.constants, hand.certificate
    (q,) = [q for q in _distracted(hand) if _query(hand, q) == ("okapi", "coat")]
    thing, attribute = _query(hand, twin := certificate.twin[q])
    assert thing in HERD and attribute == "coat" and names[hand.answers(twin)[0]] == "plain"
    assert certificate.rung[twin] == certificate.rung[q] and certificate.distractor[twin] < 0


def _votes(corpus, question):
    """What the corpus states of the herd of the thing in question: counts of stated answers."""
    c = corpus.closure
    genus = dict(c.rows("breed").tolist()) | {n: k for _, k, n in c.rows("named").tolist()}
    named = {*c.rows("named")[:, 2].tolist()}
    row = corpus.prompt[question].tolist()
    for place, thing in enumerate(row[1:], 1):
        herd = [
            y
            for y in genus
            if genus.get(thing) == genus[y] and y != thing and (y in named) == (thing in named)
        ]
        if thing >= 0 and herd:
            swapped = [[*row[:place], y, *row[place + 1 :]] for y in herd]
            examples = corpus.examples
            stated = collections.defaultdict(list)
            for prompt, answer in zip(
                map(tuple, examples.prompt.tolist()), examples.answer.tolist()
            ):
                stated[prompt].append(answer)
            return collections.Counter(a for s in swapped for a in stated[tuple(s)])
    return collections.Counter()


def test_distractors_of_zebra_are_wrong_and_have_at_least_half_of_the_votes(corpus):
    made = corpus("zebra-v2")
    theorems = np.flatnonzero(np.diff(made.offsets) > 0)
    distracted = theorems[made.certificate.distractor[theorems] >= 0]
    assert len(distracted) > 20
    for q in distracted[:25]:
        votes, distractor = _votes(made, q), int(made.certificate.distractor[q])
        assert distractor not in made.answers(q) and 2 * votes[distractor] >= votes.total() > 0
    others = theorems[made.certificate.distractor[theorems] < 0]
    for q in others[:: max(1, len(others) // 25)]:
        votes = _votes(made, q)
        wrong = [a for a in votes if a not in made.answers(q)]
        assert all(2 * votes[a] < votes.total() for a in wrong)


def test_twins_stand_on_the_same_rung_and_the_distractor_is_right_for_them(corpus):
    made = corpus("zebra-v2", "small")
    certificate = made.certificate
    paired = np.flatnonzero(certificate.twin >= 0)
    assert len(paired) > 50
    for q in paired:
        twin = certificate.twin[q]
        assert certificate.rung[q] == certificate.rung[twin] and certificate.distractor[twin] < 0
        assert certificate.pure[q] == certificate.pure[twin]
        assert certificate.distractor[q] in made.answers(twin)
        assert (made.prompt[q] != made.prompt[twin]).sum() == 1


def test_a_world_without_an_interpolator_has_no_exception_items(corpus):
    assert (corpus("composition-v1").certificate.distractor < 0).all()


def test_rules_of_likeness_must_derive_like(make_world):
    world = make_world("p(X) :- e(X,_).", "e(a,b)", like="alike(X,Y) :- e(X,Y).")
    with pytest.raises(UserError, match=r"derive no like\(X,Y\)"):
        build_corpus(world, "tiny", Exposure(held=0.0))
