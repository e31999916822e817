"""Instance and constituent rest on equally frequent facts, or the corpus is refused."""

import dataclasses

import numpy as np
import pytest
from zebroid.worlds.corpus.audit import AuditError
from zebroid.worlds.corpus.frequency_audit import FEWEST, audit_frequency, mean_frequencies
from zebroid.worlds.novelty.rungs import RUNGS

WORLDS = ["composition-v1", "comparison-v2", "kinship-v2", "taxonomy-v2"]


def unweighted(corpus):
    """Each row weighs 1, as in the first version of the definitions."""
    ones = np.ones_like(corpus.writing.weight)
    writing = dataclasses.replace(corpus.writing, weight=ones)
    return dataclasses.replace(corpus, writing=writing)


@pytest.mark.parametrize("world", WORLDS)
def test_means_are_within_a_quarter_in_every_mode(corpus, world):
    found = mean_frequencies(corpus(world))
    assert {*found} == {"direct", "chain"}
    for instance, constituent in found.values():
        assert 0.8 <= instance / constituent <= 1.25


def test_means_are_those_of_the_certificates(corpus):
    made = corpus("composition-v1")
    certificate = made.certificate
    of = [certificate.headline & (certificate.rung == RUNGS.index(r)) for r in RUNGS[1:3]]
    means = tuple(float(certificate.frequency[mine].mean()) for mine in of)
    assert mean_frequencies(made)["chain"] == means
    assert mean_frequencies(made)["direct"] == (1, 1)


# in taxonomy-v2 all statements of what a kind has count as used, held or not
@pytest.mark.parametrize("world", ["composition-v1", "comparison-v2", "kinship-v2"])
def test_a_corpus_whose_rows_all_weigh_alike_is_refused(corpus, world):
    before = unweighted(corpus(world))
    instance, constituent = mean_frequencies(before)["chain"]
    assert instance > 1.9 * constituent
    message = f"in chain .* {instance:.3g} times for instance and {constituent:.3g} times .* hold"
    with pytest.raises(AuditError, match=message) as error:
        audit_frequency(before)
    assert "\n" not in str(error.value)


def test_a_used_fact_was_written_ten_times_as_often_as_a_held_one(corpus):
    instance, constituent = mean_frequencies(unweighted(corpus("composition-v1")))["chain"]
    assert instance > 10 and constituent == 1


def test_too_few_questions_say_nothing(corpus):
    made = unweighted(corpus("composition-v1"))
    certificate = made.certificate
    mine = np.flatnonzero(certificate.headline & (certificate.rung == RUNGS.index("constituent")))
    matched = certificate.matched.copy()
    matched[mine[FEWEST - 1 :]] = False
    few = dataclasses.replace(certificate, matched=matched)
    few = dataclasses.replace(made, certificate=few)
    audit_frequency(few)
    assert mean_frequencies(few) == {}
    matched = matched.copy()
    matched[mine[FEWEST - 1]] = True
    with pytest.raises(AuditError, match="in chain"):
        enough = dataclasses.replace(certificate, matched=matched)
        audit_frequency(dataclasses.replace(made, certificate=enough))


def test_episodes_are_exempt(corpus):
    assert mean_frequencies(corpus("prover-v2")) == {}
