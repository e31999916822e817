"""Two tiny real corpora with question sets, and models made up to score what a test wants."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import Row, score
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.catalog.zebra import Zebra
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import Corpus
from zebroid.worlds.novelty.rungs import LADDER

Levels = Mapping[str, float | Sequence[float]]
Model = Callable[..., Predictions]


def question_set_of(corpus: Corpus, per_rung: int = 60) -> QuestionSet:
    rng = np.random.RandomState(0)
    rungs = [corpus.of_rung(r, pure=False) for r in LADDER]
    several = np.flatnonzero(corpus.certificate.rung == -1)
    drawn = [rng.permutation(q)[:per_rung] for q in (*rungs, several)]
    return QuestionSet(corpus, np.sort(np.concatenate(drawn)))


def all_matched(corpus: Corpus) -> Corpus:
    """The corpus with all its questions matched: at size tiny few are, and no score would be."""
    matched = np.ones(len(corpus.prompt), bool)
    certificate = dataclasses.replace(corpus.certificate, matched=matched)
    return dataclasses.replace(corpus, certificate=certificate)


@pytest.fixture(scope="session")
def matched() -> Callable[[Corpus], Corpus]:
    return all_matched


@pytest.fixture(scope="session")
def composition() -> Corpus:
    return all_matched(build_corpus(Composition(), "tiny"))


@pytest.fixture(scope="session")
def composition_of() -> Callable[[int], Corpus]:
    """The same of another world seed."""
    return lambda seed: all_matched(build_corpus(Composition(), "tiny", seeds=(seed, 0)))


@pytest.fixture(scope="session")
def zebra() -> Corpus:
    return all_matched(build_corpus(Zebra(), "tiny"))


@pytest.fixture(scope="session")
def composition_questions(composition: Corpus) -> QuestionSet:
    return question_set_of(composition)


@pytest.fixture(scope="session")
def zebra_questions(zebra: Corpus) -> QuestionSet:
    return question_set_of(zebra, 120)


@pytest.fixture(scope="session")
def model() -> Model:
    """A model that answers exactly the wanted share of each group rightly, at each checkpoint."""

    def made(
        question_set: QuestionSet,
        levels: Levels,
        *,
        shifts: Sequence[float] = (0.0, 0.0, 0.0),
        flops: Sequence[float] | None = None,
        mode: str = "direct",
        weighed: bool = True,
    ) -> Predictions:
        points = max((np.size(v) for v in levels.values()), default=1)
        n = len(question_set.questions)
        share = np.zeros((len(shifts), points, n))
        place = np.zeros(n)
        for group, level in levels.items():
            where = question_set.groups[group]
            place[where] = (np.arange(where.sum()) + 0.5) / where.sum()
            for s, shift in enumerate(shifts):
                share[s][:, where] = (np.broadcast_to(level, points) + shift)[:, None]
        question, member = question_set.members()
        right = np.zeros(n, np.int32)
        right[question[::-1]] = member[::-1]
        answer = np.where(place < share, right, -1).astype(np.int32)
        bits = -np.log2(np.clip(share, 0.01, 1)).astype(np.float32)
        spent = np.geomspace(1e12 / 10 ** (points / 4), 1e12, points) if flops is None else flops
        return Predictions(
            question_set,
            answer,
            bits if weighed else None,
            np.arange(points) + 1,
            np.asarray(spent, float),
            mode,
            10_000,
        )

    return made


@pytest.fixture(scope="session")
def row(model: Model) -> Callable[..., Row]:
    """The score row of such a model."""

    def made(
        question_set: QuestionSet, levels: Levels, label: str = "direct", **more: object
    ) -> Row:
        return score([model(question_set, levels, **more)], label)

    return made
