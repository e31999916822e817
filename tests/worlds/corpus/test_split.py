"""What an exposure states, holds back and shows: each choice, seen from outside."""

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.worlds.corpus.audit import AuditError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import CONCLUSION, FACT, NONTHEOREM, SENTENCE
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.rungs import read_off

CHAIN = "anc(X,Y) :- par(X,Y).\nanc(X,Z) :- par(X,Y), anc(Y,Z)."


def _parents(n):
    return " ".join(f"par(n{i},n{i + 1})" for i in range(n))


def _read_off_by_hand(corpus):
    """Derivations of demonstrated conclusions and of derivable base facts, walked one at a time."""
    c, counts = corpus.closure, corpus.split.gold.counts
    todo = [*np.flatnonzero(corpus.demonstrated), *np.flatnonzero(c.is_base)]
    seen = set(todo)
    read = set()
    while todo:
        f = todo.pop()
        for d in range(c.first[f], c.first[f + 1]):
            if counts[d]:
                read.add(d)
                new = {int(p) for p in c.premises[d] if p >= 0} - seen
                seen |= new
                todo += list(new)
    return sorted(read)


@pytest.fixture(params=["composition-v1", "zebra-v2"])
def tiny(request, corpus):
    return corpus(request.param)


def test_what_is_read_off_is_what_a_walk_down_all_proofs_meets(tiny):
    assert np.flatnonzero(tiny.read.derivations).tolist() == _read_off_by_hand(tiny)


def test_no_demonstrated_conclusion_uses_a_held_fact(tiny):
    premises = tiny.closure.premises[_read_off_by_hand(tiny)]
    used = np.unique(premises[premises >= 0])
    assert tiny.split.held.any() and not tiny.split.held[used].any()
    assert tiny.closure.is_base[tiny.split.held].all()


def test_the_held_are_the_declared_share_of_what_may_be_held(corpus):
    """In composition one witness fixes at most two of the facts."""
    made = corpus("composition-v1")
    assert made.split.held.sum() == round(0.1 * (16 * 8 - 2))


@pytest.mark.parametrize("world", ["composition-v1", "horn-v2"])
def test_held_frames_are_never_demonstrated(corpus, world):
    tiny = corpus(world)
    rows, read = tiny.split.gold.rows, set(_read_off_by_hand(tiny))
    frames = [f for d, f in zip(rows.derivation.tolist(), rows.frame) if d in read]
    assert tiny.split.held_frames.any() and not tiny.split.held_frames[frames].any()


def test_of_every_demonstrated_pattern_some_frame_is_kept(tiny):
    gold = tiny.split.gold
    for pattern in np.flatnonzero(tiny.read.exemplified):
        mine = gold.pattern[gold.rows.derivation] == pattern
        assert not tiny.split.held_frames[gold.rows.frame[mine]].all()


@pytest.mark.parametrize("height", [2, 3, 4])
def test_nothing_above_the_demonstrated_height_is_demonstrated(make_world, height):
    made = build_corpus(
        make_world(CHAIN, _parents(8)),
        "tiny",
        Exposure(held=0.0, demonstrated_height=height, demonstrated=1.0),
    )
    assert made.closure.height[made.demonstrated].max() == made.read.height == height


def test_what_is_demonstrated_is_high_in_none_of_its_proofs(make_world):
    """goal(n0) follows in one step, and in four more that count as read off: it stays back."""
    rules = CHAIN + "\ngoal(X) :- near(X).\ngoal(X) :- anc(X,n3)."
    facts = _parents(4) + " near(n0) near(n2)"
    made = build_corpus(
        make_world(rules, facts),
        "tiny",
        Exposure(held=0.0, demonstrated_height=2, demonstrated=1.0),
    )
    names = [made.closure.base.constants[a] for a in made.closure.rows("goal")[:, 0]]
    demonstrated = made.demonstrated[list(made.closure.blocks["goal"])]
    assert dict(zip(names, demonstrated.tolist())) == {"n0": False, "n1": False, "n2": True}


def test_the_declared_share_of_the_eligible_is_demonstrated(corpus):
    for share in (0.3, 0.9):
        made = corpus("composition-v1", demonstrated=share)
        assert made.demonstrated.sum() == round(share * made.split.eligible.sum())
        assert not (made.demonstrated & ~made.split.eligible).any()


def test_the_others_of_the_eligible_are_instances(corpus):
    made = corpus("composition-v1")
    other = np.flatnonzero(made.split.eligible & ~made.demonstrated)
    assert len(other) == len(made.of_rung("instance"))
    assert set(other) == set(made.fact[made.offsets[made.of_rung("instance")]])


def test_phi_is_demonstrated_conclusions_per_usable_fact(corpus):
    made = corpus("composition-v1", phi=3.5)
    assert made.split.usable == 128 - made.split.held.sum()
    assert made.demonstrated.sum() == round(3.5 * made.split.usable)


def test_coverage_leaves_facts_unstated_and_never_rules_as_data(corpus):
    whole, half = corpus("zebra-v2"), corpus("zebra-v2", coverage=0.6)
    negated, axioms = whole.closure.program.negated, whole.world.axioms
    for predicate, rows in whole.closure.base.rows.items():
        left = len(half.closure.base.rows[predicate])
        if predicate in negated | whole.world.familiar:
            assert left == len(rows)  # given in full
        elif predicate not in axioms:
            assert left == round(0.6 * len(rows))
    assert negated == {"decides", "after", "passes"} and axioms
    for made in (whole, half):  # an axiom fact is there if and only if some pattern is given by it
        bound = {a for p in made.split.gold.patterns for a in p[1]}
        assert len(bound) <= sum(len(made.closure.rows(a)) for a in axioms)


def test_what_coverage_hides_is_unknowable_and_nothing_false_follows(corpus):
    made = corpus("composition-v1", coverage=0.7)
    truth = made.split.truth
    lost = len(truth.predicate) - len(made.closure.predicate)
    assert len(made.of_rung("unknowable")) == lost > 100
    for p in made.closure.predicates:
        assert (truth.find(p, made.closure.rows(p)) >= 0).all()


def test_each_pattern_is_given_as_drawn(corpus):
    made = corpus("zebra-v2")
    gold, presentation = made.split.gold, np.array(made.split.presentation)
    read = np.zeros(len(presentation), bool)
    read[gold.pattern[_read_off_by_hand(made)]] = True
    assert (read == np.isin(presentation, ["exemplified", "both"])).all()
    assert {"exemplified", "stated", "both"} <= {*presentation}
    sentences = set(made.examples.fact[made.examples.kind == SENTENCE].tolist())
    for pattern, w in zip(gold.patterns, presentation):
        for axiom in pattern[1]:
            (row,) = [[made.closure.base.constants.index(x) for x in axiom[1:]]]
            at = int(made.closure.find(axiom[0], np.array([row], np.int32))[0])
            assert (at in sentences) == (w in ("stated", "both"))


def test_of_a_pattern_given_neither_way_gold_has_nothing(corpus):
    made = corpus("zebra-v2")
    lost = len(made.split.truth.rows("named")) - len(made.closure.rows("named"))
    assert lost >= 1 and "neither" not in made.split.presentation
    assert len(made.of_rung("unknowable")) > 0


PLAIN = "\n".join(f"p{i}(X,Y) :- e{i}(X,Y)." for i in range(8)) + "\nq(X) :- p0(X,_)."
EDGES = " ".join(f"e{i}(a{j},b{(i + j) % 5})" for i in range(8) for j in range(5))
QUARTERS = {"exemplified": 0.25, "stated": 0.25, "both": 0.25, "neither": 0.25}


def test_plain_rules_are_stated_as_sentences_or_left_out(make_world):
    made = build_corpus(
        make_world(PLAIN, EDGES), "tiny", Exposure(demonstrated_height=2, given=QUARTERS)
    )
    presentation = dict(zip((r for r, _ in made.split.gold.patterns), made.split.presentation))
    sentence_rules = [r for r, w in presentation.items() if w in ("stated", "both")]
    assert sorted({*presentation.values()}) == ["both", "exemplified", "stated"]
    assert {s[0] for s in made.sentences} == {
        made.closure.program.rules[r].head.predicate for r in sentence_rules
    }
    for rule in {*range(9)} - {*presentation}:  # given neither way, or resting on such a rule
        assert not len(made.closure.rows(made.closure.program.rules[rule].head.predicate))
    assert len(presentation) in (6, 7)


def test_rules_that_negation_depends_on_are_always_given(make_world):
    rules = "odd(X) :- o(X).\n" + "\n".join(f"p{i}(X) :- e{i}(X), not odd(X)." for i in range(3))
    facts = " ".join(f"e{i}({x})" for i in range(3) for x in "abcdef") + " o(a) o(b)"
    world = make_world(rules, facts)
    for seed in range(4):
        exposure = Exposure(coverage=0.5, given={"both": 0.5, "neither": 0.5}, held=0.0)
        made = build_corpus(world, "tiny", exposure, (0, seed))
        assert len(made.closure.rows("o")) == len(made.closure.rows("odd")) == 2
        assert sum(len(made.closure.rows(f"e{i}")) for i in range(3)) == 9


def test_rules_as_data_under_negation_are_always_given(make_world):
    rules = "has(X,V) :- kind(X,K), typical(K,V).\nodd(X) :- kind(X,K), value(V), not typical(K,V)."
    kinds = " ".join(f"kind({x}{k},k{k})" for k in range(4) for x in "abc")
    facts = kinds + " value(v0) " + " ".join(f"typical(k{k},v{k % 2})" for k in range(4))
    facts += " typical(k9,v0)"  # bound in no pattern
    world = make_world(rules, facts, axioms=frozenset({"typical"}))
    for seed in range(4):
        given = {"both": 0.5, "neither": 0.5}
        made = build_corpus(world, "tiny", Exposure(held=0.0, given=given), (0, seed))
        assert len(made.closure.rows("typical")) == 5 and "neither" not in made.split.presentation
        assert len(made.closure.rows("odd")) == 6


def test_a_pattern_that_cannot_be_demonstrated_is_refused(make_world):
    with pytest.raises(AuditError, match=r"exemplified: nothing is demonstrated \| anc\(X,Z\) :-"):
        build_corpus(make_world(CHAIN, _parents(4)), "tiny", Exposure(demonstrated=0.0))
    with pytest.raises(AuditError, match=r"anc\(Y,Z\). is given as 'exemplified' but is not"):
        build_corpus(make_world(CHAIN, _parents(4)), "tiny", Exposure(demonstrated_height=1))


def test_held_and_used_facts_are_stated_equally_often(tiny):
    examples, c = tiny.examples, tiny.closure
    times = np.bincount(examples.fact[examples.fact >= 0], minlength=len(c.predicate))
    for predicate, block in c.blocks.items():
        cues = sum(p == predicate for p, _ in tiny.cues)
        mine = times[list(block)]
        if predicate not in tiny.world.axioms:
            stated = (tiny.stated | tiny.demonstrated)[list(block)]
            assert (mine[stated] == cues).all() and (mine[~stated] == 0).all()
        else:
            assert {*mine.tolist()} <= {0, cues}


def test_kinds_of_example_are_what_they_are_called(tiny):
    examples, c = tiny.examples, tiny.closure
    assert c.is_base[examples.fact[examples.kind == FACT]].all()
    assert tiny.demonstrated[examples.fact[examples.kind == CONCLUSION]].all()
    assert (examples.answer[examples.kind == NONTHEOREM] == tiny.none).all()
    for row, answer, fact in zip(examples.prompt, examples.answer, examples.fact):
        if fact >= 0:
            predicate, position = tiny.cues[row[0]]
            whole = np.insert(row[1 : c.arity[predicate]], position, answer)
            assert predicate == c.predicates[c.predicate[fact]]
            assert whole.tolist() == c.arguments[fact, : len(whole)].tolist()


def test_read_off_of_nothing_is_nothing(corpus):
    made = corpus("composition-v1")
    read = read_off(made.split.gold, made.demonstrated & False)
    assert not read.derivations.any() and read.height == 1 and not read.frames.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"coverage": 1.5}, r"exposure.coverage = 1.5; give a share, 0 to 1"),
        ({"demonstrated_height": 0}, "demonstrated_height 1"),
        ({"given": {"exemplefied": 1.0}}, "did you mean 'exemplified'"),
        ({"given": {"both": 0.5}}, "sums to 0.5; shares sum to 1"),
        ({"twin": "random label"}, "did you mean 'random labels'"),
        ({"phi": -1.0}, "phi and nontheorems are at least 0"),
    ],
)
def test_an_impossible_exposure_is_refused(change, message):
    with pytest.raises(UserError, match=message):
        Exposure(**change)
