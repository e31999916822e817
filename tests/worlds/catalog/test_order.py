"""order-v1: walking far where the law allows it, and nowhere else."""

import numpy as np
import pytest
from zebroid.worlds.corpus.corpus import CONCLUSION, SENTENCE
from zebroid.worlds.encoding.encode import encode

WORLD = "order-v1"


def _named(closure, predicate):
    constants = closure.base.constants
    return [tuple(constants[a] for a in row) for row in closure.rows(predicate)]


def _laws(corpus):
    """Row -> (the law that it obeys in the world, or None; how that is given, or None)."""
    truth, gold = corpus.split.truth, corpus.split.gold
    presentation = {
        axioms[0][1]: w
        for (_, axioms), w in zip(gold.patterns, corpus.split.presentation)
        if axioms
    }
    law = dict(_named(truth, "law"))
    rows = [truth.base.constants[r] for r in truth.base.sorts["row"]]
    return {row: (law.get(row), presentation.get(row)) for row in rows}


def _queries(corpus, questions):
    """The (row, trade, person) of questions about the first."""
    cue = corpus.cues.index(("first", 3))
    mine = questions[corpus.prompt[questions, 0] == cue]
    return [tuple(corpus.closure.base.constants[a] for a in row[1:]) for row in corpus.prompt[mine]]


def test_the_first_is_whoever_one_meets_first_as_far_as_the_law_carries(corpus):
    made = corpus(WORLD)
    truth = made.split.truth
    link = {(r, x): y for r, x, y in _named(truth, "next")}
    trade = dict(_named(truth, "trade"))
    law = {row: law for row, (law, _) in _laws(made).items()}
    expected = set()
    for row, person in link:
        met, steps, at = set(), 0, person
        while (row, at) in link and steps < {None: 1, "bounded": 2, "transitive": 999}[law[row]]:
            at, steps = link[row, at], steps + 1
            if trade[at] not in met:
                met.add(trade[at])
                expected.add((row, trade[at], person, at))
    assert {*_named(truth, "first")} == expected
    assert {*law.values()} == {None, "bounded", "transitive"}


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_every_answer_is_the_only_one(size, corpus):
    assert (np.diff(corpus(WORLD, size).offsets) <= 1).all()


def test_reach_is_measured_at_every_distance_to_28_and_beyond_at_size_small(corpus):
    made = corpus(WORLD, "small")
    distance = made.certificate.distance[made.of_rung("depth")]
    assert made.read.height == 4
    counts = np.bincount(distance)
    assert not counts[:5].any() and (counts[5:29] >= 40).all() and (distance >= 28).sum() >= 150
    assert (made.certificate.height[made.of_rung("depth")] >= distance).all()
    assert made.split.gold.counts.all()  # chains have ends: nothing is circular


def test_on_axiom_stand_rows_whose_law_was_stated_and_never_demonstrated(corpus):
    made = corpus(WORLD, "small")
    stated = {row for row, (_, presentation) in _laws(made).items() if presentation == "stated"}
    assert {row for row, _, _ in _queries(made, made.of_rung("axiom"))} == stated
    constants = made.closure.base.constants
    demonstrated = made.examples.fact[made.examples.kind == CONCLUSION]
    link = {*_named(made.closure, "next")}
    for row, _, person, other in made.closure.arguments[demonstrated].tolist():
        if constants[row] in stated:
            assert (constants[row], constants[person], constants[other]) in link
    sentences = made.examples.fact[made.examples.kind == SENTENCE]
    assert stated <= {constants[row] for row in made.closure.arguments[sentences, 0].tolist()}


def test_where_nothing_carries_on_walking_on_is_a_false_conclusion(corpus):
    """Links look alike in all rows; what a plain row denies, a transitive one grants."""
    made = corpus(WORLD, "small")
    laws = _laws(made)
    unknowable = {row for row, _, _ in _queries(made, made.of_rung("unknowable"))}
    assert unknowable == {
        row for row, (law, presentation) in laws.items() if law and presentation is None
    }
    plain = [q for q in _queries(made, made.of_rung("nontheorem")) if laws[q[0]][0] is None]
    link = {(r, x): y for r, x, y in _named(made.closure, "next")}
    trade = dict(_named(made.closure, "trade"))
    would = 0
    for row, kind, person in plain:
        at = person
        while (row, at) in link and trade[at := link[row, at]] != kind:
            pass
        would += trade[at] == kind and at != person
    assert len(plain) > 1_000 and would > 500


def test_a_proof_of_height_30_is_written_link_by_link_in_chain_mode(corpus):
    made = corpus(WORLD, "small")
    high = np.flatnonzero((made.certificate.height == 30) & (np.diff(made.offsets) == 1))[:1]
    tokens = encode(made, "chain", high)
    # a link has four words, a conclusion five, the trade and (where it's stated) the law three
    assert tokens.max_new - 30 * 4 - 29 * 5 - 3 - 2 in (0, 3)
