"""reversal-v1: stated in one direction, queried in the other, beside much that is reputed."""

import pytest
from zebroid import registry

WORLD = "reversal-v1"


def _pairs(corpus, predicate):
    """(name, description) of all facts of a predicate that the corpus states."""
    closure = corpus.closure
    facts = corpus.examples.fact[corpus.examples.fact >= 0]
    mine = facts[[closure.predicates[p] == predicate for p in closure.predicate[facts]]]
    rows = closure.arguments[mine][:, :2].tolist()
    return {*map(tuple, rows)} if predicate == "is" else {(n, d) for d, n in rows}


@pytest.mark.parametrize("size", ["tiny", "reversal-curse"])
def test_on_constituent_stands_what_was_stated_in_the_other_direction_alone(size, corpus):
    made = corpus(WORLD, size)
    forwards, backwards = _pairs(made, "is"), _pairs(made, "called")
    queries = made.of_rung("constituent")
    seen = {"is": set(), "called": set()}
    for question in queries:
        cue, given = made.prompt[question, :2].tolist()
        predicate, place = made.cues[cue]
        assert place == 1
        seen[predicate].add((given, int(made.answers(question)[0])))
    assert seen["is"] == backwards - forwards
    assert {(n, d) for d, n in seen["called"]} == forwards - backwards
    assert made.read.exemplified.all()


def test_reversal_curse_is_experiment_1_of_arxiv_2309_12288(corpus):
    """30 facts name first, 30 description first, 30 both ways: 3,600 texts are 30 wordings of 120.

    Questions are about the 30 names and the 30 descriptions that stand only first.
    """
    made = corpus(WORLD, "reversal-curse")
    assert len(made.examples.answer) == 120 == 3_600 // 30
    forwards, backwards = _pairs(made, "is"), _pairs(made, "called")
    numbers = [len(forwards - backwards), len(backwards - forwards), len(forwards & backwards)]
    assert numbers == [30, 30, 30] and len(made.of_rung("constituent")) == 60


@pytest.mark.parametrize("seed", [0, 1])
def test_reputed_pairs_stand_as_often_in_directions_of_their_own_and_are_never_true(seed):
    facts = registry.make(WORLD).facts("small", seed).rows
    for truth, table in (("is", "passes"), ("called", "taken")):
        true, reputed = facts[truth].tolist(), facts[table].tolist()
        assert len(reputed) == 7 * len(true) == 7 * 400
        assert not {*map(tuple, true)} & {(one, other) for one, _, other in reputed}
        unstated = {one for one, _, _ in reputed} - {one for one, _ in true}
        assert len(unstated) > 190  # whoever never stands first in truth does in rumours
        assert len({(one, town) for one, town, _ in reputed}) == len(reputed)  # one answer each
