"""inverse-v2: stated one way, demonstrated the other, stated to be reversible, or none of it."""

import numpy as np
import pytest
from zebroid import registry
from zebroid.worlds.catalog.inverse import TABLES, words
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.exposure import Exposure

WORLD = "inverse-v2"


def _named(closure, facts):
    constants = closure.base.constants
    return [tuple(constants[a] for a in row if a >= 0) for row in closure.arguments[facts]]


def _queries(corpus, rung):
    """(one, verb, its other word, the other): the stated fact behind each question of a rung.

    Queried of `Ben thanks Ann`, where `Ann trains Ben` was stated, is Ann or Ben.
    """
    first, second = {}, {}
    for verb, s, t in _named(corpus.split.truth, corpus.split.truth.blocks["inverse"]):
        first |= {s: verb, t: verb}
        second |= {s: t, t: s}
    out = []
    for question in corpus.of_rung(rung):
        constants = corpus.closure.base.constants
        leak = rung == "unknowable"
        answer = corpus.certificate.leak[question] if leak else corpus.answers(question)[0]
        cue, *given = corpus.prompt[question].tolist()
        predicate, place = corpus.cues[cue]
        assert predicate == "rel"
        row = [*given[:place], answer, *given[place:]][:3]
        other, word, one = (constants[a] for a in row)
        out.append((one, first[word], second[word], other))
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
    assert len(made.of_rung("axiom")) == 16 * 10 * 2 * 2
    assert len({verb for _, verb, _, _ in _queries(made, "axiom")}) == 16
    none = build_corpus(registry.make(WORLD), "tiny", Exposure(given={"neither": 1.0}))
    assert len(none.of_rung("unknowable")) == 18 * 10 * 2 * 2 and not none.demonstrated.any()


@pytest.mark.parametrize("rung", ["constituent", "axiom", "unknowable"])
def test_what_is_queried_can_be_recalled_from_the_person_named_at_either_end(rung, corpus):
    """`Ann trains Ben` stands in the corpus with either of the two wanting."""
    made = corpus(WORLD)
    facts = made.examples.fact[made.examples.fact >= 0]
    position = [made.cues[c][1] for c in made.examples.prompt[made.examples.fact >= 0, 0]]
    rows = _named(made.closure, facts)
    read = {*zip(rows, position)}
    queries = _queries(made, rung)
    assert queries
    for one, verb, _, other in queries:
        assert ((one, verb, other), 0) in read and ((one, verb, other), 2) in read
    ends = {made.cues[c][1] for c in made.prompt[made.of_rung(rung), 0]}
    assert ends == {0, 2}


@pytest.mark.parametrize("seed", [0, 1])
def test_other_sentences_say_of_every_word_as_much_as_the_true_ones_and_never_the_truth(seed):
    facts = registry.make(WORLD).facts("small", seed)
    true = facts.rows["inverse"]
    beside = {(r, w) for r, *words in true.tolist() for w in words}
    for table in TABLES:
        rows = facts.rows[table]
        assert all(np.array_equal(np.sort(rows[:, i]), np.sort(true[:, i])) for i in range(3))
        others = {(r, w) for r, *words in rows.tolist() for w in words}
        assert len(others) == 2 * len(rows) and not others & beside
        beside |= others


def test_no_id_tells_which_words_are_inverse_and_every_word_has_a_name():
    one, other = (registry.make(WORLD).facts("small", s).rows["inverse"] for s in (0, 1))
    assert not {*map(tuple, one.tolist())} & {*map(tuple, other.tolist())}
    ranks = np.corrcoef(one.T) - np.eye(3)
    assert abs(ranks).max() < 0.5  # thirty verbs; in order of ids it would be 1
    assert len({*words(600)}) == 600


def _words(corpus):
    """Verb -> its two words for the inverse."""
    truth = corpus.split.truth
    return {verb: (s, t) for verb, s, t in _named(truth, truth.blocks["inverse"])}
