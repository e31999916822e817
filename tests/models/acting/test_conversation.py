"""A conversation: what nobody answers is written as ever, and behind a mark stands its result."""

from __future__ import annotations

import numpy as np
import pytest
from flax import nnx
from zebroid.models.acting import conversation
from zebroid.models.acting.conversation import converse
from zebroid.models.architectures.decoder import DecoderSpec
from zebroid.models.training.compiled import Program
from zebroid.models.training.plan import Plan
from zebroid.models.training.weights import answer, named

SPEC = DecoderSpec(width=16, layers=1)


MARK = 1  # of the answer


@pytest.fixture
def fresh(chain):
    """(tokens, weights [1, ...]) of a model that was never trained."""
    tokens = chain
    program = Program.of(SPEC, Plan(), tokens)
    params = nnx.to_pure_dict(nnx.state(program.build(nnx.Rngs(3))))
    return tokens, {name: np.asarray(leaf)[None] for name, leaf in named(params).items()}


def test_without_a_mark_it_is_the_greedy_answer(fresh):
    tokens, weights = fresh
    never = len(tokens.vocabulary)
    found = converse(SPEC, tokens, weights, never, lambda places, written: places)
    assert (found == answer(SPEC, tokens, weights).generated[0]).all()


def test_behind_every_mark_stands_the_result_and_the_model_goes_on_from_it(fresh):
    tokens, weights = fresh
    alone = converse(SPEC, tokens, weights, len(tokens.vocabulary), lambda p, w: p)
    mark = int(alone[0, 0])  # whatever it writes first becomes the call
    heard = []

    def respond(places, written):
        assert (written[:, -1] == mark).all() and len(places) == len(written)
        heard.append(places)
        return np.full(len(places), 5, np.int32)

    found = converse(SPEC, tokens, weights, mark, respond)
    behind = np.zeros(found.shape, bool)
    behind[:, 1:] = found[:, :-1] == mark
    if mark != MARK:
        assert (found[behind] == 5).all()
    assert behind.any() and sum(map(len, heard)) == behind.sum()
    assert found[0, 0] == mark and found[0, 1] == 5


def test_what_ended_is_computed_no_more_and_nothing_else_changes(fresh, monkeypatch):
    tokens, weights = fresh
    mark = int(converse(SPEC, tokens, weights, len(tokens.vocabulary), lambda p, w: p)[0, 0])
    computed = []
    halved = conversation._halved

    def watched(alive, ended, memory):
        computed.append(len(alive))
        return halved(alive, ended, memory)

    monkeypatch.setattr(conversation, "_halved", watched)

    def respond(places, written):  # most end early, some later, one never
        early = (places % 4 > 0) | ((places > 0) & (written.shape[1] > 2))
        return np.where(early, tokens.end, 5).astype(np.int32)

    found = []
    for least in (10**9, 1):
        monkeypatch.setattr(conversation, "LEAST", least)
        computed.clear()
        found.append(converse(SPEC, tokens, weights, mark, respond))
        assert (len({*computed}) > 1) == (least == 1)
    np.testing.assert_array_equal(*found)


def test_what_a_tool_raises_is_raised(fresh):
    tokens, weights = fresh
    first = int(converse(SPEC, tokens, weights, -5, lambda p, w: p)[0, 0])

    def respond(places, written):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        converse(SPEC, tokens, weights, first, respond)
