"""The k-cutoff against a slow twin that follows the source's own code line by line."""

from __future__ import annotations

import collections
import dataclasses
import itertools

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.probing.k_cutoffs import UNDEFINED, cutoffs, evidence_of
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.encoding.encode import sample_questions

MOST = 12  # greatest k that the twin tries


def made(share):
    world = registry.make("composition-v1")
    exposure = dataclasses.replace(world.default_exposure("tiny"), demonstrated=share)
    return build_corpus(world, "tiny", exposure)


def slow(demonstrated, posed):
    """Of each of ``posed``, (way, context, answer), the greatest k; ``demonstrated``: (way,
    context) -> answer."""
    behaviour = collections.defaultdict(dict)
    for (way, context), answer in demonstrated.items():
        behaviour[way][context] = answer
    evidence = {}
    for (one, mine), (other, its) in itertools.combinations(behaviour.items(), 2):
        shared = {*mine} & {*its}
        if all(mine[c] == its[c] for c in shared):
            evidence[one, other] = len(shared)
    out = [0] * len(posed)
    for k in range(1, MOST):
        piece = {way: way for way in behaviour}
        for (one, other), seen in evidence.items():
            if seen >= k:
                old, new = piece[one], piece[other]
                piece = {way: new if at == old else at for way, at in piece.items()}
        for i, (way, context, answer) in enumerate(posed):
            for other in behaviour:
                alike = other != way and piece.get(other) == piece.get(way, way)
                if alike and behaviour[other].get(context) == answer:
                    out[i] = k
    return out


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_cutoffs_are_those_of_the_slow_twin(share):
    corpus = made(share)
    facts = {(h, r): t for h, r, t in corpus.closure.rows("one").tolist()}
    questions = sample_questions(corpus, 60, 0)
    demonstrated, posed, rows = {}, [], []
    for number in range(len(corpus.prompt)):
        fact = corpus.fact[corpus.offsets[number]] if len(corpus.answers(number)) == 1 else -1
        if fact >= 0 and corpus.demonstrated[fact]:
            head, first, second = corpus.prompt[number, 1:4].tolist()
            bridge, answer = facts[head, first], int(corpus.answers(number)[0])
            if len({head, bridge, answer}) == 3:  # else it has no bridge, or several ways on
                demonstrated[(head, first), second] = answer
    found = cutoffs(corpus, questions)
    for row, k in enumerate(found.tolist()):
        if k != UNDEFINED:
            head, first, second = corpus.prompt[questions[row], 1:4].tolist()
            posed.append(((head, first), second, int(corpus.answers(questions[row])[0])))
            rows.append(row)
    assert len(rows) > 30 and len({*found[rows].tolist()}) > 1
    assert found[rows].tolist() == slow(demonstrated, posed)


def test_more_conclusions_give_more_evidence():
    low, high = (
        np.mean([k for k in cutoffs(c, c.of_rung("instance")) if k != UNDEFINED])
        for c in (made(0.3), made(0.9))
    )
    assert high > low + 1


def test_a_way_that_contradicts_once_is_equivalent_to_none():
    assert evidence_of(np.array([[1, 2, 3], [1, 2, -1]])).tolist() == [[0, 2], [2, 0]]
    assert evidence_of(np.array([[1, 2, 3], [1, 2, 4]])).tolist() == [[0, 0], [0, 0]]
    assert evidence_of(np.array([[1, -1], [-1, 2]])).tolist() == [[0, 0], [0, 0]]


def test_a_stated_fact_has_no_cutoff():
    corpus = made(0.5)
    assert (cutoffs(corpus, corpus.of_rung("recall")[:20]) == UNDEFINED).any()
