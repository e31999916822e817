"""Corpora from which something is missing, built once, and runs that answer as they are told to."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest
from zebroid import registry
from zebroid.benchmarks.interaction.conclusions import Posed
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.models.training.plan import Run, Samples
from zebroid.worlds.corpus.build import build_corpus


@functools.cache
def built(name, **changes):
    world, size = registry.sized(name)
    changes = {key: dict(value) if key == "given" else value for key, value in changes.items()}
    exposure = dataclasses.replace(world.default_exposure(size), **changes)
    return build_corpus(world, size, exposure)


@pytest.fixture(scope="session")
def hops():
    """Composition with 40% of the facts unstated."""
    return built("composition-v1/tiny", coverage=0.6)


@pytest.fixture(scope="session")
def rows():
    """Order, in which conclusions rest on conclusions; every law is given in some way."""
    given = (("exemplified", 0.2), ("stated", 0.5), ("both", 0.3))
    return built("order-v2/tiny[chains=1,orders=12,rows=12]", given=given, nontheorems=0.0)


@pytest.fixture
def posed():
    """posed(corpus, share=0.5) -> all its questions."""

    def make(corpus, share=0.5):
        return Posed(QuestionSet(corpus, np.arange(len(corpus.prompt))), share)

    return make


@pytest.fixture
def answering():
    """answering(answers [Q], samples [N, Q]) -> a run."""

    def make(answer, samples=None):
        answer = np.asarray(answer, np.int32)
        drawn = None if samples is None else Samples(np.asarray(samples, np.int32)[None], None)
        return Run(
            steps=np.array([1]),
            flops=np.array([1.0]),
            answer=answer[None, None],
            bits=np.zeros((1, 1, len(answer)), np.float32),
            generated=np.zeros((1, len(answer), 1), np.int32),
            loss=np.zeros((1, 1), np.float32),
            seeds=((0, 0),),
            parameters=1,
            seconds=0.0,
            samples=drawn,
        )

    return make


def gold_answers(corpus):
    """[Q] the first right answer to each question of the corpus; none where there is none."""
    out = np.full(len(corpus.prompt), corpus.none, np.int32)
    some = np.diff(corpus.offsets) > 0
    out[some] = corpus.values[corpus.offsets[:-1][some]]
    return out
