"""How often facts are written, counted a second time: word by word, along the rows of training."""

import collections
import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from zebroid.worlds.corpus.audit import TooLittle
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import FACT, SENTENCE
from zebroid.worlds.corpus.frequency import half_octaves, unmatched
from zebroid.worlds.encoding.encode import MODES, encode
from zebroid.worlds.encoding.vocabulary import FILL, Lexicon
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.rungs import RUNGS

WORLDS = ["composition-v1", "order-v2", "taxonomy-v2", "kinship-v2", "zebra-v2"]
PAIR = ("instance", "constituent")


def counted(corpus, mode):
    """Base fact -> how often the rows of ``mode``, each as often as it weighs, write it: wherever
    its words stand, as a statement by any of its cues or as a line."""
    tokens, lexicon = encode(corpus, mode, np.arange(0)), Lexicon(corpus)
    c, skipped = corpus.closure, {tokens.end, lexicon.special[FILL]}
    text = {}
    for fact in np.flatnonzero(c.is_base & ~corpus.unstated).tolist():
        text[tuple(lexicon.written(fact))] = fact
        predicate = c.predicates[c.predicate[fact]]
        words = [lexicon.spelling[a] for a in c.arguments[fact] if a >= 0]
        for number, (p, position) in enumerate(corpus.cues):
            if p == predicate:
                order = [*words[:position], *words[position + 1 :], words[position]]
                text[lexicon.cue[number], *(t for w in order for t in w)] = fact
    lengths = sorted({len(t) for t in text}, reverse=True)
    found = collections.Counter()
    sentences = len(tokens.train) - len(corpus.examples.kind)
    rows = zip(tokens.train.tolist()[: len(tokens.train) - sentences], tokens.weight.tolist())
    for row, weight in rows:
        words, at = [t for t in row if t not in skipped], 0
        while at < len(words):
            here = [n for n in lengths if tuple(words[at : at + n]) in text]
            if here:
                found[text[tuple(words[at : at + here[0]])]] += weight
            at += here[0] if here else 1
    return found


def assert_counts_agree(corpus):
    base = np.flatnonzero(corpus.closure.is_base & ~corpus.unstated)
    for mode in MODES:
        slow, fast = counted(corpus, mode), corpus.writing.frequency(mode)
        assert {f: slow[f] for f in base.tolist()} == {f: int(fast[f]) for f in base}, mode


def unused_and_used(corpus):
    """Facts that stand in a counting derivation and in none read off, and those that do, from the
    definition; rules as data apart."""
    gold, c = corpus.split.gold, corpus.closure
    used, some = set(), set()
    for d, premises in enumerate(c.premises.tolist()):
        mine = {p for p in premises if p >= 0 and c.is_base[p] and not gold.axiom[p]}
        some |= mine if gold.counts[d] else set()
        used |= mine if corpus.read.derivations[d] else set()
    return some - used, used


def assert_unused_facts_weigh_up(corpus):
    c = corpus.closure
    plain = dataclasses.replace(corpus.writing, weight=np.ones_like(corpus.writing.weight))
    before, after = plain.frequency("chain"), corpus.writing.frequency("chain")
    unused, used = unused_and_used(corpus)
    e, states = corpus.examples, np.isin(corpus.examples.kind, [FACT, SENTENCE])
    for fact in np.flatnonzero(c.is_base).tolist():
        mine = np.flatnonzero(states & (e.fact == fact))
        weights = {*corpus.writing.weight[mine].tolist()}
        alike = [before[f] for f in used if c.predicate[f] == c.predicate[fact]]
        if fact not in unused or not alike or not len(mine):
            assert weights <= {1}
            continue
        (weight,) = weights
        goal = np.median(alike)
        assert weight == 1 or abs(after[fact] - goal) <= len(mine) / 2
        assert after[fact] >= min(goal - len(mine) / 2, before[fact])
    others = corpus.writing.weight[~states]
    assert (others == 1).all()


@pytest.mark.parametrize("world", WORLDS)
def test_frequencies_are_those_of_the_rows_read_word_by_word(corpus, world):
    made = corpus(world)
    assert_counts_agree(made)
    assert_unused_facts_weigh_up(made)
    assert (made.writing.weight > 1).any()
    for mode in ("direct", "filler"):
        assert (encode(made, mode, np.arange(0)).weight == 1).all()


RULES = (
    "p(X,Z) :- e(X,Y), f(Y,Z).",
    "p(X,Z) :- e(X,Y), e(Y,Z).",
    "q(X,Z) :- f(X,Y), e(Y,Z), X != Z.",
    "q(X,Z) :- e(X,Y), q(Y,Z).\nq(X,Y) :- f(X,Y).",
    "r(X) :- e(X,Y), not g(Y).",
    "r(X) :- p(X,Y), f(Y,X).\np(X,Y) :- f(Y,X).",
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.sampled_from(RULES), min_size=1, max_size=3, unique=True),
    st.lists(st.tuples(st.sampled_from("efg"), *[st.integers(0, 5)] * 2), min_size=6, max_size=28),
    st.sampled_from([0.0, 0.3, 0.6]),
    st.sampled_from([0.3, 0.9]),
    st.sampled_from([1, 3]),
    st.booleans(),
)
def test_frequencies_of_small_worlds_are_those_of_their_rows(
    make_world, rules, atoms, held, demonstrated, height, both
):
    facts = [f"{p}(a{x},a{y})" if p != "g" else f"g(a{x})" for p, x, y in dict.fromkeys(atoms)]
    queries = {"e": (0, 1)} if both else {}
    world = make_world(
        "\n".join(rules), " ".join([*facts, "e(a0,a1) f(a1,a2) g(a3)"]), queries=queries
    )
    exposure = Exposure(held=held, demonstrated=demonstrated, demonstrated_height=height)
    try:
        made = build_corpus(world, "tiny", exposure)
    except TooLittle:
        assume(False)
        return
    assert_counts_agree(made)
    assert_unused_facts_weigh_up(made)
    for q in range(len(made.prompt)):
        of = [rarest(made, f) for f in made.fact[made.offsets[q] : made.offsets[q + 1]].tolist()]
        assert made.certificate.frequency[q] == max(of, default=0)


def rarest(corpus, fact):
    """The least frequency in chain of the base facts of a fact's first lowest proof; 0: none."""
    gold, c, many = corpus.split.gold, corpus.closure, corpus.writing.frequency("chain")

    def leaves(f):
        if c.is_base[f]:
            return [] if gold.axiom[f] or corpus.unstated[f] else [int(many[f])]
        return [n for p in c.premises[gold.best[f]] if p >= 0 for n in leaves(int(p))]

    return min(leaves(fact), default=0)


@pytest.mark.parametrize("world", WORLDS)
def test_a_certificate_bears_the_frequency_of_its_proofs_rarest_fact(corpus, world):
    made = corpus(world)
    for q in range(0, len(made.prompt), 5):
        of = [rarest(made, f) for f in made.fact[made.offsets[q] : made.offsets[q + 1]].tolist()]
        assert made.certificate.frequency[q] == max(of, default=0)


def of_rung(certificate, rung):
    return (certificate.rung == RUNGS.index(rung)) & certificate.pure & ~certificate.near


@pytest.mark.parametrize("world", WORLDS)
def test_both_rungs_keep_equally_many_questions_of_each_cue_and_half_octave(corpus, world):
    made = corpus(world)
    certificate, left_out = made.certificate, 0
    half, cue = np.floor(2 * np.log2(np.maximum(certificate.frequency, 0.5))), made.prompt[:, 0]
    for number in range(len(made.cues)):
        mine = [of_rung(certificate, rung) & (cue == number) for rung in PAIR]
        left_out += sum(int((m & ~certificate.matched).sum()) for m in mine)
        if not all(m.any() for m in mine):
            assert all(certificate.matched[m].all() for m in mine)
            continue
        for octave in np.unique(half):
            had = [int((m & (half == octave)).sum()) for m in mine]
            kept = [int((m & (half == octave) & certificate.matched).sum()) for m in mine]
            assert kept == [min(had)] * 2
    assert left_out
    either = of_rung(certificate, "instance") | of_rung(certificate, "constituent")
    assert certificate.matched[~either].all()


def test_half_octaves_begin_at_powers_of_the_root_of_two():
    many = np.arange(1, 3000)
    assert np.array_equal(half_octaves(many), np.floor(np.log2(many**2 + 0.5)).astype(int))
    assert half_octaves(np.array([0])).tolist() == [-1]


def test_what_stays_is_drawn_again_by_another_exposure_seed_alone(corpus):
    made = corpus("composition-v1")
    again = build_corpus(made.world, "tiny", made.exposure)
    assert np.array_equal(again.certificate.matched, made.certificate.matched)
    args = made.certificate, made.prompt[:, 0], made.certificate.frequency
    one, other = (unmatched(*args, np.random.RandomState(n)) for n in (0, 1))
    assert one.sum() == other.sum() == (~made.certificate.matched).sum()
    assert not np.array_equal(one, other)


def test_of_near_questions_none_is_left_out_and_none_is_a_partner(corpus):
    certificate = corpus("composition-v1").certificate
    near = of_rung(certificate, "constituent")
    changed = dataclasses.replace(certificate, near=near)
    cue = corpus("composition-v1").prompt[:, 0]
    assert not unmatched(changed, cue, certificate.frequency, np.random.RandomState(0)).any()


def test_worlds_of_episodes_weigh_and_match_nothing(corpus):
    made = corpus("prover-v2")
    assert (made.writing.weight == 1).all() and made.certificate.matched.all()
