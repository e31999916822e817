"""Interventions change what is read and how often, and nothing that is queried or certified."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from zebroid import registry
from zebroid.errors import UserError
from zebroid.worlds.corpus import frequency_audit
from zebroid.worlds.corpus.audit import AuditError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import EXTRA, FACT
from zebroid.worlds.encoding.encode import MODES, encode, sample_questions
from zebroid.worlds.interventions.intervention import PROMISES
from zebroid.worlds.interventions.interventions_given import TYPES, broken

WORLDS = ("composition-v1", "inverse-v2", "zebra-v2", "axioms-v1", "commands-v2")
NEUTRAL = [
    {"type": "added", "label": "nothing", "facts": []},
    {"type": "identity", "share": 0.0},
    {"type": "mixture", "world": "composition-v1", "share": 0.0},
    {"type": "rephrasings", "forms": 1},
    {"type": "skew", "exponent": 0.0},
]
SOME = [
    {"type": "added", "label": "a test", "facts": [["rel", "Ann", "accepts", "Ben"]]},
    {"type": "identity", "share": 0.5},
    {"type": "mixture", "world": "composition-v1/tiny", "share": 0.1},
    {"type": "rephrasings", "forms": 3},
    {"type": "skew", "exponent": 1.0},
]
BY_TYPE = {table["type"]: table for table in SOME}
SHARES = st.floats(0, 1)
TABLES = st.tuples(
    st.builds(lambda s: {"type": "identity", "share": s}, SHARES),
    st.builds(lambda s: {"type": "mixture", "world": "horn-v2", "share": s}, SHARES),
    st.builds(lambda n: {"type": "rephrasings", "forms": n}, st.integers(1, 5)),
    st.builds(lambda e: {"type": "skew", "exponent": e}, st.floats(0, 1.5)),
)
FUZZ = {"deadline": None, "derandomize": True, "database": None}


def test_every_intervention_is_tested_here():
    assert [table["type"] for table in NEUTRAL] == [*TYPES] == [*BY_TYPE]
    assert {promise for kind in TYPES.values() for promise in kind.breaks} == {*PROMISES}


@pytest.mark.parametrize("neutral", NEUTRAL, ids=lambda table: table["type"])
def test_a_neutral_value_gives_the_identical_corpus(corpus, neutral):
    plain = corpus("inverse-v2")
    same = corpus("inverse-v2", interventions=[neutral])
    assert same.exposure == plain.exposure and "interventions" not in same.exposure.record()
    assert (same.digest, same.arrays_digest) == (plain.digest, plain.arrays_digest)
    questions = sample_questions(plain, 5, 0)
    tokens = [encode(made, "chain", questions).digest for made in (plain, same)]
    assert tokens[0] == tokens[1]


@pytest.mark.parametrize("table", SOME, ids=lambda table: table["type"])
def test_another_value_is_another_corpus_with_the_same_questions(corpus, table):
    plain, other = corpus("inverse-v2"), corpus("inverse-v2", interventions=[table])
    assert other.digest != plain.digest and other.arrays_digest != plain.arrays_digest
    assert_same_questions(plain, other)


def assert_same_questions(plain, other):
    """Rungs, answers and all else that a certificate says, and what is chosen to be queried."""
    for field in dataclasses.fields(plain.certificate):
        mine, theirs = (getattr(c.certificate, field.name) for c in (plain, other))
        np.testing.assert_array_equal(mine, theirs, err_msg=field.name)
    for name in ("prompt", "values", "offsets", "fact", "demonstrated", "stated", "written"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(other, name), err_msg=name)
    mine, theirs = (sample_questions(made, 5, 0) for made in (plain, other))
    np.testing.assert_array_equal(mine, theirs)


@pytest.mark.long
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow], **FUZZ)
@given(world=st.sampled_from(WORLDS), tables=TABLES, order=st.permutations(range(4)))
def test_no_intervention_changes_a_rung_or_an_answer(corpus, world, tables, order):
    plain = corpus(world)
    exposure = dataclasses.replace(plain.exposure, interventions=[tables[i] for i in order])
    other = build_corpus(plain.world, plain.size, exposure)
    assert_same_questions(plain, other)
    assert exposure == dataclasses.replace(plain.exposure, interventions=tables)
    rows = other.rows
    facts = {*plain.examples.fact[plain.examples.kind == FACT].tolist()}
    assert {*rows.fact[rows.kind == FACT].tolist()} == facts  # none is left out, none is new
    assert (rows.fact[rows.kind == EXTRA] == -1).all() and rows.times.min() >= 1
    extra = rows.kind == EXTRA
    assert np.array_equal(rows.prompt[extra, 1], rows.answer[extra])


@pytest.mark.parametrize("mode", MODES)
def test_tokens_of_all_at_once_read_as_what_they_are(corpus, mode):
    plain, other = corpus("inverse-v2"), corpus("inverse-v2", interventions=SOME)
    questions = sample_questions(plain, 5, 0)
    own, made = (encode(c, mode, questions) for c in (plain, other))
    assert made.prompt >= own.prompt and (made.loss.any(1)).all()
    words = np.array(made.vocabulary, dtype=object)
    queried = [words[row[row != made.end]].tolist() for row in made.query]
    known = np.array(own.vocabulary, dtype=object)
    assert queried == [known[row[row != own.end]].tolist() for row in own.query]
    right = [words[row[row >= 0]].tolist() for row in made.members]
    assert right == [known[row[row >= 0]].tolist() for row in own.members]
    texts = {" ".join(words[row[row != made.end]]) for row in made.train}
    usual = {" ".join(known[row[row != own.end]]) for row in own.train}
    assert np.array_equal(made.statement[: len(other.rows.kind)], other.rows.kind == FACT)
    assert usual <= texts
    assert len(made.weight) == len(made.train) == len(made.statement) == len(made.loss)


def test_an_identity_statement_is_written_as_a_statement_is(corpus):
    made = corpus("composition-v1", interventions=[{"type": "identity", "share": 1.0}])
    tokens = encode(made, "chain", sample_questions(made, 1, 0))
    words = np.array(tokens.vocabulary, dtype=object)
    rows = tokens.train[np.flatnonzero(made.rows.kind == EXTRA)]
    texts = [words[row[row != tokens.end]].tolist() for row in rows]
    assert all(text == ["is", text[1], text[1], "<answer>", text[1]] for text in texts)
    there = {*made.examples.answer[made.examples.answer != made.none].tolist()}
    assert there <= {*made.rows.answer[made.rows.kind == EXTRA].tolist()}


def test_a_smaller_share_is_part_of_a_larger_one(corpus):
    small, large = (
        corpus(
            "composition-v1",
            interventions=[
                {"type": "identity", "share": share},
                {"type": "mixture", "world": "horn-v2", "share": share},
            ],
        )
        for share in (0.2, 0.6)
    )
    names = [{*made.rows.answer[made.rows.kind == EXTRA].tolist()} for made in (small, large)]
    rows = [{*made.beside[0].rows.tolist()} for made in (small, large)]
    assert names[0] < names[1] and rows[0] < rows[1]


def test_each_fact_has_every_form_once_and_what_is_rare_is_weighed_as_before(corpus):
    plain = corpus("composition-v1")
    made = corpus("composition-v1", interventions=[{"type": "rephrasings", "forms": 3}])
    facts = made.rows.kind == FACT
    assert facts.sum() == 3 * (plain.examples.kind == FACT).sum()
    stated = np.stack([made.rows.prompt[facts, 0], made.rows.fact[facts]])
    assert np.unique(stated, axis=1).shape == stated.shape
    assert {word.text for word in made.rows.words} == {"one#2", "one#3"}
    assert (made.rows.cues(len(made.cues)) < len(made.cues)).all()
    for instance, constituent in frequency_audit.mean_frequencies(made).values():
        assert max(instance, constituent) <= 1.25 * min(instance, constituent)


def test_frequencies_follow_zipf_and_statements_keep_their_share(corpus):
    made = corpus("composition-v1", interventions=[{"type": "skew", "exponent": 1.0}])
    rows, facts = made.rows, made.rows.kind == FACT
    times = np.sort(rows.times[facts])[::-1]
    n = len(times)
    assert np.array_equal(times, np.rint(n / np.arange(1, n + 1)))
    assert {*rows.times[~facts].tolist()} == {rows.unit} == {round(times.mean())}
    before, now = facts.mean(), times.sum() / rows.times.sum()
    assert abs(before - now) < 0.05
    plain = corpus("composition-v1")
    assert made.writing.frequency("direct").sum() == times.sum()
    assert np.array_equal(made.writing.lines, rows.unit * plain.writing.lines)


def test_no_word_but_the_marks_is_in_two_worlds(corpus):
    plain = corpus("commands-v2")  # whose answers are of several words
    table = {"type": "mixture", "world": "composition-v1", "share": 0.3}
    mixed = corpus("commands-v2", interventions=[table])
    questions = sample_questions(plain, 3, 0)
    own, made = (encode(c, "direct", questions) for c in (plain, mixed))
    n = len(plain.rows.kind) + len(plain.sentences)
    words = np.array(made.vocabulary, dtype=object)
    first, second = ({*words[np.unique(part)]} for part in (made.train[:n], made.train[n:]))
    assert first & second <= {"<end>", "<answer>", "<fill>", "none"}
    assert len(made.train) - n == len(mixed.beside[0].rows) > 0
    assert all(word.startswith("composition-v1:") for word in second - first)
    state, word = np.divmod(made.answer_ids[0], len(made.vocabulary))
    before = np.divmod(own.answer_ids[0], len(own.vocabulary))
    assert np.array_equal(state, before[0]) and np.array_equal(word, before[1])


def test_the_audit_passes_over_what_is_broken_by_design_and_nothing_else(corpus, monkeypatch):
    table = BY_TYPE["skew"]
    made = corpus("inverse-v2", interventions=[table])
    assert broken(made.exposure.interventions) == dict.fromkeys(PROMISES, "skew")
    monkeypatch.setattr(TYPES["skew"], "breaks", ())
    with pytest.raises(AuditError, match=r"are stated from 1 to .* times, and no intervention"):
        frequency_audit.audit_frequency(made)
    with pytest.raises(AuditError):
        build_corpus(made.world, made.size, made.exposure)


@pytest.mark.parametrize("table", [t for t in SOME if t["type"] != "mixture"], ids=str)
def test_worlds_whose_facts_stand_in_prompts_refuse_what_changes_statements(table):
    world = registry.make("prover-v2")
    exposure = dataclasses.replace(world.default_exposure("tiny"), interventions=[table])
    with pytest.raises(UserError, match="facts stand in prompts; give it to a world without"):
        build_corpus(world, "tiny", exposure)


def test_a_world_whose_facts_stand_in_prompts_may_be_mixed_with_another(corpus):
    made = corpus("prover-v2", interventions=[BY_TYPE["mixture"]])
    assert_same_questions(corpus("prover-v2"), made)
    tokens = encode(made, "direct", sample_questions(made, 1, 0))
    assert len(tokens.train) == len(made.rows.kind) + len(made.beside[0].rows)
