"""Tools: looked up and deduced exactly, lied about at a rate, and errors of theirs are one line."""

from __future__ import annotations

import dataclasses
import functools
import time

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.interaction.tools import calls
from zebroid.benchmarks.interaction.tools.calls import Answering, Calls
from zebroid.benchmarks.interaction.tools.deducer import Deducer
from zebroid.benchmarks.interaction.tools.trace_audit import audit
from zebroid.errors import UserError
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds.corpus.audit import AuditError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import encode, sample_questions
from zebroid.worlds.encoding.traces import (
    DEDUCE,
    LOOK_UP,
    Traces,
    Words,
    line_of,
    lines_of,
    needed,
)

NAMES = ("exact", "look-up", "outright", "sensor", "world")
HOPS = "composition-v1/tiny[entities=10,relations=5]"


@functools.cache
def posed(name=HOPS):
    world, size = registry.sized(name)
    corpus = build_corpus(world, size, world.default_exposure(size))
    return QuestionSet(corpus, sample_questions(corpus, 40, 0))


def answering(name="exact", lies=0.0, seconds=60.0, seed=0):
    return Answering(name, lies, seconds, np.random.RandomState(seed))


def one_call(of, tool, name=LOOK_UP, fact=None, lines=()):
    fact = int(np.flatnonzero(of.corpus.stated)[0]) if fact is None else fact
    traces = Traces(of.corpus)
    prompt, value = traces.queried(fact, traces.cue[traces.line(fact)[0]])
    return tool(Calls(of, (name,), (prompt,), (tuple(lines),), (0,)))[0], value


def test_a_look_up_gives_what_is_stated_and_nothing_else():
    of = posed()
    found, value = one_call(of, answering())
    assert found == value
    conclusion = int(np.flatnonzero(of.corpus.demonstrated)[0])
    assert one_call(of, answering(), fact=conclusion)[0] == of.corpus.none


@pytest.mark.parametrize("name", [HOPS, "algebra-v2/tiny[algebras=5,laws=3]"])
def test_the_deducer_derives_every_conclusion_from_its_premises_and_none_without_one(name):
    of = posed(name)
    traces, deducer = Traces(of.corpus), Deducer(of.corpus)
    c = of.corpus.closure
    for fact in np.flatnonzero(of.corpus.demonstrated)[:40].tolist():
        premises = [p for p in c.premises[of.corpus.split.gold.best[fact]].tolist() if p >= 0]
        lines = [traces.line(p) for p in premises]
        prompt, value = traces.queried(fact, traces.cue[traces.line(fact)[0]])
        assert deducer.deduced(prompt, lines) == value
        for i in range(len(lines)):
            if lines[i] not in lines[:i] + lines[i + 1 :]:
                assert deducer.deduced(prompt, lines[:i] + lines[i + 1 :]) == of.corpus.none


def test_the_deducer_takes_one_step_alone():
    of = posed("algebra-v2/tiny[algebras=5,laws=3]")
    traces, deducer = Traces(of.corpus), Deducer(of.corpus)
    tall = next(
        f
        for f in np.flatnonzero(of.corpus.demonstrated).tolist()
        if of.corpus.closure.height[f] > 1 and sum(c.name == DEDUCE for c in traces.of(f)) > 1
    )
    looked = [c for c in traces.of(tall) if c.name == LOOK_UP]
    prompt, _ = traces.queried(tall, traces.cue[traces.line(tall)[0]])
    assert deducer.deduced(prompt, lines_of(of.corpus, looked)) == of.corpus.none


def test_the_deducer_follows_a_lie():
    of = posed()
    traces = Traces(of.corpus)
    fact = int(np.flatnonzero(of.corpus.demonstrated)[0])
    *_, last, deduce = traces.of(fact)
    wrong = (last.result + 1) % of.corpus.none
    lines = [*lines_of(of.corpus, traces.of(fact)[:-2]), line_of(of.corpus, last.prompt, wrong)]
    assert Deducer(of.corpus).deduced(deduce.prompt, lines) == wrong != deduce.result


def test_who_calls_perfectly_is_always_right_with_the_exact_tool(acted):
    of = posed()
    found = acted(of, answering())
    assert of.right(found.answer).all() and not found.malformed.any()


def test_without_a_deducer_it_answers_nothing_but_what_is_stated(acted):
    of = posed()
    right = of.right(acted(of, answering("look-up")).answer)
    stated = np.array([len(calls or ()) == 1 for calls in needed(Traces(of.corpus), of.questions)])
    assert right[stated].all() and not right[~stated].any()


def test_a_lying_tool_shows_in_the_scores_as_often_as_it_lies(acted):
    of = posed()
    share = {
        p: of.right(acted(of, answering(lies=p)).answer)[of.theorems].mean()
        for p in (0.0, 0.3, 1.0)
    }
    assert share[0.0] == 1.0
    assert share[0.3] == pytest.approx(0.7**3, abs=0.15)  # three results decide a two-hop
    assert share[1.0] < 0.25


def test_who_ignores_results_scores_alike_whatever_the_tool_says(acted):
    of = posed()
    right = [of.right(acted(of, answering(lies=p), deaf=True).answer) for p in (0.0, 1.0)]
    assert (right[0] == right[1]).all()


def test_a_tool_that_answers_outright_needs_no_premise(acted):
    of = posed()
    fact = int(np.flatnonzero(of.corpus.demonstrated)[0])
    found, value = one_call(of, answering("outright"), LOOK_UP, fact)
    assert found == value != of.corpus.none
    assert of.right(acted(of, answering("outright")).answer).all()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (lambda c, rng: 1 / 0, "fails"),
        (lambda c, rng: [], "gives float64.0. to 1 calls"),
        (lambda c, rng: ["zebra"], "expected 1 whole numbers"),
        (lambda c, rng: [-1], "gives constant -1"),
        (lambda c, rng: [10**6], "gives constant 1000000"),
        (lambda c, rng: exit(3), "ends the process"),
    ],
)
def test_a_tool_that_breaks_its_contract_is_one_line(monkeypatch, given, why):
    monkeypatch.setattr(registry, "tool", lambda name: given)
    with pytest.raises(UserError, match=why) as caught:
        one_call(posed(), answering("acme.tool"))
    assert "'acme.tool'" in str(caught.value) and "\n" not in str(caught.value)


def test_a_tool_that_hangs_is_ended(monkeypatch):
    monkeypatch.setattr(registry, "tool", lambda name: lambda c, rng: time.sleep(30))
    with pytest.raises(UserError, match=r"tool 'acme.tool' has run for 0\.1 seconds"):
        one_call(posed(), answering("acme.tool", seconds=0.1))


def test_a_third_partys_tool_is_found_by_its_entry_point(plugin):
    source = "def never(calls, rng):\n    return [calls.corpus.none] * len(calls.name)\n"
    plugin("acmenever", "[zebroid.tools]\nacme.never = acme_never:never\n", acme_never=source)
    of = posed()
    assert one_call(of, answering("acme.never"))[0] == of.corpus.none
    with pytest.raises(UserError, match=r"unknown tool 'acme\.nevr'; did you mean 'acme\.never'"):
        registry.tool("acme.nevr")


def test_built_in_tools_are_entry_points():
    own = [calls.exact, calls.look_up, calls.outright, calls.sensor, calls.world]
    assert [registry.tool(name) for name in NAMES] == own


def test_no_trace_states_what_a_scored_question_asks_and_one_that_does_is_refused():
    of = posed()
    tokens = encode(of.corpus, "tools", of.questions)
    audit(of, tokens)
    traces, words = Traces(of.corpus), Words(of.corpus)
    q = int(np.flatnonzero(of.theorems)[0])
    (calls_,) = needed(traces, of.questions[[q]])
    assert calls_
    leak = [t for call in calls_ for t in words.call(call)]
    train = tokens.train.copy()
    train[0] = tokens.end
    train[0, : len(leak)] = leak
    with pytest.raises(AuditError, match=r"answers a scored question|was never given"):
        audit(of, dataclasses.replace(tokens, train=train))
