"""Named splits: one of the world's, chosen by the exposure, recorded, and refused in one line."""

import dataclasses

import numpy as np
import pytest
from zebroid.errors import InvalidWorld, UserError
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.handed_split import HandedSplit

RULES = "two(X,Z) :- e(X,Y), e(Y,Z)."
FACTS = " ".join(f"e(n{i},n{i + 1})" for i in range(12))


def part(odd):
    """Queried are the conclusions of every second place, from this one on."""

    def rule(closure, seed):
        facts = np.flatnonzero(~closure.is_base)
        test = np.arange(len(facts)) % 2 == odd
        return HandedSplit.of(closure, demonstrated=facts[~test], queried=facts[test])

    return rule


@pytest.fixture
def world(make_world):
    return make_world(RULES, FACTS, splits={"even": part(0), "odd": part(1)})


def queried(corpus):
    _, _, at = corpus.entries(np.flatnonzero(corpus.certificate.rung > 0))
    return {*corpus.fact[at].tolist()}


def test_the_exposure_chooses_which_split_a_corpus_has(world):
    even, odd = (build_corpus(world, "tiny", Exposure(split=name)) for name in ("even", "odd"))
    facts = {*np.flatnonzero(~even.closure.is_base).tolist()}
    for made, other in ((even, odd), (odd, even)):
        assert {*np.flatnonzero(made.demonstrated).tolist()} == facts - queried(made)
        assert queried(made) <= {*np.flatnonzero(other.demonstrated).tolist()}
        assert made.split.handed is not None
    assert queried(even) and queried(odd)


def test_no_split_is_none_and_leaves_records_as_they_were(world):
    assert build_corpus(world, "tiny", Exposure()).split.handed is None
    assert "split" not in Exposure().record()
    named = Exposure(split="odd")
    assert named.record() == Exposure().record() | {"split": "odd"}
    assert dataclasses.replace(named, split=None) == Exposure()


def test_a_split_that_the_world_has_not_is_refused_before_anything_is_derived(
    world, make_world, monkeypatch
):
    monkeypatch.setattr(type(world), "closure", lambda *_: pytest.fail("derived"))
    with pytest.raises(UserError, match=r"^unknown split of \S+ 'evne'; did you mean 'even'\?$"):
        build_corpus(world, "tiny", Exposure(split="evne"))
    plain = make_world(RULES, FACTS)
    with pytest.raises(UserError, match=r"has no named splits; leave it out$"):
        build_corpus(plain, "tiny", Exposure(split="even"))


@pytest.mark.parametrize("value", [3, True, ["even"], ""])
def test_a_split_is_a_name(world, value):
    with pytest.raises(UserError, match=r"exposure\.split|unknown split"):
        build_corpus(world, "tiny", Exposure(split=value))


def test_a_rule_that_gives_no_split_is_refused(make_world):
    world = make_world(RULES, FACTS, splits={"none": lambda closure, seed: None})
    with pytest.raises(
        InvalidWorld, match=r"splits\['none'\] gives NoneType, expected HandedSplit"
    ):
        build_corpus(world, "tiny", Exposure(split="none"))


@pytest.mark.parametrize("given", [{"demonstrated": []}, (), 0, False])
def test_what_a_world_hands_in_anyway_is_a_split_or_none(make_world, monkeypatch, given):
    world = make_world(RULES, FACTS)
    monkeypatch.setattr(type(world), "split", lambda *_: given)
    with pytest.raises(
        InvalidWorld, match=r"split\(\) gives \w+, expected HandedSplit or None"
    ) as e:
        build_corpus(world, "tiny", Exposure())
    assert "\n" not in str(e.value)


def test_a_rule_that_demonstrates_a_base_fact_is_refused(make_world):
    def rule(closure, seed):
        return HandedSplit.of(closure, demonstrated=np.flatnonzero(closure.is_base), queried=[])

    world = make_world(RULES, FACTS, splits={"base": rule})
    with pytest.raises(InvalidWorld, match="demonstrates e n0 n1, which is a base fact"):
        build_corpus(world, "tiny", Exposure(split="base"))
