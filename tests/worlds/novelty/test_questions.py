"""Every question has its full answer set and a certificate that says why."""

import numpy as np
import pytest
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.verbalize import question_in_english, questions_in_english
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.questions import find_prompts
from zebroid.worlds.novelty.rungs import KINDS, LADDER, SPLIT, ingredients, rung_of


@pytest.fixture(params=["composition-v1", "zebra-v2"])
def tiny(request, corpus):
    return corpus(request.param)


def test_answer_sets_are_complete_and_no_prompt_comes_twice(tiny):
    c, expected = tiny.closure, {}
    for number, (predicate, position) in enumerate(tiny.cues):
        for row in c.rows(predicate).tolist() if predicate not in tiny.world.axioms else ():
            given = tuple(row[:position] + row[position + 1 :])
            expected.setdefault((number, *given), set()).add(row[position])
    found = {
        tuple(x for x in row.tolist() if x >= 0): {*tiny.answers(q).tolist()}
        for q, row in enumerate(tiny.prompt)
    }
    assert len(found) == len(tiny.prompt)
    assert {k: v for k, v in found.items() if v} == expected


def test_rules_as_data_are_never_queried(tiny):
    queried = {tiny.cues[i][0] for i in np.unique(tiny.prompt[:, 0])}
    assert not queried & tiny.world.axioms and queried


def test_many_questions_read_as_each_of_them_does(tiny):
    questions = np.arange(len(tiny.prompt))[::-3]
    singly = [question_in_english(tiny, int(q)) for q in questions]
    assert questions_in_english(tiny, questions) == singly


def test_the_fact_behind_an_answer_says_prompt_and_answer(tiny):
    c = tiny.closure
    question = np.repeat(np.arange(len(tiny.prompt)), np.diff(tiny.offsets))
    for q, value, fact in zip(question, tiny.values, tiny.fact):
        predicate, position = tiny.cues[tiny.prompt[q, 0]]
        whole = np.insert(tiny.prompt[q, 1 : c.arity[predicate]], position, value)
        assert whole.tolist() == [a for a in c.arguments[fact] if a >= 0]


def test_recall_is_what_stands_in_the_examples(tiny):
    stands = find_prompts(tiny.examples.prompt[tiny.examples.fact >= 0], tiny.prompt) >= 0
    recall = tiny.certificate.rung == LADDER.index("recall")
    mixed_sets = tiny.certificate.rung == SPLIT
    assert stands[recall].all() and not (stands & ~recall & ~mixed_sets).any()


def test_certificates_agree_with_the_provable_sets(tiny):
    """Read off once more, a question at a time and in the table's order."""
    certificate = tiny.certificate
    for q in np.flatnonzero(certificate.rung >= LADDER.index("instance")):
        rung = LADDER[certificate.rung[q]]
        bits = int(certificate.provable[q])
        if rung == "instance":
            assert bits & 1
        elif rung in KINDS:
            alone = 1 << KINDS.index(rung)
            assert bits >> alone & 1 and not bits & 1
            assert certificate.pure[q] == (not bits >> (15 & ~alone) & 1)
        elif rung == "mixed":
            assert not any(bits >> (1 << i) & 1 for i in range(3)) and bits >> 15
            assert not certificate.pure[q]


def test_two_hop_cells_are_out_in_in_out_and_out_out(corpus):
    made = corpus("composition-v1")
    c, used = made.closure, made.read
    firsts = {int(p) for p in c.premises[used.derivations, 0]}
    seconds = {int(p) for p in c.premises[used.derivations, 1]}
    cells = []
    for q in made.of_rung("constituent"):
        (d,) = range(*c.first[made.fact[made.offsets[q]] + np.arange(2)])
        cell = (c.premises[d, 0] not in firsts) + 2 * (c.premises[d, 1] not in seconds)
        assert made.certificate.unseen[q] == cell
        cells.append(cell)
    assert {*cells} == {1, 2, 3}
    assert not made.certificate.unseen[made.of_rung("instance")].any()


def test_distance_is_steps_from_what_is_stated(make_world):
    rules = "anc(X,Y) :- par(X,Y).\nanc(X,Z) :- par(X,Y), anc(Y,Z)."
    facts = " ".join(f"par(n{i},n{i + 1})" for i in range(7))
    made = build_corpus(
        make_world(rules, facts),
        "tiny",
        Exposure(held=0.0, demonstrated=1.0, demonstrated_height=3),
    )
    certificate = made.certificate
    for cue, x in made.prompt:
        if made.cues[cue] != ("anc", 1):
            continue
        (q,) = np.flatnonzero((made.prompt == [cue, x]).all(1))
        values = made.answers(int(q))
        # one prompt has all descendants as answers: some recalled, and so of distance 0
        assert certificate.distance[q] == 0 and certificate.height[q] == 1
        assert certificate.rung[q] == (SPLIT if len(values) > 3 else LADDER.index("recall"))
        assert certificate.proofs[q] == len(values)


def test_prompts_are_found_among_others_whatever_their_order():
    known = np.array([[0, 5, -1], [0, 2, 7], [1, 2, 7], [0, -1, -1]], np.int32)
    wanted = np.array([[1, 2, 7], [0, 7, 2], [0, -1, -1], [0, 5, -1]], np.int32)
    assert find_prompts(known, wanted).tolist() == [2, -1, 3, 0]
    assert find_prompts(known[:0], wanted).tolist() == [-1] * 4
    assert find_prompts(known, wanted[:0]).tolist() == []


def test_a_rung_is_tried_in_the_order_of_the_table():
    def sets(*masks):
        """Provable with every superset of these masks, as in any real theory."""
        return sum(1 << s for s in range(16) if any(s & m == m for m in masks))

    cases = [
        (sets(0), "instance", True),
        (sets(1), "constituent", True),
        (sets(1, 2), "constituent", False),
        (sets(1, 6), "constituent", False),  # another way by two kinds at once
        (sets(2, 4), "schema", False),
        (sets(4), "depth", True),
        (sets(8), "axiom", True),
        (sets(8, 4), "depth", False),
        (sets(8, 6), "mixed", False),  # provable without new patterns: never axiom
        (sets(3), "mixed", False),
        (sets(9), "mixed", False),
    ]
    none = np.zeros(len(cases), bool)
    rung, pure = rung_of(np.array([c[0] for c in cases], np.uint16), none, none)
    assert [(LADDER[r], p) for r, p in zip(rung, pure)] == [(r, p) for _, r, p in cases]
    one = np.array([sets(3)], np.uint16)
    yes, no = np.ones(1, bool), np.zeros(1, bool)
    assert LADDER[rung_of(one, yes, no)[0][0]] == "recall"
    assert LADDER[rung_of(one, no, yes)[0][0]] == "written" and rung_of(one, no, yes)[1][0]
    named = ingredients(np.array([sets(0), sets(9, 14), sets(2, 1), 0], np.uint16))
    assert named.tolist() == [0, 9, 1, 15]


def test_a_world_in_which_nothing_follows_still_asks_what_is_stated(make_world):
    made = build_corpus(make_world("p(X) :- e(X,X).", "e(a,b) e(b,c)"), "tiny", Exposure())
    assert len(made.of_rung("recall")) == len(made.prompt) == 2
