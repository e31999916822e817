"""Sensors: what no text describes is looked at on a budget; the blind know nothing of it."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pydantic
import pytest
from zebroid import registry
from zebroid.benchmarks.interaction.tools import calls as tools
from zebroid.benchmarks.interaction.tools.calls import Answering, Calls
from zebroid.benchmarks.interaction.tools.sensing import unknowable_of
from zebroid.benchmarks.interaction.tools.trace_audit import audit
from zebroid.benchmarks.protocols.beyond_table import Tools
from zebroid.errors import UserError
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.worlds.corpus.audit import AuditError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import encode, sample_questions
from zebroid.worlds.encoding.traces import DEDUCE, LOOK_UP, Traces, Words
from zebroid.worlds.novelty.questions import find_prompts

SEEN = "percept-v2/tiny[links=1,views=1]"
HOPS = "composition-v1/tiny"
LEFT_OUT = {SEEN: {"bears": 0.3, "genus": 0.3}, HOPS: {"one": 0.2}}


@functools.cache
def built(name, whole=False, **changes):
    world, size = registry.sized(name)
    left_out = {} if whole else LEFT_OUT[name]
    exposure = dataclasses.replace(world.default_exposure(size), undescribed=left_out, **changes)
    return build_corpus(world, size, exposure)


@functools.cache
def posed(name=SEEN, **changes):
    corpus = built(name, **changes)
    return QuestionSet(corpus, sample_questions(corpus, 60, 0))


@functools.cache
def perfect(name=SEEN):
    """The calls that lead to the world's answer of each question, whatever is stated of it."""
    of, whole = posed(name), built(name, whole=True)
    traces, known = Traces(whole), unknowable_of(of)
    own = Traces(of.corpus)
    at = find_prompts(whole.prompt, of.corpus.prompt[of.questions])
    out = []
    for place, q in zip(at.tolist(), of.questions.tolist()):
        corpus, source = (of.corpus, own) if len(of.corpus.answers(q)) else (whole, traces)
        fact = corpus.fact[corpus.offsets[q if corpus is of.corpus else place]]
        out.append(source.of(int(fact), int(corpus.prompt[q if corpus is of.corpus else place, 0])))
    assert known.where.any()
    return out


def sensing(looks, name="sensor", lies=0.0):
    return Answering(name, lies, 60.0, np.random.RandomState(0), looks)


def one(of, prompt, looks=1, tool="sensor", name=LOOK_UP, lines=()):
    return int(sensing(looks, tool)(Calls(of, (name,), (prompt,), (tuple(lines),), (looks,)))[0])


def right(of, found):
    known = unknowable_of(of)
    return known.posed.right(found.answer)[known.where]


@pytest.mark.parametrize("name", [SEEN, HOPS])
def test_a_perfect_caller_that_looks_enough_is_right_on_all_and_a_blind_one_on_none(acted, name):
    of, known = posed(name), unknowable_of(posed(name))
    enough = int(known.looks[known.where].max())
    for looks in range(enough):
        found = acted(of, sensing(looks), calls=perfect(name))
        assert (right(of, found) == (known.looks[known.where] <= looks)).all()
        assert found.looks.max() == looks
    found = acted(of, sensing(enough), calls=perfect(name))
    assert right(of, found).all() and not found.malformed.any() and found.looks.max() == enough
    assert (found.looks[known.where] == known.looks[known.where]).all()
    assert of.right(found.answer)[of.theorems].all(), "what is stated is answered as ever"


def test_the_blind_control_answers_as_the_exact_tool_does(acted):
    of = posed()
    blind = acted(of, sensing(0), calls=perfect())
    exact = acted(of, sensing(0, "exact"), calls=perfect())
    assert (blind.answer == exact.answer).all() and not blind.looks.any()
    assert not right(of, blind).any()


def test_more_looks_than_needed_change_nothing(acted):
    of = posed()
    some, many = (acted(of, sensing(n), calls=perfect()) for n in (2, 1_000))
    assert (some.answer == many.answer).all() and (some.looks == many.looks).all()


def test_a_sensor_tells_no_fact_that_follows():
    of = posed()
    known = unknowable_of(of)
    for q in np.flatnonzero(known.where).tolist():
        prompt = tuple(int(p) for p in known.posed.prompt[q] if p >= 0)
        for name in (LOOK_UP, DEDUCE):
            assert one(of, prompt, 99, name=name) == of.corpus.none
        assert not tools.is_look(of, LOOK_UP, prompt)


def test_what_is_stated_costs_no_look_and_a_look_at_nothing_does():
    of = posed()
    corpus = of.corpus
    known = Traces(corpus).known
    cue = corpus.cues.index(("bears", 1))
    stated = next(prompt for prompt in known if prompt[0] == cue)
    assert not tools.is_look(of, LOOK_UP, stated) and one(of, stated, 0) == known[stated][0]
    nothing = (cue, corpus.closure.base.number["horse"])  # a kind bears no trait
    assert tools.is_look(of, LOOK_UP, nothing) and one(of, nothing) == corpus.none


def test_what_cannot_be_seen_and_is_unstated_stays_unknown():
    of = posed(coverage=0.7)
    base, truth = of.corpus.closure.base, of.corpus.split.truth.base
    cue = of.corpus.cues.index(("compound", 2))
    stated = {tuple(row) for row in base.rows["compound"].tolist()}
    lost = [row for row in truth.rows["compound"].tolist() if tuple(row) not in stated]
    assert lost
    for trait, kind, name in lost:
        assert one(of, (cue, trait, kind), 99) == of.corpus.none
        assert one(of, (cue, trait, kind), 99, "world") == name
    known = unknowable_of(of)
    assert (known.looks[known.where] == -1).any(), "no look helps where the name is unstated"


def test_no_strategy_without_a_look_comes_near_it():
    for name, most in ((SEEN, 0.1), (HOPS, 0.3)):
        known = unknowable_of(posed(name))
        assert known.where.sum() >= 15 and 0 <= known.floor < most


def test_where_base_facts_could_also_follow_only_what_follows_alone_counts_as_unknowable():
    world, size = registry.sized("kinship-v2/tiny")
    exposure = dataclasses.replace(world.default_exposure(size), undescribed={"kin": 0.2})
    corpus = build_corpus(world, size, exposure)
    known = unknowable_of(QuestionSet(corpus, sample_questions(corpus, 60, 0)))
    truth, mine = corpus.split.truth, np.flatnonzero(known.where).tolist()
    assert mine and not any(truth.is_base[known.facts(q)].any() for q in mine)
    assert {*known.looks[mine].tolist()} <= {-1, 1, 2} and 0 <= known.floor < 0.1


def test_a_third_partys_tool_knows_how_many_looks_are_left(acted, monkeypatch):
    heard = []

    def counting(calls, rng):
        heard.extend(calls.looks)
        return tools.sensor(calls, rng)

    monkeypatch.setattr(registry, "tool", lambda name: counting)
    found = acted(posed(), sensing(2, "acme.sensor"), calls=perfect())
    assert {*heard} == {0, 1, 2} and found.looks.max() == 2


def test_a_result_of_several_words_is_one_line(acted, monkeypatch):
    picture = posed().corpus.closure.base.sorts["picture"][0]
    monkeypatch.setattr(registry, "tool", lambda name: lambda c, rng: [picture] * len(c.name))
    with pytest.raises(UserError, match="a name of several words; a result is one word"):
        acted(posed(), sensing(0, "acme.tool"))


def test_a_trace_that_states_what_is_undescribed_is_refused():
    of = posed()
    tokens, words = encode(of.corpus, "tools", of.questions), Words(of.corpus)
    audit(of, tokens)
    known = unknowable_of(of)
    trace = perfect()[int(np.flatnonzero(known.where)[0])]
    train = tokens.train.copy()
    train[0] = tokens.end
    leak = [t for call in trace for t in words.call(call)]
    train[0, : len(leak)] = leak
    with pytest.raises(AuditError, match="was never given"):
        audit(of, dataclasses.replace(tokens, train=train))


def test_each_budget_of_looks_is_an_evaluation_of_the_first_tool_and_lies_have_the_most():
    how = Tools(protocol="tools", tools=["sensor", "exact"], looks=[0, 2, 2], lies=[0.5])
    assert how.configurations == (
        ("sensor", 0.0, 0),
        ("sensor", 0.0, 2),
        ("exact", 0.0, 0),
        ("sensor", 0.5, 2),
    )
    plain = Tools(protocol="tools", tools=["exact"], lies=[0.5])
    assert plain.configurations == (("exact", 0.0, 0), ("exact", 0.5, 0))


@pytest.mark.parametrize("looks", [[-1], [1.5], [10**9], 2])
def test_a_budget_that_is_none_is_refused(looks):
    with pytest.raises(pydantic.ValidationError):
        Tools(protocol="tools", tools=["sensor"], looks=looks)
