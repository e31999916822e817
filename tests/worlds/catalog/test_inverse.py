"""inverse-v1: stated one way, demonstrated the other, stated to be reversible, or none of it."""

import numpy as np
from zebroid import registry
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.exposure import Exposure

WORLD = "inverse-v1"


def _named(closure, facts):
    constants = closure.base.constants
    return [tuple(constants[a] for a in row if a >= 0) for row in closure.arguments[facts]]


def _queries(corpus, rung):
    """(one, verb, its other word, the other): the stated fact behind each question of a rung."""
    first, second = {}, {}
    for verb, s, t in _named(corpus.split.truth, corpus.split.truth.blocks["inverse"]):
        first |= {s: verb, t: verb}
        second |= {s: t, t: s}
    out = []
    for question in corpus.of_rung(rung):
        constants = corpus.closure.base.constants
        other, word = (constants[a] for a in corpus.prompt[question, 1:3])
        one = (
            corpus.certificate.leak[question]
            if rung == "unknowable"
            else corpus.answers(question)[0]
        )
        out.append((constants[one], first[word], second[word], other))
    return out


def _read(corpus):
    """Facts of people that the corpus states or shows."""
    facts = corpus.examples.fact[corpus.examples.fact >= 0]
    mine = [corpus.closure.predicates[p] == "rel" for p in corpus.closure.predicate[facts]]
    return {*_named(corpus.closure, facts[mine])}


def test_a_verb_pairs_people_one_to_one_and_nobody_with_oneself(corpus):
    truth = corpus(WORLD, "small").split.truth
    rows = truth.rows("rel")
    assert (rows[:, 0] != rows[:, 2]).all()
    for places in ([0, 1], [1, 2]):
        assert len(np.unique(rows[:, places], axis=0)) == len(rows)


def test_constituent_is_what_was_never_reversed_where_others_were(corpus):
    made = corpus(WORLD, "small")
    read, words = _read(made), _words(made)
    queries = _queries(made, "constituent")
    for one, verb, _, other in queries:
        assert (one, verb, other) in read
        assert not any((other, word, one) in read for word in words[verb])
    demonstrated = {fact[1] for fact in _named(made.closure, made.demonstrated)}
    assert all(demonstrated & {*words[verb]} for _, verb, _, _ in queries)
    both = _queries(made, "instance")
    assert both and all((other, word, one) in read for one, _, word, other in both)


def test_on_axiom_and_unknowable_no_pair_of_the_verb_was_ever_reversed(corpus):
    made = corpus(WORLD, "small")
    read, words = _read(made), _words(made)
    for rung in ("axiom", "unknowable"):
        queries = _queries(made, rung)
        assert len(queries) > 200 and all(
            (one, verb, other) in read for one, verb, _, other in queries
        )
        verbs = {verb for _, verb, _, _ in queries}
        for verb in verbs:
            forwards = {(one, other) for one, v, other in read if v == verb}
            backwards = {(one, other) for other, word, one in read if word in words[verb]}
            assert forwards and backwards and not forwards & backwards


def test_where_one_verb_shows_the_way_all_others_rest_on_what_was_stated():
    given = {"exemplified": 0.1, "stated": 0.9}
    made = build_corpus(registry.make(WORLD), "tiny", Exposure(given=given))
    assert len(made.of_rung("axiom")) == 9 * 10 * 2
    assert len({verb for _, verb, _, _ in _queries(made, "axiom")}) == 9
    none = build_corpus(registry.make(WORLD), "tiny", Exposure(given={"neither": 1.0}))
    assert len(none.of_rung("unknowable")) == 10 * 10 * 2 and not none.demonstrated.any()


def test_reversal_curse_is_experiment_1_of_arxiv_2309_12288(corpus):
    """30 facts name first, 30 description first, 30 both ways: 3,600 texts are 30 wordings of 120.

    Questions are about the 30 names and the 30 descriptions that stand only first.
    """
    made = corpus(WORLD, "reversal-curse")
    queries, closure = made.of_rung("constituent"), made.closure
    assert len(made.examples.answer) == 120 == 3_600 // 30
    word = [closure.base.constants[a] for a in made.prompt[queries, 2]]
    assert (word.count("is"), word.count("is called")) == (30, 30)
    stated = _read(made)
    for question in queries:
        fact = _named(closure, made.fact[made.offsets[question] : made.offsets[question] + 1])[0]
        back = {"is": "is called", "is called": "is"}[fact[1]]
        assert fact not in stated and (fact[2], back, fact[0]) in stated
    both_ways = [(a, b) for a, w, b in stated if w == "is" and (b, "is called", a) in stated]
    assert len(both_ways) == 30 and made.read.exemplified.all()


def _words(corpus):
    """Verb -> its two words for the inverse."""
    truth = corpus.split.truth
    return {verb: (s, t) for verb, s, t in _named(truth, truth.blocks["inverse"])}
