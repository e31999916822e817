"""Twins permute what sentences say, uniformly within an attribute, and nothing else."""

import dataclasses
import functools
from collections import Counter

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.worlds.corpus.audit import AuditError, audit
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import SENTENCE
from zebroid.worlds.corpus.examples import sentences_under
from zebroid.worlds.corpus.twins import content_of
from zebroid.worlds.exposure import Exposure

GIVEN = {"exemplified": 0.2, "stated": 0.4, "both": 0.4}


def _sentences(corpus):
    """(fact as words, sentence as words, presentation) of every axiom fact, by its first cue."""
    c, names = corpus.closure, corpus.closure.base.constants
    of = {a: w for p, w in zip(corpus.split.gold.patterns, corpus.split.presentation) for a in p[1]}
    out = []
    for predicate in sorted(corpus.world.axioms):
        cue = [p for p, _ in corpus.cues].index(predicate)
        facts, rows = sentences_under(c, corpus.cues, corpus.examples, cue)
        for fact, row in zip(facts, rows):
            true = (predicate, *(names[a] for a in c.arguments[fact] if a >= 0))
            out.append((true, (predicate, *(names[a] for a in row)), of[true]))
    return out


RULES = """
    has(X,R,V) :- kind(X,K), typical(K,R,V).
    has(X,R,V) :- bears(X,T), gives(T,R,V).
"""


def _herd():
    """Eight kinds and six traits, each with a value of each of four attributes."""
    for attribute in range(4):
        for bearer in range(8):
            yield f"typical(k{bearer},a{attribute},v{attribute}x{bearer % 7})"
            if bearer < 6:
                yield f"gives(t{bearer},a{attribute},v{attribute}x{2 * bearer % 7})"
    for thing in range(48):
        yield f"kind(x{thing},k{thing % 8}) bears(x{thing},t{thing % 6})"


@pytest.fixture(scope="module")
def herd(make_world):
    """herd(twin, exposure seed): many rules are stated, of few attributes, by two predicates."""
    axioms = frozenset({"typical", "gives"})
    attribute = {"typical": 1, "gives": 1}
    world = make_world(RULES, " ".join(_herd()), axioms=axioms, attribute=attribute)

    @functools.cache
    def made(twin=None, seed=0):
        return build_corpus(world, "tiny", Exposure(held=0.0, given=GIVEN, twin=twin), (0, seed))

    return made


def test_a_true_corpus_says_what_is_so(herd):
    assert all(true == written for true, written, _ in _sentences(herd()))


@pytest.mark.parametrize("twin", ["shuffled rules", "exchanged rules"])
def test_contents_are_permuted_within_one_attribute_over_all_predicates(herd, twin):
    sentences = _sentences(herd(twin))
    assert {true[0] for true, *_ in sentences} == {"typical", "gives"}
    mine = [(t, w) for t, w, way in sentences if twin == "shuffled rules" or way == "stated"]
    moved = {t[2]: [] for t, w in mine}
    for true, written in mine:
        assert true[:3] == written[:3]  # the predicate, who bears it, and the attribute
        moved[true[2]].append((true[0], true[3], written[3]))
    changed = {}
    for attribute, members in moved.items():
        before, after = (Counter(m[i] for m in members) for i in (1, 2))
        assert before == after
        changed[attribute] = any(b != a for _, b, a in members)
        if len(before) < 3:
            assert not changed[attribute]
    assert sum(changed.values()) >= 3
    across = [m for members in moved.values() for m in members if m[1] != m[2]]
    assert {p for p, *_ in across} == {"typical", "gives"}


def test_exchanged_rules_leave_what_is_exemplified_as_it_is(herd):
    sentences = _sentences(herd("exchanged rules"))
    assert {way for *_, way in sentences} == {"stated", "both"}
    assert all(true == written for true, written, way in sentences if way == "both")
    assert any(true != written for true, written, way in sentences if way == "stated")


@pytest.mark.parametrize("twin", ["shuffled rules", "exchanged rules"])
def test_a_twin_differs_from_its_corpus_in_sentences_alone(herd, twin):
    made, broken = herd(), herd(twin)
    for name in ("prompt", "values", "offsets", "stated", "demonstrated", "cues"):
        assert np.array_equal(getattr(made, name), getattr(broken, name)), name
    assert np.array_equal(made.examples.fact, broken.examples.fact)
    assert made.certificate.rung.tolist() == broken.certificate.rung.tolist()
    other = made.examples.kind != SENTENCE
    for name in ("prompt", "answer"):
        one, two = (getattr(c.examples, name) for c in (made, broken))
        assert np.array_equal(one[other], two[other])
    assert made.digest != broken.digest


def _law(make_world, number, **attributes):
    """`number` definitions of as many words, each by its own relation."""
    rules = "p(X,W,Y) :- law(R,W), e(X,R,Y)."
    facts = " ".join(f"law(r{i},w{i})" for i in range(number))
    facts += " " + " ".join(f"e(x{j},r{i},y{j})" for i in range(number) for j in range(4))
    return make_world(rules, facts, axioms=frozenset({"law"}), **attributes)


def test_every_permutation_is_as_likely_and_one_may_keep_its_own(make_world):
    world = _law(make_world, 3)
    exposure = Exposure(held=0.0, given={"both": 1.0}, twin="shuffled rules")
    found = Counter()
    for seed in range(120):
        sentences = _sentences(build_corpus(world, "tiny", exposure, (0, seed)))
        found[tuple(written[2] for _, written, _ in sorted(sentences))] += 1
    assert len(found) == 6 and min(found.values()) >= 8  # 20 expected of each


def test_two_contents_have_no_such_twin(make_world):
    """What the other isn't tells what this one is."""
    given = Exposure(held=0.0, given={"both": 1.0}, twin="shuffled rules")
    with pytest.raises(UserError, match=r"got at most 2 different contents .*, expected 3 or more"):
        build_corpus(_law(make_world, 2), "tiny", given)
    alone = dataclasses.replace(given, given={"both": 0.75, "stated": 0.25})
    build_corpus(_law(make_world, 8), "tiny", alone)
    with pytest.raises(UserError, match="give more patterns as 'stated', or leave the twin out"):
        build_corpus(
            _law(make_world, 8), "tiny", dataclasses.replace(alone, twin="exchanged rules")
        )


def test_many_sentences_about_two_contents_have_none_either(corpus):
    with pytest.raises(UserError, match="network-v2: got at most 2 different contents"):
        corpus("network-v2", twin="shuffled rules")


def test_content_is_what_a_rule_concludes_with(make_world, corpus):
    worlds = {w: corpus(w).world for w in ("zebra-v2", "axioms-v1", "inverse-v2", "kinship-v2")}
    assert content_of(worlds["zebra-v2"], "named") == (2,)  # the name
    herd = make_world(RULES, " ".join(_herd()), attribute={"typical": 1, "gives": 1})
    assert content_of(herd, "typical") == content_of(herd, "gives") == (2,)
    assert content_of(worlds["axioms-v1"], "comp") == (2,)
    assert content_of(worlds["kinship-v2"], "comp") == (2,)
    assert content_of(worlds["inverse-v2"], "inverse") == (1, 2)  # both words of one verb
    world = make_world("p(X) :- law(R,on), e(X,R).", "law(r,on) e(x,r)", axioms=frozenset({"law"}))
    assert content_of(world, "law") == (1,)


PLAIN = "\n".join(f"{p}(X,Y) :- {e}(X,Y)." for p, e in zip("pqrs", "efgh"))
EDGES = " ".join(f"{p}(a{i},b{i})" for p in "efgh" for i in range(6))


def _bodies(corpus):
    return [s[s.index("if") :] for s in corpus.sentences]


def test_plain_rules_get_the_body_of_any(make_world):
    world, given = make_world(PLAIN, EDGES), {"both": 1.0}
    made = build_corpus(world, "tiny", Exposure(given=given))
    assert made.sentences[0] == ("p", "?X", "?Y", "if", "e", "?X", "?Y")
    found = Counter()
    for seed in range(12):
        exposure = Exposure(given=given, twin="shuffled rules")
        twin = build_corpus(world, "tiny", exposure, (0, seed))
        heads = [[s[: s.index("if")] for s in c.sentences] for c in (made, twin)]
        assert heads[0] == heads[1] and sorted(_bodies(made)) == sorted(_bodies(twin))
        found[sum(a == b for a, b in zip(_bodies(made), _bodies(twin)))] += 1
    assert (len(found) > 1 and max(found) < 4) or found[4] < 3


def test_exchanged_plain_rules_are_those_never_exemplified(make_world):
    rules = "\n".join(f"p{i}(X,Y) :- e{i}(X,Y)." for i in range(8))
    edges = " ".join(f"e{i}(a{j},b{j})" for i in range(8) for j in range(5))
    given = {"stated": 0.5, "both": 0.5}
    world = make_world(rules, edges)
    made, twin = (
        build_corpus(world, "tiny", Exposure(given=given, twin=t))
        for t in (None, "exchanged rules")
    )
    for own, other, way in zip(_bodies(made), _bodies(twin), made.split.presentation):
        assert way == "stated" or own == other
    assert made.sentences != twin.sentences and sorted(_bodies(made)) == sorted(_bodies(twin))


def test_two_plain_rules_cannot_be_shuffled(make_world):
    world = make_world("p(X) :- e(X).\nq(X) :- f(X).", "e(a) e(b) e(c) f(a) f(b)")
    with pytest.raises(UserError, match="got at most 2 different contents"):
        build_corpus(world, "tiny", Exposure(given={"both": 1.0}, twin="shuffled rules"))


def _say_otherwise(corpus, way):
    """The first sentence given in this way has the content of another attribute's."""
    c = corpus.closure
    of = {a: w for p, w in zip(corpus.split.gold.patterns, corpus.split.presentation) for a in p[1]}
    examples = corpus.examples
    answer = examples.answer.copy()
    values = [c.base.constants.index(value) for value in ("v0x0", "v0x1")]
    for i in np.flatnonzero(examples.kind == SENTENCE):
        row = c.arguments[examples.fact[i]]
        words = (
            c.predicates[c.predicate[examples.fact[i]]],
            *(c.base.constants[a] for a in row if a >= 0),
        )
        if of[words] == way:
            answer[i] = values[int(answer[i] == values[0])]
            break
    return dataclasses.replace(corpus, examples=dataclasses.replace(examples, answer=answer))


@pytest.mark.parametrize(
    ("twin", "way", "message"),
    [
        (None, "stated", "is false, where twin None leaves it as it is"),
        ("exchanged rules", "both", "is false, where twin 'exchanged rules' leaves it as it is"),
        ("shuffled rules", "both", "sentences about one attribute are no permutation"),
    ],
)
def test_the_audit_finds_a_sentence_that_no_permutation_makes(herd, twin, way, message):
    audit(herd(twin))
    with pytest.raises(AuditError, match=message):
        audit(_say_otherwise(herd(twin), way))
