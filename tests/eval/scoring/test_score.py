"""Scores: exact match per rung with intervals, headline and the rest apart, nothing lost."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from zebroid import registry
from zebroid.errors import UserError
from zebroid.eval.floors.ceilings import lookup, references
from zebroid.eval.floors.tracer import tracer
from zebroid.eval.question_sets.predictions import Predictions
from zebroid.eval.question_sets.question_set import QuestionSet
from zebroid.eval.scoring.score import load, score, traced_apart
from zebroid.worlds.corpus.build import build_corpus
from zebroid.worlds.corpus.corpus import Corpus
from zebroid.worlds.novelty.rungs import LADDER, RUNGS, SPLIT


def _random(question_set: QuestionSet, seeds: int = 3, checkpoints: int = 2) -> Predictions:
    rng = np.random.RandomState(0)
    shape = (seeds, checkpoints, len(question_set.questions))
    answer = rng.randint(-1, question_set.corpus.none + 1, size=shape).astype(np.int32)
    gold = references(question_set.corpus, question_set.questions)[-1].answer
    answer = np.where(rng.random_sample(shape) < 0.4, gold, answer)
    bits = rng.exponential(2, shape).astype(np.float32)
    steps = np.arange(1, checkpoints + 1)
    flops = steps.astype(np.float64) * 1e9
    return Predictions(question_set, answer, bits, steps, flops, "direct", 1_000)


@pytest.mark.parametrize("name", ["composition_questions", "zebra_questions"])
def test_scores_equal_a_slow_count_of_exact_matches(
    request: pytest.FixtureRequest, name: str
) -> None:
    question_set: QuestionSet = request.getfixturevalue(name)
    corpus, cell = question_set.corpus, _random(question_set)
    row = score([cell], "random")
    certificate = corpus.certificate
    assert len(row.rungs) >= 4
    for found in row.rungs.values():
        mine = [
            (place, int(q))
            for place, q in enumerate(question_set.questions)
            if LADDER[certificate.rung[q]] == found.rung
            and certificate.pure[q]
            and not certificate.near[q]
            and certificate.matched[q]
            and (found.rung == "recall" or corpus.cues[corpus.prompt[q, 0]][0] == found.cue)
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


def test_every_question_is_in_a_headline_or_counted_apart(zebra_questions: QuestionSet) -> None:
    groups, headline = zebra_questions.groups, zebra_questions.headline
    cells = {n for n in groups if zebra_questions.rung_of(n) and n not in headline}
    assert cells and all(n.startswith("constituent ") for n in cells)
    times = np.sum([where for name, where in groups.items() if name not in cells], axis=0)
    assert (times == 1).all()
    headlines = np.sum([where for where in headline.values()], axis=0) > 0
    certificate = zebra_questions.corpus.certificate
    promised = [RUNGS.index(rung) for rung in zebra_questions.corpus.world.rungs]
    mine = certificate.headline & np.isin(certificate.rung, promised)
    assert np.array_equal(headlines, mine[zebra_questions.questions])
    parts = np.sum([groups[n] for n in cells], axis=0)
    whole = groups["constituent has"] | groups["constituent called"]
    assert np.array_equal(parts > 0, whole) and parts.max() == 1
    left = score([_random(zebra_questions)], "random").left_out
    assert left["instance near"] == (certificate.near & (certificate.rung == 1)).sum() > 0
    assert left["written"] > 0 and "nontheorem" not in left


@pytest.mark.parametrize("apart", ["near", "(impure)", "unmatched", "written", "mixed", "several"])
def test_what_stands_apart_changes_no_headline_score(zebra: Corpus, apart: str) -> None:
    certificate, n = zebra.certificate, len(zebra.prompt)
    rung, flip = certificate.rung.copy(), np.zeros(n, bool)
    flip[np.flatnonzero(certificate.headline)[::3]] = True
    fields = {"near": certificate.near, "pure": certificate.pure, "matched": certificate.matched}
    if apart in ("written", "mixed", "several"):
        rung[flip] = {"written": LADDER.index("written"), "mixed": RUNGS.index("mixed")}.get(
            apart, SPLIT
        )
    else:
        name = {"near": "near", "(impure)": "pure", "unmatched": "matched"}[apart]
        fields[name] = np.where(flip, name == "near", fields[name])
    moved = dataclasses.replace(certificate, rung=rung, **fields)
    question_set = QuestionSet(dataclasses.replace(zebra, certificate=moved), np.arange(n))
    cell = _random(question_set)
    wrong = np.where(flip, -1, cell.answer)
    right = np.where(flip, references(zebra, np.arange(n))[-1].answer, cell.answer)
    rows = [score([dataclasses.replace(cell, answer=a)], "one") for a in (wrong, right)]
    assert rows[0].left_out == rows[1].left_out and sum(rows[0].left_out.values()) >= flip.sum()
    for name, found in rows[0].rungs.items():
        other = rows[1].rungs[name]
        assert np.array_equal(found.accuracy.mean, other.accuracy.mean)
        assert (found.floor, found.lift, found.n) == (other.floor, other.lift, other.n)
    moved_apart = [n for n in rows[0].apart if n not in rows[0].instruments and "-" not in n]
    differ = [
        not np.array_equal(rows[0].apart[n].accuracy.mean, rows[1].apart[n].accuracy.mean)
        for n in moved_apart
    ]
    assert any(differ)


def test_every_instrument_is_scored_or_its_absence_explained(
    composition_questions: QuestionSet, zebra_questions: QuestionSet
) -> None:
    row = score([_random(composition_questions)], "random")
    assert [*row.rungs, *row.absent] == ["recall", "instance", "constituent", "schema"]
    row = score([_random(zebra_questions)], "random")
    assert {*row.rungs} | {*row.absent} == {"recall", *zebra_questions.instruments}
    assert row.absent["constituent called"] == "only 13 questions"
    only_recall = QuestionSet(
        composition_questions.corpus, composition_questions.corpus.of_rung("recall")
    )
    row = score([_random(only_recall)], "random")
    assert list(row.rungs) == ["recall"]
    assert "questions was sampled" in row.absent["instance"]


def test_few_questions_are_no_score(composition_questions: QuestionSet) -> None:
    keep = np.ones(len(composition_questions.questions), bool)
    keep[np.flatnonzero(composition_questions.groups["schema"])[29:]] = False
    row = score([_random(composition_questions.only(keep))], "random")
    assert row.absent["schema"] == "only 29 questions" and "schema" not in row.rungs


def test_malformed_answers_are_wrong_and_counted(composition_questions: QuestionSet) -> None:
    cell = _random(composition_questions)
    row = score([dataclasses.replace(cell, answer=np.full_like(cell.answer, -1))], "broken")
    assert row.malformed.mean.tolist() == [1, 1]
    assert all(s.accuracy.mean.max() == 0 for s in row.rungs.values())


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
    composition_questions: QuestionSet, composition_of, model
) -> None:
    question_sets = [composition_questions]
    for seed in (1, 2):
        corpus = composition_of(seed)
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
    with pytest.raises(UserError, match="world composition-v1 and zebra-v2"):
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


def test_checkpoints_of_one_row_are_equal_by_steps_or_by_flops(
    composition_questions: QuestionSet,
) -> None:
    """By a budget in FLOPs a world with longer rows takes fewer steps."""

    def cell(*flops_of_steps: tuple[int, float]) -> Predictions:
        steps, flops = zip(*flops_of_steps)
        made = _random(composition_questions, checkpoints=len(steps))
        return dataclasses.replace(made, steps=np.array(steps), flops=np.array(flops, float))

    short, long = cell((11, 11e9), (107, 107e9)), cell((10, 10.7e9), (100, 107e9))
    row = score([short, long], "both")
    assert row.steps.tolist() == [11, 107] and row.runs == 2
    for other in (cell((10, 10.7e9), (90, 96e9)), cell((100, 107e9))):
        with pytest.raises(UserError, match=r"got cells of checkpoints \[11, 107\] and"):
            score([short, other], "both")


def test_references_are_scored_like_models(zebra_questions: QuestionSet) -> None:
    question_set = zebra_questions
    ceilings = {a.name: a for a in references(question_set.corpus, question_set.questions)}
    row = score([Predictions.of(question_set, ceilings["inductor"])], "inductor")
    assert row.rungs["constituent has"].accuracy.at()[0] == 1.0
    assert row.rungs["axiom has"].accuracy.at()[0] == 0.0
    assert row.load is None


def test_what_the_tracer_solves_is_set_apart(
    composition_questions: QuestionSet, zebra_questions: QuestionSet, model
) -> None:
    levels = {"recall": 1.0}
    whole, rest = traced_apart([model(zebra_questions, levels, mode="chain")], "chain", tracer)
    assert rest is not None
    assert rest.rungs["axiom has"].n == whole.rungs["axiom has"].n
    assert rest.absent["recall"] == "the tracer solves every question of this rung"
    assert rest.rungs["instance has"].n < whole.rungs["instance has"].n
    _, rest = traced_apart([model(composition_questions, levels, mode="chain")], "chain", tracer)
    assert rest is None


def test_load_counts_each_different_statement_once(composition_questions: QuestionSet) -> None:
    corpus = composition_questions.corpus
    statements = len(corpus.examples.answer)
    assert load(corpus, 1) == pytest.approx(statements * 4)  # 16 entities: 4 bits each
    assert load(corpus, 100) == pytest.approx(statements * 4 / 100)


def test_what_is_read_of_a_second_world_is_a_load_too_and_forms_of_a_fact_are_none():
    world = registry.make("composition-v1")
    own = world.default_exposure("tiny")
    given = (
        [],
        [{"type": "rephrasings", "forms": 2}, {"type": "identity", "share": 1}],
        [{"type": "mixture", "world": "composition-v1/tiny", "share": 1}],
    )
    plain, forms, mixed = (
        load(build_corpus(world, "tiny", dataclasses.replace(own, interventions=one)), 1)
        for one in given
    )
    assert plain == forms and mixed == pytest.approx(2 * plain)


def test_lookup_scores_one_on_recall_only(composition_questions: QuestionSet) -> None:
    found = lookup(composition_questions.corpus, composition_questions.questions)
    row = score([Predictions.of(composition_questions, found)], "lookup")
    assert {n: s.accuracy.mean[0] for n, s in row.rungs.items()} == {
        "recall": 1.0,
        "instance": 0.0,
        "constituent": 0.0,
        "schema": 0.0,
    }
