"""Undescribed entities: facts of them stand in no text, and what rests on these is unknowable."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest
from zebroid import registry
from zebroid.errors import UserError
from zebroid.worlds.corpus import audit
from zebroid.worlds.corpus.audit import AuditError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import FACT
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.rungs import LADDER
from zebroid.worlds.undescribed import could_be_undescribed, undescribed

UNKNOWABLE = LADDER.index("unknowable")
SOME = {"bears": 0.3, "genus": 0.3}


@functools.cache
def built(name="percept-v2/tiny", exposure_seed=0, **left_out):
    world, size = registry.sized(name)
    exposure = dataclasses.replace(world.default_exposure(size), undescribed=left_out)
    return build_corpus(world, size, exposure, (0, exposure_seed))


def entities(corpus, predicate):
    """The names of those of which no fact of a predicate is stated, and has one in the world."""
    base, gold = corpus.split.truth.base, corpus.closure.base
    lost = np.setdiff1d(base.rows[predicate][:, 0], gold.rows[predicate][:, 0])
    return {base.constants[i] for i in lost}


def stated(corpus):
    """Every fact that a statement of a fact states, by name."""
    e, names, out = corpus.examples, corpus.closure.base.constants, set()
    for prompt, answer in zip(e.prompt[e.kind == FACT], e.answer[e.kind == FACT]):
        predicate, place = corpus.cues[prompt[0]]
        words = [names[a] for a in prompt[1:] if a >= 0]
        words.insert(place, names[answer])
        out.add((predicate, *words))
    return out


def test_of_a_share_of_the_entities_no_fact_of_the_predicate_is_stated():
    corpus = built(**SOME)
    silent = entities(corpus, "bears")
    assert len(silent) == round(0.3 * 128)
    given = stated(corpus)
    assert not {f for f in given if f[0] in SOME and f[1] in silent}
    for predicate in SOME:
        facts = [f for f in given if f[0] == predicate]
        assert len(facts) == 128 - len(silent)
    looks_alike = {f[1] for f in given if f[0] == "dreads"}
    assert silent <= looks_alike, "other facts of them are stated, so that their names are read"


def test_equal_shares_leave_out_the_same_entities_and_larger_ones_all_of_the_smaller():
    assert entities(built(**SOME), "bears") == entities(built(**SOME), "genus")
    nested = built(bears=0.1, genus=0.4)
    assert entities(nested, "bears") < entities(nested, "genus")


def test_who_is_undescribed_is_drawn_by_the_seed_of_the_exposure():
    assert entities(built(**SOME), "bears") != entities(built(exposure_seed=1, **SOME), "bears")


def test_what_rests_on_it_is_unknowable_and_all_else_keeps_its_answer():
    plain, corpus = built(), built(**SOME)
    silent = entities(corpus, "bears")
    names = corpus.closure.base.constants
    unknown = corpus.prompt[corpus.certificate.rung == UNKNOWABLE]
    found = {(corpus.cues[p[0]][0], names[p[1]]) for p in unknown}
    assert found == {(p, thing) for p in ("bears", "genus", "called") for thing in silent}
    assert not (plain.certificate.rung == UNKNOWABLE).any()
    gold = {tuple(row) for row in corpus.closure.rows("called").tolist()}
    every = {tuple(row) for row in plain.closure.rows("called").tolist()}
    assert gold < every and {names[row[0]] for row in every - gold} == silent


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("composition-v1/tiny", {"one": 0.2}),
        ("zebra-v2/tiny", {"breed": 0.2, "shade": 0.2}),
        ("taxonomy-v2/tiny", {"isa": 0.2}),
        ("inverse-v2/tiny", {"rel": 0.1}),
    ],
)
def test_every_world_can_leave_entities_undescribed_and_passes_its_audits(name, left_out):
    corpus = built(name, **left_out)
    assert (corpus.certificate.rung == UNKNOWABLE).sum() > 0
    for predicate in left_out:
        silent = entities(corpus, predicate)
        assert silent and not {f for f in stated(corpus) if f[0] == predicate and f[1] in silent}


def test_none_is_the_neutral_value_and_changes_no_digest():
    world, size = registry.sized("percept-v2/tiny")
    own = world.default_exposure(size)
    for none in ({}, {"bears": 0.0}):
        same = dataclasses.replace(own, undescribed=none)
        assert same == own and "undescribed" not in same.record()
        assert build_corpus(world, size, same).digest == built().digest
    assert built(**SOME).digest != built().digest
    assert built(**SOME).exposure.record()["undescribed"] == SOME


def test_a_digest_from_before_the_field_is_what_it_was():
    world, size = registry.sized("percept-v2/tiny")
    assert build_corpus(world, size).digest[:16] == "0b69de152d93536d"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"bear": 0.3}, r"undescribed: unknown predicate 'bear'; did you mean 'bears'"),
        ({"called": 0.3}, r"undescribed: unknown predicate 'called'"),
        ({"texture": 0.3}, r"unknown predicate 'texture'.*no text of percept-v2 states"),
        ({"bears": 0.001}, r"undescribed\.bears = 0\.001 of 128 is none; give at least 0\.0078"),
    ],
)
def test_what_cannot_be_left_out_is_one_line(given, why):
    with pytest.raises(UserError, match=why) as caught:
        built(**given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan"), True, "half", None, 10**400])
def test_a_share_that_is_none_is_one_line(share):
    with pytest.raises(UserError, match=r"exposure\.undescribed\.bears = .*give a share, 0 to 1"):
        Exposure(undescribed={"bears": share})


def test_a_table_is_expected():
    with pytest.raises(UserError, match="give a table of shares by predicate"):
        Exposure(undescribed=["bears"])  # type: ignore[arg-type]


def test_where_facts_stand_in_prompts_nothing_is_left_out():
    with pytest.raises(UserError, match="give it to a world without episodes"):
        built("prover-v2/tiny", likes=0.2)


def test_rules_as_data_and_what_stands_under_negation_cannot_be_left_out():
    for name in ("axioms-v1/tiny", "zebra-v2/tiny", "order-v2/tiny"):
        world, size = registry.sized(name)
        could = {*could_be_undescribed(world, world.facts(size, 0))}
        assert could and not could & (world.axioms | world.program.negated)


def test_the_audit_refuses_a_statement_about_what_is_undescribed():
    corpus = built(**SOME)
    world, base = corpus.world, corpus.split.truth.base
    draw = corpus_draw(corpus)
    hidden = undescribed(world, corpus.exposure, base, draw)["bears"]
    row, e = base.rows["bears"][hidden][0], corpus.examples
    cue = corpus.cues.index(("bears", 1))
    at = int(np.flatnonzero((e.kind == FACT) & (e.prompt[:, 0] == cue))[0])
    prompt, answer = e.prompt.copy(), e.answer.copy()
    prompt[at, 1], answer[at] = row
    leaky = dataclasses.replace(
        corpus, examples=dataclasses.replace(e, prompt=prompt, answer=answer)
    )
    with pytest.raises(AuditError, match="is stated, and was to be undescribed"):
        audit.audit(leaky)


def corpus_draw(corpus):
    from zebroid.worlds.corpus.rule_presentation import Draw

    return Draw(corpus.world.id, corpus.size, corpus.seeds[1])
