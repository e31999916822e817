"""The identity of a corpus, and the twins that break one thing."""

import functools

import numpy as np
import pytest
from zebroid import registry
from zebroid.errors import UserError
from zebroid.worlds import world as world_module
from zebroid.worlds.corpus import split
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import CONCLUSION
from zebroid.worlds.datalog.engine import close
from zebroid.worlds.novelty import exceptions, hard_negatives

WORLDS = ("composition-v1", "zebra-v2")


@pytest.mark.parametrize("world", WORLDS)
def test_the_same_seeds_give_the_same_digest(world, corpus):
    again = build_corpus(registry.make(world), "tiny")
    assert again.digest == corpus(world).digest and len(again.digest) == 64


@pytest.mark.parametrize("world", WORLDS)
def test_each_seed_axis_and_each_choice_changes_the_digest(world, corpus):
    digests = [corpus(world, seeds=s).digest for s in ((0, 0), (0, 1), (1, 0), (1, 1))]
    digests += [corpus(world, held=0.2).digest, corpus(world, twin="random labels").digest]
    assert len({*digests}) == len(digests)


def test_the_world_seed_draws_the_facts_and_the_exposure_seed_does_not(corpus):
    one, other = corpus("zebra-v2", seeds=(0, 1)), corpus("zebra-v2", seeds=(1, 1))
    same = corpus("zebra-v2").split.truth.base.rows
    assert all((one.split.truth.base.rows[p] == rows).all() for p, rows in same.items())
    assert any(not np.array_equal(other.split.truth.base.rows[p], r) for p, r in same.items())
    assert one.split.presentation != corpus("zebra-v2").split.presentation


@pytest.mark.parametrize("world", WORLDS)
def test_the_digest_is_equal_for_1_2_and_8_threads(world, corpus, monkeypatch):
    for threads in (1, 2, 8):
        for module in (world_module, split, hard_negatives, exceptions):
            monkeypatch.setattr(module, "close", functools.partial(close, threads=threads))
        assert build_corpus(registry.make(world), "tiny").digest == corpus(world).digest


def test_the_digest_sees_what_is_stated_and_what_is_queried(corpus):
    """Of two corpora that differ in one demonstrated conclusion, no two digests are equal."""
    shares = [corpus("composition-v1", demonstrated=s) for s in (0.9, 0.899)]
    assert shares[0].demonstrated.sum() - shares[1].demonstrated.sum() == 1
    assert shares[0].digest != shares[1].digest


def _twin(corpus, twin):
    """A corpus and its twin, checked to be equal but for examples' answers and sentences."""
    made, broken = corpus("zebra-v2"), corpus("zebra-v2", twin=twin)
    for name in ("prompt", "values", "offsets", "stated", "demonstrated", "cues"):
        assert np.array_equal(getattr(made, name), getattr(broken, name)), name
    for name in ("prompt", "kind", "fact"):
        assert np.array_equal(getattr(made.examples, name), getattr(broken.examples, name)), name
    assert made.certificate.rung.tolist() == broken.certificate.rung.tolist()
    return made, broken


def test_random_labels_deal_out_the_conclusions_answers_and_nothing_else(corpus):
    made, broken = _twin(corpus, "random labels")
    demonstrated = made.examples.kind == CONCLUSION
    assert (made.examples.answer[~demonstrated] == broken.examples.answer[~demonstrated]).all()
    kept = made.examples.answer[demonstrated] == broken.examples.answer[demonstrated]
    assert kept.mean() < 0.2
    for cue in np.unique(made.examples.prompt[demonstrated, 0]):
        mine = demonstrated & (made.examples.prompt[:, 0] == cue)
        assert sorted(made.examples.answer[mine]) == sorted(broken.examples.answer[mine])


def test_an_unknown_size_is_refused_with_the_next_known_one():
    with pytest.raises(UserError, match="unknown size of zebra-v2 'smal'; did you mean 'small'"):
        build_corpus(registry.make("zebra-v2"), "smal")


def test_answers_and_of_rung_read_the_arrays(corpus):
    made = corpus("zebra-v2")
    mixed = made.of_rung("mixed", pure=False)
    assert len(mixed) and not len(made.of_rung("mixed"))
    assert made.none == len(made.closure.base.constants)
    control = int(made.of_rung("nontheorem")[0])
    assert made.answers(control).tolist() == [] and len(made.answers(int(mixed[0])))
