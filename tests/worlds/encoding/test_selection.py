"""Which questions are queried: as many of each cue and rung, alike in frequency, of all cells."""

import dataclasses

import numpy as np
import pytest
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.frequency import half_octaves
from zebroid.worlds.encoding.encode import sample_questions
from zebroid.worlds.exposure import Exposure
from zebroid.worlds.novelty.rungs import CONTROLS, LADDER, RUNGS, SPLIT, WRITTEN

QUOTA = 40
WORLDS = ["composition-v1", "percept-v2", "zebra-v2"]
every = pytest.mark.parametrize("world", WORLDS)


def with_certificate(corpus, **changes):
    changed = dataclasses.replace(corpus.certificate, **changes)
    return dataclasses.replace(corpus, certificate=changed)


def numbers(corpus, mine):
    """(cue, rung) -> how many of the questions ``mine``."""
    cue, rung = corpus.prompt[mine, 0], corpus.certificate.rung[mine]
    pairs, many = np.unique(np.stack([cue, rung]), axis=1, return_counts=True)
    return {tuple(pair): int(n) for pair, n in zip(pairs.T.tolist(), many)}


@every
def test_every_cue_of_a_rung_has_its_own_quota(corpus, world):
    made = corpus(world)
    chosen, certificate = sample_questions(made, QUOTA, 0), made.certificate
    assert (np.diff(chosen) > 0).all()
    twins = certificate.twin[chosen]
    assert np.isin(twins[twins >= 0], chosen).all()
    found = np.setdiff1d(chosen, certificate.twin)  # a twin comes beside the quota
    headline = np.flatnonzero(certificate.headline)
    queried = numbers(made, found[certificate.headline[found]])
    whole = numbers(made, chosen[certificate.headline[chosen]])
    for pair, number in numbers(made, headline).items():
        assert queried.get(pair, 0) <= QUOTA
        assert whole[pair] >= min(QUOTA, number)
    assert len({cue for cue, _ in queried}) > 1


@pytest.mark.parametrize("world", ["composition-v1", "percept-v2"])  # without twins
def test_what_is_set_apart_gets_a_quarter_for_each_reason(corpus, world):
    made, rng = corpus(world), np.random.RandomState(0)
    certificate = made.certificate
    made = with_certificate(made, near=(rng.rand(len(certificate.rung)) < 0.2))
    certificate = made.certificate
    chosen = sample_questions(made, QUOTA, 0)
    on_rung = (certificate.rung >= 0) & (certificate.rung < len(RUNGS))
    pure, near, matched = certificate.pure, certificate.near, certificate.matched
    for reason in (near, ~pure & ~near, pure & ~near & ~matched):
        queried = numbers(made, chosen[(on_rung & reason)[chosen]])
        for pair, number in numbers(made, np.flatnonzero(on_rung & reason)).items():
            assert queried[pair] == min(QUOTA // 4, number)
        assert queried
    for rung in (SPLIT, LADDER.index(WRITTEN)):
        assert all(n <= QUOTA // 4 for (_, r), n in numbers(made, chosen).items() if r == rung)


@pytest.mark.parametrize("world", ["kinship-v2", "zebra-v2"])
def test_controls_get_the_quota_of_a_rung_all_cues_together(corpus, world):
    made = corpus(world)
    chosen = sample_questions(made, QUOTA, 0)
    for control in CONTROLS:
        there = len(made.of_rung(control))
        queried = np.isin(chosen, made.of_rung(control)).sum()
        assert queried == min(QUOTA, there)
    assert len(made.of_rung("nontheorem"))


@pytest.mark.parametrize("world", ["composition-v1", "percept-v2"])  # without twins
def test_instance_and_constituent_are_queried_alike_in_frequency(corpus, world):
    made = corpus(world)
    certificate = made.certificate
    chosen = sample_questions(made, QUOTA, 0)
    chosen = chosen[certificate.headline[chosen]]
    half, compared = half_octaves(certificate.frequency), 0
    for cue in range(len(made.cues)):
        of = [
            chosen[(made.prompt[chosen, 0] == cue) & (certificate.rung[chosen] == rung)]
            for rung in map(RUNGS.index, ("instance", "constituent"))
        ]
        if all(map(len, of)):
            one, other = (np.sort(half[mine]) for mine in of)
            assert np.array_equal(one, other)
            compared += len(of[0])
    assert compared


def test_a_corpus_without_matched_questions_is_still_queried_alike(corpus):
    made = corpus("composition-v1")
    made = with_certificate(made, matched=np.ones_like(made.certificate.matched))
    many, rung = made.certificate.frequency.copy(), made.certificate.rung
    mine = np.flatnonzero(rung == RUNGS.index("constituent"))
    many[mine[::2]] = 1  # half of them as rare as no instance is
    made = with_certificate(made, frequency=many)
    chosen = sample_questions(made, QUOTA, 0)
    chosen = chosen[made.certificate.headline[chosen]]
    of = [chosen[rung[chosen] == r] for r in map(RUNGS.index, ("instance", "constituent"))]
    one, other = (np.sort(half_octaves(many[mine])) for mine in of)
    assert np.array_equal(one, other) and len(one) > 5
    assert (many[of[1]] > 1).all()


def test_the_cells_of_unseen_premises_are_queried_evenly(corpus):
    made = corpus("composition-v1")
    certificate = made.certificate
    mine = certificate.headline & (certificate.rung == RUNGS.index("constituent"))
    chosen = sample_questions(made, QUOTA, 0)
    queried = np.bincount(certificate.unseen[chosen[mine[chosen]]], minlength=4)
    there = np.bincount(certificate.unseen[mine], minlength=4)
    assert (queried >= np.minimum(there, QUOTA // 3)).all() and queried.sum() == QUOTA


def test_a_cue_that_no_row_displays_as_a_prompt_is_not_queried(make_world):
    """q's rule is a sentence: nothing is demonstrated of it, so no row has its cue in a prompt."""
    facts = " ".join(f"{p}(a{i},b{i})" for p in "ef" for i in range(12))
    rules = "p(X,Y) :- e(X,Y).\nq(X,Y) :- f(X,Y)."
    exposure = Exposure(given={"exemplified": 0.5, "stated": 0.5}, held=0.0)
    made = build_corpus(make_world(rules, facts), "tiny", exposure)
    silent = [n for n in range(len(made.cues)) if n not in made.examples.prompt[:, 0]]
    assert [made.cues[n][0] for n in silent] in (["p"], ["q"])
    assert np.isin(made.prompt[:, 0], silent).sum() == 12
    chosen = sample_questions(made, QUOTA, 0)
    assert len(chosen) and not np.isin(made.prompt[chosen, 0], silent).any()
