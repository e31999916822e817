"""zebroid check: floors are measured, and what is declared beyond association is held to it."""

import dataclasses
import json

import numpy as np
import pytest
from zebroid.benchmarks.conformance.framework import Moot, Refused
from zebroid.benchmarks.conformance.worlds import reference_checks
from zebroid.benchmarks.conformance.worlds.world_checks import check_world
from zebroid.benchmarks.conformance.worlds.world_fixture import Subject
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.datalog.facts import Facts

# ruff: noqa: RUF012 (tables of a world are class attributes)


class Alike(Composition):
    """Relations in two groups of synonyms: what shares most parts with a prompt has its answer."""

    id = "alike-v1"
    phrases = {}
    beyond_association = (("constituent", "two"),)

    def sample(self, rng, *, entities, relations):
        head, relation = np.divmod(np.arange(entities * relations), relations)
        tails = np.argsort(rng.random_sample((2, entities)), axis=1)[relation % 2, head]
        sorts = {"entity": entities, "relation": [f"rel{i}" for i in range(relations)]}
        return Facts.of(sorts, one=("entity relation entity", np.stack([head, relation, tails], 1)))


class Apart(Composition):
    """Many relations, a permutation each."""

    id = "apart-v1"
    sizes = {"tiny": {"entities": 24, "relations": 16}}
    exposure = dataclasses.replace(Composition.exposure, held=0.3)
    beyond_association = (("constituent", "two"),)


def test_a_world_that_association_solves_is_refused_with_the_strategy_its_score_and_a_cure():
    with pytest.raises(Refused) as found:
        reference_checks.beyond_association(Subject(Alike(), "tiny"))
    text = str(found.value)
    assert "constituent two is declared beyond association, and " in text
    assert "profile copy gets 1.00, more than 0." in text and "\n" not in text
    assert "('constituent', 'two') out of `beyond_association`" in found.value.cure


def test_a_world_of_many_permutations_keeps_its_declaration():
    text = reference_checks.beyond_association(Subject(Apart(), "tiny"))
    assert text.startswith("constituent two: chance 0.") and "blinded 0." in text


@pytest.mark.parametrize("family", ["association", "blinded"])
def test_each_bound_can_be_broken(family, monkeypatch):
    """Just below what the best of that family gets."""
    subject = Subject(Apart(), "tiny")
    (m,) = (m for m in subject.floors if m.rung == "constituent")
    subject.__dict__["size"] = "small"  # where the mean decides
    if family == "blinded":
        monkeypatch.setattr(reference_checks, "BLINDED", m.best["blinded"].mean - 0.001)
        monkeypatch.setattr(reference_checks, "ABOVE_CHANCE", 1.0)
    else:
        gap = m.best["association"].mean - m.best["chance"].mean
        monkeypatch.setattr(reference_checks, "ABOVE_CHANCE", gap - 0.001)
        monkeypatch.setattr(reference_checks, "BLINDED", 1.0)
    with pytest.raises(Refused) as found:
        reference_checks.beyond_association(subject)
    assert found.value.cure.startswith(reference_checks.CURES[family])


def test_what_is_declared_and_has_too_few_questions_is_printed():
    text = reference_checks.beyond_association(Subject(Apart(), "tiny[entities=5,relations=3]"))
    assert text == "constituent two: too few questions at this size"


def test_a_world_that_declares_nothing_has_nothing_to_keep():
    with pytest.raises(Moot):
        reference_checks.beyond_association(Subject(Composition(), "tiny"))


def test_floors_are_measured_on_three_worlds_where_scores_are_given():
    assert "(world seeds: 1)" in reference_checks.floors(Subject(Composition(), "tiny"))
    subject = Subject(Composition(), "tiny[entities=20]")
    assert "(world seeds: 3)" in reference_checks.floors(subject)
    assert {m.seeds for m in subject.floors} == {3}


def test_a_promised_rung_without_a_floor_is_refused():
    """Six entities, six relations: 36 facts, of which too few are held."""
    with pytest.raises(Refused, match=r"is promised, and no cue has 30 headline questions"):
        reference_checks.floors(Subject(Apart(), "tiny[entities=10,relations=5]"))


def test_the_report_shows_every_instrument_with_its_counts():
    report = check_world("composition-v1", "tiny")
    (found,) = report.appendices
    record = json.loads(report.json())["instruments"]["tiny"]
    assert [i["rung"] for i in record] == [*dict.fromkeys(i["rung"] for i in record)]
    assert found.data == record
    for i in record:
        assert {"near", "written", "several", "headline", "impure"} <= {*i}
        assert {"floor", "chance", "association", "blinded", "spreading"} >= {*i["best"]}
        assert all(0 <= w["pivotal"]["mean"] <= 1 for w in i["without"].values())
    assert any("reuse by likeness" in note for note in found.notes)
