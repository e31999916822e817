"""Rows on three tiny corpora with their ceilings: fewer are behind no verdict."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.eval.floors.ceilings import references
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import Row, score
from zebroid.eval.verdicts.judge import judge
from zebroid.eval.verdicts.verdict import Verdict
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import Corpus

FLOPS = np.geomspace(1e9, 1e12, 13)  # three decades, four checkpoints a decade
SMALL = (-0.01, 0.0, 0.01)  # runs that differ a little


def question_set_on(corpus: Corpus) -> QuestionSet:
    rungs = ("instance", "constituent")
    return QuestionSet(corpus, np.sort(np.concatenate([corpus.of_rung(r) for r in rungs])))


@pytest.fixture(scope="session")
def question_sets(composition) -> list[QuestionSet]:
    """The same questions of three worlds: fewer are behind no verdict."""
    others = [build_corpus(Composition(), "tiny", seeds=(seed, 0)) for seed in (1, 2)]
    return [question_set_on(corpus) for corpus in (composition, *others)]


@pytest.fixture(scope="session")
def ceilings(question_sets: list[QuestionSet]) -> dict[str, Row]:
    found = [references(e.corpus, e.questions) for e in question_sets]
    return {
        mine[0].name: score(
            [Predictions.of(e, a) for e, a in zip(question_sets, mine)], mine[0].name
        )
        for mine in zip(*found)
    }


@pytest.fixture(scope="session")
def on_three(question_sets: list[QuestionSet], model):
    """A row of runs with these curves, in each of the three worlds."""

    def made(levels, label="direct", on=3, noise=0.0, **more) -> Row:
        rng = np.random.RandomState(0)
        more = {"shifts": SMALL, "flops": FLOPS} | more
        cells = []
        for question_set in question_sets[:on]:
            for shift in more["shifts"]:
                drawn = {
                    k: np.clip(v + rng.normal(0, noise, np.shape(v)), 0, 1)
                    for k, v in levels.items()
                }
                cells.append(model(question_set, drawn, **(more | {"shifts": (shift,)})))
        return score(cells, label)

    return made


@pytest.fixture
def verdict(on_three, ceilings):
    def judged(curve, rung="instance", others=(), weigh=False, **more) -> Verdict:
        mine = on_three({rung: curve}, flops=FLOPS[-len(curve) :], **more)
        mine = dataclasses.replace(mine, rungs={rung: mine.rungs[rung]})
        return judge(mine, ceilings, others, weigh=weigh)[0]

    return judged


def sigmoid(top: float, middle: float) -> np.ndarray:
    return 0.05 + (top - 0.05) / (1 + np.exp(-8 * (np.log10(FLOPS) - middle)))
