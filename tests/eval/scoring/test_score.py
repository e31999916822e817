"""Scores: exact match per rung with intervals, headline and the rest apart, nothing lost."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid.errors import UserError
from zebroid.eval.floors.ceilings import references
from zebroid.eval.floors.interpolators import lookup, marginals
from zebroid.eval.floors.tracer import tracer
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import load, score, strongest, traced_apart
from zebroid.worlds.catalog.composition import Composition
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.novelty.rungs import LADDER


def _random(question_set: QuestionSet, seeds: int = 3, checkpoints: int = 2) -> Predictions:
    rng = np.random.RandomState(0)
    shape = (seeds, checkpoints, len(question_set.questions))
    answer = rng.randint(-1, question_set.corpus.none + 1, size=shape).astype(np.int32)
    gold = references(question_set.corpus, question_set.questions)[-1].answer
    answer = np.where(rng.random_sample(shape) < 0.4, gold, answer)
    bits = rng.exponential(2, shape).astype(np.float32)
    return Predictions(
        question_set, answer, bits, np.array([1, 2]), np.array([1e9, 2e9]), "direct", 1_000
    )


@pytest.mark.parametrize("name", ["composition_questions", "zebra_questions"])
def test_scores_equal_a_slow_count_of_exact_matches(
    request: pytest.FixtureRequest, name: str
) -> None:
    question_set: QuestionSet = request.getfixturevalue(name)
    corpus, cell = question_set.corpus, _random(question_set)
    row = score([cell], "random")
    for rung, found in row.rungs.items():
        mine = [
            (place, int(q))
            for place, q in enumerate(question_set.questions)
            if LADDER[corpus.certificate.rung[q]] == rung and corpus.certificate.pure[q]
        ]
        hits = [
            [
                np.mean([cell.answer[s, k, i] in corpus.answers(q).tolist() for i, q in mine])
                for k in range(2)
            ]
            for s in range(3)
        ]
        assert found.n == len(mine)
        assert found.accuracy.runs == pytest.approx(np.array(hits))
        assert found.bits is not None and cell.bits is not None
        expected = np.mean([cell.bits[:, 1, i] for i, _ in mine])
        assert found.bits.mean[1] == pytest.approx(expected, rel=1e-5)


def test_headline_is_pure_and_the_rest_is_reported_apart(zebra_questions: QuestionSet) -> None:
    row = score([_random(zebra_questions)], "random")
    certificate = zebra_questions.corpus.certificate
    rung, pure = (
        certificate.rung[zebra_questions.questions],
        certificate.pure[zebra_questions.questions],
    )
    theorem = rung < LADDER.index("nontheorem")
    assert sum(s.n for s in row.rungs.values()) == (pure & theorem & (rung >= 0)).sum()
    cells = [s.n for n, s in row.apart.items() if n.startswith("constituent ") and "(" not in n]
    assert sum(cells) == row.rungs["constituent"].n
    rest = sum(s.n for n, s in row.apart.items() if n.split()[0] in ("mixed", "several"))
    rest += sum(s.n for n, s in row.apart.items() if "(impure)" in n)
    assert rest == (theorem & ~(pure & (rung >= 0))).sum()


def test_every_rung_is_scored_or_its_absence_explained(composition_questions: QuestionSet) -> None:
    row = score([_random(composition_questions)], "random")
    assert set(row.rungs) | set(row.absent) == set(LADDER) - {"mixed", "nontheorem", "unknowable"}
    assert "pattern" in row.absent["axiom"]
    only_recall = QuestionSet(
        composition_questions.corpus, composition_questions.corpus.of_rung("recall")
    )
    row = score([_random(only_recall)], "random")
    assert list(row.rungs) == ["recall"]
    assert "questions was sampled" in row.absent["instance"]


def test_malformed_answers_are_wrong_and_counted(composition_questions: QuestionSet) -> None:
    cell = _random(composition_questions)
    row = score([dataclasses.replace(cell, answer=np.full_like(cell.answer, -1))], "broken")
    assert row.malformed.mean.tolist() == [1, 1]
    assert all(s.accuracy.mean.max() == 0 for s in row.rungs.values())


def test_nothing_right_is_suppressed_and_chance_is_zero_normalised(
    composition_questions: QuestionSet, row
) -> None:
    chance = composition_questions.chance("instance")
    found = row(composition_questions, {"instance": [0.0, 1.0]}).rungs["instance"]
    assert found.suppressed.tolist() == [True, False]
    assert found.normalised.mean.tolist() == pytest.approx([-chance.value / (1 - chance.value), 1])


def test_recall_is_reported_raw(composition_questions: QuestionSet, row) -> None:
    found = row(composition_questions, {"recall": 0.5}).rungs["recall"]
    assert found.chance.method == "raw"
    assert found.normalised.mean.tolist() == found.accuracy.mean.tolist()


def test_answers_without_bits_have_none(composition_questions: QuestionSet, model) -> None:
    cell = model(composition_questions, {"instance": 0.5}, weighed=False)
    assert score([cell], "plain").rungs["instance"].bits is None


def test_an_answer_of_no_weight_does_not_drown_the_mean(composition_questions: QuestionSet) -> None:
    cell = _random(composition_questions)
    assert cell.bits is not None
    cell.bits[:, :, 0] = np.inf
    row = score([cell], "sure")
    assert all(np.isfinite(s.bits.mean).all() for s in row.rungs.values() if s.bits)


def test_runs_of_different_worlds_are_pooled_by_world(
    composition_questions: QuestionSet, model
) -> None:
    question_sets = [composition_questions]
    for seed in (1, 2):
        corpus = build_corpus(Composition(), "tiny", seeds=(seed, 0))
        question_sets.append(QuestionSet(corpus, corpus.of_rung("instance")[:40]))
    row = score([model(e, {"instance": 0.5}, shifts=(0.0,)) for e in question_sets], "pooled")
    found = row.rungs["instance"]
    assert found.accuracy.over == "worlds"
    assert len(row.digests) == 3
    assert found.n == sum(int(e.groups["instance"].sum()) for e in question_sets)
    assert found.accuracy.mean[0] == pytest.approx(0.5, abs=0.02)


def test_cells_that_do_not_belong_together_are_refused(
    composition_questions: QuestionSet, zebra_questions: QuestionSet, model
) -> None:
    one = model(composition_questions, {"recall": 1.0})
    with pytest.raises(UserError, match="world composition-v1 and zebra-v1"):
        score([one, model(zebra_questions, {"recall": 1.0})], "both")
    with pytest.raises(UserError, match="mode direct and chain"):
        score([one, model(composition_questions, {"recall": 1.0}, mode="chain")], "both")
    with pytest.raises(UserError, match="got no cells"):
        score([], "nothing")


@pytest.mark.parametrize("shape", [(3, 2), (3, 2, 7), (0, 2, None), (3, 0, None)])
def test_answers_of_a_wrong_shape_are_refused(composition_questions: QuestionSet, shape) -> None:
    n = len(composition_questions.questions)
    wrong = np.zeros([n if d is None else d for d in shape], np.int32)
    with pytest.raises(UserError, match="got answers of shape"):
        Predictions(composition_questions, wrong, None, np.zeros(2, int), np.zeros(2))


def test_checkpoints_without_a_step_each_are_refused(composition_questions: QuestionSet) -> None:
    cell = _random(composition_questions)
    with pytest.raises(UserError, match="got 1 flops, expected 2"):
        dataclasses.replace(cell, flops=np.zeros(1))


def test_references_are_scored_like_models(zebra_questions: QuestionSet) -> None:
    question_set = zebra_questions
    ceilings = {a.name: a for a in references(question_set.corpus, question_set.questions)}
    row = score([Predictions.of(question_set, ceilings["inductor"])], "inductor")
    assert row.rungs["depth"].accuracy.at()[0] == 1.0
    assert row.rungs["axiom"].accuracy.at()[0] == 0.0
    assert row.load is None


def test_the_strongest_marginal_of_each_rung_makes_one_row(
    composition_questions: QuestionSet,
) -> None:
    question_set = composition_questions
    rows = [
        score([Predictions.of(question_set, a)], a.name)
        for a in marginals(question_set.corpus, question_set.questions)
    ]
    best = strongest(rows, "marginals")
    for rung, found in best.rungs.items():
        assert found.accuracy.mean[-1] == max(r.rungs[rung].accuracy.mean[-1] for r in rows)


def test_what_the_tracer_solves_is_set_apart(
    composition_questions: QuestionSet, zebra_questions: QuestionSet, model
) -> None:
    levels = {"instance": 0.9, "constituent": 0.9}
    whole, rest = traced_apart([model(zebra_questions, levels, mode="chain")], "chain", tracer)
    assert rest is not None
    assert rest.rungs["depth"].n == whole.rungs["depth"].n
    assert rest.rungs["constituent"].n < whole.rungs["constituent"].n
    assert rest.absent["recall"] == "the tracer solves every question of this rung"
    _, rest = traced_apart([model(composition_questions, levels, mode="chain")], "chain", tracer)
    assert rest is None


def test_load_counts_each_different_statement_once(composition_questions: QuestionSet) -> None:
    corpus = composition_questions.corpus
    statements = len(corpus.examples.answer)
    assert load(corpus, 1) == pytest.approx(statements * 4)  # 16 entities: 4 bits each
    assert load(corpus, 100) == pytest.approx(statements * 4 / 100)


def test_lookup_scores_one_on_recall_only(composition_questions: QuestionSet) -> None:
    found = lookup(composition_questions.corpus, composition_questions.questions)
    row = score([Predictions.of(composition_questions, found)], "lookup")
    assert {n: s.accuracy.mean[0] for n, s in row.rungs.items()} == {
        "recall": 1.0,
        "instance": 0.0,
        "constituent": 0.0,
        "schema": 0.0,
    }
