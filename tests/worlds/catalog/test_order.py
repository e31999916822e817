"""order-v2: walking as far as it takes, in the order by which a row goes and in no other."""

import numpy as np
import pytest
from zebroid import registry
from zebroid.worlds.catalog.order import KINDS, Order
from zebroid.worlds.corpus.corpus import CONCLUSION, SENTENCE
from zebroid.worlds.encoding.encode import encode

WORLD = "order-v2"


def _named(closure, predicate):
    constants = closure.base.constants
    return [tuple(constants[a] for a in row) for row in closure.rows(predicate)]


def _laws(corpus):
    """Row -> (the order by which it goes in the world; how that is given, or None)."""
    truth, gold = corpus.split.truth, corpus.split.gold
    presentation = {
        axioms[0][1]: w
        for (_, axioms), w in zip(gold.patterns, corpus.split.presentation)
        if axioms
    }
    return {row: (order, presentation.get(row)) for row, order in _named(truth, "law")}


def _queries(corpus, questions):
    """The (row, kind, person) of questions about the first."""
    cue = corpus.cues.index(("first", 3))
    mine = questions[corpus.prompt[questions, 0] == cue]
    return [tuple(corpus.closure.base.constants[a] for a in row[1:]) for row in corpus.prompt[mine]]


def _walks(truth):
    """(order, person) -> those whom one meets from there on, and person -> the kinds."""
    link = {(o, x): y for o, x, y in _named(truth, "next")}
    kinds = {}
    for person, _, kind in _named(truth, "is"):
        kinds.setdefault(person, set()).add(kind)

    def walk(order, person):
        while (order, person) in link:
            person = link[order, person]
            yield person

    return link, kinds, walk


def test_the_first_is_whoever_one_meets_first_in_the_order_by_which_a_row_goes(corpus):
    made = corpus(WORLD)
    truth = made.split.truth
    link, kinds, walk = _walks(truth)
    expected = set()
    for row, (order, _) in _laws(made).items():
        for person in {x for o, x in link if o == order}:
            met = set()
            for other in walk(order, person):
                expected |= {(row, kind, person, other) for kind in kinds[other] - met}
                met |= kinds[other]
    assert {*_named(truth, "first")} == expected


@pytest.mark.parametrize("size", ["tiny", "small"])
def test_every_answer_is_the_only_one(size, corpus):
    assert (np.diff(corpus(WORLD, size).offsets) <= 1).all()


def test_by_another_order_the_first_is_mostly_somebody_else(corpus):
    """The law is what an axiom question hangs on: no other gives the same answer."""
    made = corpus(WORLD, "small")
    _, kinds, walk = _walks(made.split.truth)
    laws, constants = _laws(made), made.closure.base.constants
    orders = {order for order, _ in laws.values()}
    questions = made.of_rung("axiom")[::97]
    same = 0
    for question, (row, kind, person) in zip(questions, _queries(made, questions)):
        answer = constants[made.answers(question)[0]]
        for order in orders - {laws[row][0]}:
            first = next((x for x in walk(order, person) if kind in kinds[x]), None)
            same += first == answer
    assert len(questions) > 100 and same / len(questions) / (len(orders) - 1) < 0.08


def test_every_row_goes_by_an_order_of_its_own_and_no_id_tells_which():
    facts = [registry.make(WORLD).facts("small", seed) for seed in (0, 1)]
    for fact in facts:
        law = fact.rows["law"]
        assert len({*law[:, 1].tolist()}) == len(law) == Order.sizes["small"]["rows"]
        assert abs(np.corrcoef(law.T)[0, 1]) < 0.5
        links = fact.rows["next"]
        assert abs(np.corrcoef(links[:, 1:].T)[0, 1]) < 0.1  # nor who comes after whom
    assert not np.array_equal(facts[0].rows["law"], facts[1].rows["law"])


def test_everybody_is_one_kind_in_each_aspect_and_as_many_are_of_each_kind():
    facts = registry.make(WORLD).facts("small", 0)
    person, aspect, kind = facts.rows["is"].T
    assert (np.bincount(person)[facts.sorts["person"].start :] == len(KINDS)).all()
    assert len({*zip(person.tolist(), aspect.tolist())}) == len(person)
    assert {*np.bincount(kind)[facts.sorts["kind"].start :].tolist()} == {64 // 4}


@pytest.mark.parametrize(
    ("size", "far", "number"),
    [("small", 8, 30), pytest.param("long", 20, 60, marks=pytest.mark.long)],
)
def test_reach_is_measured_at_every_distance(corpus, size, far, number):
    made = corpus(WORLD, size)
    distance = made.certificate.distance[made.of_rung("depth")]
    assert made.read.height == 4
    counts = np.bincount(distance)
    assert not counts[:5].any() and (counts[5 : far + 1] >= number).all()
    assert (made.certificate.height[made.of_rung("depth")] >= distance).all()
    assert made.split.gold.counts.all()  # chains have ends: nothing is circular


def test_on_axiom_stand_rows_whose_law_was_stated_and_never_demonstrated(corpus):
    made = corpus(WORLD, "small")
    stated = {row for row, (_, presentation) in _laws(made).items() if presentation == "stated"}
    assert {row for row, _, _ in _queries(made, made.of_rung("axiom"))} == stated
    constants = made.closure.base.constants
    demonstrated = made.examples.fact[made.examples.kind == CONCLUSION]
    assert not stated & {constants[r] for r in made.closure.arguments[demonstrated, 0].tolist()}
    sentences = made.examples.fact[made.examples.kind == SENTENCE]
    assert stated <= {constants[row] for row in made.closure.arguments[sentences, 0].tolist()}


def test_without_a_law_nothing_is_known_and_behind_the_last_of_a_kind_nobody_is_the_first(corpus):
    made = corpus(WORLD, "small")
    laws = _laws(made)
    unknowable = {row for row, _, _ in _queries(made, made.of_rung("unknowable"))}
    assert unknowable == {row for row, (_, presentation) in laws.items() if presentation is None}
    assert unknowable
    _, kinds, walk = _walks(made.split.truth)
    nobody = _queries(made, made.of_rung("nontheorem"))
    assert len(nobody) > 1_000
    for row, kind, person in nobody[::20]:
        assert not any(kind in kinds[x] for x in walk(laws[row][0], person))


def test_a_proof_of_height_12_is_written_link_by_link_in_chain_mode(corpus):
    made = corpus(WORLD, "small")
    high = np.flatnonzero((made.certificate.height == 12) & (np.diff(made.offsets) == 1))[:1]
    tokens = encode(made, "chain", high)
    # a link has four words, a conclusion five, the kind four and (where it's stated) the law three
    assert tokens.max_new - 12 * 4 - 11 * 5 - 4 - 2 in (0, 3)
